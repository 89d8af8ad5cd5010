"""The public HTTP API, as staff and a visitor use it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx
from awaiting import NotYet

from shared.runtime.tokens import Caller, read_key, sign

EDITION = "smoke"
"""An edition of the test's own, so that it touches no other figures. It stays, closed."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of this program
    """A service refused what it should accept; says which request and what it answered."""


class Counted(NamedTuple):
    """Labelled events of the edition and the people signed up to them."""

    events: int
    announced: int

    def plus(self, *, events: int, announced: int) -> "Counted":
        return Counted(self.events + events, self.announced + announced)

    def __str__(self) -> str:
        return f"{self.events} labelled events with {self.announced} people"


@dataclass(frozen=True, kw_only=True)
class Organiser:
    id: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Event:
    id: str
    title: str


class Programme(httpx.Client):
    """The gateway, with a staff token of a few minutes."""

    def __init__(self, *, url: str, key_file: Path) -> None:
        token = sign(
            key=read_key(key_file),
            caller=Caller("staff", "smoke test"),
            now=datetime.now(UTC),
            lifetime=timedelta(minutes=15),
        )
        super().__init__(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        self._run = secrets.token_hex(4)

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def answers(self) -> None:
        answer = self.get("/v1/editions")
        if answer.is_server_error:
            raise NotYet(_said(answer))

    @contextmanager
    def open_edition(self) -> Iterator[None]:
        """Open while the block runs."""
        self._save_edition("open")
        try:
            yield
        finally:
            self._save_edition("closed")

    def register_organiser(self) -> Organiser:
        email = f"organiser-{self._run}@smoke.example"
        content = {"kind": "public_body", "name": f"Smoke test {self._run}", "email": email, "language": "en"}
        return Organiser(id=self._done("POST", "/v1/organisers", content)["id"], email=email)

    def submit(self, organiser: Organiser) -> Event:
        """An event that the charter labels."""
        day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
        title = f"Visite de l'atelier de soudure {self._run}"
        content = {
            "title": title,
            "description": f"Essai {self._run} : découvrez la fabrication de pièces métalliques, la soudure, l'usinage "
            "et le contrôle qualité d'une usine. Nos équipes montrent leurs machines et parlent des métiers de "
            "l'industrie.",
            "type": "company_visit",
            "audience": ["general_public", "young_people"],
            "slots": [{"begin": f"{day}T09:00", "end": f"{day}T12:00"}],
            "place": {"name": "Atelier", "address": "2 rue des Chantiers", "postcode": "44550",
                      "city": "Montoir-de-Bretagne"},
            "capacity": 40,
        }  # fmt: skip
        body = {"edition_id": EDITION, "organiser_id": organiser.id, "event": content}
        return Event(id=self._done("POST", "/v1/events", body)["id"], title=title)

    def labelled(self, event: Event) -> None:
        """Raise `NotYet` while there is no decision, `Refused` when it is another one."""
        decisions = self._done("GET", f"/v1/decisions?event_id={event.id}")["decisions"]
        if not decisions:
            raise NotYet("no decision")
        if decisions[0]["verdict"] != "labelled":
            raise Refused(f"the event was to be labelled, but: {decisions[0]}")

    def published(self, event: Event) -> None:
        status = self._done("GET", f"/v1/events/{event.id}")["status"]
        if status != "labelled":
            raise NotYet(f"the event is {status}")

    def sign_up(self, event: Event) -> str:
        """Sign a visitor up; answers their e-mail address."""
        email = f"visitor-{self._run}@smoke.example"
        content = {"name": "Camille Moreau", "email": email, "language": "fr"}
        self._done("POST", f"/v1/events/{event.id}/participations", content)
        return email

    def withdraw(self, event: Event) -> None:
        self._done("POST", f"/v1/events/{event.id}/withdrawal")

    def counted(self) -> Counted:
        answer = self.get("/v1/counters", params={"edition": EDITION, "dimension": "status"})
        if not answer.is_success:
            raise NotYet(_said(answer))
        for tally in answer.json()["counters"].get("status", ()):
            if tally["value"] == "labelled":
                return Counted(tally["events"], tally["announced"])
        return Counted(0, 0)

    def counted_as(self, expected: Counted) -> None:
        found = self.counted()
        if found != expected:
            raise NotYet(str(found))

    def _save_edition(self, status: str) -> None:
        today = datetime.now(UTC).date()
        window = {"first_day": today.isoformat(), "last_day": (today + timedelta(days=60)).isoformat()}
        content = {
            "number": 1,
            "name": {"fr": "Essai", "en": "Smoke test"},
            "dates": window,
            "label_window": window,
            "submission_deadline": window["last_day"],
            "status": status,
        }
        self._done("PUT", f"/v1/editions/{EDITION}", content)

    def _done(self, method: str, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        """The body of the answer. Raises `Refused`."""
        answer = self.request(method, path, json=content)
        if not answer.is_success:
            raise Refused(_said(answer))
        body: dict[str, Any] = answer.json()
        return body


def _said(answer: httpx.Response) -> str:
    return f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text[:1000]}"
