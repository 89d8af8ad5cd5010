"""The audit of acts finds what is planted: an event not reached, on a wrong day, at a wrong hour, or twice moved."""

from datetime import date
from typing import Any

import pytest

from semaine.audit.acts import _moved, _unfinished

REUNION = {"territory": "974", "dates": {"first_day": "2020-04-06", "last_day": "2020-04-12"}}
REUNION_NOW = {"territory": "974", "dates": {"first_day": "2020-11-23", "last_day": "2020-11-29"}}


def act(**changes: Any) -> dict[str, Any]:
    return {
        "edition_id": "2020",
        "number": 1,
        "phase": "settled",
        "kind": "postponed",
        "first_day": "2020-03-30",
        "regional": [REUNION],
        "now": date(2020, 11, 16),
        "regional_now": [REUNION_NOW],
    } | changes


def event(*, begin: str = "2020-11-17T14:00:00", end: str = "2020-11-17T16:00:00", **changes: Any) -> dict[str, Any]:
    return {
        "id": "e",
        "status": "labelled",
        "occurrence": "rescheduled",
        "act_number": 1,
        "act_revision": 2,
        "revision": 2,
        "status_before_act": "labelled",
        "time_zone": "Europe/Paris",
        "departement": "44",
        "region": "52",
        "slots": [{"begin": begin, "end": end}],
        "previous_slots": [{"begin": "2020-03-31T14:00:00", "end": "2020-03-31T16:00:00"}],
    } | changes


@pytest.mark.parametrize(
    "sound",
    [
        event(),
        event(status="withdrawn", act_number=0, occurrence="scheduled"),
        event(revision=3, begin="2020-11-20T10:00:00"),  # amended since
        event(act_number=1, status_before_act=None, occurrence="scheduled"),  # submitted after the act
    ],
)
def test_what_is_as_it_should_be_is_no_difference(sound: dict[str, Any]):
    assert list(_moved(sound, [act()])) == []


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (event(act_number=0), "lost"),
        (event(occurrence="scheduled"), "differs"),
        (event(begin="2020-11-18T14:00:00"), "differs"),
        (event(begin="2020-11-24T14:00:00", end="2020-11-24T16:00:00"), "differs"),
        (event(begin="2020-11-17T13:00:00"), "differs"),
        (event(slots=[]), "differs"),
    ],
)
def test_what_is_planted_is_found(wrong: dict[str, Any], kind: str):
    assert [found.kind for found in _moved(wrong, [act()])] == [kind]


def test_a_region_has_its_own_distance():
    there = {"departement": "974", "region": "04", "time_zone": "Indian/Reunion"}
    assert list(_moved(event(**there), [act()])) == []
    later = {**REUNION_NOW, "dates": {"first_day": "2020-11-30", "last_day": "2020-12-06"}}
    assert [found.kind for found in _moved(event(**there), [act(regional_now=[later])])] == ["differs"]


def test_a_time_that_clocks_skip_is_later():
    moved = event(
        previous_slots=[{"begin": "2020-11-15T02:15:00", "end": "2020-11-15T02:45:00"}],
        begin="2021-03-28T03:15:00",
        end="2021-03-28T03:45:00",
    )
    assert list(_moved(moved, [act(first_day="2020-11-15", now=date(2021, 3, 28), regional=[], regional_now=[])])) == []


def test_acts_are_carried_through_and_followed_by_no_other():
    assert list(_unfinished({"2020": [act()]}, untold=0)) == []
    assert list(_unfinished({"2020": [act(phase="superseded"), act(number=2)]}, untold=0)) == []
    for acts, untold in (([act(phase="moving")], 0), ([act(), act(number=2)], 0), ([act()], 3)):
        assert len(list(_unfinished({"2020": acts}, untold=untold))) == 1
