"""Carries acts through, step by step, in one of the service's processes; whatever ends it, another goes on."""

import asyncio
from uuid import UUID

import asyncpg
import structlog

from registration.acts import operations, store
from shared.runtime.clock import now_by
from shared.runtime.database import Database, is_transient

_LOCK = 7_261_450_305
"""Key of the advisory lock: who holds it works. A step is a transaction that holds the act, so two do no harm."""
_STANDBY_SECONDS = 1.0
_IDLE_SECONDS = 1.0
_LOOK_AFTER_SECONDS = 20.0
"""How often answers are looked after: reminders and lapsing are due by the day."""

log = structlog.get_logger(__name__)


class Worker:
    """Works at the acts that are not settled. `wake` tells it that one was confirmed or answered."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._awake = asyncio.Event()
        self._looked_after = 0.0

    def wake(self) -> None:
        self._looked_after = 0.0
        self._awake.set()

    async def run(self) -> None:
        """Work or stand by until cancelled; while the database is away, keep trying."""
        while True:
            try:
                await self._hold_connection()
            except Exception as error:
                expected = is_transient(error)
                log.warning("acts interrupted", error=repr(error), exc_info=None if expected else error)
            await asyncio.sleep(_STANDBY_SECONDS)

    async def _hold_connection(self) -> None:
        async with self._database.own_session("acts") as connection:
            await self._stand_by(connection)
            while True:
                await connection.fetchval("SELECT 1")  # no lock without its session
                if not await self._work():
                    await self._wait()

    async def _stand_by(self, connection: asyncpg.Connection) -> None:
        """Until no other process works."""
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - another process
            await asyncio.sleep(_STANDBY_SECONDS)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._awake.wait()
        except TimeoutError:
            return
        self._awake.clear()

    async def _work(self) -> bool:
        """One step of each act that has one; answers whether any had."""
        async with self._database.reading() as connection:
            acts = await store.unsettled(connection)
        steps = [await self._try_a_step(act) for act in acts]
        return any(steps) or await self._look_after()

    async def _try_a_step(self, act_id: UUID) -> bool:
        """An act that fails holds up no other one; it is tried again."""
        try:
            return await self._take_a_step(act_id)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("an act does not go on", act=str(act_id))
            return False

    async def _take_a_step(self, act_id: UUID) -> bool:
        async with self._database.transaction() as connection:
            return await operations.take_a_step(connection, act_id, now=await now_by(connection))

    async def _look_after(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._looked_after + _LOOK_AFTER_SECONDS:
            return False
        async with self._database.reading() as connection:
            acts = await store.settled(connection)
        more = False
        for act in acts:
            async with self._database.transaction() as connection:
                more |= await operations.look_after(connection, act, now=await now_by(connection))
        if not more:
            self._looked_after = now
        return more
