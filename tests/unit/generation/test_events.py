"""Generated editions: plausible, repeatable, and faulty exactly where they say so."""

from collections import Counter, defaultdict
from datetime import date, datetime

import orjson
import pytest
from pydantic import TypeAdapter
from stdnum.fr import siret

from semaine.generation import FAULTS, GeneratedEvent, edition_2020, generate_events
from shared import territory
from shared.contracts import registration

SEED = 7
COUNT = 1_600


@pytest.fixture(scope="module")
def events() -> list[GeneratedEvent]:
    return list(generate_events(events=COUNT, seed=SEED, edition=edition_2020()))


def with_fault(events, fault):
    found = [event.row for event in events if event.fault == fault]
    assert found
    return found


def days(row):
    return [datetime.fromisoformat(slot[end]).date() for slot in row["slots"] for end in ("begin", "end")]


def label_window(row):
    found = territory.locate(postcode=row["place"]["postcode"], city=row["place"]["city"])
    late = found is not None and found.departement == "974"
    return (date(2020, 3, 23), date(2020, 4, 26)) if late else (date(2020, 3, 16), date(2020, 4, 19))


def test_the_edition_is_one_that_the_contract_knows():
    edition = registration.EditionState.model_validate_json(orjson.dumps(edition_2020()))
    assert (edition.id, edition.number, edition.submission_deadline) == ("2020", 10, date(2020, 3, 20))
    assert edition.dates == registration.Window(first_day=date(2020, 3, 30), last_day=date(2020, 4, 5))
    assert territory.name_of(edition.regional_windows[0].territory) == "La Réunion"


def test_the_same_seed_gives_the_same_edition_and_another_seed_another(events):
    again = list(generate_events(events=COUNT, seed=SEED, edition=edition_2020()))
    assert [orjson.dumps(event.row) for event in again] == [orjson.dumps(event.row) for event in events]
    other = next(generate_events(events=COUNT, seed=SEED + 1, edition=edition_2020()))
    assert other.row != events[0].row


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 10, 57, 200])
def test_as_many_events_come_as_were_asked_for(count):
    assert len(list(generate_events(events=count, seed=SEED, edition=edition_2020()))) == count


def test_one_event_in_eight_has_a_fault_and_each_fault_is_as_frequent(events):
    counted = Counter(event.fault for event in events)
    assert counted[None] == COUNT - COUNT // 8
    assert {counted[fault] for fault in FAULTS} <= {COUNT // 8 // 7, COUNT // 8 // 7 + 1}
    assert {event.expected for event in events if event.fault} == {"refused"}
    assert {event.expected for event in events if not event.fault} == {"labelled"}


def test_there_is_an_organiser_for_about_eight_events(events):
    organisers = {event.row["organiser"]["email"]: event.row["organiser"] for event in events}
    assert COUNT / 9 < len(organisers) < COUNT / 7
    assert {organiser["kind"] for organiser in organisers.values()} == {
        "company",
        "school",
        "association",
        "public_body",
    }


def test_rows_have_the_types_of_the_contract(events):
    checks = {
        "type": TypeAdapter(registration.EventType),
        "themes": TypeAdapter(list[registration.Theme]),
        "audience": TypeAdapter(list[registration.Audience]),
        "accessibility": TypeAdapter(list[registration.Accessibility]),
    }
    for event in events:
        row = orjson.loads(orjson.dumps(event.row))
        for field, adapter in checks.items():
            adapter.validate_python(row[field])
        assert registration.Place.model_validate(row["place"])
        assert all(slot["begin"] < slot["end"] for slot in row["slots"])
        assert row["capacity"] is None or 15 <= row["capacity"] <= 300
        TypeAdapter(registration.EmailAddress).validate_python(row["organiser"]["email"])
    assert {event.row["type"] for event in events} == set(registration.EventType.__args__)
    assert len({event.row["reference"] for event in events}) == COUNT


def test_places_are_communes_that_exist_overseas_too(events):
    areas = Counter()
    for event in events:
        found = territory.locate(postcode=event.row["place"]["postcode"], city=event.row["place"]["city"])
        assert found is not None
        assert found.commune is not None
        areas[found.departement] += 1
    assert len(areas) > 60
    assert any(code.startswith("97") for code in areas)


def test_an_online_event_has_a_link_and_no_address(events):
    online = [event.row["place"] for event in events if event.row["place"]["mode"] == "online"]
    assert online
    assert all(place["url"].startswith("https://") and not place["address"] for place in online)


def test_numbers_are_possible_but_those_that_must_not_be(events):
    for event in events:
        number = event.row["organiser"].get("siret")
        if number:
            assert siret.is_valid(number) == (event.fault != "impossible_siret")
    assert all("siret" in row["organiser"] for row in with_fault(events, "impossible_siret"))


def test_only_what_is_outside_the_window_is(events):
    for event in events:
        first, last = label_window(event.row)
        inside = [first <= day <= last for day in days(event.row)]
        assert all(inside) == (event.fault != "outside_window")
        if event.fault == "outside_window":
            assert all(day < first or day > last for day in days(event.row))
            assert min(abs((day - edge).days) for day in days(event.row) for edge in (first, last)) >= 13


def test_only_what_is_paid_has_a_price_and_only_what_is_closed_a_closed_audience(events):
    for event in events:
        assert (event.row["price_cents"] > 0) == (event.fault == "paid")
        closed = set(event.row["audience"]) <= {"professionals", "staff_only"}
        assert closed == (event.fault == "closed_audience")


def test_descriptions_are_long_and_about_industry_unless_that_is_the_fault(events):
    for event in events:
        words = event.row["description"].split()
        text = f"{event.row['title']} {event.row['description']}".lower()
        if event.fault == "too_short":
            assert len(words) < 10
        elif event.fault == "off_topic":
            assert not any(word in text for word in ("industri", "usine", "fabrication", "production"))
        else:
            assert 60 <= len(words) <= 150
            assert "industri" in text or "usine" in text
        assert not set("{}") & set(text)


def test_a_duplicate_repeats_an_earlier_event_under_another_reference_and_nothing_else_does(events):
    seen = defaultdict(list)
    for event in events:
        row = event.row
        key = orjson.dumps([row["organiser"]["email"], row["title"], row["place"], row["slots"]])
        assert bool(seen[key]) == (event.fault == "duplicate")
        assert all(earlier != row["reference"] for earlier in seen[key])
        seen[key].append(row["reference"])


def test_an_organiser_is_never_twice_at_one_place_and_time_without_a_duplicate(events):
    appointments = Counter(
        (event.row["organiser"]["email"], event.row["place"]["address"], event.row["place"]["city"], slot["begin"])
        for event in events
        if event.fault != "duplicate"
        for slot in event.row["slots"]
    )
    assert max(appointments.values()) == 1
