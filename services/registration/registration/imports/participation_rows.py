"""A batch of sign-up rows into the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from registration.guest_lists.bulk import NO_SUCH_EVENT, BulkSignUp, sign_up_many
from registration.guest_lists.persons import address_of
from registration.imports import store
from registration.imports.reading import RowProblem
from registration.imports.rows import ParticipationRow
from registration.imports.store import Tally
from shared.contracts.base import Bilingual
from shared.runtime.database import Connection

_AMBIGUOUS = Bilingual(
    fr="plusieurs événements de l’édition ont cette référence : donnez l’identifiant de l’événement",
    en="several events of this edition have this reference: give the event's id",
)
_NOT_YOURS = Bilingual(
    fr="cet événement est celui d’un autre organisateur : vous inscrivez des personnes à vos propres événements",
    en="this event is another organiser's: you can sign people up to your own events",
)
MOST_KEPT = 10_000
"""Names of events kept from batch to batch: more than an edition has, and a file of made-up names fills no memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationImport:
    """What one import of sign-ups is about. `organiser_id`: whose events alone may be named; None for staff."""

    edition_id: str
    organiser_id: UUID | None
    notify: bool
    _events: dict[str, UUID | Bilingual] = field(default_factory=dict)
    """By what rows call them: the event, or the reason why there is none."""

    async def apply(
        self, connection: Connection, rows: Sequence[tuple[int, ParticipationRow]], *, now: datetime
    ) -> tuple[Tally, list[RowProblem]]:
        """Sign up all whom the rules allow, in the caller's transaction."""
        await self._resolve(connection, {row.event for _, row in rows})
        problems: list[RowProblem] = []
        sign_ups: list[BulkSignUp] = []
        for line, row in rows:
            event = self._events[row.event]
            if isinstance(event, Bilingual):
                problems.append(RowProblem(line, "event", event))
                continue
            identity = f"ref:{row.reference}" if row.reference else f"email:{address_of(row.email or '')}"
            sign_ups.append(BulkSignUp(line, event, identity, row.kind, row.people, row.name, row.email, row.language))
        if not sign_ups:
            return Tally(), problems
        outcome = await sign_up_many(connection, sign_ups, notify=self.notify, now=now)
        problems += [RowProblem(*refusal) for refusal in outcome.refused]
        return Tally(created=outcome.created, unchanged=outcome.unchanged), problems

    async def _resolve(self, connection: Connection, names: set[str]) -> None:
        if len(self._events) > MOST_KEPT:
            self._events.clear()
        new = [name for name in names if name not in self._events]
        if not new:
            return
        ids = {name: id_ for name in new if (id_ := _as_id(name)) is not None}
        rows = await store.resolve_events(
            connection, edition_id=self.edition_id, references=new, ids=list(set(ids.values()))
        )
        by_id = {row["id"]: row for row in rows}
        by_reference: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_reference[row["reference"]].append(row)
        for name in new:
            named = by_id.get(ids[name]) if name in ids else None
            self._events[name] = self._chosen([named] if named else by_reference[name])

    def _chosen(self, rows: Sequence[asyncpg.Record]) -> UUID | Bilingual:
        """The event that is meant. One that is not in the programme does not exist for other organisers."""
        own = [row["id"] for row in rows if self.organiser_id in {None, row["organiser_id"]}]
        if own:
            return own[0] if len(own) == 1 else _AMBIGUOUS
        return _NOT_YOURS if any(row["in_catalogue"] for row in rows) else NO_SUCH_EVENT


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
