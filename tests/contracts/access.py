"""Every operation of every service, and what protects it. A new one has to be added here."""

from dataclasses import dataclass
from typing import Any

from shared.contracts.topics import Service
from shared.runtime.tokens import Role
from tests.contracts.called import EDITION, EVENT, NOBODY, ORGANISER

HIDDEN, FORBIDDEN, FILTERED = 404, 403, 200


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    `others`: the answer to somebody else who has the role, where what is asked for is one's own; None where it is not.

    `see_all`: roles for which nothing is somebody else's. `shows`: the name of an id that its owner finds in the
    answer, and others do not. `status`: which of the events. `nothing`: the title of the 404 by which its owner learns
    that there is nothing.
    """

    others: int | None = None
    see_all: tuple[Role, ...] = ()
    body: Any = None
    query: str = ""
    shows: str = ""
    nothing: str = ""
    status: str = "labelled"
    media_type: str = "application/json"


ANYBODY = Rule()
_CODE = {"code": "kq3vA1x0T9mB7cWd"}
_ROWS = "application/x-ndjson"
_GUEST = {"name": "Camille Moreau", "email": "camille.moreau@example.org"}
_SETTLED = {"verdict": "labelled", "reason": "La visite montre bien l’atelier."}
_ACT = {"kind": "cancelled", "terms": {"fr": "Elle est annulée.", "en": "It is cancelled."}}
_CHECKED = {
    "title": EVENT["title"],
    "description": EVENT["description"],
    "audience": ["general_public"],
    "price_cents": 0,
    "slots": EVENT["slots"],
    "place": EVENT["place"],
    "organiser": {"kind": "company", "siret": "73282932000074"},
}
_SAMPLE = {
    "name": {"fr": "Semaine", "en": "Week"},
    "kind": "cancelled",
    "previous_dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
    "terms": {"fr": "Elle est annulée.", "en": "It is cancelled."},
}
_HEALTH = {"GET /health/live": ANYBODY, "GET /health/ready": ANYBODY}

RULES: dict[Service, dict[str, Rule]] = {
    "registration": _HEALTH
    | {
        "GET /v1/editions": ANYBODY,
        "GET /v1/editions/{edition_id}": ANYBODY,
        "PUT /v1/editions/{edition_id}": Rule(body=EDITION),
        "GET /v1/editions/{edition_id}/press-release": ANYBODY,
        "POST /v1/editions/{edition_id}/acts/preview": Rule(body=_ACT),
        "POST /v1/editions/{edition_id}/acts": Rule(body=_ACT | {"token": "of no preview"}),
        "GET /v1/editions/{edition_id}/acts": Rule(),
        "GET /v1/editions/{edition_id}/acts/{number}": Rule(),
        "POST /v1/persons/export": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "POST /v1/persons/erasure": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "POST /v1/persons/own/access": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "POST /v1/persons/own/export": Rule(body=_CODE),
        "POST /v1/persons/own/erasure": Rule(body=_CODE),
        "POST /v1/organisers": Rule(body=ORGANISER),
        "POST /v1/organisers/access": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "POST /v1/organisers/token": Rule(body=_CODE),
        "GET /v1/organisers/{organiser_id}": Rule(others=HIDDEN),
        "POST /v1/events": Rule(
            others=FORBIDDEN, body={"edition_id": "2020", "organiser_id": "{organiser_id}", "event": EVENT}
        ),
        "GET /v1/events": Rule(others=FILTERED, query="?organiser={organiser_id}&limit=1000", shows="in_review"),
        "GET /v1/events/{event_id}": Rule(others=HIDDEN, status="draft"),
        "PUT /v1/events/{event_id}": Rule(others=HIDDEN, body=EVENT),
        "POST /v1/events/{event_id}/submission": Rule(others=HIDDEN, status="draft"),
        "POST /v1/events/{event_id}/withdrawal": Rule(others=HIDDEN, status="withdrawn"),
        "POST /v1/events/{event_id}/participations": Rule(body=_GUEST),
        "GET /v1/events/{event_id}/participations": Rule(others=HIDDEN),
        "POST /v1/events/{event_id}/participations/{participation_id}/cancellation": ANYBODY,  # who knows its id
        "GET /v1/events/{event_id}/waiting/{entry_id}": ANYBODY,
        "POST /v1/events/{event_id}/waiting/{entry_id}/acceptance": ANYBODY,
        "POST /v1/events/{event_id}/waiting/{entry_id}/departure": ANYBODY,
        "POST /v1/events/{event_id}/answer": Rule(others=HIDDEN, body={"answer": "confirm", "act": 1}),
        "PUT /v1/events/{event_id}/attendance": Rule(others=HIDDEN, body={"people": 10}),
        "POST /v1/imports/events": Rule(
            others=FORBIDDEN, body="{}", query="?edition=2020&organiser_id={organiser_id}", media_type=_ROWS
        ),
        "POST /v1/imports/participations": Rule(body="{}", query="?edition=2020", media_type=_ROWS),
        "GET /v1/feeds/events.ics": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.atom": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.rss": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.jsonld": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.json": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.csv": Rule(query="?edition=2020"),
        "GET /v1/feeds/events.parquet": Rule(query="?edition=2020"),
        "GET /v1/imports/{import_id}": Rule(others=HIDDEN),
        "GET /v1/imports/{import_id}/problems": Rule(others=HIDDEN),
    },
    "labelling": _HEALTH
    | {
        "GET /v1/charters": ANYBODY,
        "POST /v1/charters": Rule(body={}),
        "GET /v1/charters/{version}": ANYBODY,
        "GET /v1/charters/{version}/redecision": ANYBODY,
        "GET /v1/charters/{version}/differences": Rule(query="?since={version}"),
        "POST /v1/charters/{edition_id}/simulation": Rule(body={}),
        "POST /v1/charters/{edition_id}/check": Rule(body=_CHECKED),
        "GET /v1/decisions": Rule(
            others=FILTERED, see_all=("referent",), query="?event_id={event_id}", shows="decision_id"
        ),
        "GET /v1/decisions/{decision_id}": Rule(others=HIDDEN, see_all=("referent",)),
        "GET /v1/decisions/{decision_id}/explanation": Rule(others=HIDDEN, see_all=("referent",)),
        "POST /v1/decisions/{decision_id}/appeal": Rule(others=HIDDEN, body={"reason": "L’entrée est libre."}),
        "GET /v1/reviews": Rule(others=FILTERED, shows="in_review"),
        "GET /v1/reviews/service-level": Rule(others=FILTERED),
        "GET /v1/reviews/likenesses": Rule(others=FILTERED, query="?edition_id=2020"),
        "GET /v1/reviews/{event_id}/likenesses": Rule(others=HIDDEN),
        "GET /v1/reviews/{event_id}": Rule(others=FORBIDDEN, status="in_review"),
        "POST /v1/reviews/{event_id}/claim": Rule(others=FORBIDDEN, status="in_review"),
        "POST /v1/reviews/{event_id}/release": Rule(others=FORBIDDEN, status="in_review"),
        "POST /v1/reviews/{event_id}/handover": Rule(
            others=FORBIDDEN, body={"to": "kim", "text": "À toi."}, status="in_review"
        ),
        "POST /v1/reviews/{event_id}/comments": Rule(others=FORBIDDEN, body={"text": "Vu."}, status="in_review"),
        "POST /v1/reviews": Rule(others=FILTERED, body={"event_ids": ["{organiser_id}"], **_SETTLED}),
        "POST /v1/reviews/{event_id}/decision": Rule(others=FORBIDDEN, body=_SETTLED, status="settled"),
    },
    "notifications": _HEALTH
    | {
        "POST /v1/partners": Rule(body={"name": "CCI", "url": NOBODY}),
        "GET /v1/partners": Rule(others=FILTERED, shows="partner_id"),
        "GET /v1/partners/{partner_id}": Rule(others=HIDDEN),
        "PATCH /v1/partners/{partner_id}": Rule(others=HIDDEN, body={"name": "CCI"}),
        "POST /v1/partners/{partner_id}/secret": Rule(others=HIDDEN),
        "POST /v1/partners/{partner_id}/test": Rule(others=HIDDEN),
        "POST /v1/partners/{partner_id}/replay": Rule(others=HIDDEN, body={"since": "2020-01-14T00:00:00Z"}),
        "GET /v1/deliveries": Rule(others=FILTERED, shows="delivery_id"),
        "GET /v1/deliveries/{delivery_id}": Rule(others=HIDDEN),
        "POST /v1/deliveries/{delivery_id}/replay": Rule(),
        "GET /v1/kits/{event_id}": ANYBODY,
        "GET /v1/kits/{event_id}/poster": ANYBODY,
        "GET /v1/notices/samples": Rule(),
        "POST /v1/notices/samples": Rule(body=_SAMPLE),
        "GET /v1/digests/own": Rule(),
        "PUT /v1/digests/own": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "DELETE /v1/digests/own": Rule(),
        "POST /v1/digests/export": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "POST /v1/digests/confirmation": ANYBODY,  # who has the code
        "GET /v1/partners/{partner_id}/digest": Rule(others=HIDDEN, nothing="No digest"),
        "PUT /v1/partners/{partner_id}/digest": Rule(others=HIDDEN, body={"email": "nobody@chaudronnerie.example"}),
        "DELETE /v1/partners/{partner_id}/digest": Rule(others=HIDDEN),
        "POST /v1/digests/erasure": Rule(body={"email": "nobody@chaudronnerie.example"}),
        "GET /v1/preferences/{token}": ANYBODY,  # who has the link
        "GET /v1/preferences/{token}/{kind}/unsubscription": ANYBODY,
        "POST /v1/preferences/{token}/{kind}/unsubscription": ANYBODY,
        "POST /v1/preferences/{token}/{kind}/subscription": ANYBODY,
        "DELETE /v1/partners/{partner_id}": Rule(others=HIDDEN),
    },
    "stats": _HEALTH | {"GET /v1/counters": ANYBODY, "GET /v1/counters/stream": ANYBODY},
}


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Query or body, with the ids that it names in braces."""
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    if isinstance(value, str) and "{" in value and value != "{}":
        return value.format(**ids)
    return value
