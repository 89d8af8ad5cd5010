"""Acknowledged operations against what `registration` holds: each exactly once, and as acknowledged."""

from collections.abc import Iterator, Mapping
from typing import Any

from semaine.faults.expected import Event, Expected
from semaine.faults.facts import Facts, Row
from semaine.faults.violation import Violation, compare

_AS_SENT = ("reference", "title", "description", "type", "price_cents", "capacity")
_MINUTES = 16
"""Of `2020-03-31T09:00:00`: what callers give."""


def judge_registration(known: Expected, facts: Facts) -> Iterator[Violation]:
    """Events, guest lists, sign-ups, drafts and organisers. Nothing is surplus: what was refused left nothing."""
    where = "registration"
    yield from compare(
        where=f"{where} events",
        what="event",
        expected={id_: _event_expected(event) for id_, event in known.events.items()},
        found={id_: _event_found(row) for id_, row in facts.events.items()},
    )
    yield from compare(
        where=f"{where} guest_lists",
        what="parties, people, cancelled, actual, changes",
        expected={
            id_: (each.parties, each.announced, each.cancelled, each.actual, each.list_changes)
            for id_, each in known.events.items()
        },
        found={
            id_: (row["parties"], row["announced"], row["cancelled"], row["actual"], row["list_sequence"])
            for id_, row in facts.events.items()
        },
    )
    yield from _over_capacity(facts)
    yield from _sign_ups(known, facts)
    yield from compare(
        where=f"{where} drafts",
        what="draft",
        expected=dict.fromkeys(known.drafts, True),
        found=dict.fromkeys(facts.drafts, True),
    )
    organisers = {id_: row["email"] for id_, row in facts.contacts.items() if row["organiser"]}
    yield from compare(where=f"{where} organisers", what="address", expected=known.organisers, found=organisers)


def _sign_ups(known: Expected, facts: Facts) -> Iterator[Violation]:
    signed = {id_: each for event in known.events.values() for id_, each in event.sign_ups.items()}
    yield from compare(
        where="registration participations",
        what="event, address, kind, people, status, confirmations, kept after an act",
        expected={
            id_: (each.event_id, each.email, each.kind, each.people, _status(active=each.active), each.times, each.kept)
            for id_, each in signed.items()
        },
        found={
            id_: (
                *(row[name] for name in ("event_id", "email", "kind", "people", "status", "confirmations")),
                row["kept_act"] > 0,
            )
            for id_, row in facts.sign_ups.items()
        },
    )


def _over_capacity(facts: Facts) -> Iterator[Violation]:
    for id_, row in facts.events.items():
        if row["capacity"] is not None and row["announced"] > row["capacity"]:
            detail = f"{row['announced']} people on {row['capacity']} places"
            yield Violation(kind="differs", where="registration guest_lists", key=id_, detail=detail)


def _event_expected(event: Event) -> dict[str, Any]:
    return {
        "organiser": event.organiser_id,
        "revision": event.revision,
        "receipts": event.receipts,
        "status": event.status,
        "occurrence": event.occurrence,
        "act": event.act_number,
        "answer": event.answer,
        **_said(event.content),
    }


def _event_found(row: Row) -> dict[str, Any]:
    return {
        "organiser": row["organiser_id"],
        "revision": row["revision"],
        "receipts": row["receipts"],
        "status": row["status"],
        "occurrence": row["occurrence"],
        "act": row["act_number"],
        "answer": row["answer"],
        **_said(row["content"]),
    }


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, and what is stored, in one form."""
    slots = sorted((slot["begin"][:_MINUTES], slot["end"][:_MINUTES]) for slot in content["slots"])
    return {name: content.get(name) for name in _AS_SENT} | {
        "slots": slots,
        "accessibility": sorted(content.get("accessibility") or ()),
    }


def _status(*, active: bool) -> str:
    return "active" if active else "cancelled"
