"""A batch of sign-up rows into the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from registration.guest_lists.bulk import BulkSignUp, sign_up_many
from registration.guest_lists.persons import address_of
from registration.imports import store
from registration.imports.reading import RowProblem
from registration.imports.rows import ParticipationRow
from registration.imports.store import Tally
from shared.runtime.database import Connection

_AMBIGUOUS = "several events of this edition have this reference: give the event's id"
_UNKNOWN = "there is no such event in this edition: check its id or reference"
_NOT_YOURS = "this event is another organiser's: you can sign people up to your own events"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationImport:
    """What one import of sign-ups is about. `organiser_id`: whose events alone may be named; None for staff."""

    edition_id: str
    organiser_id: UUID | None
    notify: bool
    _events: dict[str, UUID | str] = field(default_factory=dict)
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
            if isinstance(event, str):
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
        new = [name for name in names if name not in self._events]
        if not new:
            return
        ids = {id_: name for name in new if (id_ := _as_id(name)) is not None}
        found: dict[str, UUID | str] = {}
        for row in await store.resolve_events(connection, edition_id=self.edition_id, references=new, ids=list(ids)):
            allowed = self.organiser_id in {None, row["organiser_id"]}
            name = ids.get(row["event_id"], row["reference"])
            found[name] = _AMBIGUOUS if name in found else row["event_id"] if allowed else _NOT_YOURS
        for name in new:
            self._events[name] = found.get(name, _UNKNOWN)


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
