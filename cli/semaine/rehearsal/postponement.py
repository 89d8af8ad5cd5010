"""The postponement of 2020, rehearsed on a system that has come to rest: confirmed, then timed step by step."""

import asyncio
import time
from typing import Any

import asyncpg

from semaine.rehearsal.play import Stage
from semaine.rehearsal.report import Postponement
from semaine.settling import settle
from semaine.system.system import System

ACT_2020: dict[str, Any] = {
    "kind": "postponed",
    "dates": {"first_day": "2020-11-16", "last_day": "2020-11-22"},
    "policy": "kept",
    "terms": {
        "fr": "La situation liée au coronavirus Covid-19 ne permet pas d’organiser la Semaine au printemps. "
        "Votre événement est reporté du même nombre de semaines et sera réexaminé pour les nouvelles dates.",
        "en": "The situation due to the coronavirus Covid-19 does not allow to hold the Week in spring. "
        "Your event is postponed by the same number of weeks and will be examined again for the new dates.",
    },
}
"""From 30 March–5 April to 16–22 November 2020."""
_LOOK_SECONDS = 0.25
_PATIENCE_SECONDS = 120.0
_STATUSES = """
SELECT status, count(*) AS events FROM events WHERE edition_id = $1 GROUP BY status
"""
_UNREACHED = """
SELECT count(*) FROM events
WHERE edition_id = $1 AND status <> 'withdrawn' AND (act_number < $2 OR status = 'submitted')
"""
_LABELS = """
SELECT count(*) FILTER (WHERE status_before_act = 'labelled' AND status = 'labelled') AS kept,
       count(*) FILTER (WHERE status_before_act = 'labelled' AND status <> 'labelled') AS lost,
       count(*) FILTER (WHERE status_before_act <> 'labelled' AND status = 'labelled') AS regained
FROM events WHERE edition_id = $1
"""


async def postpone(on: Stage, system: System, *, edition: str) -> Postponement:
    """Postpone the edition, and wait until everybody has been told."""
    found = Postponement()
    before = await on.backlog.sent_notices()
    begun = time.monotonic()
    shown = await on.programme.preview_act(ACT_2020, edition=edition)
    found.preview_seconds = time.monotonic() - begun
    found.people = shown["people"]["people"]
    registration = await asyncpg.connect(system.database_url("registration"), timeout=10)
    try:
        confirmed = time.monotonic()
        act = await on.programme.confirm_act({**ACT_2020, "token": shown["token"]}, edition=edition)
        async with on.watch.looking(edition=edition):
            await _follow(on, registration, found, edition=edition, number=act["act"]["number"], since=confirmed)
            await settle(on.backlog, patience=_PATIENCE_SECONDS)
        found.settled_seconds = time.monotonic() - confirmed
        row = await registration.fetchrow(_LABELS, edition)
        assert row is not None
        found.kept, found.lost, found.regained = row
    finally:
        await registration.close()
    after = await on.backlog.sent_notices()
    found.emails = after.get("email", 0) - before.get("email", 0)
    found.webhooks = after.get("webhook", 0) - before.get("webhook", 0)
    return found


async def _follow(
    on: Stage, registration: asyncpg.Connection, found: Postponement, *, edition: str, number: int, since: float
) -> None:
    """Note when which step is done."""
    while not (found.told_seconds and found.decided_seconds):
        act = await on.programme.act(edition=edition, number=number)
        now = time.monotonic() - since
        found.events = act["events"]
        if not found.moved_seconds and act["moved_at"]:
            found.moved_seconds = now
        if not found.told_seconds and act["told_at"]:
            found.told_seconds = now
        if not found.decided_seconds and await _decided(on, registration, edition=edition, number=number):
            found.decided_seconds = time.monotonic() - since
        await asyncio.sleep(_LOOK_SECONDS)


async def _decided(on: Stage, registration: asyncpg.Connection, *, edition: str, number: int) -> bool:
    """Whether every event is decided again, and the public counters count exactly what registration has."""
    if await registration.fetchval(_UNREACHED, edition, number):
        return False
    counters = (await on.programme.counters(edition=edition))["counters"]
    counted = {tally["value"]: tally["events"] for tally in counters["status"]}
    known = {row["status"]: row["events"] for row in await registration.fetch(_STATUSES, edition)}
    occurrences = {tally["value"] for tally in counters["occurrence"]}
    return counted == known and occurrences == {"rescheduled"}
