"""PostgreSQL and Kafka in containers, the images that docker-compose.yml names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from semaine.system import ports
from semaine.system.system import Elsewhere

_COMPOSE = Path(__file__).parent.parent / "docker-compose.yml"
_HOST = "127.0.0.1"


@contextmanager
def containers() -> Iterator[Elsewhere]:
    """Both servers, started and stopped."""
    with _postgresql() as database_admin_url, _kafka() as bootstrap_servers:
        yield Elsewhere(database_admin_url=database_admin_url, kafka_bootstrap_servers=bootstrap_servers)


@contextmanager
def _postgresql() -> Iterator[str]:
    with PostgresContainer(_image("postgres"), username="postgres", dbname="postgres", driver=None) as container:
        yield container.get_connection_url()


@contextmanager
def _kafka() -> Iterator[str]:
    # The broker tells clients its address, so it has to know the port before it starts.
    port = ports.free(["kafka"])["kafka"]
    container = (
        DockerContainer(_image("apache/kafka"))
        .with_bind_ports(9092, port)
        .with_env("KAFKA_NODE_ID", "1")
        .with_env("KAFKA_PROCESS_ROLES", "broker,controller")
        .with_env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
        .with_env("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093")
        .with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://{_HOST}:{port}")
        .with_env("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .with_env("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT")
        .with_env("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
        .with_env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
        .with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .with_env("KAFKA_MESSAGE_MAX_BYTES", "16777216")
        .waiting_for(LogMessageWaitStrategy(re.compile("Kafka Server started")).with_startup_timeout(120))
    )
    with container:
        yield f"{_HOST}:{port}"


def _image(name: str) -> str:
    found = re.search(rf"image:\s*({re.escape(name)}:[\w.-]+)", _COMPOSE.read_text())
    assert found, f"docker-compose.yml names no image {name}"
    return found[1]
