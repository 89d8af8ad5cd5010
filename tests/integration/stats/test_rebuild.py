"""A rebuild from the topics gives the same figures, repairs what was damaged, and names it."""

import asyncio
import json
import os
import sys
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.contracts.topics import EVENTS, PARTICIPATIONS
from stats.rebuild import store
from stats.rebuild.operations import Report, rebuild
from stats.rebuild.replay import TopicsMissingError
from stats.rebuild.store import Difference
from tests.integration.stats.world import Registration, Stats, edition, event, eventually, guest_list, headers

pytestmark = pytest.mark.servers
_ROWS = "SELECT * FROM events WHERE edition_id = $1 ORDER BY event_id"
_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND application_name = $1
"""


@pytest.fixture
async def events(stats: Stats, registration: Registration, edition_id: str) -> list[UUID]:
    """Five events with guest lists, counted."""
    await registration.edition(edition(edition_id))
    ids = [
        await registration.event(event(edition_id, departement=departement, hours=(9, 10)))
        for departement in ("44", "49", "53", "72", "85")
    ]
    for number, id_ in enumerate(ids, start=1):
        for sequence in (1, 2, 3):
            await registration.guests(
                guest_list(edition_id, id_, announced=number * sequence, actual=number), sequence=sequence
            )
    await stats.until(edition_id, total={"all": (5, 45, 15)})
    return ids


@pytest.fixture
def rebuilt(system):
    async def run() -> Report:
        return await rebuild(database_dsn=system.database_url("stats"), bootstrap_servers=system.bootstrap_servers)

    return run


def about(report: Report, *ids: UUID) -> list[Difference]:
    """The differences of these events: other tests share the servers."""
    return [each for each in report.differences if each.key in map(str, ids)]


async def test_what_is_right_stays_as_it_is(stats: Stats, database, events, edition_id: str, rebuilt):
    before = await database.fetch(_ROWS, edition_id)
    report = await rebuilt()
    assert about(report, *events) == []
    assert report.rows["events"] >= 5
    assert report.records >= 21
    assert await database.fetch(_ROWS, edition_id) == before
    assert (await stats.counters(edition_id))["total"] == {"all": (5, 45, 15)}


async def test_what_was_damaged_is_repaired_and_named(stats: Stats, database, events, edition_id: str, rebuilt):
    before = await database.fetch(_ROWS, edition_id)
    lost, inflated, moved, _, behind = events
    surplus = uuid4()
    await database.execute("DELETE FROM events WHERE event_id = $1", lost)
    await database.execute("UPDATE events SET announced = announced + 100 WHERE event_id = $1", inflated)
    await database.execute("UPDATE events SET region = '11', hours = '{23}' WHERE event_id = $1", moved)
    await database.execute("UPDATE events SET list_sequence = 2, announced = 10 WHERE event_id = $1", behind)
    await database.execute(
        """
        INSERT INTO events SELECT $2, event_sequence, edition_id, status, region, departement, type, themes, audience,
            hours, 0, 0, NULL FROM events WHERE event_id = $1
        """,
        inflated,
        surplus,
    )
    await database.execute("SELECT pg_notify('figures', $1)", edition_id)
    await stats.until(edition_id, hour={"09": (4, 128, 11), "10": (4, 128, 11), "23": (1, 9, 3)})

    report = await rebuilt()
    assert {(each.part, each.key, each.kind) for each in about(report, *events, surplus)} == {
        ("events", str(lost), "missing"),
        ("guest_lists", str(lost), "missing"),
        ("guest_lists", str(inflated), "changed"),
        ("events", str(moved), "changed"),
        ("guest_lists", str(behind), "changed"),
        ("events", str(surplus), "surplus"),
    }
    [difference] = about(report, inflated)
    assert (difference.live["announced"], difference.rebuilt["announced"]) == (106, 6)
    assert await database.fetch(_ROWS, edition_id) == before
    await stats.until(edition_id, total={"all": (5, 45, 15)}, region={"52": (5, 45, 15)})
    assert about(await rebuilt(), *events, surplus) == []


async def test_a_high_water_mark_that_is_too_high_is_lowered(
    *, stats: Stats, registration: Registration, database, events, edition_id: str, rebuilt
):
    await database.execute("UPDATE inbox SET sequence = 1000 WHERE key = $1", str(events[0]))
    await rebuilt()
    await registration.guests(guest_list(edition_id, events[0], announced=103, actual=1), sequence=4)
    await stats.until(edition_id, total={"all": (5, 145, 15)})


async def test_the_service_goes_on_counting_meanwhile(
    *, stats: Stats, registration: Registration, database, events, edition_id: str, rebuilt
):
    running = asyncio.create_task(rebuilt())
    for sequence in range(4, 60):
        await registration.guests(guest_list(edition_id, events[0], announced=sequence), sequence=sequence)
        await asyncio.sleep(0.01)
    report = await running
    assert about(report, *events) == []
    await stats.until(edition_id, total={"all": (5, 42 + 59, 14)})
    assert about(await rebuilt(), *events) == []


async def test_a_waiting_guest_list_and_bad_messages_survive_a_rebuild(
    *, stats: Stats, registration: Registration, database, events, edition_id: str, rebuilt
):
    waiting, broken = uuid4(), str(uuid4())
    await registration.guests(guest_list(edition_id, waiting, announced=7))
    await registration.raw(EVENTS, broken, b"{", headers(EVENTS, broken, 1))
    await registration.send(PARTICIPATIONS, broken, 1, guest_list(edition_id, waiting, announced=8))

    async def seen():
        return await database.fetchval("SELECT announced FROM events WHERE event_id = $1", waiting)

    await eventually(seen)
    report = await rebuilt()
    assert report.unreadable >= 1
    assert report.refused >= 1
    assert about(report, waiting) == []
    await registration.event(event(edition_id, id_=waiting))
    await stats.until(edition_id, total={"all": (6, 52, 15)})


async def test_messages_that_the_service_has_not_come_to_are_no_fault(
    *, stats: Stats, registration: Registration, database, events, edition_id: str, rebuilt
):
    unseen = event(edition_id)
    async with stats.service.database.reading() as observer, database.transaction():
        await database.execute(
            "LOCK TABLE inbox IN SHARE MODE"
        )  # holds up the service, and then the rebuild's own lock
        await registration.event(unseen)
        running = asyncio.create_task(rebuilt())
        await eventually(lambda: observer.fetchval(_WAITING, "semaine rebuild"))
        await eventually(lambda: observer.fetchval(_WAITING, "semaine"))
        # The service got in line first; it tries again later, and the rebuild overtakes it.
        await observer.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND application_name = 'semaine'"
        )
    report = await running
    assert report.pending >= 1
    assert about(report, unseen.event.id) == []
    await stats.until(edition_id, total={"all": (6, 45, 15)})


async def test_a_broker_without_the_topics_is_not_believed(stats: Stats, system, events, edition_id: str, monkeypatch):
    monkeypatch.setattr(store, "TOPICS", (*store.TOPICS[:2], replace(PARTICIPATIONS, name="no.such.topic.v1")))
    with pytest.raises(TopicsMissingError, match=r"no\.such\.topic\.v1"):
        await rebuild(database_dsn=system.database_url("stats"), bootstrap_servers=system.bootstrap_servers)
    assert (await stats.counters(edition_id))["total"] == {"all": (5, 45, 15)}


async def test_the_command_prints_a_report(system, events, database):
    if not system.folder.record.exists():
        pytest.skip("the command finds the system by its record, which servers from elsewhere do not have")
    inflated = events[0]
    await database.execute("UPDATE events SET announced = 1000 WHERE event_id = $1", inflated)
    report = json.loads(await _said("semaine.main", "rebuild", "stats", "--data", str(system.folder.root), "--json"))
    [difference] = [each for each in report["differences"] if each["key"] == str(inflated)]
    assert (difference["kind"], difference["live"]["announced"], difference["rebuilt"]["announced"]) == (
        "changed", 1000, 3,
    )  # fmt: skip


async def test_the_program_prints_a_report(stats: Stats, system, events, database):
    other = events[1]
    settings = {
        "SEMAINE_DATABASE_URL": system.database_url("stats"),
        "SEMAINE_KAFKA_BOOTSTRAP_SERVERS": system.bootstrap_servers,
        "SEMAINE_TOKEN_PUBLIC_KEY_FILE": str(stats.service.settings.token_public_key_file),
    }
    await database.execute("UPDATE events SET announced = 1000 WHERE event_id = $1", other)
    assert f"guest_lists {other} changed: announced was 1000, is 6" in await _said("stats.rebuild", **settings)


async def _said(*arguments: str, **environment: str) -> str:
    """What a program of ours prints."""
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("SEMAINE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, env=foreign | environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()
