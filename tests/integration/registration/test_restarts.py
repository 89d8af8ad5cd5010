"""A process that is killed, and what the next one makes of it. Kafka needs ten seconds to notice: this runs last."""

import asyncio

import httpx

from tests.integration.registration import process
from tests.integration.registration.world import event_content, eventually, json_lines, unique

_COUNT = "SELECT count(*) FROM events WHERE edition_id = $1"


async def test_an_import_whose_process_was_killed_is_taken_up_again(registration, edition, organiser, settings_and_key):
    """The rows that went in before stay; the same key and file bring the rest, in another process."""
    settings, _ = settings_and_key
    headers = {**organiser.headers, "Idempotency-Key": unique("key"), "Content-Type": "application/x-ndjson"}
    rows = [event_content(reference=f"R{number}") for number in range(2_500)]
    url = f"/v1/imports/events?edition={edition}"

    async def half():
        yield json_lines(rows[:2_300])
        await asyncio.Event().wait()

    async with process.started(settings) as killed, httpx.AsyncClient(base_url=killed.url, timeout=60) as http:
        upload = asyncio.create_task(http.post(url, content=half(), headers=headers))
        taken = await eventually(lambda: registration.value(_COUNT, edition))
        await killed.kill()
        upload.cancel()  # it waits for its own file, and would not notice
        await asyncio.gather(upload, return_exceptions=True)

    async def accepted():
        try:
            answer = await registration.http.post(url, content=json_lines(rows), headers=headers)
        except httpx.TransportError:  # refused while it was being sent: the first attempt is not given up yet
            return None
        return answer if answer.status_code == 200 else None

    first = await eventually(accepted)
    assert first.json()["created"] + first.json()["unchanged"] == 2_500
    assert first.json()["unchanged"] >= taken
    assert await registration.value(_COUNT, edition) == 2_500
    again = await registration.http.post(url, content=json_lines(rows), headers=headers)
    assert again.json() == first.json()
