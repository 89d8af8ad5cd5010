"""Guest lists: sign-ups, cancellations, attendance, and the places that there are."""

import asyncio
from uuid import UUID

import pytest

from shared.contracts.topics import CONTACTS, PARTICIPATIONS
from tests.integration.registration.world import event_content, person, unique


async def _guests(registration, event_id, caller, **parameters):
    answer = await registration.http.get(f"/v1/events/{event_id}/participations", params=parameters, headers=caller)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_person_and_a_group_sign_up(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=40)
    one = await registration.sign_up(event_id, language="en")
    group = await registration.sign_up(event_id, kind="group", people=30, name="3e B, collège Jules-Verne")
    assert (one.status_code, one.json()["places_left"]) == (201, 39)
    assert (group.status_code, group.json()["places_left"]) == (201, 9)
    told = await registration.messages(PARTICIPATIONS, event_id, count=2)
    assert [each.body.participation.model_dump(mode="json") for each in told] == [
        one.json()["participation"],
        group.json()["participation"],
    ]
    assert await registration.lists_told(event_id, count=2) == [("signed_up", 1, 1, 0), ("signed_up", 2, 31, 0)]
    assert told[1].body.guest_list.capacity == 40
    contact = one.json()["participation"]["contact_id"]
    (created,) = await registration.messages(CONTACTS, contact, count=1)
    assert (created.body.contact.kind, created.body.contact.language) == ("person", "en")
    page = await _guests(registration, event_id, organiser.headers)
    assert page["guest_list"] == told[1].body.guest_list.model_dump(mode="json")
    assert {(each["name"], each["people"], each["status"]) for each in page["guests"]} == {
        ("Camille Moreau", 1, "active"),
        ("3e B, collège Jules-Verne", 30, "active"),
    }


async def test_no_name_and_no_address_leaves_but_with_the_contacts(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    email = f"{unique('camille')}@example.org"
    await registration.sign_up(event_id, email=email, name="Camille Moreau-Secret")
    await registration.messages(PARTICIPATIONS, event_id, count=1)
    for (topic, _), told in list(registration.told.items()):
        if topic != CONTACTS.name:
            assert not any(email.encode() in (each.value or b"") or b"Secret" in (each.value or b"") for each in told)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": 2}, "people"),
        ({"kind": "group", "people": 0}, "people"),
        ({"kind": "group", "people": 100_001}, "people"),
        ({"kind": "class"}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "\x00"}, "name"),
        ({"email": "camille"}, "email"),
        ({"email": None}, "email"),
        ({"phone": "1"}, "phone"),
    ],
)
async def test_what_is_wrong_with_a_sign_up_is_named(registration, edition, organiser, changes, field):
    event_id = await registration.labelled(edition, organiser)
    answer = await registration.sign_up(event_id, **changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("verdict", [None, "refused", "in_review"])
async def test_nobody_signs_up_to_what_is_not_in_the_programme(registration, edition, organiser, verdict):
    event = await registration.submit(edition, organiser)
    if verdict:
        await registration.decide(event["id"], verdict)
    assert (await registration.sign_up(event["id"])).status_code == 409
    draft = await registration.draft(edition, organiser, {})
    assert (await registration.sign_up(draft["id"])).status_code == 404
    assert (await registration.sign_up("01a20b7b-6a1d-7589-a8fd-26207beacaf0")).status_code == 404
    await registration.all_told()
    await registration.messages(PARTICIPATIONS, event["id"], count=0)


async def test_people_sign_up_while_an_amendment_waits_for_its_decision(registration, edition, organiser):
    """The event is in the programme as it was."""
    content = event_content()
    event_id = await registration.labelled(edition, organiser, **content)
    await registration.amend(event_id, organiser.headers, content | {"description": "Une meilleure description."})
    assert (await registration.sign_up(event_id)).status_code == 201
    await registration.decide(event_id, "in_review", revision=2)
    assert (await registration.sign_up(event_id)).status_code == 409


# Twice, cancelled, revived


@pytest.mark.parametrize(
    ("first", "second"),
    [("camille@{}", "camille@{}"), ("Camille@{}", "camille@{}"), ("ΝΊΚΟΣ@{}", "νίκος@{}"), ("İpek@{}", "İpek@{}")],
)
async def test_who_signs_up_twice_is_told_so(registration, edition, organiser, first, second):
    event_id = await registration.labelled(edition, organiser, capacity=1)
    domain = f"{unique('d')}.example"
    signed_up = await registration.sign_up(event_id, email=first.format(domain))
    assert signed_up.status_code == 201, signed_up.text
    again = await registration.sign_up(event_id, email=second.format(domain), name="Autre nom")
    assert (again.status_code, again.json()["title"]) == (409, "Already signed up")
    assert again.json()["errors"][0]["field"] == "email"
    await registration.lists_told(event_id, count=1)


async def test_whom_an_import_has_signed_up_is_told_so_too(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    email = f"{unique('camille')}@example.org"
    row = {"event": event_id, "reference": "billet-1", "name": "Camille Moreau", "email": email}
    assert (await registration.import_("participations", edition, [row], organiser.headers)).json()["created"] == 1
    assert (await registration.sign_up(event_id, email=email.upper())).status_code == 409
    page = await _guests(registration, event_id, organiser.headers)
    await registration.cancel(event_id, page["guests"][0]["id"])
    assert (await registration.sign_up(event_id, email=email)).status_code == 201
    again = await registration.import_("participations", edition, [row], organiser.headers)
    assert again.json()["unchanged"] == 1
    assert await registration.lists_told(event_id, count=3) == [
        ("signed_up", 1, 1, 0),
        ("cancelled", 0, 0, 1),
        ("signed_up", 1, 1, 1),
    ]


async def test_a_person_of_two_events_is_one_contact(registration, edition, organiser):
    email = f"{unique('Camille')}@example.org"
    contacts = set()
    for address in (email, email.lower()):
        event_id = await registration.labelled(edition, organiser)
        contacts.add((await registration.sign_up(event_id, email=address)).json()["participation"]["contact_id"])
    (contact,) = contacts
    await registration.all_told()
    await registration.messages(CONTACTS, contact, count=1)


async def test_the_same_person_at_once_goes_in_once(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    same = person()
    answers = await asyncio.gather(*(registration.sign_up(event_id, **same) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    await registration.lists_told(event_id, count=1)


async def test_a_cancelled_sign_up_frees_its_places_once(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=10)
    done = (await registration.sign_up(event_id, kind="group", people=8)).json()["participation"]
    assert (await registration.sign_up(event_id, kind="group", people=3)).status_code == 409
    answers = await asyncio.gather(*(registration.cancel(event_id, done["id"]) for _ in range(5)))
    assert {(answer.status_code, answer.json()["places_left"]) for answer in answers} == {(200, 10)}
    assert {answer.json()["participation"]["status"] for answer in answers} == {"cancelled"}
    assert (await registration.sign_up(event_id, kind="group", people=10)).status_code == 201
    assert await registration.lists_told(event_id, count=3) == [
        ("signed_up", 1, 8, 0),
        ("cancelled", 0, 0, 1),
        ("signed_up", 1, 10, 1),
    ]


async def test_who_has_cancelled_may_sign_up_again(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=10)
    same = person()
    first = (await registration.sign_up(event_id, **same)).json()["participation"]
    await registration.cancel(event_id, first["id"])
    again = await registration.sign_up(event_id, **same, kind="group", people=4)
    assert (again.status_code, again.json()["places_left"]) == (201, 6)
    assert again.json()["participation"]["id"] == first["id"]
    assert (await registration.sign_up(event_id, **same)).status_code == 409
    assert await registration.lists_told(event_id, count=3) == [
        ("signed_up", 1, 1, 0),
        ("cancelled", 0, 0, 1),
        ("signed_up", 1, 4, 1),
    ]
    page = await _guests(registration, event_id, organiser.headers)
    assert [(guest["people"], guest["status"]) for guest in page["guests"]] == [(4, "active")]


async def test_the_lists_total_of_cancellations_is_what_the_sign_ups_add_up_to(registration, edition, organiser):
    """The audit compares the two, and somebody who comes back has cancelled all the same."""
    event_id = await registration.labelled(edition, organiser, capacity=10)
    same, other = person(), person()
    for who, times in ((same, 3), (other, 1)):
        for _ in range(times):
            id_ = (await registration.sign_up(event_id, **who)).json()["participation"]["id"]
            for _ in range(2):  # the second changes nothing
                await registration.cancel(event_id, id_)
    await registration.sign_up(event_id, **same)
    cancelled = await registration.value("SELECT cancelled FROM guest_lists WHERE event_id = $1", UUID(event_id))
    added_up = await registration.value(
        "SELECT sum(cancellations) FROM participations WHERE event_id = $1", UUID(event_id)
    )
    assert cancelled == added_up == 4


async def test_a_sign_up_is_cancelled_under_its_own_event(registration, edition, organiser):
    one, other = [await registration.labelled(edition, organiser) for _ in range(2)]
    done = (await registration.sign_up(one)).json()["participation"]
    for event_id, id_ in ((other, done["id"]), (one, other), (done["id"], done["id"])):
        assert (await registration.cancel(event_id, id_)).status_code == 404
    await registration.lists_told(one, count=1)


# Attendance


async def test_who_came_is_kept_apart_from_who_was_announced(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    await registration.sign_up(event_id, kind="group", people=30)
    path = f"/v1/events/{event_id}/attendance"
    for people in (28, 25):
        answer = await registration.http.put(path, json={"people": people}, headers=organiser.headers)
        assert (answer.status_code, answer.json()["actual"], answer.json()["announced"]) == (200, people, 30)
    told = await registration.messages(PARTICIPATIONS, event_id, count=3)
    assert [(each.change, each.body.guest_list.announced, each.body.guest_list.actual) for each in told] == [
        ("signed_up", 30, None),
        ("attended", 30, 28),
        ("attended", 30, 25),
    ]
    assert told[1].body.participation is None
    for body in ({"people": -1}, {"people": 1_000_001}, {}, {"people": True}):
        assert (await registration.http.put(path, json=body, headers=organiser.headers)).status_code == 422


async def test_attendance_may_be_more_than_the_capacity_and_than_who_signed_up(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=10)
    answer = await registration.http.put(
        f"/v1/events/{event_id}/attendance", json={"people": 50}, headers=organiser.headers
    )
    assert (answer.status_code, answer.json()["announced"]) == (200, 0)


# Resizing


async def test_an_event_is_not_made_smaller_than_who_is_signed_up(registration, edition, organiser):
    content = event_content(capacity=40)
    event_id = await registration.labelled(edition, organiser, **content)
    await registration.sign_up(event_id, kind="group", people=30)
    refused = await registration.amend(event_id, organiser.headers, content | {"capacity": 29, "title": "Autre"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "capacity")
    assert "30" in refused.json()["detail"]
    for capacity in (30, None, 31):
        answer = await registration.amend(event_id, organiser.headers, content | {"capacity": capacity})
        assert (answer.status_code, answer.json()["capacity"]) == (200, capacity)
    told = await registration.messages(PARTICIPATIONS, event_id, count=4)
    assert [(each.change, each.body.guest_list.capacity) for each in told[1:]] == [
        ("resized", 30),
        ("resized", None),
        ("resized", 31),
    ]
    assert (await registration.sign_up(event_id, kind="group", people=2)).status_code == 409
    assert (await registration.sign_up(event_id)).status_code == 201
    told_events = await registration.events_told(event_id, count=5)
    assert {revision for _, revision, _ in told_events} == {1}


async def test_the_figures_of_a_list_without_limit_stay_within_the_contract(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=None)
    await registration.execute("UPDATE guest_lists SET announced = 99999990 WHERE event_id = $1", UUID(event_id))
    refused = await registration.sign_up(event_id, kind="group", people=11)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "people")
    rows = [{"event": event_id, "reference": "a", "kind": "group", "people": people} for people in (11, 10)]
    report = await registration.import_("participations", edition, rows[:1], organiser.headers)
    assert report.json()["refused"] == 1
    assert (await registration.sign_up(event_id, kind="group", people=10)).status_code == 201


async def test_guests_are_listed_page_by_page(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    emails = {(await registration.sign_up(event_id)).json()["participation"]["id"] for _ in range(5)}
    found, after = [], {}
    while True:
        page = await _guests(registration, event_id, organiser.headers, limit=2, **after)
        found += [guest["id"] for guest in page["guests"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == sorted(emails)
