"""What a writer does, one act at a time: the requests of an organiser, of visitors, and of the committee."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from semaine.faults.ledger import Operation, id_of
from semaine.faults.writers.contents import Content
from semaine.faults.writers.programme import Guest, Programme, Programmed
from semaine.faults.writers.requests import Requests
from shared.runtime.tokens import Role

STAFF: tuple[Role, str] = ("staff", "faults")
_EVENTS = "/v1/events"
_EARLIER = timedelta(minutes=-30)


@dataclass(kw_only=True)
class Writer:
    """One writer's share of the programme, and what it can do. Acts may find nothing to do."""

    number: int
    edition_id: str
    requests: Requests
    programme: Programme
    contents: Iterator[Content]
    random: Random
    organisers: list[tuple[str, str]] = field(default_factory=list)
    """Ids and addresses."""
    own: list[Programmed] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    count: int = 0

    async def register(self) -> None:
        """Another organiser: an association without a number is the same by name and address."""
        email = f"organiser-{self.number}-{self._next()}@faults.example"
        body = {"kind": "association", "name": f"Association {email}", "email": email, "language": "fr"}
        operation = await self._send("register", "POST", "/v1/organisers", body, caller=None)
        if operation.acknowledged:
            self.organisers.append((id_of(operation.answer), email))

    async def ask_for_access(self) -> None:
        _, email = self.random.choice(self.organisers)
        await self._send("access", "POST", "/v1/organisers/access", {"email": email}, caller=None)

    # An organiser's events

    async def submit(self) -> None:
        content, organiser = self._content(), self.random.choice(self.organisers)[0]
        sent = self._now(content)
        body = {"edition_id": self.edition_id, "organiser_id": organiser, "event": sent.event}
        operation = await self._send("submit", "POST", _EVENTS, body, caller=("organiser", organiser), content=sent)
        self._remember(operation, content)

    async def submit_what_is_refused(self) -> None:
        """An event without a title, or under a reference that is taken."""
        content, organiser = self._now(self._content()), self.random.choice(self.organisers)[0]
        taken = [each.content.event["reference"] for each in self.own if each.organiser_id == organiser]
        if taken and self.random.random() < 0.5:  # noqa: PLR2004
            event = content.event | {"reference": self.random.choice(taken)}
        else:
            event = {name: value for name, value in content.event.items() if name != "title"}
        body = {"edition_id": self.edition_id, "event": event}
        await self._send(
            "submit", "POST", _EVENTS, body, caller=("organiser", organiser), content=Content(event, content.expected)
        )

    async def draft_and_submit(self) -> None:
        """A draft that lacks its description; it is completed, then submitted, or left."""
        content, organiser = self._content(), self.random.choice(self.organisers)[0]
        caller: tuple[Role, str] = ("organiser", organiser)
        sent = self._now(content)
        lacking = {name: value for name, value in sent.event.items() if name != "description"}
        body = {"edition_id": self.edition_id, "status": "draft", "event": lacking}
        drafted = await self._send("draft", "POST", _EVENTS, body, caller=caller)
        if not drafted.acknowledged or self.random.random() < 0.2:  # noqa: PLR2004
            return
        path = f"{_EVENTS}/{id_of(drafted.answer)}"
        await self._send("amend", "PUT", path, sent.event, caller=caller, content=sent)
        operation = await self._send("submit", "POST", f"{path}/submission", None, caller=caller, content=sent)
        self._remember(operation, content)

    async def amend(self) -> None:
        """Other words, other places, or the same again."""
        event = self._draw_own()
        if event is None:
            return
        content = self._amended(event.content)
        sent = self._now(content)
        operation = await self._send(
            "amend", "PUT", f"{_EVENTS}/{event.id}", sent.event, caller=_owner(event), content=sent, event=event
        )
        if operation.acknowledged:
            event.content = content

    async def withdraw(self) -> None:
        event = self._draw_own()
        if event is None:
            return
        operation = await self._send(
            "withdraw", "POST", f"{_EVENTS}/{event.id}/withdrawal", None, caller=_owner(event), event=event
        )
        event.withdrawn = event.withdrawn or operation.acknowledged

    async def report_attendance(self) -> None:
        event = self._draw_own()
        if event is None:
            return
        body = {"people": self.random.randint(0, 60)}
        path = f"{_EVENTS}/{event.id}/attendance"
        await self._send("attend", "PUT", path, body, caller=_owner(event), event=event)

    async def answer(self) -> None:
        """To the last act, or late to one before it: confirm, change the dates, withdraw; often by a double click."""
        event = self._draw_own()
        if event is None or not self.programme.act:
            return
        late = self.programme.act > 1 and self.random.random() < 0.15  # noqa: PLR2004
        (answer,) = self.random.choices(("confirm", "change", "withdraw"), (6, 3, 1))
        body: dict[str, Any] = {"answer": answer, "act": self.programme.act - late}
        content = event.content.moved(_EARLIER) if answer == "change" else event.content
        sent = self._now(content)
        if answer == "change":
            body["slots"] = sent.event["slots"]
        path = f"{_EVENTS}/{event.id}/answer"
        if await self._click("answer", path, body, caller=_owner(event), content=sent, event=event):
            event.content = content
            event.withdrawn = event.withdrawn or answer == "withdraw"

    # Visitors

    async def sign_up(self) -> None:
        """Somebody new, or an organiser; now and then by two requests at once, of which one at most may succeed."""
        event = self.programme.draw(self.random)
        if event is None:
            return
        email = f"visitor-{self.number}-{self._next()}@faults.example"
        if self.random.random() < 0.05:  # noqa: PLR2004
            _, email = self.random.choice(self.organisers)
        body = self._visitor(email)
        times = 2 if self.random.random() < 0.08 else 1  # noqa: PLR2004
        for operation in await asyncio.gather(*(self._sign_up(event.id, body) for _ in range(times))):
            if operation.acknowledged:
                id_ = id_of(operation.answer["participation"])
                self.guests.append(Guest(id=id_, event_id=event.id, email=email, people=body["people"]))

    async def sign_up_again(self) -> None:
        """Somebody who is on the list, or who was and is missed."""
        if not self.guests:
            return
        recent = self.guests[-40:]
        gone = [each for each in recent if not each.active]
        guest = self.random.choice(gone if gone and self.random.random() < 0.7 else recent)  # noqa: PLR2004
        operation = await self._sign_up(guest.event_id, self._visitor(guest.email))
        guest.active = guest.active or operation.acknowledged

    async def cancel(self) -> None:
        """A sign-up; now and then one that is cancelled already."""
        if not self.guests:
            return
        guest = self.random.choice(self.guests[-40:])
        if not guest.active and self.random.random() < 0.7:  # noqa: PLR2004
            return
        path = f"{_EVENTS}/{guest.event_id}/participations/{guest.id}/cancellation"
        operation = await self._send("cancel", "POST", path, None, caller=None, event_id=guest.event_id)
        guest.active = guest.active and not operation.acknowledged

    async def follow_the_link(self) -> None:
        """That was mailed after an act: the place is kept or given up by a click, often by two."""
        if not self.guests:
            return
        guest = self.random.choice(self.guests[-40:])
        page = f"/a/{guest.id}"
        buttons = await self.requests.buttons(page)
        keep, give_up = f"{page}/keep" in buttons, f"{page}/cancel" in buttons
        if not give_up or (keep and self.random.random() < 0.7):  # noqa: PLR2004
            kind, path = "keep", f"{page}/keep"
        else:
            kind, path = "give_up", f"{page}/cancel"
        if path not in buttons:
            return
        about = {"event_id": guest.event_id, "sign_up_id": guest.id}
        if await self._click(kind, path, {"csrf": buttons[path]}, caller=None, form=True, **about):
            guest.active = guest.active and kind == "keep"

    # The committee

    async def review(self) -> None:
        """Decide one of the most urgent reviews; another member may be at it, or its organiser may amend it."""
        page = await self.requests.look("/v1/reviews?limit=20", caller=STAFF)
        if not page or not page["reviews"]:
            return
        event_id = self.random.choice(page["reviews"])["event_id"]
        body = {"verdict": self.random.choice(("labelled", "refused")), "reason": "La commission a examiné la fiche."}
        path = f"/v1/reviews/{event_id}/decision"
        times = 2 if self.random.random() < 0.2 else 1  # noqa: PLR2004
        await asyncio.gather(
            *(self._send("review", "POST", path, body, caller=STAFF, event_id=event_id) for _ in range(times))
        )

    # What they are made of

    async def _sign_up(self, event_id: str, body: dict[str, Any]) -> Operation:
        path = f"{_EVENTS}/{event_id}/participations"
        return await self._send("sign_up", "POST", path, body, caller=None, event_id=event_id)

    async def _click(self, kind: Any, path: str, body: dict[str, Any], **more: Any) -> bool:
        """Often twice; answers whether it was acknowledged."""
        times = 2 if self.random.random() < 0.3 else 1  # noqa: PLR2004
        clicks = await asyncio.gather(*(self._send(kind, "POST", path, body, **more) for _ in range(times)))
        return any(operation.acknowledged for operation in clicks)

    async def _send(
        self,
        kind: Any,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        *,
        caller: tuple[Role, str] | None,
        content: Content | None = None,
        event: Programmed | None = None,
        event_id: str | None = None,
        **more: Any,
    ) -> Operation:
        return await self.requests.send(
            Operation(
                kind=kind,
                method=method,
                path=path,
                body=body,
                caller=caller,
                event_id=event.id if event else event_id,
                content=content.event if content else None,
                expected=content.expected if content else None,
                **more,
            )
        )

    def _remember(self, operation: Operation, content: Content) -> None:
        if operation.acknowledged:
            organiser_id = operation.answer["organiser"]["id"]
            event = Programmed(id=id_of(operation.answer), organiser_id=organiser_id, content=content)
            self.own.append(event)
            self.programme.events.append(event)

    def _now(self, content: Content) -> Content:
        """On the days that the writers know the edition to be on."""
        return content.moved(self.programme.moved)

    def _content(self) -> Content:
        content = next(self.contents)
        return Content(content.event | {"reference": f"W{self.number}-{self._next()}"}, content.expected)

    def _amended(self, content: Content) -> Content:
        choice = self.random.random()
        if choice < 0.1:  # noqa: PLR2004
            return content
        if choice < 0.4:  # noqa: PLR2004
            changed = {"capacity": self.random.choice((None, self.random.randint(1, 60))), "accessibility": ["mi"]}
            return Content(content.event | changed, content.expected)
        other = next(self.contents)
        same = {name: content.event[name] for name in ("reference", "capacity", "accessibility")}
        return Content(other.event | same, other.expected)

    def _visitor(self, email: str) -> dict[str, Any]:
        group = self.random.random() < 0.25  # noqa: PLR2004
        people = self.random.randint(2, 12) if group else 1
        return {"kind": "group" if group else "person", "people": people, "name": "Camille Moreau", "email": email}

    def _draw_own(self) -> Programmed | None:
        """Mostly one that is not withdrawn."""
        if not self.own:
            return None
        event = self.random.choice(self.own[-20:])
        return event if not event.withdrawn or self.random.random() < 0.1 else None  # noqa: PLR2004

    def _next(self) -> int:
        self.count += 1
        return self.count


def _owner(event: Programmed) -> tuple[Role, str]:
    return "organiser", event.organiser_id
