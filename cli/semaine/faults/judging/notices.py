"""Notices: one delivery for each, one mail or webhook for each delivery, more only where a fault can have caused it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from semaine.faults.disturbances import Disturbance
from semaine.faults.expected import Expected
from semaine.faults.facts import Facts, Row
from semaine.faults.reach import beyond_flight, repeats_delivery
from semaine.faults.violation import Violation, compare_counts

_WHERE = "notifications deliveries"
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail or a webhook as its receiver has it. `content`: what must be the same each time."""

    id: str
    at: datetime
    content: str


def judge_deliveries(known: Expected, facts: Facts, disturbances: Sequence[Disturbance]) -> Iterator[Violation]:
    """One delivery for each notice that is due, and each of them sent."""
    found = Counter(
        f"{row['event_id']} {row['kind']}"
        for row in facts.deliveries.values()
        if row["event_id"] and row["kind"] not in {"moved", "called_off"}  # these are judged by their guests
    )
    yield from compare_counts(where=_WHERE, what="notices", expected=_due(known, facts), found=found)
    addresses: dict[str, str] = {id_: row["email"] for id_, row in facts.contacts.items()}
    asked: Counter[str] = Counter(
        addresses.get(str(row["recipient_id"]), "nobody")
        for row in facts.deliveries.values()
        if row["kind"] == "access"
    )
    yield from compare_counts(where=_WHERE, what="access codes", expected=known.access_mails, found=asked)
    clocks = any(each.kind == "clock" for each in disturbances)
    for id_, row in facts.deliveries.items():
        superseded = row["status"] == "withheld" and (
            row["kind"] == "moved" or (row["kind"] == "act" and row["act_number"] < known.editions.last)
        )
        if row["status"] != "sent" and not superseded and not (clocks and row["kind"] == "access"):  # or it has run out
            detail = f"{row['kind']} is {row['status']} after {row['attempts']} attempts: {row['detail']}"
            yield Violation(kind="lost", where=_WHERE, key=id_, detail=detail, message_ids=(row["message_id"],))


def _due(known: Expected, facts: Facts) -> Counter[str]:
    due: Counter[str] = Counter()
    for event in known.events.values():
        due[f"{event.id} receipt"] = event.receipts
        due[f"{event.id} confirmation"] = event.confirmations
    for row in facts.decisions:
        due[f"{row['event_id']} {row['verdict']}"] += row["told"]
    for id_, row in facts.events.items():
        due[f"{id_} webhook"] = row["catalogue_sequence"] * facts.partners
    return due


def webhook_id(delivery_id: str) -> str:
    return f"msg_{UUID(delivery_id).hex}"


def judge_arrivals(
    arrivals: Sequence[Arrival],
    *,
    deliveries: Mapping[str, Row],
    receiver: str,
    disturbances: Sequence[Disturbance],
) -> Iterator[Violation]:
    """
    What one receiver (`mail` or `partner`) has, against the deliveries that were sent to it, by its ids of them.

    Each at least once; again only under the same id and with the same content, only when the first came during a fault
    that reaches the sending, and no more of them than that fault can have caught in flight.
    """
    came: dict[str, list[Arrival]] = defaultdict(list)
    for each in sorted(arrivals, key=lambda one: one.at):
        came[each.id].append(each)
    where = f"received by {receiver}"
    for id_, row in deliveries.items():
        if row["status"] == "sent" and id_ not in came:
            detail = f"{row['kind']} counts as sent: {row['detail']}"
            yield Violation(kind="lost", where=where, key=id_, detail=detail, message_ids=(row["message_id"],))
    for id_, group in came.items():
        if id_ not in deliveries:
            detail = f"nobody sent this, it came {len(group)} times"
            yield Violation(kind="double", where=where, key=id_, detail=detail)
        else:
            yield from _again(group, deliveries[id_], where, receiver, disturbances)
    yield from _too_many(came, where, receiver, disturbances)


def _again(
    group: Sequence[Arrival], row: Row, where: str, receiver: str, disturbances: Sequence[Disturbance]
) -> Iterator[Violation]:
    ids = (row["message_id"],)
    if len({each.content for each in group}) > 1:
        detail = f"{row['kind']} came {len(group)} times, not always with the same content"
        yield Violation(kind="differs", where=where, key=group[0].id, detail=detail, message_ids=ids)
    for before, again in pairwise(group):
        if not repeats_delivery(disturbances, receiver=receiver, first=before.at):
            detail = (
                f"{row['kind']} came at {before.at:%H:%M:%S.%f} and {again.at:%H:%M:%S.%f}, no fault near the first"
            )
            yield Violation(kind="double", where=where, key=again.id, detail=detail, message_ids=ids)


def _too_many(
    came: Mapping[str, Sequence[Arrival]], where: str, receiver: str, disturbances: Sequence[Disturbance]
) -> Iterator[Violation]:
    """Those without any fault near them are violations of their own."""
    firsts = [
        before.at
        for group in came.values()
        for before, _ in pairwise(group)
        if repeats_delivery(disturbances, receiver=receiver, first=before.at)
    ]
    if beyond := beyond_flight(firsts, receiver=receiver, disturbances=disturbances):
        times = ", ".join(f"{first:%H:%M:%S.%f}" for first in beyond[:_MOST_SHOWN])
        detail = f"{len(beyond)} of {len(firsts)} that came again are more than were in flight at faults: {times}"
        yield Violation(kind="double", where=where, key="all", detail=detail)
