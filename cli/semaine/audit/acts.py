"""Acts on an edition: carried through, each event moved as it should be, each person told once. All SQL of it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from semaine.audit.differences import Difference, compare_counts

_ACTS = """
SELECT a.edition_id, a.number, a.phase, a.act->>'kind' AS kind, a.act->'previous_dates'->>'first_day' AS first_day,
       a.act->'previous_regional_windows' AS regional, e.first_day AS now, e.regional_windows AS regional_now
FROM acts a JOIN editions e ON e.id = a.edition_id ORDER BY a.edition_id, a.number
"""
_EVENTS = """
SELECT id::text, edition_id, status, occurrence, act_number, act_revision, revision, answer, time_zone, departement,
       region, content->'slots' AS slots, previous_slots, status_before_act
FROM events WHERE edition_id = ANY($1)
"""
_UNTOLD = """
SELECT count(*) FROM notices n JOIN acts a ON a.id = n.act_id WHERE a.phase <> 'superseded' AND n.sequence IS NULL
"""
_TO_TELL = """
SELECT n.recipient_id::text || ' act ' || a.number || ' ' || n.change AS key, count(*) AS times
FROM notices n JOIN acts a ON a.id = n.act_id
WHERE a.phase <> 'superseded' AND n.sequence IS NOT NULL GROUP BY 1
"""
_DELIVERED = """
SELECT recipient_id::text || ' act ' || act_number || ' ' || replace(kind, 'answer_', '') AS key, count(*) AS times
FROM deliveries d
WHERE act_number IS NOT NULL
    AND act_number = (SELECT max(act_number) FROM editions WHERE id = d.edition_id)
GROUP BY 1
"""
_OCCURRENCES = {"postponed": "rescheduled", "postponed_undated": "postponed", "cancelled": "cancelled"}


async def acts(registration: asyncpg.Connection, notifications: asyncpg.Connection) -> list[Difference]:
    """Every difference between what was decided for editions and what became of it."""
    rows = await registration.fetch(_ACTS)
    by_edition: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        by_edition.setdefault(row["edition_id"], []).append(row)
    events = await registration.fetch(_EVENTS, list(by_edition))
    untold = await registration.fetchval(_UNTOLD)
    return [
        *_unfinished(by_edition, untold=untold),
        *(found for event in events for found in _moved(event, by_edition[event["edition_id"]])),
        *await _told(registration, notifications),
    ]


def _unfinished(by_edition: dict[str, list[asyncpg.Record]], *, untold: int) -> Iterator[Difference]:
    for edition_id, found in by_edition.items():
        last = found[-1]
        if last["phase"] != "settled":
            detail = f"the act is {last['phase']}, not settled"
            yield Difference(
                kind="lost", where="registration acts", key=f"{edition_id} {last['number']}", detail=detail
            )
        for earlier in found[:-1]:
            if earlier["phase"] != "superseded":
                detail = f"a later act has come, and it is {earlier['phase']}"
                key = f"{edition_id} {earlier['number']}"
                yield Difference(kind="differs", where="registration acts", key=key, detail=detail)
    if untold:
        detail = f"{untold} notices are not published"
        yield Difference(kind="lost", where="registration notices", key="all", detail=detail)


def _moved(event: asyncpg.Record, found: list[asyncpg.Record]) -> Iterator[Difference]:
    """The last act has reached the event, once; it is where it should be."""
    last = found[-1]
    if event["status"] == "withdrawn":
        return
    if event["act_number"] != last["number"]:
        detail = f"reached by act {event['act_number']}, the last one is {last['number']}"
        yield Difference(kind="lost", where="registration events", key=event["id"], detail=detail)
        return
    if event["status_before_act"] is None:  # submitted after the act
        return
    expected = _OCCURRENCES[last["kind"]]
    if event["occurrence"] != expected:
        detail = f"the act says {expected}, the event is {event['occurrence']}"
        yield Difference(kind="differs", where="registration events", key=event["id"], detail=detail)
    elif expected == "rescheduled" and event["revision"] == event["act_revision"]:
        yield from _dates(event, found)


def _dates(event: asyncpg.Record, found: list[asyncpg.Record]) -> Iterator[Difference]:
    """Not amended since: each slot is the same local time so many whole weeks later, by the edition's own distance."""
    distances = {_distance(act, event) for act in found}
    old, new = event["previous_slots"], event["slots"]
    zone = ZoneInfo(event["time_zone"])
    wrong = len(old) != len(new)
    for before, after in zip(old, new, strict=False):
        for end in ("begin", "end"):
            there, here = datetime.fromisoformat(before[end]), datetime.fromisoformat(after[end])
            days = (here.date() - there.date()).days
            near = any(days == each if each % 7 == 0 else days % 7 == 0 for each in distances)
            wrong = (
                wrong or not near or not (here.time() == there.time() or _skipped(there + timedelta(days=days), zone))
            )
    if wrong:
        detail = f"moved from {old} to {new}; the edition moved by {sorted(distances)} days"
        yield Difference(kind="differs", where="registration events", key=event["id"], detail=detail)


def _distance(act: asyncpg.Record, event: asyncpg.Record) -> int:
    """By how many days the edition has moved since that act, at the event's place."""
    before = _first_day(act["regional"], event) or date.fromisoformat(act["first_day"])
    now = _first_day(act["regional_now"], event) or act["now"]
    return int((now - before).days)


def _first_day(regional: list[dict[str, Any]], event: asyncpg.Record) -> date | None:
    windows = {each["territory"]: each["dates"]["first_day"] for each in regional}
    own = windows.get(event["departement"] or "") or windows.get(f"R{event['region']}")
    return date.fromisoformat(own) if own else None


def _skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks never show this there."""
    there = local.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
    return there.astimezone(zone).replace(tzinfo=None) != local


async def _told(registration: asyncpg.Connection, notifications: asyncpg.Connection) -> Iterator[Difference]:
    """Each notice of the last act became one mail; of those before, none is left to tell."""
    expected = {row["key"]: row["times"] for row in await registration.fetch(_TO_TELL)}
    found = {row["key"]: row["times"] for row in await notifications.fetch(_DELIVERED)}
    return compare_counts(where="notifications deliveries", what="notices of acts", truth=expected, found=found)
