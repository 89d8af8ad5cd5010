"""Imports of events: files as organisers and partners have them."""

import asyncio
import csv
import gzip
import io
import json

import httpx
import pytest

from shared.contracts.topics import CATALOGUE, EVENTS
from tests.integration.registration.world import (
    edition_content,
    event_content,
    eventually,
    json_lines,
    organiser_content,
    unique,
)

_CSV = "text/csv"


def _row(reference, **changes):
    return event_content(reference=reference, **changes)


def _csv(rows, delimiter=","):
    """Events laid flat, as docs/imports.md has it."""
    flat = [
        {
            "reference": row["reference"],
            "title": row["title"],
            "description": row["description"],
            "type": row["type"],
            "themes": "|".join(row["themes"]),
            "audience": "|".join(row["audience"]),
            "price": f"{row['price_cents'] / 100:.2f}".replace(".", ","),
            "slots": "|".join(f"{slot['begin']}/{slot['end']}" for slot in row["slots"]),
            "address": row["place"]["address"],
            "postcode": row["place"]["postcode"],
            "city": row["place"]["city"],
            "capacity": row["capacity"],
            "accessibility": "|".join(row["accessibility"]),
        }
        for row in rows
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, flat[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue().encode()


async def _import(registration, edition, body, organiser, **more):
    answer = await registration.import_("events", edition, body, organiser.headers, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _tally(report):
    return {name: report[name] for name in ("rows", "created", "changed", "unchanged", "refused")}


def _tallied(rows, *, created=0, changed=0, unchanged=0, refused=0):
    return {"rows": rows, "created": created, "changed": changed, "unchanged": unchanged, "refused": refused}


async def _events(registration, edition, organiser):
    """The organiser's events of the edition, by reference."""
    answer = await registration.http.get(
        "/v1/events", params={"edition": edition, "organiser": organiser.id}, headers=organiser.headers
    )
    return {event["reference"]: event for event in answer.json()["events"]}


# What goes in


async def test_good_rows_go_in_and_are_published_without_a_receipt(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(5)]
    report = await _import(registration, edition, rows, organiser)
    assert _tally(report) == _tallied(5, created=5)
    assert (report["kind"], report["edition_id"], report["status"]) == ("events", edition, "finished")
    assert report["finished_at"] >= report["started_at"]
    events = await _events(registration, edition, organiser)
    assert sorted(events) == ["R0", "R1", "R2", "R3", "R4"]
    for event in events.values():
        (told,) = await registration.messages(EVENTS, event["id"], count=1)
        assert told.body.event.model_dump(mode="json") == event
        assert not told.body.notify
    one = await registration.http.get(f"/v1/imports/{report['id']}", headers=organiser.headers)
    assert one.json() == report


async def test_receipts_are_mailed_when_asked_for(registration, edition, organiser):
    await _import(registration, edition, [_row("R")], organiser, receipts=True)
    event = (await _events(registration, edition, organiser))["R"]
    (told,) = await registration.messages(EVENTS, event["id"], count=1)
    assert told.body.notify


async def test_the_same_file_again_changes_nothing(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(5)]
    await _import(registration, edition, rows, organiser)
    again = await _import(registration, edition, rows, organiser)
    assert _tally(again) == _tallied(5, unchanged=5)
    await registration.all_told()
    for event in (await _events(registration, edition, organiser)).values():
        await registration.messages(EVENTS, event["id"], count=1)


async def test_a_changed_row_amends_its_event(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(4)]
    await _import(registration, edition, rows, organiser)
    before = await _events(registration, edition, organiser)
    await registration.decide(before["R1"]["id"], "labelled")
    await registration.decide(before["R2"]["id"], "labelled")
    changed = [rows[0], rows[1] | {"price_cents": 500}, rows[2] | {"capacity": 41}, rows[3]]
    report = await _import(registration, edition, changed, organiser)
    assert _tally(report) == _tallied(4, changed=2, unchanged=2)
    after = await _events(registration, edition, organiser)
    assert {reference: event["id"] for reference, event in after.items()} == {
        reference: event["id"] for reference, event in before.items()
    }
    assert (after["R1"]["revision"], after["R1"]["status"]) == (2, "submitted")
    assert (after["R2"]["revision"], after["R2"]["status"], after["R2"]["capacity"]) == (1, "labelled", 41)
    assert await registration.events_told(after["R1"]["id"], count=3) == [
        ("submitted", 1, "submitted"),
        ("labelled", 1, "labelled"),
        ("amended", 2, "submitted"),
    ]


async def test_a_row_may_stand_twice_in_one_file(registration, edition, organiser):
    """A later line about the same event amends it."""
    first, second, other = _row("A"), _row("A", price_cents=300), _row("B")
    report = await _import(registration, edition, [first, other, second, second, other, first], organiser)
    assert _tally(report) == _tallied(6, created=2, changed=2, unchanged=2)
    event = (await _events(registration, edition, organiser))["A"]
    assert (event["revision"], event["price_cents"], event["title"]) == (3, 0, first["title"])
    await registration.events_told(event["id"], count=3)


async def test_staff_import_events_of_many_organisers(registration, edition, organiser):
    siret = await registration.value("SELECT siret FROM organisers WHERE id = $1", organiser.id)
    known, new = organiser_content(siret=siret, name="Autre nom"), organiser_content()
    rows = [_row("A") | {"organiser": known}, _row("A") | {"organiser": new}, _row("B") | {"organiser": new}, _row("C")]
    report = await registration.import_("events", edition, rows, registration.staff)
    assert _tally(report.json()) == _tallied(4, created=3, refused=1)
    (problem,) = report.json()["problems"]
    assert (problem["line"], problem["field"]) == (4, "organiser")
    owners = await registration.value(
        "SELECT array_agg(organiser_id::text ORDER BY reference) FROM events WHERE edition_id = $1", edition
    )
    assert owners.count(organiser.id) == 1
    assert len(set(owners)) == 2
    again = await registration.import_("events", edition, rows[:3], registration.staff)
    assert _tally(again.json()) == _tallied(3, unchanged=3)
    named = await registration.import_("events", edition, rows[3:], registration.staff, organiser_id=organiser.id)
    assert _tally(named.json()) == _tallied(1, created=1)


async def test_an_impossible_siret_is_left_to_the_charter(registration, edition):
    """In a file of thousands nobody can correct it at once; the decision tells the organiser."""
    row = _row("A") | {"organiser": organiser_content(siret="73282932000075")}
    report = await registration.import_("events", edition, [row], registration.staff)
    assert report.json()["created"] == 1


@pytest.mark.parametrize("changes", [{"status": "closed"}, {"submission_deadline": "2020-03-17"}])
async def test_the_deadline_holds_for_files_too(registration, organiser, changes):
    edition = await registration.edition()
    rows = [_row("A"), _row("B")]
    await _import(registration, edition, rows[:1], organiser)
    await registration.http.put(f"/v1/editions/{edition}", json=edition_content(**changes), headers=registration.staff)
    report = await _import(registration, edition, [rows[0] | {"capacity": 41}, rows[1]], organiser)
    assert _tally(report) == _tallied(2, changed=1, refused=1)
    assert edition in report["problems"][0]["reason"]
    by_staff = await registration.import_("events", edition, rows[1:], registration.staff, organiser_id=organiser.id)
    assert by_staff.json()["created"] == 1


# What does not


async def test_bad_rows_are_told_by_line_field_and_reason_and_stop_nothing(registration, edition, organiser):
    good = [_row("A"), _row("B")]
    bad = {
        2: (_row("X") | {"title": ""}, "title"),
        4: (_row("X") | {"slots": [{"begin": "31/03/2090 09:00", "end": "2090-03-31T12:00"}]}, "slots.0.begin"),
        5: ({"reference": "Y"}, "title"),
        6: ("not json", None),
        7: (_row("X") | {"capacity": "forty"}, "capacity"),
        8: (_row("") | {"price_cents": -5}, "reference"),
        9: (_row("X") | {"colour": "blue"}, "colour"),
        10: (_row("X", place={"postcode": ""}), "place"),
    }
    lines = {1: good[0], 3: good[1]} | {line: row for line, (row, _) in bad.items()}
    body = b"".join(
        (row if isinstance(row, str) else json.dumps(row)).encode() + b"\n" for _, row in sorted(lines.items())
    )
    report = await _import(registration, edition, body, organiser)
    assert _tally(report) == _tallied(10, created=2, refused=8)
    for line, (_, field) in bad.items():
        mine = [problem for problem in report["problems"] if problem["line"] == line]
        assert field in {problem["field"] for problem in mine}, (line, mine)
        assert all(problem["reason"] == problem["words"]["en"] for problem in mine)
        assert all(problem["words"]["fr"] not in {"", problem["reason"]} for problem in mine)
    assert [problem["line"] for problem in report["problems"]] == sorted(
        problem["line"] for problem in report["problems"]
    )
    listed = await registration.http.get(f"/v1/imports/{report['id']}/problems", headers=organiser.headers)
    assert listed.json() == report["problems"]


async def test_problems_are_listed_page_by_page(registration, edition, organiser):
    report = await _import(registration, edition, [{"reference": "x", "title": "?"}] * 30, organiser)
    assert _tally(report) == _tallied(30, refused=30)
    assert len(report["problems"]) == 100
    found = report["problems"]
    path = report["more_problems"]
    while True:
        page = (await registration.http.get(path, headers=organiser.headers)).json()
        if not page:
            break
        found += page
        path = f"/v1/imports/{report['id']}/problems?after={page[-1]['number']}"
    assert [problem["number"] for problem in found] == list(range(1, len(found) + 1))
    assert {problem["line"] for problem in found} == set(range(1, 31))


async def test_what_the_rules_refuse_is_told_like_what_is_misspelt(registration, edition, organiser):
    rows = [_row("A"), _row("B", capacity=40)]
    await _import(registration, edition, rows, organiser)
    events = await _events(registration, edition, organiser)
    withdrawal = f"/v1/events/{events['A']['id']}/withdrawal"
    await registration.http.post(withdrawal, headers=organiser.headers)
    await registration.decide(events["B"]["id"], "labelled")
    await registration.sign_up(events["B"]["id"], kind="group", people=30)
    changed = [rows[0] | {"capacity": 50}, rows[1] | {"capacity": 10}, _row("C")]
    report = await _import(registration, edition, changed, organiser)
    assert _tally(report) == _tallied(3, created=1, refused=2)
    withdrawn, too_small = report["problems"]
    assert (withdrawn["line"], too_small["line"], too_small["field"]) == (1, 2, "capacity")
    assert "withdrawn" in withdrawn["reason"]
    assert "30 people" in too_small["reason"]
    assert withdrawn["words"]["fr"] == "L’événement est retiré : proposez-en un nouveau."
    assert too_small["words"]["fr"].startswith("Personnes inscrites : 30")


async def test_a_row_that_the_database_refuses_does_not_spoil_its_batch(registration, edition, organiser):
    """Nothing in a row does that today; a constraint that only the database knows stands for what may come."""
    await registration.execute(f"ALTER TABLE events ADD CONSTRAINT trial CHECK (reference <> 'R7-{edition}')")
    try:
        rows = [_row(f"R{number}-{edition}") for number in range(20)]
        report = await _import(registration, edition, rows, organiser)
    finally:
        await registration.execute("ALTER TABLE events DROP CONSTRAINT trial")
    assert _tally(report) == _tallied(20, created=19, refused=1)
    assert [problem["line"] for problem in report["problems"]] == [8]
    assert len(await _events(registration, edition, organiser)) == 19


# Forms


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_csv_says_the_same_as_json(registration, edition, organiser, delimiter):
    rows = [
        _row(f"R{number}", description='Soudure ;\n"qualité", et\tmétiers.', price_cents=550) for number in range(3)
    ]
    assert _tally(await _import(registration, edition, rows, organiser)) == _tallied(3, created=3)
    again = await _import(registration, edition, _csv(rows, delimiter), organiser, type_=_CSV)
    assert _tally(again) == _tallied(3, unchanged=3), again["problems"]


async def test_a_column_nobody_reads_is_told_and_refuses_no_row(registration, edition, organiser):
    body = _csv([_row("A")]).replace(b"reference,", b"reference,colour,").replace(b"\nA,", b"\nA,blue,")
    report = await _import(registration, edition, body, organiser, type_=_CSV)
    assert _tally(report) == _tallied(1, created=1)
    assert [(problem["line"], problem["field"]) for problem in report["problems"]] == [(1, "colour")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("type_", ["text/csv", "application/octet-stream", "text/csv; charset=utf-8"])
async def test_a_spreadsheet_file_is_read(registration, edition, organiser, mark, type_):
    body = mark + _csv([_row("A", title="Été : découverte des métiers")], ";")
    report = await _import(registration, edition, body, organiser, type_=type_)
    assert _tally(report) == _tallied(1, created=1), report["problems"]


async def test_gzip_is_read(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(3)]
    packed = gzip.compress(json_lines(rows))
    headers = {**organiser.headers, "Content-Encoding": "gzip"}
    encoded = await registration.import_("events", edition, packed, headers)
    assert _tally(encoded.json()) == _tallied(3, created=3)
    as_file = await _import(registration, edition, packed, organiser, type_="application/gzip")
    assert _tally(as_file) == _tallied(3, unchanged=3)


async def test_openagendas_export_is_read(registration, edition, organiser):
    timings = [{"begin": "2090-03-28T09:00:00+02:00", "end": "2090-03-28T12:00:00+02:00"}]
    export = {
        "uid": "83452719",
        "slug": "visite-de-la-fonderie",
        "title_fr": "Visite de la fonderie",
        "description_fr": "Découvrez la fonderie.",
        "longdescription_fr": "<p>Découvrez la fonderie et ses métiers.</p>",
        "conditions_fr": "Gratuit sur inscription",
        "keywords_fr": "industrie,recrutement",
        "firstdate_begin": timings[0]["begin"],
        "lastdate_end": timings[0]["end"],
        "timings": json.dumps(timings),
        "location_uid": "123",
        "location_name": "Fonderie",
        "location_address": "2 rue des Chantiers",
        "location_postalcode": "97400",
        "location_city": "Saint-Denis",
        "location_coordinates": "-20.88, 55.45",
        "attendancemode": "1",
        "status": "1",
        "accessibility": "mi",
        "age_min": "",
        "age_max": "",
        "originagenda_title": "Semaine de l'industrie",
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, export, delimiter=";")
    writer.writeheader()
    writer.writerow(export)
    report = await _import(registration, edition, text.getvalue().encode(), organiser, type_=_CSV)
    assert _tally(report) == _tallied(1, created=1), report["problems"]
    again = await _import(registration, edition, [export | {"timings": timings}], organiser)
    assert _tally(again) == _tallied(1, unchanged=1)
    event = (await _events(registration, edition, organiser))["83452719"]
    assert (event["title"], event["type"], event["price_cents"]) == ("Visite de la fonderie", "company_visit", 0)
    assert event["slots"] == [{"begin": "2090-03-28T11:00:00", "end": "2090-03-28T14:00:00"}]
    assert event["time_zone"] == "Indian/Reunion"
    await registration.decide(event["id"], "labelled")
    cancelled = await _import(registration, edition, [export | {"status": "6"}], organiser)
    assert _tally(cancelled) == _tallied(1, changed=1)
    assert [change for change, *_ in await registration.events_told(event["id"], count=3)][2] == "withdrawn"
    assert (await registration.messages(CATALOGUE, event["id"], count=2))[1].change == "tombstone"
    again = await _import(registration, edition, [export | {"status": "6"}], organiser)
    assert _tally(again) == _tallied(1, unchanged=1)


# Files that are broken


async def test_a_file_cut_in_the_middle_of_a_row_gives_its_whole_rows(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(3)]
    whole = json_lines(rows)
    report = await _import(registration, edition, whole[:-40], organiser)
    assert _tally(report) == _tallied(3, created=2, refused=1)
    assert report["problems"][0]["line"] == 3
    again = await _import(registration, edition, whole, organiser)
    assert _tally(again) == _tallied(3, created=1, unchanged=2)


async def test_a_gzip_file_cut_in_the_middle_gives_what_could_be_unpacked(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(300)]
    packed = gzip.compress(json_lines(rows))
    report = await _import(registration, edition, packed[: len(packed) // 2], organiser, type_="application/gzip")
    assert 0 < report["created"] < 300
    assert report["refused"] == 1
    assert report["problems"][-1]["line"] == report["created"] + 1
    again = await _import(registration, edition, packed, organiser, type_="application/gzip")
    assert again["unchanged"] == report["created"]
    assert again["created"] + again["unchanged"] == 300


async def test_an_upload_that_breaks_off_is_told_so_and_taken_up_again(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(2_500)]  # more than a batch
    headers = {**organiser.headers, "Content-Type": "application/x-ndjson"}
    begun = asyncio.Event()

    async def half():
        yield json_lines(rows[:2_300])
        begun.set()
        await asyncio.Event().wait()

    url = f"/v1/imports/events?edition={edition}"
    upload = asyncio.create_task(registration.http.post(url, content=half(), headers=headers))
    await begun.wait()
    count = "SELECT count(*) FROM events WHERE edition_id = $1"
    await eventually(lambda: registration.value(count, edition))
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)
    ended = "SELECT id::text FROM imports WHERE edition_id = $1 AND status = 'interrupted' AND finished_at IS NOT NULL"
    id_ = await eventually(lambda: registration.value(ended, edition))
    report = (await registration.http.get(f"/v1/imports/{id_}", headers=organiser.headers)).json()
    taken = await registration.value(count, edition)
    assert (report["status"], report["created"]) == ("interrupted", taken)
    assert "again" in report["detail"]
    again = await _import(registration, edition, rows[:20], organiser)
    assert _tally(again) == _tallied(20, unchanged=20)


@pytest.mark.parametrize(
    ("file", "type_", "word"),
    [
        (b"", "application/x-ndjson", "empty"),
        (b"[{}]", "application/x-ndjson", "array"),
        (b"PK\x03\x04....", "text/csv", "spreadsheet"),
        ("référence".encode("utf-16"), "text/csv", "UTF-16"),
        (b"a,b\n1,2\n", "text/csv", "column"),
        (b"{}", "application/pdf", "content type"),
        (b"{}", "application/x-ndjson; charset=ebcdic", "charset"),
        (b"\x1f\x8b\x08garbage", "application/gzip", "compress"),
    ],
)
async def test_a_file_that_is_none_is_refused_with_a_remedy(registration, edition, *, file, type_, word):
    organiser = await registration.organiser()
    answer = await registration.import_("events", edition, file, organiser.headers, type_=type_)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["title"] == "The file cannot be read"
    assert word in problem["detail"]
    assert problem["errors"][0]["field"] == "body"
    assert problem["errors"][0]["detail"]
    assert problem["errors"][0]["remedy"]


async def test_a_bomb_is_refused_and_what_came_before_it_is_kept(registration, edition, organiser):
    rows = [_row(f"R{number}") for number in range(5)]
    packed = gzip.compress(json_lines(rows) + b" " * 20_000_000)
    answer = await registration.import_("events", edition, packed, organiser.headers, type_="application/gzip")
    assert answer.status_code == 422, answer.text
    taken = await _import(registration, edition, rows, organiser)
    assert taken["created"] + taken["unchanged"] == 5


async def test_a_line_without_end_is_passed_over(registration, edition, organiser):
    async def body():
        yield json_lines([_row("A")])
        yield b'{"reference": "'
        for _ in range(200):
            yield b"x" * 100_000
        yield b'"}\n'
        yield json_lines([_row("B")])

    headers = {**organiser.headers, "Content-Type": "application/x-ndjson"}
    url = f"/v1/imports/events?edition={edition}"
    report = (await registration.http.post(url, content=body(), headers=headers)).json()
    assert _tally(report) == _tallied(3, created=2, refused=1)
    assert "longer than" in report["problems"][0]["reason"]


async def test_an_early_refusal_reaches_who_still_uploads(registration, edition, organiser):
    async def body():
        yield b"[" + b" " * 100_000
        for _ in range(100):
            yield b" " * 100_000

    url = f"/v1/imports/events?edition={edition}"
    async with httpx.AsyncClient(base_url=registration.http.base_url, timeout=30) as http:
        answer = await http.post(url, content=body(), headers={**organiser.headers, "Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_an_import_needs_an_edition_that_exists(registration, organiser):
    for kind in ("events", "participations"):
        assert (await registration.import_(kind, unique("no"), [{}], organiser.headers)).status_code == 404
        assert (await registration.import_(kind, "a b", [{}], organiser.headers)).status_code == 422
    nobody = "01a20b7b-6a1d-7589-a8fd-26207beacaf0"
    edition = await registration.edition()
    by_staff = await registration.import_("events", edition, [{}], registration.staff, organiser_id=nobody)
    assert by_staff.status_code == 404


# Many at once


async def test_files_at_once_about_the_same_organisers_all_go_in(registration, edition):
    """Rows in opposite orders, repeated within each file: no deadlock loses a row."""
    organisers = [organiser_content() for _ in range(6)]
    rows = [_row(f"R{number}") | {"organiser": each} for each in organisers for number in range(5)]
    files = [rows + rows[::-1], rows[::-1] + rows, rows[::2] + rows[1::2] + rows, rows[::-1]]
    reports = await asyncio.gather(
        *(registration.import_("events", edition, file, registration.staff) for file in files)
    )
    assert [report.status_code for report in reports] == [200] * 4, [report.text for report in reports]
    assert sum(report.json()["created"] for report in reports) == 30
    assert sum(report.json()["unchanged"] for report in reports) == sum(map(len, files)) - 30
    assert await registration.value("SELECT count(*) FROM events WHERE edition_id = $1", edition) == 30


async def test_as_many_imports_as_may_wait_leave_room_for_others(registration, edition, organiser, settings_and_key):
    """With keys, each holds a connection of its own; requests of others go through meanwhile."""
    settings, _ = settings_and_key
    count = settings.imports_at_once + settings.imports_waiting
    event_id = await registration.labelled(edition, organiser)
    files = [[_row(f"F{file}-{number}") for number in range(50)] for file in range(count)]

    def one(file):
        headers = {**organiser.headers, "Idempotency-Key": unique("key")}
        return registration.import_("events", edition, file, headers)

    answers = await asyncio.gather(*map(one, files), *(registration.sign_up(event_id) for _ in range(10)))
    assert [answer.json()["created"] for answer in answers[:count]] == [50] * count
    assert {answer.status_code for answer in answers[count:]} == {201}


async def test_no_more_imports_run_at_once_than_leave_connections_to_others(
    registration, edition, organiser, settings_and_key
):
    settings, _ = settings_and_key
    limit = settings.imports_at_once
    event_id = await registration.labelled(edition, organiser)
    go_on = asyncio.Event()

    async def slowly(number):
        yield json_lines([_row(f"A{number}")])
        await go_on.wait()
        yield json_lines([_row(f"B{number}")])

    headers = {**organiser.headers, "Content-Type": "application/x-ndjson"}
    url = f"/v1/imports/events?edition={edition}"
    uploads = [
        asyncio.create_task(registration.http.post(url, content=slowly(number), headers=headers))
        for number in range(limit + 2)
    ]
    begun = "SELECT count(*) FROM imports WHERE edition_id = $1"

    async def all_that_may():
        return await registration.value(begun, edition) == limit

    await eventually(all_that_may)
    assert {(await registration.sign_up(event_id)).status_code for _ in range(20)} == {201}
    assert await registration.value(begun, edition) == limit
    go_on.set()
    assert [answer.json()["created"] for answer in await asyncio.gather(*uploads)] == [2] * (limit + 2)
