"""How fast one topic is counted into state: the stats service beside Quix Streams."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import children
from bench.contest import Reading, contest
from bench.results import Row, kept
from bench.sign_ups import people_in, sign_ups_for
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from bench.waiting import until
from shared.contracts.topics import PARTICIPATIONS

NAME = "counting"
ABOUT = "stateful counting of one topic, beside Quix Streams"
NEEDS: tuple[Path, ...] = (children.QUIX,)
_GOAL = 1.5
_LOOK_SECONDS = 0.01
_COUNTED = "SELECT coalesce(sum(list_sequence), 0)::bigint FROM events WHERE event_id = ANY($1)"


async def run(sizes: Sizes) -> list[Row]:
    async with stage(services=("registration", "stats")) as on:
        counting = _Counting(on, messages=sizes.topic_messages, events=sizes.pipeline_events)
        samples = await contest({"ours": counting.ours, "quix": counting.quix}, rounds=sizes.rounds, warm_up=False)
    ours, other = samples["ours"].median, samples["quix"].median
    return [
        Row(
            name="counting",
            work=f"counting {sizes.topic_messages:,} messages of one topic into state",
            unit="messages/s",
            ours=ours,
            peer_name="Quix Streams",
            peer=other,
            ratio=ours / other,
            goal=f"≥ {_GOAL}×",
            met=ours / other >= _GOAL,
            samples=kept(samples),
        )
    ]


@dataclass
class _Counting:
    """New messages for each contender, put on the topic while nobody counts."""

    on: Stage
    messages: int
    events: int
    number: int = 0

    async def ours(self) -> Reading:
        """From the first batch that has been counted to the last, by what is committed."""
        ids, _ = await self._filled()
        async with self.on.connected("stats") as connection:
            starting = asyncio.create_task(self.on.start_again(["stats"]))
            counts: list[int] = [0]

            async def more_than(number: int) -> bool:
                counts.append(await connection.fetchval(_COUNTED, ids))
                return counts[-1] > number

            begun = await until(lambda: more_than(0), every=_LOOK_SECONDS)
            first = counts[-1]
            seconds = await until(lambda: more_than(self.messages - 1), every=_LOOK_SECONDS) - begun
            await starting
        await self.on.settled()
        return Reading((self.messages - first) / seconds, {"seconds": seconds, "first_batch": first})

    async def quix(self) -> Reading:
        """From the first message to the last checkpoint."""
        _, begins = await self._filled()
        group = f"quix-{self.number}"
        await self._begin_at(group, begins)
        with tempfile.TemporaryDirectory() as folder:
            found = await children.run(
                "bench.peers.quix_counting",
                *("--bootstrap", self.on.system.bootstrap_servers, "--topic", PARTICIPATIONS.name),
                *("--group", group, "--messages", self.messages, "--state", folder),
                python=children.QUIX,
            )
        await self.on.start_again(["stats"])
        await self.on.settled()
        return Reading(self.messages / found["seconds"], found)

    async def _filled(self) -> tuple[list[object], dict[TopicPartition, int]]:
        """Put messages on the topic; the events they are about, and where in the topic they begin."""
        self.number += 1
        id_ = f"count-{self.number}"
        edition = await self.on.edition(id_)
        events = events_for(edition, events=self.events, seed=self.number)
        await self.on.import_events((event.row for event in events), edition=id_)
        await self.on.settled()
        await self.on.stop(["stats"])
        begins = await self._ends()
        lines = sign_ups_for(events, lines=self.messages, seed=self.number)
        assert people_in(lines)
        await self.on.import_sign_ups(lines, edition=id_)
        await self.on.published()
        async with self.on.connected("registration") as connection:
            rows = await connection.fetch("SELECT id FROM events WHERE edition_id = $1", id_)
        return [row["id"] for row in rows], begins

    async def _ends(self) -> dict[TopicPartition, int]:
        async with AIOKafkaConsumer(bootstrap_servers=self.on.system.bootstrap_servers) as consumer:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(self._partitions())
            return ends

    async def _begin_at(self, group: str, offsets: dict[TopicPartition, int]) -> None:
        """A group of its own for each round, which begins with this round's messages."""
        servers = self.on.system.bootstrap_servers
        async with AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False) as consumer:
            consumer.assign(self._partitions())
            await consumer.commit(offsets)

    @staticmethod
    def _partitions() -> list[TopicPartition]:
        return [TopicPartition(PARTICIPATIONS.name, number) for number in range(PARTICIPATIONS.partitions)]
