"""Postponing and cancelling an edition, through the service from outside."""

from uuid import UUID

import pytest

from shared.contracts.topics import CATALOGUE, EDITIONS, EVENTS
from tests.integration.registration.world import Organiser, Registration, act_content, event_content, unique

pytestmark = pytest.mark.servers

REUNION = {"postcode": "97400", "city": "Saint-Denis", "address": "1 rue du Port"}


def slots(event) -> list[tuple[str, str]]:
    return [(slot["begin"], slot["end"]) for slot in event["slots"]]


async def test_a_preview_says_what_would_happen_and_changes_nothing(
    registration: Registration, edition: str, organiser: Organiser
):
    inside = await registration.labelled(edition, organiser)
    await registration.submit(
        edition, organiser, slots=[{"begin": "2090-03-14T09:00", "end": "2090-03-14T12:00"}], place=REUNION
    )
    await registration.sign_up(inside)
    shown = (await registration.preview(edition)).json()
    assert (shown["events"], shown["moved"], shown["in_catalogue"]) == (2, 2, 1)
    assert shown["edition"]["dates"] == {"first_day": "2090-11-13", "last_day": "2090-11-19"}
    assert shown["edition"]["label_window"] == {"first_day": "2090-10-30", "last_day": "2090-12-03"}
    assert shown["edition"]["submission_deadline"] == "2090-11-03"
    assert shown["outside_dates"]["events"] == 1
    assert shown["outside_label_window"]["events"] == 0
    assert shown["people"] == {"people": 2, "organisers": 1, "guests": 1, "both": 0, "waiting": 0}
    sample = shown["outside_dates"]["samples"][0]
    assert slots({"slots": sample["new_slots"]}) == [("2090-10-31T09:00:00", "2090-10-31T12:00:00")]
    assert (await registration.event(inside))["act_number"] == 0
    assert (await registration.http.get(f"/v1/editions/{edition}")).json()["dates"]["first_day"] == "2090-03-27"


async def test_a_preview_finds_days_off_of_the_place(registration: Registration, edition: str, organiser: Organiser):
    """20 December is a holiday on La Réunion alone, 11 November everywhere; school holidays of 2090 nobody knows."""
    for place in ({}, REUNION):
        wednesday_and_saturday = [
            {"begin": "2090-03-29T09:00", "end": "2090-03-29T10:00"},
            {"begin": "2090-04-01T09:00", "end": "2090-04-01T10:00"},
        ]
        await registration.submit(edition, organiser, place=place, slots=wednesday_and_saturday)
    december = (await registration.preview(edition, dates={"first_day": "2090-12-18", "last_day": "2090-12-24"})).json()
    (sample,) = december["public_holiday"]["samples"]
    assert (sample["departement"], sample["new_slots"][0]["begin"]) == ("974", "2090-12-20T09:00:00")
    november = (await registration.preview(edition, dates={"first_day": "2090-11-06", "last_day": "2090-11-12"})).json()
    assert november["public_holiday"]["events"] == 2
    assert (november["school_holidays_unknown"], november["school_holiday"]["events"]) == (2, 0)
    assert november["school_holidays_unknown_in"] == ["44", "974"]


async def test_a_preview_names_events_that_move_by_another_distance(
    registration: Registration, edition: str, organiser: Organiser
):
    """From a Monday to a Friday: a Tuesday goes to the Tuesday inside the new dates."""
    await registration.submit(edition, organiser, slots=[{"begin": "2090-03-28T09:00", "end": "2090-03-28T10:00"}])
    shown = (await registration.preview(edition, dates={"first_day": "2090-11-10", "last_day": "2090-11-17"})).json()
    (sample,) = shown["other_distance"]["samples"]
    assert sample["new_slots"][0]["begin"] == "2090-11-14T09:00:00"
    assert shown["outside_dates"]["events"] == 0


async def test_a_postponement_moves_every_event_and_tells_each_person_once(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id = await registration.labelled(edition, organiser)
    overseas = await registration.labelled(edition, organiser, place=REUNION)
    refused = (await registration.submit(edition, organiser))["id"]
    await registration.decide(refused, "refused")
    gone = (await registration.submit(edition, organiser))["id"]
    await registration.http.post(f"/v1/events/{gone}/withdrawal", headers=organiser.headers)
    email = f"{unique('guest')}@example.org"
    for place in (event_id, overseas):
        assert (await registration.sign_up(place, email=email)).status_code == 201
    cancelled = (await registration.sign_up(event_id)).json()["participation"]["id"]
    await registration.cancel(event_id, cancelled)

    done = await registration.postponed(edition)
    assert (done["events"], done["reached"], done["recipients"], done["told"]) == (3, 3, 2, 2)
    for id_ in (event_id, overseas, refused):
        event = await registration.event(id_)
        assert slots(event) == [("2090-11-14T09:00:00", "2090-11-14T12:00:00")]
        assert [slot["begin"] for slot in event["previous_slots"]] == ["2090-03-28T09:00:00"]
        assert (event["occurrence"], event["revision"], event["status"]) == ("rescheduled", 2, "submitted")
        assert (event["act_number"], event["act_revision"], event["calendar_sequence"]) == (1, 2, 2)
        assert event["answer"] == "not_asked"
    assert (await registration.event(refused))["status_before_act"] == "refused"
    assert (await registration.event(gone))["act_number"] == 0
    await registration.all_told()
    told = registration.notices(edition)
    assert [change for change, _ in told] == ["act", "act"]
    by_recipient = {str(notice.recipient_id): notice for _, notice in told}
    of_organiser = by_recipient.pop(organiser.id)
    assert {str(each) for each in of_organiser.organised} == {event_id, overseas, refused}
    assert of_organiser.sign_ups == ()
    (of_guest,) = by_recipient.values()
    assert {str(each.event_id) for each in of_guest.sign_ups} == {event_id, overseas}
    assert of_guest.organised == ()
    assert of_guest.act.number == 1
    messages = await registration.messages(EVENTS, event_id, count=3)
    assert [each.change for each in messages] == ["submitted", "labelled", "rescheduled"]
    (_, changed) = await registration.messages(EDITIONS, edition, count=2)
    assert changed.body.edition.act.previous_dates.first_day.isoformat() == "2090-03-27"


async def test_one_person_in_several_roles_gets_one_notice(registration: Registration, edition: str):
    email = f"{unique('Multi')}@Example.org"
    both = await registration.organiser(email=email)
    second = await registration.organiser(email=email.lower())
    own = await registration.labelled(edition, both)
    other = await registration.labelled(edition, second)
    await registration.sign_up(own, email=email.upper())
    done = await registration.postponed(edition)
    assert done["told"] == 1
    await registration.all_told()
    ((_, notice),) = registration.notices(edition)
    assert {str(each) for each in notice.organised} == {own, other}
    assert [str(each.event_id) for each in notice.sign_ups] == [own]
    assert str(notice.recipient_id) in {both.id, second.id}


async def test_the_label_stays_in_public_until_it_is_decided_again(
    registration: Registration, edition: str, organiser: Organiser
):
    kept, lost, regained = [await registration.labelled(edition, organiser) for _ in range(3)]
    await registration.decide(regained, "refused")
    await registration.postponed(edition)
    for id_ in (kept, lost):
        public = (await registration.http.get(f"/v1/events/{id_}")).json()
        assert (public["status"], public["occurrence"]) == ("labelled", "rescheduled")
        assert public["previous_slots"][0]["begin"] == "2090-03-28T09:00:00"
        assert public["slots"][0]["begin"] == "2090-11-14T09:00:00"
        assert (public["answer"], public.get("status_before_act")) == ("not_asked", None)
    await registration.decide(kept, "labelled", revision=2)
    await registration.decide(lost, "refused", revision=2)
    await registration.decide(regained, "labelled", revision=2)
    await registration.all_told()

    async def told(id_: str, count: int) -> list[tuple[str, str | None]]:
        messages = await registration.messages(CATALOGUE, id_, count=count)
        return [(each.change, each.body and each.body.event.occurrence) for each in messages]

    assert await told(kept, 2) == [
        ("published", "scheduled"),
        ("changed", "rescheduled"),
    ]  # the label kept says no more
    assert await told(lost, 3) == [("published", "scheduled"), ("changed", "rescheduled"), ("tombstone", None)]
    assert await told(regained, 3) == [("published", "scheduled"), ("tombstone", None), ("published", "rescheduled")]
    assert (await registration.http.get(f"/v1/events/{kept}")).json()["revision"] == 2
    assert (await registration.http.get(f"/v1/events/{lost}")).status_code == 404


async def test_what_was_shown_is_what_is_confirmed(registration: Registration, edition: str, organiser: Organiser):
    event = await registration.submit(edition, organiser)
    token = (await registration.preview(edition)).json()["token"]
    other = {"dates": {"first_day": "2090-11-20", "last_day": "2090-11-26"}}
    for changes in (other, {"terms": {"fr": "Autre chose.", "en": "Something else."}}):
        refused = await registration.confirm(edition, token, **changes)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "token")
    assert (await registration.confirm(edition, "no-token")).status_code == 409
    await registration.amend(event["id"], organiser.headers, event_content(title=unique("Autre visite")))
    assert (await registration.confirm(edition, token)).status_code == 409
    token = (await registration.preview(edition)).json()["token"]
    first = await registration.confirm(edition, token)
    again = await registration.confirm(edition, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["act"] == again.json()["act"]
    await registration.settled(edition, 1)
    assert len((await registration.http.get(f"/v1/editions/{edition}/acts", headers=registration.staff)).json()) == 1


async def test_a_token_of_a_preview_gives_no_access(registration: Registration, edition: str):
    token = (await registration.preview(edition)).json()["token"]
    answer = await registration.http.get("/v1/events", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dates": None}, "dates"),
        ({"kind": "cancelled"}, "dates"),
        ({"policy": "confirmation"}, "respond_by"),
        ({"respond_by": "2020-01-01"}, "respond_by"),
        ({"respond_by": "2090-11-19"}, "respond_by"),
        ({"dates": {"first_day": "2090-03-27", "last_day": "2090-04-02"}}, "dates"),
        ({"dates": {"first_day": "2090-11-19", "last_day": "2090-11-13"}}, "dates.last_day"),
        ({"label_window": {"first_day": "2090-11-14", "last_day": "2090-11-30"}}, "label_window"),
        ({"terms": {"fr": "Seulement."}}, "terms.en"),
    ],
)
async def test_an_act_that_contradicts_itself_is_refused_with_its_field(
    registration: Registration, edition: str, changes, field
):
    answer = await registration.preview(edition, **changes)
    assert answer.status_code == 422, answer.text
    assert field in {error["field"].removeprefix("body.") for error in answer.json()["errors"]}


async def test_acts_are_for_staff(registration: Registration, edition: str, organiser: Organiser):
    path = f"/v1/editions/{edition}/acts"
    for headers, status in ((organiser.headers, 403), ({}, 401)):
        assert (
            await registration.http.post(f"{path}/preview", json=act_content(), headers=headers)
        ).status_code == status
        assert (await registration.http.post(path, json=act_content(token="x"), headers=headers)).status_code == status
        assert (await registration.http.get(path, headers=headers)).status_code == status


async def test_without_dates_first_then_with_dates(registration: Registration, edition: str, organiser: Organiser):
    event_id = await registration.labelled(edition, organiser)
    undated = {"kind": "postponed_undated", "dates": None}
    await registration.postponed(edition, **undated)
    event = await registration.event(event_id)
    assert (event["occurrence"], event["status"], event["revision"]) == ("postponed", "labelled", 1)
    assert slots(event) == [("2090-03-28T09:00:00", "2090-03-28T12:00:00")]
    assert (await registration.http.get(f"/v1/editions/{edition}")).json()["status"] == "closed"
    assert (await registration.sign_up(event_id)).status_code == 409
    assert (await registration.preview(edition, **undated)).status_code == 422  # nothing is left to decide
    await registration.postponed(edition)
    event = await registration.event(event_id)
    assert (event["occurrence"], event["status"], event["revision"]) == ("rescheduled", "submitted", 2)
    assert slots(event) == [("2090-11-14T09:00:00", "2090-11-14T12:00:00")]
    assert (event["act_number"], event["calendar_sequence"]) == (2, 3)
    assert (await registration.http.get(f"/v1/editions/{edition}")).json()["status"] == "open"
    assert (await registration.sign_up(event_id)).status_code == 201


async def test_a_cancelled_edition_takes_no_sign_ups(registration: Registration, edition: str, organiser: Organiser):
    event_id = await registration.labelled(edition, organiser)
    await registration.sign_up(event_id)
    done = await registration.postponed(edition, kind="cancelled", dates=None)
    assert done["told"] == 2
    public = (await registration.http.get(f"/v1/events/{event_id}")).json()
    assert (public["occurrence"], public["status"]) == ("cancelled", "labelled")
    assert (await registration.sign_up(event_id)).status_code == 409
    new = {"edition_id": edition, "event": event_content()}
    assert (await registration.http.post("/v1/events", json=new, headers=organiser.headers)).status_code == 409


async def test_saving_an_edition_keeps_what_was_decided(registration: Registration, edition: str):
    await registration.postponed(edition)
    now = (await registration.http.get(f"/v1/editions/{edition}")).json()
    content = {name: now[name] for name in ("number", "name", "dates", "label_window", "submission_deadline", "status")}
    answer = await registration.http.put(f"/v1/editions/{edition}", json=content, headers=registration.staff)
    assert answer.json()["act"] == now["act"]
    assert UUID(answer.json()["act"]["id"])


@pytest.mark.parametrize(("language", "name"), [("fr", "communique-de-presse"), ("en", "press-release")])
async def test_the_press_release_can_be_downloaded(
    registration: Registration, edition: str, organiser: Organiser, language: str, name: str
):
    await registration.labelled(edition, organiser)
    await registration.postponed(edition)
    answer = await registration.http.get(f"/v1/editions/{edition}/press-release", params={"language": language})
    assert answer.headers["content-type"] == "application/pdf"
    assert name in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-")
    assert (await registration.http.get("/v1/editions/none/press-release")).status_code == 404
