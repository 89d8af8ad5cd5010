"""The run of an import: batch after batch, each in its own transaction with its part of the report."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

import asyncpg

from registration.imports import store
from registration.imports.reading import ColumnProblem, ImportRefused, RowProblem
from registration.imports.rows import Parsed
from registration.imports.store import Tally
from shared.contracts.base import Bilingual
from shared.runtime.backlog import Backlog
from shared.runtime.database import Connection, Database
from shared.runtime.identifiers import new_id

Row = TypeVar("Row")
Apply = Callable[[Connection, Sequence[tuple[int, Row]], datetime], Awaitable[tuple[Tally, list[RowProblem]]]]

_BLAMES_THE_ROW = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
_BROKEN_OFF = Bilingual(
    fr="L’import a été interrompu : renvoyez le fichier entier.", en="It was broken off: send the whole file again."
)
_NOTHING = Bilingual(fr="", en="")
_TRIES = 5
"""Of a batch that PostgreSQL took back because others wanted the same rows in another order."""
MAX_PROBLEMS = 100_000
"""Problems kept of one import; the rows beyond are counted as refused, not described."""


@dataclass(slots=True, kw_only=True)
class Run(Generic[Row]):
    """One import. `batches`: rows and problems as read and validated; `apply`: one batch in a transaction."""

    database: Database
    backlog: Backlog
    kind: Literal["events", "participations"]
    edition_id: str
    subject: str
    apply: Apply[Row]
    id: UUID = field(default_factory=new_id)
    _problems: int = 0

    async def run(self, batches: AsyncIterator[Parsed[Row]]) -> ImportRefused | None:
        """
        Take all that can be taken. Answers why the rest of the file could not be read, if so.

        While the database works on one batch, the next is read and validated.
        """
        await self._begin()
        try:
            await self._take_all(batches)
        except ImportRefused as refused:
            await self._end("refused", refused.reason)
            return refused
        except BaseException:
            with contextlib.suppress(Exception):  # the reason may be that the database is away
                await asyncio.shield(self._end("interrupted", _BROKEN_OFF))
            raise
        await self._end("finished")
        return None

    async def _take_all(self, batches: AsyncIterator[Parsed[Row]]) -> None:
        working: asyncio.Task[None] | None = None
        try:
            async for rows, problems in batches:
                await self.backlog.room()
                if working is not None:
                    await working
                working = asyncio.create_task(self._take(rows, problems))
        finally:
            if working is not None:
                await working

    async def _begin(self) -> None:
        async with self.database.transaction() as connection:
            await store.begin(
                connection,
                id_=self.id,
                kind=self.kind,
                edition_id=self.edition_id,
                subject=self.subject,
                now=datetime.now(UTC),
            )

    async def _end(self, status: Literal["finished", "refused", "interrupted"], detail: Bilingual = _NOTHING) -> None:
        async with self.database.transaction() as connection:
            await store.finish(connection, self.id, status=status, detail=detail, now=datetime.now(UTC))

    async def _take(self, rows: Sequence[tuple[int, Row]], problems: list[RowProblem]) -> None:
        """One batch; when the database refuses it, halves of it, until the one row to blame is found."""
        try:
            await self._try(rows, problems)
        except _BLAMES_THE_ROW as error:
            if len(rows) == 1:
                line = rows[0][0]
                await self._take([], [*problems, RowProblem(line, None, _not_stored(error))])
                return
            middle = len(rows) // 2
            await self._take(rows[:middle], problems)
            await self._take(rows[middle:], [])

    async def _try(self, rows: Sequence[tuple[int, Row]], problems: list[RowProblem]) -> None:
        for left in reversed(range(_TRIES)):
            try:
                async with self.database.transaction() as connection:
                    tally, found = await self.apply(connection, rows, datetime.now(UTC)) if rows else (Tally(), [])
                    await self._record(connection, rows, tally, [*problems, *found])
            except asyncpg.DeadlockDetectedError:
                if not left:
                    raise
            else:
                return

    async def _record(
        self, connection: Connection, rows: Sequence[tuple[int, Row]], tally: Tally, problems: list[RowProblem]
    ) -> None:
        problems.sort(key=lambda problem: problem.line)
        lines = {problem.line for problem in problems if not isinstance(problem, ColumnProblem)}
        tally.refused = len(lines)
        tally.rows = len(lines | {line for line, _ in rows})
        kept = problems[: max(MAX_PROBLEMS - self._problems, 0)]
        await store.advance(connection, self.id, tally=tally, problems=kept, first_number=self._problems + 1)
        self._problems += len(kept)


def _not_stored(error: Exception) -> Bilingual:
    return Bilingual(fr=f"la ligne ne peut pas être enregistrée : {error}", en=f"the row cannot be stored: {error}")
