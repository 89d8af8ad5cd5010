"""The database's time: one for all processes of a service, however wrong the clock of one of them is."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from shared.runtime.database import Connection


@dataclass(frozen=True, slots=True)
class Clock:
    """
    Read once, it goes on by itself.

    For what several processes have to agree on, such as when something is due or for how long it is one's own.
    """

    read: datetime
    at: float
    """Seconds of the monotonic clock."""

    @classmethod
    async def of(cls, connection: Connection) -> Self:
        """What time it is by the database."""
        return cls(await connection.fetchval("SELECT clock_timestamp()"), time.monotonic())

    def now(self) -> datetime:
        return self.read + timedelta(seconds=time.monotonic() - self.at)


async def now_by(connection: Connection) -> datetime:
    """What time it is by the database."""
    return (await Clock.of(connection)).now()
