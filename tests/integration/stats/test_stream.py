"""Live counters: messages in Kafka, server-sent events out."""

import pytest

from stats import operations
from stats.pace import COUNTS_A_SECOND
from tests.integration.stats import world
from tests.integration.stats.test_rows import received
from tests.integration.stats.world import EVENTS, Registration, Stats, event, eventually, guest_list

pytestmark = pytest.mark.servers


async def test_a_viewer_sees_a_snapshot_and_then_each_change(stats: Stats, registration: Registration, edition_id: str):
    visit = await registration.event(event(edition_id))
    await registration.event(event(edition_id, departement="69", region="84"))
    await stats.until(edition_id, total={"all": (2, 0, 0)})
    async with stats.stream(edition_id) as stream:
        assert await stream.next() == await stats.counters(edition_id)
        assert stream.name == "snapshot"
        await registration.guests(guest_list(edition_id, visit, announced=5))
        changed = await stream.next()
        assert stream.name == "change"
        assert changed["total"] == {"all": (2, 5, 0)}
        assert changed["region"] == {"52": (1, 5, 0)}  # and not 84, where nothing changed


async def test_a_value_without_events_any_more_becomes_zero(stats: Stats, registration: Registration, edition_id: str):
    id_ = await registration.event(event(edition_id))
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
        await registration.event(event(edition_id, id_=id_, departement="69", region="84"), sequence=2)
        changed = await stream.next()
        assert changed["region"] == {"52": (0, 0, 0), "84": (1, 0, 0)}


async def test_a_viewer_that_was_away_resumes_without_a_snapshot(
    stats: Stats, registration: Registration, edition_id: str
):
    visit = await registration.event(event(edition_id, hours=(8, 9, 10, 11, 12, 13)))
    for departement in ("01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"):
        await registration.event(event(edition_id, departement=departement, region="84"))
    await stats.until(edition_id, total={"all": (13, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
        shown, seen = stream.shown, stream.last_id
    await registration.guests(guest_list(edition_id, visit, announced=5))
    await stats.until(edition_id, total={"all": (13, 5, 0)})
    async with stats.stream(edition_id, last_event_id=seen) as stream:
        stream.shown = shown
        await stream.next()
        assert stream.name == "change"
        assert stream.shown == await stats.counters(edition_id)


async def test_after_a_restart_a_viewer_gets_the_state_anew(
    system, stats: Stats, registration: Registration, edition_id: str, tmp_path
):
    await registration.event(event(edition_id))
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
    async with (
        world.running(world.settings(system, tmp_path)) as restarted,
        restarted.stream(edition_id, last_event_id=stream.last_id) as again,
    ):
        await again.next()
        assert again.name == "snapshot"
        assert again.shown == stream.shown


async def test_changes_of_another_process_are_seen(stats: Stats, database, edition_id: str):
    first, second = event(edition_id), event(edition_id)
    await operations.record_events(database, [received(EVENTS, first.event.id, 1, first).message])
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
        await operations.record_events(database, [received(EVENTS, second.event.id, 1, second).message])
        assert (await stream.next())["total"] == {"all": (2, 0, 0)}


async def test_the_board_comes_back_when_its_connection_is_lost(stats: Stats, database, edition_id: str):
    one = event(edition_id)
    await operations.record_events(database, [received(EVENTS, one.event.id, 1, one).message])
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
        async with database.transaction():
            ended = await database.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'semaine board'"
            )
            two = event(edition_id)
            await operations.record_events(database, [received(EVENTS, two.event.id, 1, two).message])
        assert ended == 1
        assert (await stream.next())["total"] == {"all": (2, 0, 0)}


async def test_a_burst_is_told_at_most_four_times_a_second(stats: Stats, database, edition_id: str, monkeypatch):
    one = event(edition_id)
    await operations.record_events(database, [received(EVENTS, one.event.id, 1, one).message])
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    async with stats.stream(edition_id) as stream:
        await stream.next()
        first = int(stream.last_id.partition("-")[2])
        begun = await database.fetchval("SELECT clock_timestamp()")
        for sequence in range(2, 300):
            again = event(edition_id, id_=one.event.id, status="labelled" if sequence % 2 else "submitted")
            await operations.record_events(database, [received(EVENTS, one.event.id, sequence, again).message])
        last = event(edition_id, id_=one.event.id, type="other")
        await operations.record_events(database, [received(EVENTS, one.event.id, 300, last).message])
        await stream.until("type", "other", (1, 0, 0))
        seconds = (await database.fetchval("SELECT clock_timestamp()") - begun).total_seconds()
        assert int(stream.last_id.partition("-")[2]) - first <= seconds * COUNTS_A_SECOND + COUNTS_A_SECOND


async def test_viewers_beyond_the_limit_are_asked_to_come_later(
    system, registration: Registration, edition_id: str, tmp_path
):
    async with world.running(world.settings(system, tmp_path, viewers_limit=2)) as stats:
        await registration.event(event(edition_id))
        await stats.until(edition_id, total={"all": (1, 0, 0)})
        async with stats.stream(edition_id) as one:
            await one.next()
            async with stats.stream(edition_id) as two:
                await two.next()
                refused = await stats.http.get("/v1/counters/stream", params={"edition": edition_id})
                assert refused.status_code == 503
                assert refused.headers["retry-after"]

            async def room():
                answer = stats.http.stream("GET", "/v1/counters/stream", params={"edition": edition_id})
                async with answer as response:
                    return response.status_code == 200

            await eventually(room)
