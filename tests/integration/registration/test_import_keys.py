"""Idempotency-Key of imports: the same file once, whatever happened to the first attempt."""

import asyncio
import gzip

import pytest

from tests.integration.registration.world import event_content, eventually, json_lines, unique

_COUNT = "SELECT count(*) FROM events WHERE edition_id = $1"
_IMPORTS = "SELECT count(*) FROM imports WHERE edition_id = $1"


def _rows(count, **changes):
    return [event_content(reference=f"R{number}", **changes) for number in range(count)]


def _headers(organiser, key):
    return {**organiser.headers, "Idempotency-Key": key}


async def _import(registration, edition, body, headers, **query):
    return await registration.import_("events", edition, body, headers, **query)


async def test_the_same_key_and_file_gives_the_same_report(registration, edition, organiser):
    rows, headers = _rows(5), _headers(organiser, unique("key"))
    first, again = [await _import(registration, edition, rows, headers) for _ in range(2)]
    assert (first.status_code, first.json()["created"]) == (200, 5)
    assert (again.status_code, again.content) == (200, first.content)
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert await registration.value(_IMPORTS, edition) == 1


async def test_the_same_key_and_another_file_is_refused(registration, edition, organiser):
    headers = _headers(organiser, unique("key"))
    rows = _rows(3)
    await _import(registration, edition, rows[:2], headers)
    answer = await _import(registration, edition, rows, headers)
    assert (answer.status_code, answer.json()["title"]) == (422, "Key already used")
    assert await registration.value(_COUNT, edition) == 2


async def test_the_same_key_asks_the_same_question(registration, edition, organiser):
    """Another edition, other options or another kind of import are another question, and so is another caller's."""
    key = unique("key")
    rows, other = _rows(2), await registration.organiser()
    assert (await _import(registration, edition, rows, _headers(organiser, key))).json()["created"] == 2
    receipts = await _import(registration, edition, rows, _headers(organiser, key), receipts=True)
    assert receipts.json()["unchanged"] == 2
    elsewhere = await _import(registration, await registration.edition(), rows, _headers(organiser, key))
    assert elsewhere.json()["created"] == 2
    assert (await _import(registration, edition, rows, _headers(other, key))).json()["created"] == 2
    sign_ups = await registration.import_("participations", edition, rows, _headers(organiser, key))
    assert sign_ups.json()["refused"] == 2


@pytest.mark.parametrize("file", [b"[]", b"", b"PK\x03\x04"])
async def test_a_refused_file_is_refused_again_with_the_same_words(registration, edition, organiser, file):
    headers = _headers(organiser, unique("key"))
    first, again = [await _import(registration, edition, file, headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (422, 422)
    assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")
    assert again.headers["content-type"] == "application/problem+json"
    other = await _import(registration, edition, _rows(1), headers)
    assert (other.status_code, other.json()["title"]) == (422, "Key already used")


async def test_what_a_refused_file_has_brought_is_named_by_every_answer(registration, edition, organiser):
    """A bomb behind good rows: they went in, and the report says so however often it is asked for."""
    packed = gzip.compress(json_lines(_rows(2_500)) + b" " * 20_000_000)
    headers = {**_headers(organiser, unique("key")), "Content-Encoding": "gzip"}
    first, again = [await _import(registration, edition, packed, headers) for _ in range(2)]
    assert first.status_code == 422
    assert first.json()["title"] == "The file cannot be read further"
    assert again.content == first.content
    assert await registration.value(_IMPORTS, edition) == 1


async def test_the_same_key_at_once_runs_once(registration, edition, organiser):
    headers = {**_headers(organiser, unique("key")), "Content-Type": "application/x-ndjson"}
    rows = _rows(4)
    go_on = asyncio.Event()

    async def slowly():
        yield json_lines(rows[:2])
        await go_on.wait()
        yield json_lines(rows[2:])

    url = f"/v1/imports/events?edition={edition}"
    first = asyncio.create_task(registration.http.post(url, content=slowly(), headers=headers))
    await eventually(lambda: registration.value(_IMPORTS, edition))
    meanwhile = await registration.http.post(url, content=json_lines(rows), headers=headers)
    assert (meanwhile.status_code, meanwhile.json()["title"]) == (409, "Still under way")
    assert meanwhile.headers["retry-after"] == "5"
    go_on.set()
    assert (await first).json()["created"] == 4
    again = await registration.http.post(url, content=json_lines(rows), headers=headers)
    assert again.json() == (await first).json()
    assert await registration.value(_COUNT, edition) == 4


async def test_an_upload_that_broke_off_leaves_its_key_free(registration, edition, organiser):
    headers = {**_headers(organiser, unique("key")), "Content-Type": "application/x-ndjson"}
    rows = _rows(5)
    url = f"/v1/imports/events?edition={edition}"

    async def broken():
        yield json_lines(rows[:2])
        raise OSError("the line is dead")

    with pytest.raises(OSError, match="dead"):
        await registration.http.post(url, content=broken(), headers=headers)
    interrupted = "SELECT 1 FROM imports WHERE edition_id = $1 AND status = 'interrupted'"
    await eventually(lambda: registration.value(interrupted, edition))

    async def taken():
        answer = await registration.http.post(url, content=json_lines(rows), headers=headers)
        return answer.json() if answer.status_code == 200 else None

    report = await eventually(taken)
    assert report["created"] + report["unchanged"] == 5
    assert await registration.value(_COUNT, edition) == 5
