"""Use cases of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from registration.editions import store as editions
from registration.editions.domain import accepts_submissions
from registration.events import store
from registration.events.content import DraftContent, EventContent
from registration.events.domain import OPEN, content_hash, judged_hash, likeness, territory_of
from registration.events.stored import Change, StoredEvent
from registration.guest_lists import operations as guest_lists
from registration.organisers import store as organisers
from shared.contracts.labelling import DecisionMessage
from shared.contracts.registration import EditionState, OrganiserIdentity
from shared.runtime import outbox
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.identifiers import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One event to submit or amend: `id` of a draft that becomes it, else a new one."""

    organiser: OrganiserIdentity
    content: EventContent
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a submission; `refused` says why."""

    result: Literal["created", "changed", "unchanged", "refused"]
    event: StoredEvent | None = None
    field: str | None = None
    refused: str = ""


async def save_draft(
    connection: Connection, *, id_: UUID, edition_id: str, organiser_id: UUID, content: DraftContent, now: datetime
) -> None:
    """Create or overwrite a draft. Drafts are the organiser's own affair: nothing is published."""
    if await editions.read(connection, edition_id) is None:
        raise not_found("edition", edition_id)
    if await organisers.read(connection, organiser_id) is None:
        raise not_found("organiser", organiser_id)
    await store.save_draft(
        connection, id_=id_, edition_id=edition_id, organiser_id=organiser_id, content=content, now=now
    )


async def submit_draft(connection: Connection, draft: asyncpg.Record, *, by_staff: bool, now: datetime) -> StoredEvent:
    """Turn a draft into an event; 422 names what it lacks."""
    content = checked_content(draft["content"])
    event = await submit(
        connection,
        edition_id=draft["edition_id"],
        organiser_id=draft["organiser_id"],
        content=content,
        id_=draft["id"],
        by_staff=by_staff,
        now=now,
    )
    await store.delete_draft(connection, draft["id"])
    return event


def checked_content(content: DraftContent) -> EventContent:
    """The content of a draft, complete and valid; else 422."""
    try:
        return EventContent.model_validate(content)
    except ValidationError as error:
        errors = [
            FieldError(
                ".".join(map(str, each["loc"])) or "event",
                each["msg"].removeprefix("Value error, "),
                "Complete or correct it.",
            )
            for each in error.errors()[:50]
        ]
        raise Problem(422, "The event is not complete", "Correct the fields named.", errors=errors) from None


async def submit(
    connection: Connection,
    *,
    edition_id: str,
    organiser_id: UUID,
    content: EventContent,
    by_staff: bool,
    now: datetime,
    id_: UUID | None = None,
) -> StoredEvent:
    """Submit one event. 409 when its reference is taken, or the edition takes no events now."""
    edition = await editions.read(connection, edition_id)
    if edition is None:
        raise not_found("edition", edition_id)
    organiser = await organisers.read(connection, organiser_id)
    if organiser is None:
        raise not_found("organiser", organiser_id)
    closed = accepts_submissions(edition, now=now, time_zone=territory_of(content).time_zone)
    if closed and not by_staff:
        raise Problem(409, "No submissions now", closed)
    if content.reference is not None:
        await store.lock_organisers(connection, [organiser_id])
        await _check_free(connection, content.reference, edition_id=edition_id, organiser_id=organiser_id)
    submission = Submission(organiser=organisers.identity_of(organiser), content=content, id=id_)
    (outcome,) = await submit_many(connection, edition=edition, submissions=[submission], notify=True, now=now)
    assert outcome.event is not None
    return outcome.event


async def submit_many(
    connection: Connection, *, edition: EditionState, submissions: Sequence[Submission], notify: bool, now: datetime
) -> list[Outcome]:
    """
    Submit new events and amend known ones, recognised by organiser and reference. The order is kept.

    The references within one call must differ. Repeating it changes nothing.
    """
    await store.lock_organisers(connection, list({each.organiser.id for each in submissions}))
    keys = [(each.organiser.id, each.content.reference) for each in submissions if each.content.reference is not None]
    known = await store.lock_by_reference(connection, edition_id=edition.id, keys=keys)
    outcomes: list[Outcome] = []
    created: list[StoredEvent] = []
    changed: list[StoredEvent] = []
    for each in submissions:
        before = known.get((each.organiser.id, each.content.reference or ""))
        if before is None:
            event = _new_event(each, edition_id=edition.id, notify=notify, now=now)
            created.append(event)
            outcomes.append(Outcome(result="created", event=event))
            continue
        outcome = await _amend(connection, before, each.content, notify=notify, now=now)
        outcomes.append(outcome)
        if outcome.result == "changed":
            changed.append(before)
    await _mark_duplicates(connection, edition_id=edition.id, events=[*created, *changed])
    messages = [message for each in created for message in each.messages("submitted")]
    messages += [message for each in changed for message in each.messages("amended")]
    if created:
        await store.insert(connection, created)
    if changed:
        await store.update(connection, changed)
    await outbox.publish(connection, messages)
    return outcomes


async def amend(connection: Connection, id_: UUID, *, content: EventContent, now: datetime) -> StoredEvent:
    """Change an event. The same content again changes nothing."""
    unlocked = await store.read(connection, id_)
    if unlocked is None:
        raise not_found("event", id_)
    await store.lock_organisers(connection, [unlocked.organiser.id])  # before the event, as submissions do
    event = (await store.lock(connection, [id_]))[id_]
    if content.reference is not None and content.reference != event.content.reference:
        await _check_free(connection, content.reference, edition_id=event.edition_id, organiser_id=event.organiser.id)
    outcome = await _amend(connection, event, content, notify=True, now=now)
    if outcome.result == "refused":
        errors = [FieldError(outcome.field or "event", outcome.refused)]
        raise Problem(409, "Cannot be changed", outcome.refused, errors=errors)
    if outcome.result == "changed":
        await _mark_duplicates(connection, edition_id=event.edition_id, events=[event])
        messages = event.messages("amended")
        await store.update(connection, [event])
        await outbox.publish(connection, messages)
    return event


async def withdraw(connection: Connection, id_: UUID, *, now: datetime) -> StoredEvent:
    """Take an event out of the programme, for good. Withdrawing it again changes nothing."""
    await guest_lists.hold(connection, id_)
    event = (await store.lock(connection, [id_])).get(id_)
    if event is None:
        raise not_found("event", id_)
    if event.status != "withdrawn":
        await _move(connection, [(event, "withdrawn")], now=now)
    return event


async def learn_decisions(connection: Connection, received: Sequence[Received[DecisionMessage]]) -> None:
    """
    Take over the verdicts of `labelling` and publish what follows.

    A decision on an older revision, or on a withdrawn event, says nothing any more.
    """
    decisions = [each.body.decision for each in received if each.body is not None]
    events = await store.lock(connection, [decision.event_id for decision in decisions])
    moved: list[tuple[StoredEvent, Change]] = []
    for decision in decisions:
        event = events.get(decision.event_id)
        if event is None:
            raise Refused(f"there is no event {decision.event_id}")
        if event.revision == decision.revision and event.status not in {"withdrawn", decision.verdict}:
            moved.append((event, decision.verdict))
    await _move(connection, moved, now=datetime.now(UTC))


async def _move(connection: Connection, moves: Sequence[tuple[StoredEvent, Change]], *, now: datetime) -> None:
    messages: list[outbox.Message] = []
    for event, change in moves:
        assert change != "amended"
        event.status = change  # every change but `amended` is the status it leads to
        event.sequence += 1
        event.changed_at = now
        messages += event.messages(change)
    if moves:
        await store.save_transitions(connection, [event for event, _ in moves])
        await outbox.publish(connection, messages)


async def _check_free(connection: Connection, reference: str, *, edition_id: str, organiser_id: UUID) -> None:
    """409 when another event of the organiser has this reference; the caller has locked the organiser."""
    if await store.has_reference(connection, reference, edition_id=edition_id, organiser_id=organiser_id):
        raise Problem(
            409,
            "Reference already used",
            f"Your event {reference} exists in this edition.",
            errors=[FieldError("reference", "It is taken", "Change that event, or choose another reference.")],
        )


def _new_event(submission: Submission, *, edition_id: str, notify: bool, now: datetime) -> StoredEvent:
    content = submission.content
    return StoredEvent(
        id=submission.id or new_id(),
        edition_id=edition_id,
        organiser=submission.organiser,
        content=content,
        content_hash=content_hash(content),
        judged_hash=judged_hash(content),
        likeness=likeness(organiser_id=submission.organiser.id, content=content),
        territory=territory_of(content),
        notify=notify,
        submitted_at=now,
        changed_at=now,
    )


async def _amend(
    connection: Connection, event: StoredEvent, content: EventContent, *, notify: bool, now: datetime
) -> Outcome:
    """Change `event` in place; the caller saves and publishes it."""
    whole = content_hash(content)
    if whole == event.content_hash:
        return Outcome(result="unchanged", event=event)
    if event.status not in OPEN:
        return Outcome(result="refused", event=event, refused=f"The event is {event.status}: submit a new one.")
    if content.capacity != event.content.capacity:
        too_few = await guest_lists.resize(connection, event.id, capacity=content.capacity, now=now)
        if too_few:
            return Outcome(result="refused", event=event, field="capacity", refused=too_few)
    judged = judged_hash(content)
    if judged != event.judged_hash:
        event.revision += 1
        event.status = "submitted"
        event.submitted_at = now
    event.content, event.content_hash, event.judged_hash = content, whole, judged
    event.likeness = likeness(organiser_id=event.organiser.id, content=content)
    event.territory = territory_of(content)
    event.notify = notify
    event.sequence += 1
    event.changed_at = now
    return Outcome(result="changed", event=event)


async def _mark_duplicates(connection: Connection, *, edition_id: str, events: Sequence[StoredEvent]) -> None:
    """Note the earlier event that says the same. The order of submission decides, and only this service knows it."""
    marks = [mark for event in events for mark in event.likeness]
    first: dict[str, UUID] = await store.earlier_alike(connection, edition_id=edition_id, marks=marks) if marks else {}
    for event in events:
        alike: list[Any] = [first[mark] for mark in event.likeness if mark in first and first[mark] != event.id]
        event.duplicate_of = min(alike) if alike else None
        for mark in event.likeness:
            first.setdefault(mark, event.id)
