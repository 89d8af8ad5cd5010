"""One event and its story, as the ledger has it and as the services hold it: nothing is wrong until it is planted."""

from datetime import UTC, datetime, timedelta

import orjson

from semaine.faults.disturbances import Disturbance
from semaine.faults.facts import Facts
from semaine.faults.judging.notices import Arrival
from semaine.faults.ledger import Ledger, Operation
from semaine.faults.streams import Appearance

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
EVENT, ORGANISER, PERSON, GUEST = (f"0{number}234567-89ab-7def-8123-456789abcdef" for number in range(4))
DECISIONS = [f"1{number}234567-89ab-7def-8123-456789abcdef" for number in range(2)]
MAIL, HOOK = (f"2{number}234567-89ab-7def-8123-456789abcdef" for number in range(2))
FIRST = {
    "reference": "W1-1",
    "title": "Visite n° 1",
    "description": "Une visite.",
    "type": "company_visit",
    "price_cents": 300,
    "slots": [{"begin": "2027-03-31T09:00", "end": "2027-03-31T12:00"}],
    "capacity": 40,
    "accessibility": [],
}
SECOND = FIRST | {"title": "Visite n° 2", "price_cents": 0}


def ledger() -> Ledger:
    """An event that is submitted, refused, amended, labelled; one guest, who cancels and comes back."""
    found = Ledger(seed=1)
    found.edition = {"id": "e"}
    done(found, "register", answer={"id": ORGANISER, "email": "o@faults.example"})
    state = {"id": EVENT, "organiser": {"id": ORGANISER}}
    done(found, "submit", content=FIRST, expected="refused", answer=state)
    done(found, "amend", content=SECOND, expected="labelled", answer=state, event_id=EVENT)
    body = {"kind": "person", "people": 1, "email": "p@faults.example"}
    for kind in ("sign_up", "cancel", "sign_up"):
        done(found, kind, body=body, answer={"participation": {"id": GUEST}}, event_id=EVENT)
    return found


def done(into: Ledger, kind, *, answer, status=201, body=None, **about) -> Operation:
    operation = into.begin(Operation(kind=kind, method="POST", path="/", body=body, caller=None, **about))
    into.know(operation, status=status, answer=answer)
    return operation


def facts() -> Facts:
    return Facts(
        events={
            EVENT: {
                "organiser_id": ORGANISER, "revision": 2, "sequence": 4, "status": "labelled", "receipts": 2,
                "in_catalogue": True, "catalogue_sequence": 1, "capacity": 40, "parties": 1, "announced": 1,
                "cancelled": 1, "actual": None, "list_sequence": 3, "occurrence": "scheduled", "act_number": 0,
                "answer": "not_asked",
                "content": SECOND | {"slots": [{"begin": "2027-03-31T09:00:00", "end": "2027-03-31T12:00:00"}]},
            }
        },
        sign_ups={
            GUEST: {"event_id": EVENT, "email": "p@faults.example", "kind": "person", "people": 1, "status": "active",
                    "confirmations": 2, "kept_act": 0}
        },
        contacts={
            ORGANISER: {"email": "o@faults.example", "sequence": 2, "organiser": True},
            PERSON: {"email": "p@faults.example", "sequence": 1, "organiser": False},
        },
        decisions=[decision(0, 1, "refused"), decision(1, 2, "labelled")],
        cases={EVENT: 2},
        deliveries={
            **{f"a{number}": delivery(kind) for number, kind in enumerate(("receipt", "receipt", "confirmation",
               "confirmation", "refused", "labelled", "webhook"))},
            "access": delivery("access") | {"event_id": None, "recipient_id": ORGANISER},
        },
        partners=1,
    )  # fmt: skip


def decision(number, revision, verdict, by="charter"):
    return {
        "id": DECISIONS[number],
        "event_id": EVENT,
        "revision": revision,
        "verdict": verdict,
        "decided_by": by,
        "told": True,
    }


def delivery(kind):
    return {
        "message_id": f"message of {kind}",
        "recipient_id": PERSON,
        "channel": "webhook" if kind == "webhook" else "email",
        "kind": kind,
        "event_id": EVENT,
        "status": "sent",
        "attempts": 1,
        "sequence": 1,
        "detail": "250 kept",
        "act_number": None,
    }


def told() -> list[Appearance]:
    """The event's messages."""
    changes = [("submitted", 1), ("refused", 1), ("amended", 2), ("labelled", 2)]
    return [
        appearance(number, body={"change": change, "event": {"id": EVENT, "revision": revision}})
        for number, (change, revision) in enumerate(changes, 1)
    ]


def appearance(sequence, *, offset=None, body=None, id_=None, after=0.0, topic="registration.events.v1", key=EVENT):
    """A record; `after`: seconds from noon until the broker took it."""
    return Appearance(
        topic=topic,
        partition=0,
        offset=sequence if offset is None else offset,
        key=key,
        id=id_ or f"message {topic} {key} {sequence}",
        sequence=sequence,
        time=NOON,
        appended=NOON + timedelta(seconds=after),
        headers=(("ce_type", b"semaine.event.v1"),),
        body=orjson.dumps(body or {"change": "submitted", "sequence": sequence}),
    )


def arrival(id_, *, after=0.0, content="p@faults.example"):
    return Arrival(id=id_, at=NOON + timedelta(seconds=after), content=content)


def disturbance(kind="kill", *targets, begun=0.0, healed=10.0):
    """Seconds from noon."""
    return Disturbance(
        number=1,
        kind=kind,
        targets=targets or ("registration-1",),
        begun=NOON + timedelta(seconds=begun),
        healed=NOON + timedelta(seconds=healed),
    )
