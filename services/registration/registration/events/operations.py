"""Use cases of events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from registration.editions import store as editions
from registration.editions.domain import accepts_submissions
from registration.events import decisions as kept_decisions
from registration.events import duplicates, store
from registration.events.content import EventContent
from registration.events.domain import OPEN, content_hash, judged_hash, likeness, slots_of, territory_of
from registration.events.stored import StoredEvent
from registration.guest_lists import operations as guest_lists
from registration.organisers import store as organisers
from registration.waiting import entries
from shared.contracts.base import Bilingual
from shared.contracts.labelling import DecisionMessage
from shared.contracts.registration import EditionState, OrganiserIdentity
from shared.runtime import outbox
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.identifiers import new_id

Settled = Literal["labelled", "refused", "in_review", "withdrawn"]
"""Changes that are the status they lead to."""
_BEING_REACHED = Bilingual(
    fr="Les dates de l’édition sont en train de changer, et cet événement n’a pas encore suivi : "
    "renvoyez-le dans 2 secondes.",
    en="The dates of the edition are being changed, and this event is not done yet: send it again in 2 seconds.",
)
_NOT_REFUSED = Bilingual(fr="", en="")
_NO_LONGER_OPEN = Bilingual(
    fr="L’événement est retiré : proposez-en un nouveau.", en="The event is withdrawn: submit a new one."
)


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
    judged: bool = False
    """Whether the charter has something to judge that it has not seen."""
    field: str | None = None
    refused: Bilingual = _NOT_REFUSED


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
    edition = await editions.hold(connection, edition_id)
    if edition is None:
        raise not_found("edition", edition_id)
    organiser = await organisers.lock(connection, organiser_id)
    if organiser is None:
        raise not_found("organiser", organiser_id)
    if content.reference is not None:
        await _check_free(connection, content.reference, edition_id=edition_id, organiser_id=organiser_id)
    submission = Submission(organiser=organisers.identity_of(organiser), content=content, id=id_)
    outcome = _submit_new(submission, edition=edition, notify=True, by_staff=by_staff, now=now)
    if outcome.event is None:
        raise Problem(409, "No submissions now", outcome.refused.en)
    await _save(connection, [outcome], before={})
    return outcome.event


async def hold_organisers(connection: Connection, ids: Iterable[UUID]) -> None:
    """Let nobody else write these organisers' events until the transaction ends; for several calls that follow."""
    await store.lock_organisers(connection, list(ids))


async def submit_many(
    connection: Connection,
    *,
    edition: EditionState,
    submissions: Sequence[Submission],
    notify: bool,
    by_staff: bool = True,
    now: datetime,
) -> list[Outcome]:
    """
    Submit new events and amend known ones, recognised by organiser and reference. The order is kept.

    The references within one call must differ. Repeating it changes nothing. Staff submit after the deadline too.
    The caller holds the edition, so that no act on it comes in between.
    """
    await store.lock_organisers(connection, list({each.organiser.id for each in submissions}))
    keys = [(each.organiser.id, each.content.reference) for each in submissions if each.content.reference is not None]
    known = await store.lock_by_reference(connection, edition_id=edition.id, keys=keys)
    before = {event.id: frozenset(event.likeness) for event in known.values()}
    outcomes: list[Outcome] = []
    for each in submissions:
        event = known.get((each.organiser.id, each.content.reference or ""))
        if event is not None:
            content = _with_dates_of_the_act(event, each.content)
            outcomes.append(await _amend(connection, event, content, edition=edition, notify=notify, now=now))
        else:
            outcomes.append(_submit_new(each, edition=edition, notify=notify, by_staff=by_staff, now=now))
    await _save(connection, outcomes, before=before)
    return outcomes


async def amend(connection: Connection, id_: UUID, *, content: EventContent, now: datetime) -> StoredEvent:
    """Change an event. The same content again changes nothing."""
    unlocked = await store.read(connection, id_)
    if unlocked is None:
        raise not_found("event", id_)
    edition = await _held(connection, unlocked)
    await store.lock_organisers(connection, [unlocked.organiser.id])  # before the event, as submissions do
    event = (await store.lock(connection, [id_]))[id_]
    check_reached(event, edition)
    if content.reference is not None and content.reference != event.content.reference:
        await _check_free(connection, content.reference, edition_id=event.edition_id, organiser_id=event.organiser.id)
    await amend_held(connection, event, content, edition=edition, now=now)
    return event


async def amend_held(
    connection: Connection, event: StoredEvent, content: EventContent, *, edition: EditionState, now: datetime
) -> None:
    """Change an event that the caller holds, with its organiser and edition."""
    before = {event.id: frozenset(event.likeness)}
    outcome = await _amend(connection, event, content, edition=edition, notify=True, now=now)
    if outcome.result == "refused":
        errors = [FieldError(outcome.field or "event", outcome.refused.en)]
        raise Problem(409, "Cannot be changed", outcome.refused.en, errors=errors)
    await _save(connection, [outcome], before=before)


async def _held(connection: Connection, event: StoredEvent) -> EditionState:
    edition = await editions.hold(connection, event.edition_id)
    assert edition is not None
    return edition


def check_reached(event: StoredEvent, edition: EditionState) -> None:
    """409 while an act on the edition has not reached the event yet: nobody amends dates that are about to move."""
    if unreached(event, edition):
        raise Problem(409, "The edition is being changed", _BEING_REACHED.en, headers={"Retry-After": "2"})


def unreached(event: StoredEvent, edition: EditionState) -> bool:
    """Whether an act on the edition is still to reach the event."""
    return edition.act is not None and event.act_number < edition.act.number and event.status != "withdrawn"


async def _save(connection: Connection, outcomes: Sequence[Outcome], *, before: Mapping[UUID, frozenset[str]]) -> None:
    """Save and publish what is new and what has changed. `before`: marks of likeness of what was known."""
    created = [each.event for each in outcomes if each.event is not None and each.result == "created"]
    changed = [each.event for each in outcomes if each.event is not None and each.result == "changed"]
    judged = [each.event for each in outcomes if each.event is not None and each.judged]
    if judged:
        await duplicates.mark(connection, edition_id=judged[0].edition_id, events=judged, before=before)
    messages = [message for event in created for message in event.messages("submitted")]
    messages += [message for event in changed for message in event.messages("amended")]
    if created:
        await store.insert(connection, created)
    if changed:
        await store.update(connection, changed)
    await outbox.publish(connection, messages)


async def withdraw(connection: Connection, id_: UUID, *, told_by_act: bool = False, now: datetime) -> StoredEvent:
    """
    Take an event out of the programme, for good. Withdrawing it again changes nothing.

    `told_by_act`: whom it concerns hears of it by a notice of the act that it answers.
    """
    unlocked = await store.read(connection, id_)
    if unlocked is None:
        raise not_found("event", id_)
    await store.lock_organisers(connection, [unlocked.organiser.id])  # before the others, as amendments do
    await guest_lists.hold(connection, id_)
    event = (await store.lock(connection, [id_]))[id_]
    if event.status != "withdrawn":
        event.answer = "not_asked"  # it has answered: what stays `awaited` on a withdrawn event has lapsed
        await _move(connection, [(event, "withdrawn")], told_by_act=told_by_act, now=now)
        await entries.close(connection, [id_], told_by_act=told_by_act, now=now)
    return event


async def lapse(connection: Connection, ids: Sequence[UUID], *, now: datetime) -> int:
    """Withdraw those that still wait for their organiser's answer; answers how many. Their answer stays `awaited`."""
    organisers_ = await store.organisers_of(connection, ids)
    await store.lock_organisers(connection, organisers_)
    await guest_lists.hold_many(connection, ids)
    events = await store.lock(connection, ids)
    awaited = [event for event in events.values() if event.answer == "awaited" and event.status != "withdrawn"]
    await _move(connection, [(event, "withdrawn") for event in awaited], told_by_act=True, now=now)
    await entries.close(connection, [event.id for event in awaited], told_by_act=True, now=now)
    return len(awaited)


async def learn_decisions(connection: Connection, received: Sequence[Received[DecisionMessage]]) -> None:
    """
    Take over the verdicts of `labelling` and publish what follows.

    A decision on an older revision, or on a withdrawn event, says nothing any more.
    """
    decisions = [each.body.decision for each in received if each.body is not None]
    events = await store.lock(connection, [decision.event_id for decision in decisions])
    moved: list[tuple[StoredEvent, Settled]] = []
    for decision in decisions:
        event = events.get(decision.event_id)
        if event is None:
            raise Refused(f"there is no event {decision.event_id}")
        if event.revision == decision.revision and event.status not in {"withdrawn", decision.verdict}:
            moved.append((event, decision.verdict))
    await kept_decisions.keep(connection, decisions)
    await _move(connection, moved, now=datetime.now(UTC))


async def _move(
    connection: Connection, moves: Sequence[tuple[StoredEvent, Settled]], *, told_by_act: bool = False, now: datetime
) -> None:
    messages: list[outbox.Message] = []
    for event, change in moves:
        event.status = change
        event.sequence += 1
        event.changed_at = now
        messages += event.messages(change, told_by_act=told_by_act)
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


def _with_dates_of_the_act(event: StoredEvent, content: EventContent) -> EventContent:
    """A file from before a postponement says the old dates again: that moves nothing back."""
    if event.previous_slots and slots_of(content) == event.previous_slots:
        return content.model_copy(update={"slots": event.content.slots})
    return content


def _submit_new(
    submission: Submission, *, edition: EditionState, notify: bool, by_staff: bool, now: datetime
) -> Outcome:
    """An event not known yet; the caller saves and publishes it."""
    event = _new_event(submission, edition=edition, notify=notify, now=now)
    closed = accepts_submissions(edition, now=now, time_zone=event.territory.time_zone)
    if closed and not by_staff:
        return Outcome(result="refused", refused=closed)
    return Outcome(result="created", event=event, judged=True)


def _new_event(submission: Submission, *, edition: EditionState, notify: bool, now: datetime) -> StoredEvent:
    content = submission.content
    return StoredEvent(
        id=submission.id or new_id(),
        edition_id=edition.id,
        organiser=submission.organiser,
        content=content,
        content_hash=content_hash(content),
        judged_hash=judged_hash(content),
        likeness=likeness(organiser_id=submission.organiser.id, content=content),
        territory=territory_of(content),
        notify=notify,
        act_number=edition.act.number if edition.act else 0,
        submitted_at=now,
        changed_at=now,
    )


async def _amend(
    connection: Connection,
    event: StoredEvent,
    content: EventContent,
    *,
    edition: EditionState,
    notify: bool,
    now: datetime,
) -> Outcome:
    """Change `event` in place; the caller saves and publishes it."""
    whole = content_hash(content)
    if whole == event.content_hash:
        return Outcome(result="unchanged", event=event)
    if unreached(event, edition):
        return Outcome(result="refused", event=event, refused=_BEING_REACHED)
    if event.status not in OPEN:
        return Outcome(result="refused", event=event, refused=_NO_LONGER_OPEN)
    if content.capacity != event.content.capacity:
        too_few = await guest_lists.resize(connection, event.id, capacity=content.capacity, now=now)
        if too_few:
            return Outcome(result="refused", event=event, field="capacity", refused=too_few)
    hash_ = judged_hash(content)
    judged = hash_ != event.judged_hash
    if judged:
        event.show_as_it_is()
        event.revision += 1
        event.amendments += 1
        event.status = "submitted"
        event.submitted_at = now
    if content.slots != event.content.slots or content.place != event.content.place:
        event.calendar_sequence += 1
        event.moves += 1
    if content.slots != event.content.slots and event.answer in {"awaited", "confirmed"}:
        event.answer = "changed"
    event.content, event.content_hash, event.judged_hash = content, whole, hash_
    event.likeness = likeness(organiser_id=event.organiser.id, content=content)
    event.territory = territory_of(content)
    event.notify = notify
    event.sequence += 1
    event.changed_at = now
    return Outcome(result="changed", event=event, judged=judged)
