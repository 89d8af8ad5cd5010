from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.registration import EventState, OrganiserIdentity, Place, Slot
from stats.domain import NOTHING, Edition, Tally, changes, counted, default_edition

NOW = datetime(2020, 2, 3, 9, tzinfo=UTC)


def event(**said) -> EventState:
    return EventState.model_validate(
        {
            "id": uuid4(),
            "edition_id": "2020",
            "organiser": OrganiserIdentity(id=uuid4(), kind="company", name="Fonderie"),
            "revision": 1,
            "status": "submitted",
            "title": "Visite",
            "description": "Une visite de la fonderie.",
            "type": "company_visit",
            "slots": (),
            "time_zone": "Indian/Reunion",
            "place": Place(mode="onsite", departement="974", region="04"),
            "submitted_at": NOW,
            "changed_at": NOW,
        }
        | said
    )


def slot(day: int, hour: int, minute: int = 0) -> Slot:
    return Slot(
        begin=datetime.fromisoformat(f"2020-03-{day}T{hour:02}:{minute:02}"),
        end=datetime.fromisoformat(f"2020-03-{day}T23:59"),
    )


def test_an_event_counts_in_each_local_hour_in_which_a_slot_begins():
    found = counted(event(slots=(slot(31, 14, 30), slot(30, 9), slot(31, 9, 45))), sequence=1)
    assert found.hours == ("09", "14")


def test_an_event_that_is_postponed_without_dates_counts_in_no_hour():
    postponed = counted(event(slots=(slot(31, 14),), occurrence="postponed"), sequence=1)
    assert (postponed.occurrence, postponed.hours) == ("postponed", ())


def test_an_event_counts_once_under_each_theme_and_audience():
    found = counted(
        event(themes=("recruitment", "gender_mix", "recruitment"), audience=("young_people", "young_people")),
        sequence=1,
    )
    assert found.themes == ("gender_mix", "recruitment")
    assert found.audience == ("young_people",)


def test_the_other_dimensions_are_the_events_own():
    found = counted(event(status="labelled", type="open_day"), sequence=7)
    assert (found.sequence, found.edition_id, found.status, found.type, found.region, found.departement) == (
        7, "2020", "labelled", "open_day", "04", "974",
    )  # fmt: skip


def test_a_place_of_no_known_commune_has_neither_region_nor_departement():
    found = counted(event(place=Place(mode="onsite", city="Trifouilly")), sequence=1)
    assert (found.region, found.departement) == (None, None)


def test_only_tallies_that_differ_are_changes():
    before = {"total": {"all": Tally(2, 10, 0)}, "region": {"52": Tally(1, 4, 0), "84": Tally(1, 6, 0)}}
    after = {"total": {"all": Tally(2, 11, 0)}, "region": {"52": Tally(1, 5, 0), "84": Tally(1, 6, 0)}}
    assert changes(before=before, after=after) == {
        "total": {"all": Tally(2, 11, 0)},
        "region": {"52": Tally(1, 5, 0)},
    }


def test_a_value_that_has_lost_its_last_event_is_told_as_zeros():
    assert changes(before={"theme": {"recruitment": Tally(1, 2, 0)}}, after={"theme": {}}) == {
        "theme": {"recruitment": NOTHING}
    }


FIGURES = st.dictionaries(
    st.sampled_from(("total", "status", "hour")),
    st.dictionaries(st.sampled_from("abcd"), st.builds(Tally, *[st.integers(0, 3)] * 3)),
)


@given(FIGURES, FIGURES)
def test_changes_lead_from_what_was_to_what_is(before, after):
    reached = {
        (dimension, value): tally
        for figures in (before, changes(before=before, after=after))
        for dimension, tallies in figures.items()
        for value, tally in tallies.items()
    }
    wanted = {(dimension, value): tally for dimension, tallies in after.items() for value, tally in tallies.items()}
    assert without_zeros(reached) == without_zeros(wanted)


@given(FIGURES)
def test_nothing_changes_between_the_same_figures(figures):
    assert changes(before=figures, after=figures) == {}


def without_zeros(tallies):
    return {key: tally for key, tally in tallies.items() if tally != NOTHING}


@pytest.mark.parametrize(
    ("editions", "expected"),
    [
        ([], None),
        ([("2019", 9, "closed"), ("2020", 10, "open"), ("2021", 11, "planned")], "2020"),
        ([("2019", 9, "closed"), ("2020", 10, "closed")], "2020"),
        ([("2019", 9, "open"), ("2020", 10, "open")], "2020"),
        ([("2020", 10, "planned"), ("rumour", None, None)], "2020"),
    ],
)
def test_the_edition_meant_without_name_is_the_open_one(editions, expected):
    known = {id_: Edition(id=id_, number=number, status=status) for id_, number, status in editions}
    found = default_edition(known)
    assert (found and found.id) == expected
