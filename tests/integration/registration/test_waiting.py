"""Waiting lists: a freed place is offered to the next in line, for a while, once; nobody else gets it meanwhile."""

from datetime import datetime

import pytest

from shared.contracts.topics import WAITING
from tests.integration.registration.world import Organiser, Registration, event_content, unique

pytestmark = pytest.mark.servers
_LAPSE = "UPDATE waiting_list SET expires_at = now() - interval '1 second' WHERE id = $1"


async def full(registration: Registration, edition: str, organiser: Organiser, *, capacity: int = 2) -> tuple[str, str]:
    """An event without places left, and its one sign-up, of a group of all."""
    event_id = await registration.labelled(edition, organiser, **event_content(capacity=capacity))
    answer = await registration.sign_up(event_id, kind="group", people=capacity)
    return event_id, answer.json()["participation"]["id"]


async def told(registration: Registration, entry: dict, *, count: int) -> list[str]:
    return [each.change for each in await registration.messages(WAITING, entry["id"], count=count)]


async def test_who_wants_to_waits_and_hears_the_turn(registration: Registration, edition: str, organiser: Organiser):
    event_id, _ = await full(registration, edition, organiser)
    refused = await registration.sign_up(event_id)
    assert (refused.status_code, refused.json()["title"]) == (409, "No places left")
    entries = [await registration.wait(event_id) for _ in range(3)]
    assert [(each["status"], each["position"]) for each in entries] == [("waiting", turn) for turn in (1, 2, 3)]
    (joined,) = await registration.messages(WAITING, entries[2]["id"], count=1)
    assert joined.body.entry.position == 3
    assert (await registration.leave(entries[0])).json()["status"] == "left"
    assert (await registration.waiting(entries[2]))["position"] == 2
    assert (await registration.accept(entries[2])).status_code == 409
    await registration.all_told()
    assert await registration.lists_told(event_id, count=1) == [("signed_up", 1, 2, 0)]  # nothing counts who waits


async def test_nobody_waits_twice_or_for_what_can_never_be(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id, _ = await full(registration, edition, organiser)
    email = f"{unique('twice')}@example.org"
    await registration.wait(event_id, email=email)
    for if_full in ("wait", "refuse"):
        again = await registration.sign_up(event_id, email=email.upper(), if_full=if_full)
        assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "email")
    too_many = await registration.sign_up(event_id, kind="group", people=3, if_full="wait")
    assert too_many.status_code == 409
    free = await registration.labelled(edition, organiser, **event_content(capacity=2))
    assert (await registration.sign_up(free, if_full="wait")).status_code == 201


async def test_a_freed_place_is_held_for_the_next_in_line(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    first, second = await registration.wait(event_id), await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    offered = await registration.waits_until(first, "offered")
    assert datetime.fromisoformat(offered["expires_at"]) > datetime.fromisoformat(offered["joined_at"])
    refused = await registration.sign_up(event_id)
    assert (refused.status_code, refused.json()["title"]) == (409, "No places left")
    taken = [await registration.accept(first) for _ in range(2)]
    assert [each.status_code for each in taken] == [200, 200]
    assert len({each.json()["participation"]["id"] for each in taken}) == 1
    accepted = await registration.waiting(first)
    assert (accepted["status"], accepted["participation_id"]) == ("accepted", taken[0].json()["participation"]["id"])
    assert (await registration.waiting(second))["status"] == "waiting"
    assert await told(registration, first, count=3) == ["joined", "offered", "accepted"]
    assert await registration.lists_told(event_id, count=3) == [
        ("signed_up", 1, 1, 0), ("cancelled", 0, 0, 1), ("signed_up", 1, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["declined", "lapsed"])
async def test_what_is_not_taken_goes_on(registration: Registration, edition: str, organiser: Organiser, how: str):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    first, second = await registration.wait(event_id), await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(first, "offered")
    if how == "declined":
        assert (await registration.leave(first)).json()["status"] == "declined"
    else:
        await registration.execute(_LAPSE, first["id"])
    await registration.waits_until(second, "offered")
    assert (await registration.waiting(first))["status"] == how
    assert (await registration.accept(first)).status_code == 409
    assert await told(registration, first, count=3) == ["joined", "offered", how]
    again = await registration.wait(event_id)  # whoever it is comes last
    assert again["position"] == 1


async def test_a_group_that_does_not_fit_is_passed_over_and_keeps_its_turn(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id = await registration.labelled(edition, organiser, **event_content(capacity=4))
    places = [(await registration.sign_up(event_id)).json()["participation"]["id"] for _ in range(4)]
    group = await registration.wait(event_id, kind="group", people=3)
    single = await registration.wait(event_id)
    await registration.cancel(event_id, places[0])
    await registration.waits_until(single, "offered")
    assert (await registration.waiting(group))["position"] == 1
    await registration.cancel(event_id, places[1])
    # One place is free, and nobody who waits fits in: it is for whoever comes.
    assert (await registration.sign_up(event_id)).status_code == 201
    await registration.cancel(event_id, places[2])
    await registration.cancel(event_id, places[3])
    await registration.leave(single)
    await registration.waits_until(group, "offered")
    assert (await registration.sign_up(event_id)).status_code == 409
    assert (await registration.accept(group)).json()["places_left"] == 0


async def test_more_places_are_offered_to_as_many_as_fit(
    registration: Registration, edition: str, organiser: Organiser
):
    content = event_content(capacity=1)
    event_id = await registration.labelled(edition, organiser, **content)
    await registration.sign_up(event_id)
    entries = [await registration.wait(event_id) for _ in range(4)]
    assert (await registration.amend(event_id, organiser.headers, content | {"capacity": 4})).status_code == 200
    for entry in entries[:3]:
        await registration.waits_until(entry, "offered")
    assert (await registration.waiting(entries[3]))["status"] == "waiting"
    smaller = await registration.amend(event_id, organiser.headers, content | {"capacity": 2})
    assert smaller.status_code == 409
    assert "3 are offered a place" in smaller.text


async def test_a_bulk_import_takes_nothing_from_who_waits(
    registration: Registration, edition: str, organiser: Organiser
):
    content = event_content(capacity=1, reference=unique("E"))
    event_id = await registration.labelled(edition, organiser, **content)
    place = (await registration.sign_up(event_id)).json()["participation"]["id"]
    entry = await registration.wait(event_id)
    row = {"event": content["reference"], "reference": "G-1", "people": 1, "name": "Camille"}
    await registration.cancel(event_id, place)
    report = (await registration.import_("participations", edition, [row], registration.staff)).json()
    assert (report["created"], report["refused"]) == (0, 1)
    await registration.waits_until(entry, "offered")
    report = (await registration.import_("participations", edition, [row], registration.staff)).json()
    assert (report["created"], report["refused"]) == (0, 1)


@pytest.mark.parametrize("how", ["withdrawn", "cancelled"])
async def test_what_does_not_take_place_offers_nothing(
    registration: Registration, edition: str, organiser: Organiser, how: str
):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    first, second = await registration.wait(event_id), await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(first, "offered")
    if how == "withdrawn":
        await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=organiser.headers)
    else:
        await registration.postponed(edition, kind="cancelled", dates=None)
    assert (await registration.accept(first)).status_code == 409
    for entry in (first, second):
        await registration.waits_until(entry, "closed")
    closed = (await registration.messages(WAITING, first["id"], count=3))[-1]
    assert closed.body.entry.offer is not None
    assert closed.body.notify is (how == "withdrawn")  # of an act its notice tells
    assert (await registration.messages(WAITING, second["id"], count=2))[-1].body.entry.offer is None
    assert await registration.value("SELECT held + waiting FROM guest_lists WHERE event_id = $1", event_id) == 0


async def test_an_event_that_moves_is_offered_anew(registration: Registration, edition: str, organiser: Organiser):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    entry = await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(entry, "offered")
    await registration.postponed(edition)
    assert await told(registration, entry, count=4) == ["joined", "offered", "suspended", "offered"]
    messages = await registration.messages(WAITING, entry["id"], count=4)
    assert messages[2].body.notify is False  # the new offer says it all
    assert messages[3].body.entry.offer.revision > messages[1].body.entry.offer.revision
    assert (await registration.accept(entry)).status_code == 200


async def test_without_a_date_the_turn_is_kept(registration: Registration, edition: str, organiser: Organiser):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    entry = await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(entry, "offered")
    await registration.postponed(edition, kind="postponed_undated", dates=None)
    suspended = await registration.waits_until(entry, "waiting")
    assert suspended["position"] == 1
    assert (await registration.messages(WAITING, entry["id"], count=3))[-1].body.notify is False  # the notice says it
    await registration.postponed(edition)
    await registration.waits_until(entry, "offered")


async def test_who_is_erased_waits_no_longer(registration: Registration, edition: str, organiser: Organiser):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    email = f"{unique('erased')}@example.org"
    first, second = await registration.wait(event_id, email=email), await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(first, "offered")
    exported = await registration.http.post("/v1/persons/export", json={"email": email}, headers=registration.staff)
    assert [(each["event_id"], each["status"]) for each in exported.json()["waiting"]] == [(event_id, "offered")]
    erased = await registration.http.post("/v1/persons/erasure", json={"email": email}, headers=registration.staff)
    assert erased.json()["persons"] == 1
    await registration.waits_until(second, "offered")
    assert (await registration.http.get(f"/v1/events/{event_id}/waiting/{first['id']}")).status_code == 404
    kept = "SELECT row(person_id, name) FROM waiting_list WHERE id = $1"
    assert tuple(await registration.value(kept, first["id"])) == (None, "")
    assert await told(registration, first, count=3) == ["joined", "offered", "declined"]


async def test_an_unknown_entry_is_not_found(registration: Registration, edition: str, organiser: Organiser):
    event_id, _ = await full(registration, edition, organiser)
    entry = await registration.wait(event_id)
    elsewhere, _ = await full(registration, edition, organiser)
    for what in ("acceptance", "departure"):
        answer = await registration.http.post(f"/v1/events/{elsewhere}/waiting/{entry['id']}/{what}")
        assert answer.status_code == 404
