"""A batch of event rows into the database: good rows go in, bad rows are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from registration.editions import store as editions
from registration.events import operations as events
from registration.imports.reading import ImportRefused, RowProblem
from registration.imports.rows import EventRow
from registration.imports.store import Tally
from registration.organisers import operations as organisers
from registration.organisers import store as organiser_store
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class EventImport:
    """What one import of events is about. `organiser_id`: of all rows; None when each row names its own."""

    edition: EditionState
    organiser_id: UUID | None
    by_staff: bool
    notify: bool = False

    async def apply(
        self, connection: Connection, rows: Sequence[tuple[int, EventRow]], *, now: datetime
    ) -> tuple[Tally, list[RowProblem]]:
        """
        Submit, amend or withdraw the events of a batch, in the caller's transaction.

        Raises `ImportRefused` when an act has changed the edition's dates since the import began.
        """
        held = await editions.hold(connection, self.edition.id)
        if held is None or held.act != self.edition.act:
            raise ImportRefused(
                fr="les dates de l’édition ont changé entre-temps : regardez les nouvelles, et renvoyez le fichier",
                en="the dates of the edition were changed meanwhile: look at the new ones, and send the file again",
            )
        tally, problems = Tally(), []
        named, missing = await self._organisers(connection, rows, now=now)
        problems += missing
        await events.hold_organisers(connection, {organiser["id"] for organiser in named.values()})
        for group in _without_repeats(rows, named):
            await self._apply_group(connection, group, tally, problems, now=now)
        return tally, problems

    async def _apply_group(
        self,
        connection: Connection,
        group: Sequence[tuple[int, EventRow, asyncpg.Record]],
        tally: Tally,
        problems: list[RowProblem],
        *,
        now: datetime,
    ) -> None:
        submissions = [
            events.Submission(organiser=organiser_store.identity_of(organiser), content=row.content)
            for _, row, organiser in group
        ]
        outcomes = await events.submit_many(
            connection,
            edition=self.edition,
            submissions=submissions,
            notify=self.notify,
            by_staff=self.by_staff,
            now=now,
        )
        for (line, row, _), outcome in zip(group, outcomes, strict=True):
            if outcome.result == "refused":
                problems.append(RowProblem(line, outcome.field, outcome.refused))
                continue
            result = outcome.result
            if row.withdrawn and outcome.event is not None and outcome.event.status != "withdrawn":
                await events.withdraw(connection, outcome.event.id, now=now)
                result = "changed" if result == "unchanged" else result
            setattr(tally, result, getattr(tally, result) + 1)

    async def _organisers(
        self, connection: Connection, rows: Sequence[tuple[int, EventRow]], *, now: datetime
    ) -> tuple[dict[int, asyncpg.Record], list[RowProblem]]:
        """The organiser of each line, and problems of lines that have none."""
        if self.organiser_id is not None:
            organiser = await organiser_store.read(connection, self.organiser_id)
            assert organiser is not None
            return {line: organiser for line, _ in rows}, []
        given = {line: row.organiser for line, row in rows if row.organiser is not None}
        known = await organisers.find_or_add(connection, list(given.values()), now=now)
        reason = Bilingual(
            fr="pas d’organisateur : ajoutez ses champs, ou nommez celui de tout le fichier par ?organiser_id=",
            en="no organiser: add the organiser's fields, or name one for the whole file by ?organiser_id=",
        )
        missing = [RowProblem(line, "organiser", reason) for line, row in rows if row.organiser is None]
        return {line: known[organiser.identity] for line, organiser in given.items()}, missing


def _without_repeats(
    rows: Sequence[tuple[int, EventRow]], organisers: dict[int, asyncpg.Record]
) -> list[list[tuple[int, EventRow, asyncpg.Record]]]:
    """Groups in which no event stands twice: a later line about the same event amends it."""
    groups: list[list[tuple[int, EventRow, asyncpg.Record]]] = []
    seen: set[tuple[UUID, str | None]] = set()
    for line, row in rows:
        organiser = organisers.get(line)
        if organiser is None:
            continue
        key = (organiser["id"], row.content.reference)
        if not groups or key in seen:
            groups.append([])
            seen = set()
        seen.add(key)
        groups[-1].append((line, row, organiser))
    return groups
