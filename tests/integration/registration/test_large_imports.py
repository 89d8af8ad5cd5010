"""A file as large as half an edition: memory is bounded, and so is that of what follows from it."""

import asyncio
import json
import time

import httpx
import pytest

from shared.contracts.topics import PARTICIPATIONS
from tests.integration.registration import process, world

_EVENTS, _ROWS, _PIECE = 400, 400_000, 2_000
_MOST_MEGABYTES = 300


def _lines(domain):
    """Sign-ups in pieces; one in ten has an address, one in twenty is a class."""
    for begin in range(0, _ROWS, _PIECE):
        rows = []
        for number in range(begin, begin + _PIECE):
            row = {"event": f"R{number % _EVENTS}", "reference": f"billet-{number}", "kind": "person", "people": 1}
            if number % 10 == 0:
                row |= {"name": "Camille Moreau", "email": f"camille-{number}@{domain}"}
            if number % 20 == 1:
                row |= {"kind": "group", "people": 25, "name": "3e B, collège Jules-Verne"}
            rows.append(json.dumps(row, ensure_ascii=False))
        yield ("\n".join(rows) + "\n").encode()


async def _streamed(domain):
    for piece in _lines(domain):
        yield piece


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_four_hundred_thousand_sign_ups_stream_through_bounded_memory(settings_and_key, capsys):
    """The process does all of it: it reads, writes and publishes."""
    settings, key = settings_and_key
    async with (
        process.started(settings) as running,
        world.outside(settings, key, running.url) as registration,
        httpx.AsyncClient(base_url=running.url, timeout=900) as http,
    ):
        edition, organiser = await registration.edition(), await registration.organiser()
        events = [world.event_content(reference=f"R{number}", capacity=None) for number in range(_EVENTS)]
        assert (await registration.import_("events", edition, events, organiser.headers)).json()["created"] == _EVENTS
        headers = {**organiser.headers, "Content-Type": "application/x-ndjson"}
        url = f"/v1/imports/participations?edition={edition}"
        seconds: dict[str, float] = {}
        domain = f"{world.unique('d')}.example"
        for expected in ("created", "unchanged"):
            begun = time.monotonic()
            report = (await http.post(url, content=_streamed(domain), headers=headers)).json()
            seconds[expected] = round(time.monotonic() - begun, 1)
            assert (report["rows"], report[expected]) == (_ROWS, _ROWS), report["problems"]
        await _published(registration)
        with capsys.disabled():
            print(f"seconds {seconds}, peak RSS {running.peak_rss_mb():.0f} MB")  # noqa: T201 - what it is run for
        assert running.peak_rss_mb() < _MOST_MEGABYTES
        announced = "SELECT sum(announced) FROM guest_lists WHERE edition_id = $1"
        assert await registration.value(announced, edition) == _ROWS + _ROWS // 20 * 24
        ids = await registration.value("SELECT array_agg(id::text) FROM events WHERE edition_id = $1", edition)
        told = [registration.told[PARTICIPATIONS.name, id_] for id_ in ids]
        for each in told:
            assert [message.sequence for message in each] == list(range(1, _ROWS // _EVENTS + 1))


async def _published(registration):
    async with asyncio.timeout(600):
        while await registration.value("SELECT count(*) FROM outbox"):  # noqa: ASYNC110 - another process's work
            await asyncio.sleep(0.5)
    await registration.all_told()
