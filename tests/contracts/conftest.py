"""Golden examples as Kafka would deliver them."""

from collections.abc import Callable

import orjson
import pytest
from aiokafka import ConsumerRecord

from shared.contracts.examples import Example
from shared.contracts.topics import Topic

Record = ConsumerRecord[bytes, bytes]


@pytest.fixture(scope="session")
def record_of() -> Callable[..., Record]:
    """`record_of(topic, example, offset=0)`: the example as a record of partition 0."""

    def record_of(topic: Topic, example: Example, *, offset: int = 0) -> Record:
        key = example.key.encode()
        value = None if example.value is None else orjson.dumps(example.value)
        return ConsumerRecord(
            topic=topic.name,
            partition=0,
            offset=offset,
            timestamp=0,
            timestamp_type=0,
            key=key,
            value=value,
            checksum=None,
            serialized_key_size=len(key),
            serialized_value_size=len(value or b""),
            headers=[(name, text.encode()) for name, text in example.headers.items()],
        )

    return record_of
