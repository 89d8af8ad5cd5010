"""A small programme in running services, for requests that are to reach something."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import httpx

from semaine.system.system import System
from shared.contracts.topics import Service
from shared.runtime.tokens import Caller, read_key, sign

_PATIENCE_SECONDS = 100
NOBODY = "http://127.0.0.1:9/hook"
"""An endpoint at which nothing listens."""

EDITION = {
    "number": 10,
    "name": {"fr": "Semaine de l’Industrie 2020", "en": "Industry Week 2020"},
    "dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
    "label_window": {"first_day": "2020-03-16", "last_day": "2020-04-19"},
    "submission_deadline": "2020-03-20",
    "status": "open",
}
ORGANISER = {
    "kind": "company",
    "name": "Chaudronnerie de l’Estuaire",
    "siret": "73282932000074",
    "email": "contact@chaudronnerie.example",
}
EVENT: dict[str, Any] = {
    "title": "Visite de l’atelier de soudure",
    "description": "Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité, et les "
    "métiers de la chaudronnerie industrielle. Nos équipes montrent leurs machines et répondent à vos questions.",
    "type": "company_visit",
    "audience": ["general_public", "young_people"],
    "slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"}],
    "place": {"mode": "onsite", "address": "2 rue des Chantiers", "postcode": "44550", "city": "Montoir-de-Bretagne"},
}
PARTLY_OUTSIDE = {
    "title": "Exposition de machines à vapeur",
    "slots": [*EVENT["slots"], {"begin": "2020-05-30T14:00", "end": "2020-05-30T18:00"}],
}
"""The charter leaves it to the committee."""


class Programme:
    """Sends requests as staff, and knows ids of what is there."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.key = read_key(system.folder.private_key)
        self.headers = self.bearer(Caller("staff", "alex"))
        self.organiser = ""
        self.events: dict[str, str] = {}
        """The organiser's, by status; the place of all is in Loire-Atlantique (44)."""
        self._ids: dict[str, Callable[[], str]] = {}
        self._participation: dict[str, str] = {}

    def bearer(self, caller: Caller, *, lifetime: timedelta = timedelta(hours=1)) -> dict[str, str]:
        """Headers with the caller's token."""
        token = sign(key=self.key, caller=caller, now=datetime.now(UTC), lifetime=lifetime)
        return {"Authorization": f"Bearer {token}"}

    def url(self, service: Service) -> str:
        return self._system.service_url(service)

    def existing(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The path parameters, with ids of what exists."""
        if "participation_id" in parameters:
            return parameters | self._participation
        return {name: self._ids[name]() if name in self._ids else value for name, value in parameters.items()}

    def begin(self) -> None:
        """Have an edition, an organiser, events in several states, a sign-up, an import, decisions, deliveries."""
        self.send("registration", "PUT", "/v1/editions/2020", json=EDITION)
        organiser = self.send("registration", "POST", "/v1/organisers", json=ORGANISER)["id"]
        self.organiser = organiser
        labelled, in_review = self.submit(), self.submit(**PARTLY_OUTSIDE)
        draft = self.submit(status="draft")
        line = httpx.Response(200, json={"reference": "sans rien"}).content
        report = self.send(
            "registration",
            "POST",
            f"/v1/imports/events?edition=2020&organiser_id={organiser}",
            content=line,
            content_type="application/x-ndjson",
        )
        decision = self.until(lambda: self.read("labelling", f"/v1/decisions?event_id={labelled}")["decisions"])
        self.until(lambda: self.read("registration", f"/v1/events/{labelled}")["status"] == "labelled")
        self.until(lambda: self.read("labelling", "/v1/reviews")["reviews"])
        deliveries = self.until(lambda: self.read("notifications", "/v1/deliveries")["deliveries"])
        guest = {"name": "Camille Moreau", "email": "camille.moreau@example.org"}
        signed_up = self.send("registration", "POST", f"/v1/events/{labelled}/participations", json=guest)
        self._participation = {"event_id": labelled, "participation_id": signed_up["participation"]["id"]}
        events = cycle([labelled, in_review, draft])
        self.events = {"labelled": labelled, "in_review": in_review, "draft": draft}
        self._ids = {
            "edition_id": lambda: "2020",
            "organiser_id": lambda: organiser,
            "event_id": lambda: next(events),
            "import_id": lambda: report["id"],
            "version": lambda: decision[0]["charter_version"],
            "decision_id": lambda: decision[0]["id"],
            "partner_id": self.new_partner,
            "delivery_id": lambda: deliveries[0]["id"],
        }

    def submit(self, *, status: str = "submitted", **changes: Any) -> str:
        """An event of the organiser, like `EVENT` but for `changes`; its id."""
        body = {"edition_id": "2020", "organiser_id": self.organiser, "status": status, "event": EVENT | changes}
        return self.send("registration", "POST", "/v1/events", json=body)["id"]

    def new_partner(self) -> str:
        """One for each request: some remove it."""
        return self.send("notifications", "POST", "/v1/partners", json={"name": "CCI", "url": NOBODY})["id"]

    def read(self, service: Service, path: str) -> Any:
        return self.send(service, "GET", path)

    def send(self, service: Service, method: str, path: str, **content: Any) -> Any:
        kind = content.pop("content_type", None)
        headers = self.headers | ({"Content-Type": kind} if kind else {})
        answer = httpx.request(method, self.url(service) + path, headers=headers, **content)
        assert answer.is_success, answer.text
        return answer.json()

    @staticmethod
    def until(look: Callable[[], Any]) -> Any:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not (found := look()):
            assert time.monotonic() < end, "the services did not get there"
            time.sleep(0.1)
        return found
