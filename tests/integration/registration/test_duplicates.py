"""Events that say the same: the earlier one is the original."""

import pytest

from shared.contracts.topics import EVENTS
from tests.integration.registration.world import event_content

_LONG = "Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité et métiers. "


def _content(**changes):
    return event_content(title="Visite de l'atelier de soudure", description=_LONG * 2) | changes


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": "  VISITE de l’atelier, de soudure ! "},
        {"description": "Tout autre chose."},
        {"title": "Autre chose", "place": {"mode": "online", "url": "https://example.org"}},
        {"capacity": 7, "price_cents": 500, "themes": [], "type": "workshop"},
    ],
)
async def test_the_later_of_two_that_say_the_same_is_a_duplicate(registration, edition, organiser, change):
    first = await registration.submit(edition, organiser, **_content())
    second = await registration.submit(edition, organiser, **_content(**change))
    third = await registration.submit(edition, organiser, **_content(**change))
    assert first["duplicate_of"] is None
    assert second["duplicate_of"] == first["id"]
    assert third["duplicate_of"] == first["id"]
    (told,) = await registration.messages(EVENTS, second["id"], count=1)
    assert str(told.body.event.duplicate_of) == first["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"slots": [{"begin": "2090-03-29T09:00", "end": "2090-03-29T12:00"}]},
        {"title": "Visite de la fonderie", "description": _LONG * 2 + "Et la fonderie."},
        {"description": "Une visite courte.", "title": "Visite de la fonderie"},
    ],
)
async def test_what_differs_is_no_duplicate(registration, edition, organiser, change):
    await registration.submit(edition, organiser, **_content())
    assert (await registration.submit(edition, organiser, **_content(**change)))["duplicate_of"] is None


async def test_others_may_say_the_same_and_so_may_another_edition(registration, edition, organiser):
    await registration.submit(edition, organiser, **_content())
    other, elsewhere = await registration.organiser(), await registration.edition()
    assert (await registration.submit(edition, other, **_content()))["duplicate_of"] is None
    assert (await registration.submit(elsewhere, organiser, **_content()))["duplicate_of"] is None


async def test_the_order_of_submission_decides_not_that_of_drafts(registration, edition, organiser):
    draft = await registration.draft(edition, organiser, _content())
    first = await registration.submit(edition, organiser, **_content())
    answer = await registration.http.post(f"/v1/events/{draft['id']}/submission", headers=organiser.headers)
    assert answer.json()["duplicate_of"] == first["id"]


async def test_an_original_stays_one_however_often_it_is_corrected(registration, edition, organiser):
    first = await registration.submit(edition, organiser, **_content())
    second = await registration.submit(edition, organiser, **_content())
    for price in (100, 0, 200):
        amended = await registration.amend(first["id"], organiser.headers, _content(price_cents=price))
        assert amended.json()["duplicate_of"] is None
        again = await registration.amend(second["id"], organiser.headers, _content(price_cents=price))
        assert again.json()["duplicate_of"] == first["id"]


async def test_a_duplicate_that_says_something_else_is_none_any_more(registration, edition, organiser):
    first = await registration.submit(edition, organiser, **_content())
    second = await registration.submit(edition, organiser, **_content())
    other = _content(title="Visite de la fonderie", description=_LONG * 3)
    assert (await registration.amend(second["id"], organiser.headers, other)).json()["duplicate_of"] is None
    back = await registration.amend(second["id"], organiser.headers, _content())
    assert back.json()["duplicate_of"] == first["id"]


async def test_who_comes_back_to_what_its_own_duplicates_say_is_the_original(registration, edition, organiser):
    first = await registration.submit(edition, organiser, **_content())
    await registration.submit(edition, organiser, **_content())
    other = _content(title="Visite de la fonderie", description=_LONG * 3)
    await registration.amend(first["id"], organiser.headers, other)
    back = await registration.amend(first["id"], organiser.headers, _content())
    assert back.json()["duplicate_of"] is None


async def test_who_comes_to_say_what_another_said_before_is_the_duplicate(registration, edition, organiser):
    early = await registration.submit(edition, organiser)
    first = await registration.submit(edition, organiser, **_content())
    amended = await registration.amend(early["id"], organiser.headers, _content())
    assert amended.json()["duplicate_of"] == first["id"]
    resized = await registration.amend(first["id"], organiser.headers, _content(capacity=41))
    assert resized.json()["duplicate_of"] is None


async def test_a_withdrawn_event_is_nobodys_original(registration, edition, organiser):
    first = await registration.submit(edition, organiser, **_content())
    await registration.http.post(f"/v1/events/{first['id']}/withdrawal", headers=organiser.headers)
    assert (await registration.submit(edition, organiser, **_content()))["duplicate_of"] is None


async def test_within_a_file_the_order_of_lines_decides(registration, edition, organiser):
    known = await registration.submit(edition, organiser, reference="A")
    rows = [_content(reference=reference) for reference in ("A", "B", "C")]
    report = await registration.import_("events", edition, rows, organiser.headers)
    assert (report.json()["created"], report.json()["changed"]) == (2, 1)
    listed = await registration.http.get(
        "/v1/events", params={"edition": edition, "organiser": organiser.id}, headers=organiser.headers
    )
    duplicates = {event["reference"]: event["duplicate_of"] for event in listed.json()["events"]}
    assert duplicates == {"A": None, "B": known["id"], "C": known["id"]}
