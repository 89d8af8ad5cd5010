"""A consumer group set back to the beginning of its topic."""

import asyncio
import contextlib
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from semaine.faults import members
from semaine.faults.cluster import Cluster
from semaine.faults.nemesis.fault import Fault
from shared.contracts.topics import BY_NAME
from shared.runtime.consumer import group_id

_PATIENCE_SECONDS = 40
"""A member that could not say that it leaves is a member for ten seconds more."""
_AGAIN_SECONDS = 0.5
_REQUEST_MS = 3000


class NotRewoundError(Exception):
    """The broker was away all the time, or the group had members."""


async def rewind_group(cluster: Cluster, fault: Fault) -> None:
    """Raises `NotRewoundError`."""
    topic = BY_NAME[fault.topic]
    service = members.service_of(fault.targets[0])
    assert service is not None
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not await _rewound(cluster.system.bootstrap_servers, group_id(service, topic), partitions):
        if time.monotonic() > deadline:
            raise NotRewoundError
        await asyncio.sleep(_AGAIN_SECONDS)


async def _rewound(bootstrap_servers: str, group: str, partitions: list[TopicPartition]) -> bool:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=group, enable_auto_commit=False, request_timeout_ms=_REQUEST_MS
    )
    try:
        await consumer.start()
        consumer.assign(partitions)
        await consumer.commit(await consumer.beginning_offsets(partitions))
    except (KafkaError, OSError):
        return False
    finally:
        with contextlib.suppress(KafkaError, OSError):
            await consumer.stop()
    return True
