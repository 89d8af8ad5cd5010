"""Use cases of simulations: nothing is written, and no more than a few hundred events are held at a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from labelling.decisions import store as decisions
from labelling.domain.charter import Charter
from labelling.domain.decision import decide
from labelling.domain.simulation import Totals
from labelling.simulations import store
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Database
from shared.runtime.http.problems import not_found

_AT_A_TIME = 200
_BREATHE_EVERY = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An event whose verdict would be another one."""

    case: store.Case
    after: DecisionState


@dataclass(kw_only=True, slots=True)
class Simulation:
    """`totals` of the whole edition; `changes` behind the place that was asked for; whether there are `more`."""

    totals: Totals = field(default_factory=Totals)
    changes: list[Change] = field(default_factory=list)
    more: bool = False


async def simulate(
    database: Database,
    charter: Charter,
    *,
    edition_id: str,
    after: UUID | None,
    limit: int,
    turn: asyncio.Lock,
    now: datetime,
) -> Simulation:
    """
    What a charter would decide of every event of an edition, by its dates now. 404 without the edition.

    `turn`: each takes a processor for seconds, so one goes after the other.
    """
    async with database.reading() as connection:
        editions = await decisions.read_editions(connection, [edition_id])
    if edition_id not in editions:
        raise not_found("edition", edition_id)
    found = Simulation()
    async with turn:
        async for case in _cases(database, edition_id):
            event = case.event
            decision = decide(event=event, edition=editions[edition_id], charter=charter, id_=event.id, now=now)
            if not found.totals.add(before=case.decision, after=decision, is_open=case.is_open):
                continue
            if after is not None and event.id <= after:
                continue
            if len(found.changes) < limit:
                found.changes.append(Change(case=case, after=decision))
            else:
                found.more = True
    return found


async def _cases(database: Database, edition_id: str) -> AsyncIterator[store.Case]:
    after = None
    while True:
        async with database.reading() as connection:
            cases = await store.cases_after(connection, edition_id, after=after, limit=_AT_A_TIME)
        for number, case in enumerate(cases):
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            yield case
        if len(cases) < _AT_A_TIME:
            return
        after = cases[-1].event.id
