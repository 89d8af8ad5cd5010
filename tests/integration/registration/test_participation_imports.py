"""Imports of sign-ups: thousands of rows by the rules of single ones."""

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from registration.imports.participation_rows import MOST_KEPT, ParticipationImport
from registration.imports.rows import ParticipationRow
from shared.contracts.topics import CONTACTS, PARTICIPATIONS
from tests.integration.registration.world import eventually, json_lines, unique


def _row(event, reference, **changes):
    return {"event": event, "reference": reference, "kind": "person", "people": 1} | changes


async def _import(registration, edition, body, organiser, **more):
    answer = await registration.import_("participations", edition, body, organiser.headers, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _tally(report):
    return tuple(report[name] for name in ("rows", "created", "unchanged", "refused"))


async def test_sign_ups_go_in_by_id_and_by_reference(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, reference="VISITE-01", capacity=None)
    names = ["VISITE-01", event_id, event_id.upper(), event_id.replace("-", "")]
    rows = [_row(name, f"billet-{number}", people=1) for number, name in enumerate(names)]
    rows.append(_row("VISITE-01", "classe", kind="group", people=28, name="3e B"))
    report = await _import(registration, edition, rows, organiser)
    assert _tally(report) == (5, 5, 0, 0), report["problems"]
    assert (await registration.lists_told(event_id, count=5))[-1] == ("signed_up", 5, 32, 0)


async def test_the_messages_are_those_of_the_contract(registration, edition, organiser):
    """They are put together by hand, and `messages` refuses unknown fields: compared with those of single sign-ups."""
    event_id = await registration.labelled(edition, organiser, capacity=40)
    email = f"{unique('camille')}@example.org"
    rows = [
        _row(event_id, "a", email=email, name="Camille", language="en"),
        _row(event_id, "b", kind="group", people=9),
    ]
    await _import(registration, edition, rows, organiser, notify=True)
    await registration.http.put(f"/v1/events/{event_id}/attendance", json={"people": 7}, headers=organiser.headers)
    await _import(registration, edition, [_row(event_id, "c")], organiser)
    single = (await registration.sign_up(event_id)).json()["participation"]
    told = await registration.messages(PARTICIPATIONS, event_id, count=5)
    first, second, _, third, last = (each.body for each in told)
    assert first.model_dump(exclude={"guest_list": True, "participation": {"id", "contact_id", "signed_up_at"}}) == {
        "change": "signed_up",
        "participation": {"kind": "person", "people": 1, "status": "active", "notify": True},
    }
    assert (second.participation.kind, second.participation.people, second.participation.notify) == ("group", 9, True)
    assert second.participation.contact_id is None
    assert third.participation.notify is False
    assert [each.body.guest_list.model_dump(mode="json", exclude={"event_id", "edition_id"}) for each in told][3] == {
        "capacity": 40,
        "parties": 3,
        "announced": 11,
        "cancelled": 0,
        "actual": 7,
    }
    assert {str(each.body.guest_list.event_id) for each in told} == {event_id}
    assert {each.body.guest_list.edition_id for each in told} == {edition}
    assert last.participation.model_dump(mode="json") == single
    assert first.participation.model_fields_set == last.participation.model_fields_set
    (contact,) = await registration.messages(CONTACTS, str(first.participation.contact_id), count=1)
    assert (contact.body.contact.email, contact.body.contact.name, contact.body.contact.language) == (
        email,
        "Camille",
        "en",
    )


async def test_the_same_file_again_changes_nothing(registration, edition, organiser):
    events = [await registration.labelled(edition, organiser, reference=f"E{n}", capacity=10) for n in range(3)]
    rows = [_row(f"E{n % 3}", f"billet-{n}", email=f"{unique('x')}@example.org") for n in range(30)]
    assert _tally(await _import(registration, edition, rows, organiser)) == (30, 30, 0, 0)
    assert _tally(await _import(registration, edition, rows, organiser)) == (30, 0, 30, 0)
    await registration.all_told()
    for event_id in events:
        assert (await registration.lists_told(event_id, count=10))[-1] == ("signed_up", 10, 10, 0)


async def test_a_repeated_row_goes_in_once(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    email = f"{unique('Camille')}@example.org"
    rows = [
        _row(event_id, "a"),
        _row(event_id, "a"),
        {"event": event_id, "email": email},
        {"event": event_id, "email": email.upper()},
        _row(event_id, "b"),
        _row(event_id, "a"),
    ]
    assert _tally(await _import(registration, edition, rows, organiser)) == (6, 3, 3, 0)
    await registration.lists_told(event_id, count=3)


async def test_who_has_cancelled_is_not_signed_up_again_by_the_same_file(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    rows = [_row(event_id, "a")]
    await _import(registration, edition, rows, organiser)
    page = await registration.http.get(f"/v1/events/{event_id}/participations", headers=organiser.headers)
    await registration.cancel(event_id, page.json()["guests"][0]["id"])
    assert _tally(await _import(registration, edition, rows, organiser)) == (1, 0, 1, 0)
    await registration.lists_told(event_id, count=2)


async def test_who_signed_up_alone_is_known_by_address(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    email = f"{unique('camille')}@example.org"
    await registration.sign_up(event_id, email=email)
    rows = [{"event": event_id, "email": email.upper()}]
    assert _tally(await _import(registration, edition, rows, organiser)) == (1, 0, 1, 0)


async def test_the_capacity_holds(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=10)
    rows = [_row(event_id, f"billet-{n}") for n in range(8)]
    rows += [_row(event_id, "classe", kind="group", people=3)]
    rows += [_row(event_id, f"billet-{n}") for n in range(8, 12)]
    report = await _import(registration, edition, rows, organiser)
    assert _tally(report) == (13, 10, 0, 3)
    assert [(problem["line"], problem["field"]) for problem in report["problems"]] == [
        (9, "people"),
        (12, "people"),
        (13, "people"),
    ]
    assert "2 of 10 places are left" in report["problems"][0]["reason"]
    assert (await registration.lists_told(event_id, count=10))[-1] == ("signed_up", 10, 10, 0)


async def test_the_capacity_holds_against_single_sign_ups_at_the_same_time(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=50)
    files = [[_row(event_id, f"{name}-{n}") for n in range(40)] for name in "abc"]
    *reports, _ = await asyncio.gather(
        *(_import(registration, edition, rows, organiser) for rows in files),
        asyncio.gather(*(registration.sign_up(event_id) for _ in range(30))),
    )
    assert sum(report["created"] for report in reports) <= 50
    told = await registration.lists_told(event_id, count=50)
    assert told[-1] == ("signed_up", 50, 50, 0)


async def test_bad_rows_are_told_by_line_field_and_reason_and_stop_nothing(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    withdrawn = (await registration.submit(edition, organiser))["id"]
    await registration.http.post(f"/v1/events/{withdrawn}/withdrawal", headers=organiser.headers)
    elsewhere = (await registration.submit(await registration.edition(), organiser))["id"]
    bad = [
        (_row("unknown", "1"), "event"),
        (_row("01a20b7b-6a1d-7589-a8fd-26207beacaf0", "1"), "event"),
        (_row(withdrawn, "1"), "event"),
        (_row(elsewhere, "1"), "event"),
        (_row(event_id, "1", people=2), "people"),
        (_row(event_id, "1", people=0), "people"),
        (_row(event_id, "1", people="1"), "people"),
        (_row(event_id, "1", kind="class"), "kind"),
        ({"event": event_id}, "reference"),
        ({"reference": "1"}, "event"),
        (_row(event_id, "1", email="nobody"), "email"),
        (_row(event_id, "1", phone="1"), "phone"),
        (_row(event_id, "nul", name="\x00"), None),
        (_row("\x00", "1"), None),
        ([], None),
    ]
    rows = []
    for number, (row, _) in enumerate(bad):
        rows += [_row(event_id, f"good-{number}"), row]
    report = await _import(registration, edition, rows, organiser)
    assert _tally(report) == (30, 15, 0, 15)
    told = {problem["line"]: problem["field"] for problem in report["problems"]}
    assert told == {2 * number: field for number, (_, field) in enumerate(bad, 1)}
    assert all(len(problem["reason"]) > 10 for problem in report["problems"])
    assert all(problem["words"]["fr"] not in {"", problem["reason"]} for problem in report["problems"])
    await registration.lists_told(event_id, count=15)


async def test_a_row_that_the_database_refuses_leaves_no_trace_and_spoils_no_other(registration, edition, organiser):
    """Nothing in a row does that today; a constraint that only the database knows stands for what may come."""
    event_id = await registration.labelled(edition, organiser, capacity=100)
    email, reference = f"{unique('camille')}@example.org", unique("billet")
    rows = [_row(event_id, f"billet-{n}") for n in range(40)]
    rows[17] = _row(event_id, reference, email=email)
    await registration.execute(f"ALTER TABLE participations ADD CONSTRAINT trial CHECK (identity <> 'ref:{reference}')")
    try:
        report = await _import(registration, edition, rows, organiser)
    finally:
        await registration.execute("ALTER TABLE participations DROP CONSTRAINT trial")
    assert _tally(report) == (40, 39, 0, 1)
    assert [problem["line"] for problem in report["problems"]] == [18]
    assert await registration.value("SELECT count(*) FROM persons WHERE address = $1", email) == 0
    assert (await registration.lists_told(event_id, count=39))[-1] == ("signed_up", 39, 39, 0)


@pytest.mark.parametrize("status", ["submitted", "in_review"])
async def test_a_file_may_come_before_the_label(registration, edition, organiser, status):
    """Partners send sign-ups when they have them; an event that is refused or withdrawn takes none."""
    event_id = (await registration.submit(edition, organiser))["id"]
    if status != "submitted":
        await registration.decide(event_id, status)
    assert _tally(await _import(registration, edition, [_row(event_id, "a")], organiser)) == (1, 1, 0, 0)
    await registration.decide(event_id, "refused")
    assert _tally(await _import(registration, edition, [_row(event_id, "b")], organiser)) == (1, 0, 0, 1)


async def test_no_confirmations_unless_asked_for(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    for reference, notify in (("a", False), ("b", True)):
        rows = [_row(event_id, reference, email=f"{unique('x')}@example.org")]
        await _import(registration, edition, rows, organiser, notify=notify)
    told = await registration.messages(PARTICIPATIONS, event_id, count=2)
    assert [each.body.participation.notify for each in told] == [False, True]
    counted = "SELECT array_agg(confirmations ORDER BY identity) FROM participations WHERE event_id = $1"
    assert await registration.value(counted, event_id) == [0, 1]


async def test_many_batches_are_one_report(registration, edition, organiser):
    """More rows than a transaction takes, over events in every batch."""
    events = [await registration.labelled(edition, organiser, reference=f"E{n}", capacity=None) for n in range(5)]
    rows = [_row(f"E{n % 5}", f"billet-{n}") for n in range(12_000)]
    rows[6_001] = _row("E9", "x")
    packed = gzip.compress(json_lines(rows))
    report = await _import(registration, edition, packed, organiser, type_="application/gzip")
    assert _tally(report) == (12_000, 11_999, 0, 1)
    assert [problem["line"] for problem in report["problems"]] == [6_002]
    totals = "SELECT sum(announced) FROM guest_lists WHERE event_id = ANY($1)"
    assert await registration.value(totals, events) == 11_999
    await registration.messages(PARTICIPATIONS, events[0], count=2_400)


async def test_an_organiser_follows_its_import_while_it_runs(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=None)
    done = asyncio.Event()

    async def slowly():
        yield json_lines([_row(event_id, f"billet-{n}") for n in range(6_000)])
        await done.wait()
        yield json_lines([_row(event_id, "last")])

    headers = {**organiser.headers, "Content-Type": "application/x-ndjson"}
    upload = asyncio.create_task(
        registration.http.post(f"/v1/imports/participations?edition={edition}", content=slowly(), headers=headers)
    )
    running = "SELECT id::text FROM imports WHERE edition_id = $1 AND rows > 0"
    id_ = await eventually(lambda: registration.value(running, edition))
    seen = (await registration.http.get(f"/v1/imports/{id_}", headers=organiser.headers)).json()
    assert (seen["status"], seen["finished_at"], seen["created"]) == ("running", None, seen["rows"])
    done.set()
    report = (await upload).json()
    assert (report["id"], report["status"], report["created"]) == (id_, "finished", 6_001)


async def test_sign_ups_come_as_json_lines_alone(registration, edition, organiser):
    body = b"event,reference\nA,1\n"
    answer = await registration.import_("participations", edition, body, organiser.headers, type_="text/csv")
    assert answer.status_code == 422
    assert "x-ndjson" in answer.json()["detail"]


async def test_names_of_events_that_are_not_there_fill_no_memory(registration, edition, organiser):
    await registration.labelled(edition, organiser, reference="VISITE-01", capacity=None)
    about = ParticipationImport(edition_id=edition, organiser_id=None, notify=False)
    batch = 4_000
    for begin in range(0, 2 * MOST_KEPT, batch):
        made_up = [
            (n, ParticipationRow(event=f"none-{n}", reference=f"billet-{n}")) for n in range(begin, begin + batch)
        ]
        real = (begin + batch, ParticipationRow(event="VISITE-01", reference=f"ticket-{begin}"))
        async with registration.service.database.transaction() as connection:
            tally, problems = await about.apply(connection, [*made_up, real], now=datetime.now(UTC))
        assert (tally.created, len(problems)) == (1, batch)
        assert len(about._events) <= MOST_KEPT + batch + 1
