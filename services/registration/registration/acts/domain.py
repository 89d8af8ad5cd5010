"""Rules of acts: what becomes of the edition, and of each event that an act reaches. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from registration.acts.content import ActContent
from registration.acts.shifting import days_to_move, shifted
from registration.editions.domain import faults as edition_faults
from registration.events.content import SlotContent
from registration.events.domain import content_hash, judged_hash, likeness, slots_of
from registration.events.stored import Change, StoredEvent
from shared.contracts.base import Bilingual
from shared.contracts.registration import Act, EditionState, Occurrence, RegionalWindow, Window
from shared.runtime.http.problems import FieldError

CHANGES: Mapping[str, Change] = {
    "postponed": "rescheduled",
    "postponed_undated": "postponed",
    "cancelled": "cancelled",
}
"""What each kind of act does to an event."""
_OCCURRENCES: Mapping[str, Occurrence] = {"postponed_undated": "postponed", "cancelled": "cancelled"}


def edition_after(before: EditionState, content: ActContent, *, id_: UUID, now: datetime) -> EditionState:
    """The edition once this is decided."""
    act = Act(
        id=id_,
        number=before.act.number + 1 if before.act else 1,
        kind=content.kind,
        policy=content.policy,
        respond_by=content.respond_by,
        previous_dates=before.dates,
        previous_label_window=before.label_window,
        previous_submission_deadline=before.submission_deadline,
        previous_regional_windows=before.regional_windows,
        terms=Bilingual(fr=content.terms.fr, en=content.terms.en),
        decided_at=now,
    )
    changes: dict[str, object] = {"act": act, "status": content.status or "closed"}
    if content.dates is not None:
        changes |= {**_moved_windows(before, content), "status": content.status or "open"}
    return before.model_copy(update=changes)


def faults(before: EditionState, after: EditionState, *, today: date) -> list[FieldError]:
    """What contradicts itself in an act."""
    act = after.act
    assert act is not None
    found = edition_faults(after)
    again = before.act is not None and before.act.kind != "postponed"
    if act.kind == "postponed" and after.dates == before.dates and not again:
        found.append(FieldError("dates", "They are the dates that the edition has already", "Give the new dates."))
    if before.act is not None and act.kind == before.act.kind and act.kind != "postponed":
        found.append(FieldError("kind", f"The edition is {act.kind} already", "Nothing is left to decide."))
    if act.respond_by is not None and act.respond_by <= today:
        found.append(FieldError("respond_by", "It is not after today", "Give organisers a later day."))
    if act.respond_by is not None and act.kind == "postponed" and act.respond_by >= after.dates.last_day:
        found.append(FieldError("respond_by", "It is not before the new dates", "Give an earlier day."))
    return found


def reach(event: StoredEvent, *, act: Act, before: EditionState, after: EditionState, now: datetime) -> Change:
    """
    Let the act change `event`, whose slots refer to `before`. Answers the change to tell of.

    With known dates it moves and is decided again; until then the public goes on seeing it, on its new dates.
    """
    if not _waits_for_a_decision_on_an_act(event):
        event.status_before_act = event.status
    if act.kind == "postponed":
        _reschedule(event, before=before, after=after, now=now)
    else:
        event.occurrence = _OCCURRENCES[act.kind]
    event.act_number = act.number
    event.answer = "awaited" if act.policy == "confirmation" else "not_asked"
    event.calendar_sequence += 1
    event.sequence += 1
    event.changed_at = now
    if event.shown is not None:
        _show_the_act(event)
    return CHANGES[act.kind]


def moved_with(own: RegionalWindow, *, by: timedelta) -> RegionalWindow:
    """A territory's windows, as much later as the edition begins later."""
    return RegionalWindow(
        territory=own.territory, dates=_moved(own.dates, by, by), label_window=_moved(own.label_window, by, by)
    )


def _reschedule(event: StoredEvent, *, before: EditionState, after: EditionState, now: datetime) -> None:
    where, old = event.territory, slots_of(event.content)
    days = days_to_move(old, before=before, after=after, departement=where.departement, region=where.region)
    event.show_as_it_is()
    if event.shown is not None:
        new = shifted(event.shown.slots, days=days, time_zone=event.shown.time_zone)
        event.shown = event.shown.model_copy(update={"slots": new, "previous_slots": event.shown.slots})
    event.previous_slots = old
    slots = [SlotContent(begin=each.begin, end=each.end) for each in shifted(old, days=days, time_zone=where.time_zone)]
    event.content = event.content.model_copy(update={"slots": slots})
    event.content_hash, event.judged_hash = content_hash(event.content), judged_hash(event.content)
    event.likeness = likeness(organiser_id=event.organiser.id, content=event.content)
    event.occurrence = "rescheduled"
    event.revision += 1
    event.act_revision = event.revision
    event.status = "submitted"
    event.submitted_at = now


def _show_the_act(event: StoredEvent) -> None:
    """What the public sees of an event while it is decided again follows the act, its texts and label do not."""
    assert event.shown is not None
    state = event.state()
    same = ("revision", "occurrence", "act_number", "act_revision", "calendar_sequence", "submitted_at", "changed_at")
    event.shown = event.shown.model_copy(update={name: getattr(state, name) for name in same})


def _waits_for_a_decision_on_an_act(event: StoredEvent) -> bool:
    """A second act on top of an unfinished first: what the event was before both is what people know."""
    return event.status == "submitted" and event.act_revision == event.revision


def _moved_windows(before: EditionState, content: ActContent) -> dict[str, object]:
    assert content.dates is not None
    dates = Window.model_validate(content.dates.model_dump())
    first, last = dates.first_day - before.dates.first_day, dates.last_day - before.dates.last_day
    label = content.label_window
    regional = content.regional_windows
    return {
        "dates": dates,
        "label_window": Window.model_validate(label.model_dump())
        if label
        else _moved(before.label_window, first, last),
        "submission_deadline": content.submission_deadline or before.submission_deadline + first,
        "regional_windows": tuple(moved_with(each, by=first) for each in before.regional_windows)
        if regional is None
        else tuple(RegionalWindow.model_validate(each.model_dump()) for each in regional),
    }


def _moved(window: Window, first: timedelta, last: timedelta) -> Window:
    return Window(first_day=window.first_day + first, last_day=window.last_day + last)
