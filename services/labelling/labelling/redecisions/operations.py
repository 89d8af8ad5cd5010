"""Use cases of redecisions: resumable, and no case is decided twice by one charter on one revision."""

from datetime import datetime

from labelling.decisions import operations as decisions
from labelling.decisions import store as cases
from labelling.redecisions import store
from shared.runtime.database import Connection

_AT_A_TIME = 500


async def begin(connection: Connection, charter_version: str, *, scope: store.Scope, now: datetime) -> None:
    """Have open cases, or all, decided again by a charter that has just been published."""
    await store.begin(connection, charter_version, scope=scope, now=now)


async def go_on(connection: Connection, *, now: datetime) -> bool:
    """
    Decide the next cases of the oldest redecision; False when there is none to go on with.

    One step is one transaction: killed, it was not, and the next process does it.
    """
    under_way = await store.take(connection)
    if under_way is None:
        return False
    version, scope = under_way["charter_version"], under_way["scope"]
    await cases.lock_against_editions(connection)
    found = await store.cases_after(connection, version, scope=scope, after=under_way["after"], limit=_AT_A_TIME)
    if not found:
        await store.finish(connection, version, now=now)
        return True
    await store.close_reviews(connection, [each.event.id for each in found], now=now)
    promised = {each.event.id: each.due_on for each in found if each.due_on is not None}
    made = await decisions.decide_again(connection, [each.event for each in found], promised=promised, now=now)
    before = {each.event.id: each.verdict for each in found}
    changed = sum(decision.verdict != before[decision.event_id] for decision in made)
    await store.go_on(connection, version, after=found[-1].event.id, decided=len(made), changed=changed)
    return True
