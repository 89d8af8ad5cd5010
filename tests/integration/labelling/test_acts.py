"""A postponed edition and its events come on two topics in any order; each event is decided once, by the new dates."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.contracts.base import Bilingual
from shared.contracts.registration import Act, Window
from shared.contracts.topics import EDITIONS
from shared.runtime.identifiers import new_id
from tests.integration.labelling.committee import staff

_AUTUMN = Window(first_day=date(2020, 11, 16), last_day=date(2020, 11, 22))
_WEEKS = timedelta(weeks=33)
_DECIDED_AT = datetime(2020, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def postponed(new_edition):
    """The test's edition, moved to November."""
    act = Act(
        id=new_id(),
        number=1,
        kind="postponed",
        previous_dates=new_edition.dates,
        previous_label_window=new_edition.label_window,
        previous_submission_deadline=new_edition.submission_deadline,
        terms=Bilingual(fr="Rien à faire.", en="Nothing to do."),
        decided_at=_DECIDED_AT,
    )
    window = Window(first_day=date(2020, 11, 2), last_day=date(2020, 12, 6))
    return new_edition.model_copy(update={"dates": _AUTUMN, "label_window": window, "act": act})


def _moved(event, *, revision=2, **changes):
    """The event as the act leaves it."""
    slots = tuple(
        slot.model_copy(update={"begin": slot.begin + _WEEKS, "end": slot.end + _WEEKS}) for slot in event.slots
    )
    return event.model_copy(
        update={
            "slots": slots,
            "previous_slots": event.slots,
            "revision": revision,
            "act_revision": revision,
            "act_number": 1,
            "occurrence": "rescheduled",
            "changed_at": _DECIDED_AT,
            **changes,
        }
    )


async def _postpone(labelling, postponed):
    await labelling.send_edition(postponed, sequence=2)
    await labelling.handled(postponed.id, topic=EDITIONS, sequence=2)


async def test_an_event_that_comes_before_its_edition_has_moved_waits_for_it(labelling, edition, new_event, postponed):
    event = new_event()
    await labelling.decided(event)
    await labelling.send_event(_moved(event), sequence=2)
    await labelling.handled(event.id, sequence=2)
    assert len(labelling.published[event.id]) == 1
    await _postpone(labelling, postponed)
    _, again = (await labelling.decisions_on(event, count=2))[-1]
    assert (again.decision.revision, again.decision.verdict, again.before) == (2, "labelled", "labelled")
    assert not again.notify


async def test_one_that_the_act_has_yet_to_reach_waits_for_it(labelling, edition, new_event, postponed):
    """By its old dates and the new window it would be refused, and its organiser told so, for nothing."""
    await _postpone(labelling, postponed)
    event, new = new_event(), new_event(submitted_at=_DECIDED_AT + timedelta(days=1))
    await labelling.send_event(event)
    assert (await labelling.decided(new)).decision.verdict == "refused"
    await labelling.handled(event.id)
    assert labelling.published[event.id] == []
    assert (await labelling.decided(_moved(event), sequence=2)).decision.verdict == "labelled"


async def test_a_label_is_lost_and_regained_with_reasons(labelling, edition, new_event, postponed):
    kept_slot, lost = new_event(price_cents=500), new_event()
    for event in (kept_slot, lost):
        await labelling.decided(event)
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {
        "version": f"{edition.id}-autumn",
        "editions": [edition.id],
        "validity": {"first_day": "2020-09-01"},
        "criteria": [one for one in charter["criteria"] if one["criterion"] != "free_of_charge"],
    }
    audience = next(one for one in charter["criteria"] if one["criterion"] == "audience")
    audience["parameters"]["accepted"] = ["jobseekers"]
    answer = await labelling.http.post("/v1/charters", json=charter, headers=labelling.bearer("staff"))
    assert answer.status_code == 201, answer.text
    await labelling.send_event(_moved(kept_slot, audience=("jobseekers",)), sequence=2)
    await labelling.send_event(_moved(lost), sequence=2)
    await _postpone(labelling, postponed)
    _, regained = (await labelling.decisions_on(kept_slot, count=2))[-1]
    _, gone = (await labelling.decisions_on(lost, count=2))[-1]
    assert (regained.before, regained.decision.verdict, regained.notify) == ("refused", "labelled", True)
    assert (gone.before, gone.decision.verdict, gone.notify) == ("labelled", "refused", True)
    assert {each.decision.charter_version for each in (regained, gone)} == {charter["version"]}


async def test_the_committee_has_its_time_again_after_a_postponement(labelling, edition, new_event, postponed):
    event = new_event(audience=())
    before = (await labelling.decided(event)).decision
    await _postpone(labelling, postponed)
    again = await labelling.decided(_moved(event), sequence=2)
    assert (again.decision.verdict, again.notify) == ("in_review", True)
    assert (before.due_on, again.decision.due_on) == (date(2020, 2, 7), date(2020, 3, 11))


async def test_a_cancelled_event_leaves_the_queue_and_is_judged_no_more(labelling, edition, new_event):
    event = new_event(audience=())
    await labelling.decided(event)
    await labelling.send_event(event.model_copy(update={"occurrence": "cancelled", "revision": 2}), sequence=2)
    await labelling.handled(event.id, sequence=2)
    assert len(labelling.published[event.id]) == 1
    assert str(event.id) not in await staff(labelling).queue()
