"""A service far behind its topics: it says so, and catches up in the memory that it always has."""

import asyncio
import re
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer

from semaine.system import services
from semaine.system.throwaway import throwaway_system
from shared.contracts.registration import GuestListState, ParticipationMessage, ParticipationState
from shared.contracts.topics import PARTICIPATIONS, Service
from tests.integration.runtime.world import Effects, eventually, figure, headers, running

KEYS = [f"key{number}" for number in range(40)]


async def test_it_says_how_far_and_becomes_ready_by_itself(system, broker):
    topic, effects, may_go_on = await broker.topic(partitions=4), Effects(), asyncio.Event()
    sending = [
        await broker.producer.send(topic.name, figure(number), key.encode(), headers=headers(topic, key, number))
        for number in range(1, 201)
        for key in KEYS
    ]
    await asyncio.gather(*sending)

    async def held(_messages) -> None:
        await may_go_on.wait()

    effects.before = held
    async with running(system, topic=topic, kind="states", effects=effects) as runtime:

        async def problems() -> list[str]:
            return runtime.consumers.problems(stuck_after=1000, lag_limit=1000)

        (told,) = await eventually(problems)
        assert re.fullmatch(rf"consumer of {topic.name} is \d{{4,}} messages behind, at most 1000 is well", told)
        may_go_on.set()

        async def ready() -> bool:
            return not await problems() and await effects.states(runtime.database) == dict.fromkeys(KEYS, 200)

        await eventually(ready)
    assert max(map(len, effects.calls)) <= 100  # messages at a time, however many there are


# A million

FEW, MANY = 100_000, 1_000_000
EVENTS = [uuid4() for _ in range(4000)]
MORE_MEGABYTES = 40
"""That a process may hold after a million messages beyond what it holds after the first hundred thousand."""


async def _fill(producer: AIOKafkaProducer, begin: int, end: int) -> None:
    """Sign-ups as a bulk import makes them."""
    sent = None
    for number in range(begin, end):
        event = EVENTS[number % len(EVENTS)]
        signed_up = ParticipationState(
            id=uuid4(),
            kind="person",
            people=1,
            status="active",
            notify=False,
            signed_up_at=datetime(2020, 3, 2, tzinfo=UTC),
        )
        parties = number // len(EVENTS) + 1
        totals = GuestListState(event_id=event, edition_id="2020", parties=parties, announced=parties, cancelled=0)
        body = ParticipationMessage(change="signed_up", participation=signed_up, guest_list=totals)
        sent = await producer.send(
            PARTICIPATIONS.name,
            body.model_dump_json().encode(),
            str(event).encode(),
            headers=headers(PARTICIPATIONS, str(event), parties),
        )
        if number % 10_000 == 0:
            await sent
    await producer.flush()


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_a_million_messages_behind_memory_stays_flat(capsys):
    async with throwaway_system() as own:
        producer = AIOKafkaProducer(
            bootstrap_servers=own.bootstrap_servers, acks="all", linger_ms=20, compression_type="lz4"
        )
        await producer.start()
        peaks: dict[tuple[Service, int], float] = {}
        said: dict[tuple[Service, int], set[str]] = {}
        for begin, end in ((0, FEW), (FEW, FEW + MANY)):
            await _fill(producer, begin, end)
            for service in ("stats", "notifications"):
                said[service, end - begin] = await _catch_up(own, service)
                peaks[service, end - begin] = own.processes.peak_rss_mb()[service]
                await own.processes.stop(service)
        await producer.stop()
        with capsys.disabled():
            print({f"{service} after {count}": f"{peak:.0f} MB" for (service, count), peak in peaks.items()})  # noqa: T201 - what it is run for
        for service in ("stats", "notifications"):
            assert any("messages behind, at most 100000 is well" in each for each in said[service, MANY])
            assert peaks[service, MANY] < peaks[service, FEW] + MORE_MEGABYTES
        connection = await asyncpg.connect(own.database_url("stats"))
        announced = await connection.fetchval("SELECT sum(announced) FROM events")
        await connection.close()
        assert announced == FEW + MANY


async def _catch_up(own, service: Service) -> set[str]:
    """Start it, wait until nothing is left to consume; all that readiness said on the way."""
    said: set[str] = set()
    starting = asyncio.create_task(services.start(own, [service], settings={}, tell=lambda _: None))
    async with httpx.AsyncClient(base_url=f"{own.service_url(service)}") as http, asyncio.timeout(600):
        while not (starting.done() and await _lag(http) == 0):
            try:
                answer = await http.get("/health/ready")
            except httpx.TransportError:
                pass
            else:
                said.add(answer.text)
            await asyncio.sleep(0.2)
    await starting
    return said


async def _lag(http: httpx.AsyncClient) -> float:
    lines = (await http.get("/metrics")).text.splitlines()
    found = [
        line for line in lines if line.startswith("semaine_consumer_lag_messages{") and PARTICIPATIONS.name in line
    ]
    return sum(float(line.rpartition(" ")[2]) for line in found) if len(found) == PARTICIPATIONS.partitions else -1
