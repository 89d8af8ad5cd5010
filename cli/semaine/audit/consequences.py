"""What the other services made of it, compared with the truth. All SQL of their side."""

from collections import Counter
from collections.abc import Iterator

import asyncpg

from semaine.audit.differences import Difference, compare, compare_counts
from semaine.audit.truth import Event, Truth

# What holds is the case's decision, whatever the clocks of two replicas say. A charter decides a revision once.
_DECIDED = """
SELECT decisions.event_id::text, decisions.revision,
       count(*) FILTER (WHERE decided_by = 'charter' AND NOT appeal)
           - count(DISTINCT charter_version) FILTER (WHERE decided_by = 'charter' AND NOT appeal) AS surplus,
       (array_agg(decisions.verdict ORDER BY decisions.id = cases.decision_id DESC))[1] AS verdict
FROM decisions JOIN cases USING (event_id) GROUP BY decisions.event_id, decisions.revision
"""
_VERDICTS = "SELECT event_id::text, count(*) AS times FROM decisions WHERE told GROUP BY event_id"
_COUNTED = """
SELECT event_id::text, event_sequence, list_sequence, status, region, departement, type, themes, audience, hours,
       occurrence, announced, actual FROM events WHERE event_sequence > 0
"""
_NOTICES = """
SELECT event_id::text, CASE WHEN kind IN ('labelled', 'refused', 'in_review') THEN 'verdict' ELSE kind END AS kind,
       count(*) AS times FROM deliveries WHERE channel = 'email' AND event_id IS NOT NULL GROUP BY 1, 2
"""
_TOLD_TWICE = """
SELECT recipient_id::text, edition_id, act_number, count(*) AS times FROM deliveries
WHERE kind = 'act' GROUP BY recipient_id, edition_id, act_number HAVING count(*) > 1
"""
# The later one is claimed only when the earlier is finished, so their times cannot even be equal.
_TOLD_TOO_LATE = """
SELECT earlier.recipient_id::text, earlier.edition_id, earlier.act_number, min(later.act_number) AS later
FROM deliveries AS earlier
JOIN deliveries AS later ON later.recipient_id = earlier.recipient_id AND later.edition_id = earlier.edition_id
    AND later.act_number > earlier.act_number AND later.status = 'sent' AND later.finished_at < earlier.finished_at
WHERE earlier.act_number IS NOT NULL AND earlier.status = 'sent' AND earlier.kind <> 'lapsed'
GROUP BY earlier.id
"""
_ANNOUNCED = "SELECT event_id::text, count(*) AS times FROM announcements WHERE event_id IS NOT NULL GROUP BY 1"
_WITHDRAWALS = "SELECT event_id::text, count(*) AS times FROM withdrawals GROUP BY 1"
_UNKNOWN = "unknown"
"""How stats writes a territory that an event does not have."""
# Of members of the committee who want a digest, registration knows nothing.
_CONTACTS = """
SELECT id::text, lower(email) AS email FROM contacts
WHERE email IS NOT NULL AND id NOT IN (SELECT contact_id FROM digests)
"""


def guest_lists(truth: Truth) -> Iterator[Difference]:
    """The totals of each guest list against the sign-ups themselves."""
    totals = {id_: (event.parties, event.announced, event.cancelled) for id_, event in truth.events.items()}
    for id_, (parties, announced, cancelled) in totals.items():
        signed = truth.sign_ups.get(id_)
        found = (signed.parties, signed.people, signed.cancelled) if signed else (0, 0, 0)
        if found != (parties, announced, cancelled):
            yield Difference(
                kind="differs",
                where="registration guest_lists",
                key=id_,
                detail=f"parties, people, cancelled: the list says {(parties, announced, cancelled)}, sign-ups {found}",
            )


def waiting_lists(truth: Truth) -> Iterator[Difference]:
    """What is held and who waits against the entries themselves."""
    for id_, event in truth.events.items():
        entries = truth.waiting.get(id_)
        found = (entries.held, entries.waiting) if entries else (0, 0)
        if found != (event.held, event.waiting):
            detail = f"people held, waiting: the list says {(event.held, event.waiting)}, entries {found}"
            yield Difference(kind="differs", where="registration waiting_list", key=id_, detail=detail)


async def decisions(truth: Truth, connection: asyncpg.Connection) -> Iterator[Difference]:
    """Each submitted state decided once, and its verdict taken over as the event's status."""
    rows = await connection.fetch(_DECIDED)
    by_state = {f"{row['event_id']} revision {row['revision']}": row for row in rows}
    current = {f"{event.id} revision {event.revision}": event for event in truth.events.values()}
    found: list[Difference] = []
    where = "labelling decisions"
    for key, event in current.items():
        row = by_state.get(key)
        if row is None:
            if event.status != "withdrawn":
                found.append(Difference(kind="lost", where=where, key=key, detail="submitted, never decided"))
        elif event.status not in {"withdrawn", row["verdict"]}:
            detail = f"decided {row['verdict']}, the event is {event.status}"
            found.append(Difference(kind="differs", where=where, key=key, detail=detail))
    for key, row in by_state.items():
        if row["surplus"]:
            detail = f"decided {row['surplus']} times more by a charter that had decided it"
            found.append(Difference(kind="double", where=where, key=key, detail=detail))
        if row["event_id"] not in truth.events or row["revision"] > truth.events[row["event_id"]].revision:
            found.append(Difference(kind="double", where=where, key=key, detail="a decision on what was not submitted"))
    return iter(found)


async def counters(truth: Truth, connection: asyncpg.Connection) -> Iterator[Difference]:
    """Each row that is counted, figure by figure; every counter is a sum of these."""
    counted = {row["event_id"]: _counted(row) for row in await connection.fetch(_COUNTED)}
    expected = {id_: _expected(event) for id_, event in truth.events.items()}
    return compare(where="stats events", truth=expected, found=counted)


async def notices(truth: Truth, connection: asyncpg.Connection, *, verdicts: Counter[str]) -> Iterator[Difference]:
    """Each receipt, verdict, confirmation and offer of a place has its one notice."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in ("receipt", "verdict", "confirmation", "offer")}
    for row in await connection.fetch(_NOTICES):
        if row["kind"] in found:
            found[row["kind"]][row["event_id"]] = row["times"]
    receipts = {id_: event.receipts for id_, event in truth.events.items()}
    confirmations = {id_: signed.confirmations for id_, signed in truth.sign_ups.items()}
    offers = {id_: entries.offers for id_, entries in truth.waiting.items()}
    where = "notifications deliveries"
    return iter([
        *compare_counts(where=where, what="receipts", truth=receipts, found=found["receipt"]),
        *compare_counts(where=where, what="verdicts told", truth=verdicts, found=found["verdict"]),
        *compare_counts(where=where, what="confirmations", truth=confirmations, found=found["confirmation"]),
        *compare_counts(where=where, what="offers of a place", truth=offers, found=found["offer"]),
    ])  # fmt: skip


async def notices_of_acts(connection: asyncpg.Connection) -> Iterator[Difference]:
    """Nobody is told of an act twice, nor of an earlier one after a later one."""
    where = "notifications deliveries"
    found = [
        Difference(
            kind="double",
            where=where,
            key=row["recipient_id"],
            detail=f"told {row['times']} times of act {row['act_number']} on {row['edition_id']}",
        )
        for row in await connection.fetch(_TOLD_TWICE)
    ]
    found += [
        Difference(
            kind="differs",
            where=where,
            key=row["recipient_id"],
            detail=f"told of act {row['act_number']} on {row['edition_id']} after act {row['later']}",
        )
        for row in await connection.fetch(_TOLD_TOO_LATE)
    ]
    return iter(found)


async def announcements(truth: Truth, connection: asyncpg.Connection) -> Iterator[Difference]:
    """Each change of the catalogue is announced to partners once."""
    told: Counter[str] = Counter()
    for statement in (_ANNOUNCED, _WITHDRAWALS):
        for row in await connection.fetch(statement):
            told[row["event_id"]] += row["times"]
    changes = {id_: event.catalogue_sequence for id_, event in truth.events.items()}
    where = "notifications announcements"
    return compare_counts(where=where, what="changes of the catalogue", truth=changes, found=told)


async def contacts(truth: Truth, connection: asyncpg.Connection) -> Iterator[Difference]:
    """Each address as notifications have it. Addresses themselves are not shown."""
    rows = await connection.fetch(_CONTACTS)
    found = {row["id"]: row["email"] for row in rows}
    differences = compare(where="notifications contacts", truth=truth.contacts, found=found)
    return (
        Difference(kind=each.kind, where=each.where, key=each.key, detail="the address is missing, surplus or another")
        for each in differences
    )


async def verdicts(connection: asyncpg.Connection) -> Counter[str]:
    """How many decisions on each event its organiser is to be told of."""
    return Counter({row["event_id"]: row["times"] for row in await connection.fetch(_VERDICTS)})


def _counted(row: asyncpg.Record) -> dict[str, object]:
    return {
        "event_sequence": row["event_sequence"],
        "list_sequence": row["list_sequence"],
        "status": row["status"],
        "region": None if row["region"] == _UNKNOWN else row["region"],
        "departement": None if row["departement"] == _UNKNOWN else row["departement"],
        "type": row["type"],
        "themes": sorted(row["themes"]),
        "audience": sorted(row["audience"]),
        "hours": sorted(row["hours"]),
        "occurrence": row["occurrence"],
        "announced": row["announced"],
        "actual": row["actual"],
    }


def _expected(event: Event) -> dict[str, object]:
    return {
        "event_sequence": event.sequence,
        "list_sequence": event.list_sequence,
        "status": event.status,
        "region": event.region,
        "departement": event.departement,
        "type": event.type,
        "themes": sorted(event.themes),
        "audience": sorted(event.audience),
        "hours": sorted(event.hours),
        "occurrence": event.occurrence,
        "announced": event.announced,
        "actual": event.actual,
    }
