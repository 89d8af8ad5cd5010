"""Golden examples as Kafka would deliver them."""

import pytest

from tests.contracts import consuming


@pytest.fixture(scope="session")
def record_of():
    """`record_of(topic, example, offset=0)`."""
    return consuming.record_of
