"""Generated sign-ups: exact totals, full rooms at most."""

from collections import Counter

import orjson
import pytest

from semaine.generation import (
    SMALL,
    WHOLE_2019,
    TooFewPlacesError,
    edition_2020,
    generate_events,
    generate_participations,
)


@pytest.fixture(scope="module")
def events():
    return SMALL.generate_events()


@pytest.fixture(scope="module")
def lines(events):
    return list(SMALL.generate_participations(events))


@pytest.fixture(scope="module")
def sign_ups(lines):
    return [orjson.loads(line) for line in lines]


def test_the_small_profile_is_what_the_first_run_plays(events, sign_ups):
    assert len(events) == SMALL.events == 200
    assert sum(each["people"] for each in sign_ups) == SMALL.people == 20_000
    assert (WHOLE_2019.events, WHOLE_2019.people) == (4_763, 800_000)


def test_the_same_seed_gives_the_same_lines_and_another_seed_others(events, lines):
    assert list(SMALL.generate_participations(events)) == lines
    assert list(generate_participations(people=SMALL.people, seed=1, events=events)) != lines


def test_each_line_is_json_of_the_import_format(lines, sign_ups):
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in lines)
    for each in sign_ups:
        assert (
            {"event", "reference", "kind", "people"}
            <= each.keys()
            <= {
                "event",
                "reference",
                "kind",
                "people",
                "name",
                "email",
                "language",
            }
        )
        if each["kind"] == "group":
            assert 15 <= each["people"] <= 35
        else:
            assert (each["kind"], each["people"]) == ("person", 1)


def test_references_and_addresses_are_unique(sign_ups):
    assert len({each["reference"] for each in sign_ups}) == len(sign_ups)
    addresses = [each["email"] for each in sign_ups if "email" in each]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith("@example.org") and address.isascii() for address in addresses)
    assert all(each["name"] for each in sign_ups if "email" in each)


def test_about_half_come_in_groups_and_one_line_in_ten_has_an_address(sign_ups):
    grouped = sum(each["people"] for each in sign_ups if each["kind"] == "group")
    assert 0.45 < grouped / SMALL.people < 0.55
    assert 0.08 < sum("email" in each for each in sign_ups) / len(sign_ups) < 0.12


def test_nobody_signs_up_where_the_label_is_refused_and_no_room_is_overfull(events, sign_ups):
    crowds = Counter()
    for each in sign_ups:
        crowds[each["event"]] += each["people"]
    capacities = {event.row["reference"]: event.row["capacity"] for event in events if event.expected == "labelled"}
    assert crowds.keys() <= capacities.keys()
    limited = {name: capacity for name, capacity in capacities.items() if capacity is not None}
    assert all(crowds[name] <= capacity for name, capacity in limited.items())
    assert sum(crowds[name] < capacity for name, capacity in limited.items()) > len(limited) / 2
    assert max(crowds.values()) > 5 * sum(crowds.values()) / len(crowds)


@pytest.mark.parametrize("people", [0, 1, 14, 999])
def test_as_many_people_come_as_were_asked_for(events, people):
    lines = generate_participations(people=people, seed=3, events=events)
    assert sum(orjson.loads(line)["people"] for line in lines) == people


def test_rooms_are_filled_to_the_last_place_before_it_is_said_that_there_are_too_few():
    drawn = generate_events(events=60, seed=4, edition=edition_2020())
    limited = [event for event in drawn if event.fault is None and event.row["capacity"]]
    places = sum(event.row["capacity"] for event in limited)
    lines = generate_participations(people=places, seed=4, events=limited)
    assert sum(orjson.loads(line)["people"] for line in lines) == places
    with pytest.raises(TooFewPlacesError, match="fewer people or more events"):
        generate_participations(people=places + 1, seed=4, events=limited)
