"""Rows of events and of sign-ups: what is taken, and what is said of the others."""

import json
from datetime import datetime
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.imports.rows import parse_events, parse_participations
from registration.imports.rows.problems import SAID

EVENT = {
    "reference": "VISITE-01",
    "organiser": {
        "kind": "company",
        "name": "Chaudronnerie de l'Estuaire",
        "siret": "732 829 320 00074",
        "email": "contact@chaudronnerie.example",
    },
    "title": "Visite de l'atelier",
    "description": "Soudure, usinage et contrôle qualité.",
    "type": "company_visit",
    "themes": ["recruitment", "gender_mix"],
    "audience": ["general_public", "young_people"],
    "price_cents": 550,
    "slots": [
        {"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"},
        {"begin": "2020-04-01T14:00", "end": "2020-04-01T16:00"},
    ],
    "place": {
        "mode": "onsite",
        "name": "Atelier",
        "address": "2 rue des Chantiers",
        "postcode": "44550",
        "city": "Montoir-de-Bretagne",
        "latitude": 47.33,
        "longitude": -2.15,
    },
    "capacity": 40,
    "accessibility": ["mi"],
}
CELLS = {
    "reference": "VISITE-01",
    "organiser_kind": "company",
    "organiser_name": "Chaudronnerie de l'Estuaire",
    "organiser_siret": "732 829 320 00074",
    "organiser_uai": "",
    "organiser_email": "contact@chaudronnerie.example",
    "title": " Visite de l'atelier ",
    "description": "Soudure, usinage et contrôle qualité.",
    "type": "company_visit",
    "themes": "recruitment | gender_mix",
    "audience": "general_public|young_people|",
    "price": "5,50 €",
    "slots": "2020-03-31T09:00/2020-03-31T12:00|2020-04-01T14:00 / 2020-04-01T16:00",
    "place_mode": "onsite",
    "place_name": "Atelier",
    "address": "2 rue des Chantiers",
    "postcode": "44550",
    "city": "Montoir-de-Bretagne",
    "url": "",
    "latitude": "47,33",
    "longitude": "-2.15",
    "capacity": "40",
    "accessibility": "mi",
}


def as_line(**changes):
    return json.dumps({name: value for name, value in (EVENT | changes).items() if value is not ...}).encode()


def only_event(data):
    rows, problems = parse_events([(7, data)])
    assert problems == []
    ((line, row),) = rows
    assert line == 7
    return row


def said_of(data):
    rows, problems = parse_events([(7, data)])
    assert rows == []
    assert {problem.line for problem in problems} == {7}
    assert all(problem.reason.fr not in {"", problem.reason.en} for problem in problems)
    return {problem.field: problem.reason.en for problem in problems}


def test_an_event_is_the_same_in_json_and_in_csv():
    row = only_event(as_line())
    assert row == only_event(CELLS)
    assert row.organiser.siret == "73282932000074"
    assert row.content.price_cents == 550
    assert row.content.slots[1].begin == datetime(2020, 4, 1, 14)  # noqa: DTZ001
    assert row.content.place.latitude == 47.33
    assert not row.withdrawn


def test_an_event_without_an_organiser_leaves_it_to_the_import():
    assert only_event(as_line(organiser=...)).organiser is None
    assert (
        only_event({name: cell for name, cell in CELLS.items() if not name.startswith("organiser")}).organiser is None
    )


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"reference": ...}, "reference", "missing: add it"),
        ({"reference": ""}, "reference", "at least 1 character"),
        ({"title": "ab"}, "title", "at least 3 characters"),
        ({"title": "x" * 201}, "title", "at most 200 characters"),
        ({"title": 5}, "title", "not text"),
        ({"description": "x" * 10_001}, "description", "at most 10,000 characters"),
        ({"type": "visit"}, "type", "write one of company_visit, open_day"),
        ({"themes": "recruitment"}, "themes", "not a list"),
        ({"themes": ["recruitment", "peace"]}, "themes.1", "write one of gender_mix"),
        ({"price_cents": -1}, "price_cents", "at least 0"),
        ({"price_cents": 5.5}, "price_cents", "not a whole number"),
        ({"capacity": 0}, "capacity", "at least 1"),
        ({"capacity": 1_000_001}, "capacity", "at most 1,000,000"),
        ({"capacty": 5}, "capacty", "correct its name"),
        ({"slots": []}, "slots", "at least 1"),
        ({"slots": EVENT["slots"] * 31}, "slots", "at most 60"),
        ({"slots": [{"begin": "31/03/2020", "end": "2020-03-31T12:00"}]}, "slots.0.begin", "2020-03-31T09:00"),
        ({"slots": [{"begin": "2020-03-31T09:00"}]}, "slots.0.end", "missing"),
        (
            {"slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T08:00"}]},
            "slots.0",
            "end is not after the begin",
        ),
        ({"slots": [{"begin": "2020-03-31T09:00Z", "end": "2020-03-31T10:00"}]}, "slots.0.begin", "without an offset"),
        ({"place": {"mode": "onsite", "postcode": "4455", "city": ""}}, "place", "give postcode and city"),
        ({"place": {"postcode": "F-44", "city": "Montoir"}}, "place.postcode", "five digits"),
        ({"place": {"mode": "online", "url": "www.example.org"}}, "place.url", "https://"),
        ({"place": "Nantes"}, "place", "not an object"),
        ({"organiser": EVENT["organiser"] | {"email": "nobody"}}, "organiser.email", "name@example.org"),
        ({"organiser": EVENT["organiser"] | {"siret": "12"}}, "organiser.siret", "14 digits"),
        ({"organiser": "me"}, "organiser", "not an object"),
    ],
)
def test_a_fault_is_told_with_its_field_and_the_remedy(changes, field, said):
    problems = said_of(as_line(**changes))
    assert list(problems) == [field]
    assert said in problems[field]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"reference": " "}, "reference", "missing: add it"),
        ({"price": "five"}, "price", "0, 5.50 or 5,50"),
        ({"price": "-5"}, "price", "0, 5.50 or 5,50"),
        ({"price": "99999"}, "price", "at most 1,000,000"),
        ({"slots": "2020-03-31"}, "slots.0.end", "missing"),
        ({"slots": "2020-03-31T09:00/10h"}, "slots.0.end", "2020-03-31T09:00"),
        ({"postcode": "F-44"}, "postcode", "five digits"),
        ({"city": ""}, "postcode", "give postcode and city"),
        ({"place_mode": "here"}, "place_mode", "onsite, online, mixed"),
        ({"latitude": "north"}, "latitude", "47.2"),
        ({"capacity": "many"}, "capacity", "whole number"),
        ({"organiser_email": ""}, "organiser_email", "missing"),
        ({"organiser_kind": "firm"}, "organiser_kind", "company, school"),
        ({"accessibility": "mi|wheelchair"}, "accessibility.1", "hi, vi"),
    ],
)
def test_a_fault_in_csv_is_told_by_its_column(changes, field, said):
    problems = said_of(CELLS | changes)
    assert list(problems) == [field]
    assert said in problems[field]


def test_a_fault_is_told_in_french_with_the_same_values():
    (problem,) = parse_events([(1, as_line(description="x" * 10_001))]).problems
    assert problem.reason.fr == "c’est trop long : écrivez au plus 10\u202f000 caractères"
    (problem,) = parse_events([(1, as_line(type="visit"))]).problems
    assert "écrivez l’une de celles-ci : company_visit, open_day" in problem.reason.fr
    (problem,) = parse_events([(1, CELLS | {"city": ""})]).problems
    assert problem.field == "postcode"
    assert problem.reason.fr.startswith("donnez le code postal et la commune")


@pytest.mark.parametrize("kind", SAID)
def test_every_kind_of_fault_has_its_words_in_both_languages(kind):
    words = SAID[kind]
    assert "" not in {words.fr, words.en}
    assert words.fr != words.en
    assert placeholders(words.fr) == placeholders(words.en)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_all_faults_of_a_row_are_told_at_once_up_to_ten():
    problems = said_of(as_line(title="", type="", capacity=0, organiser={"kind": "company"}))
    assert problems.keys() == {"title", "type", "capacity", "organiser.name", "organiser.email"}
    rows, problems = parse_events([(1, as_line(slots=[{}] * 30)), (2, as_line())])
    assert len(problems) == 10
    assert [line for line, _ in rows] == [2]


@pytest.mark.parametrize("price", [("0", 0), ("5", 500), ("5.5", 550), ("5,05", 505), ("12€", 1200), ("", 0)])
def test_prices_in_csv_are_euros(price):
    text, cents = price
    assert only_event(CELLS | {"price": text}).content.price_cents == cents


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"reference": ', "ends in the middle"),
        (b"{reference}", "not valid JSON at character 2"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'"text"', "not an object"),
        (b'{"a": ' + b"[" * 500, "not valid JSON"),
        (rb'{"a": "\ud800"}', "not valid JSON"),
    ],
)
@pytest.mark.parametrize("parse", [parse_events, parse_participations])
def test_what_is_no_object_is_told(parse, data, said):
    rows, (problem,) = parse([(3, data)])
    assert rows == []
    assert (problem.line, problem.field) == (3, None)
    assert said in problem.reason.en


def test_sign_ups_are_taken_with_what_they_leave_out():
    person = {"event": " E-1 ", "reference": "P-1", "kind": "person", "people": 1, "name": "Camille", "email": "c@d.fr"}
    group = {"event": "E-1", "reference": "P-2", "kind": "group", "people": 30, "name": None, "email": ""}
    least = {"event": "E-1", "email": "e@f.fr", "language": None}
    lines = [json.dumps(each).encode() for each in (person | {"language": "en"}, group, least)]
    rows, problems = parse_participations(zip((1, 2, 5), lines, strict=True))
    assert problems == []
    assert [line for line, _ in rows] == [1, 2, 5]
    one, many, least = (row for _, row in rows)
    assert (one.event, one.reference, one.people, one.email, one.language) == ("E-1", "P-1", 1, "c@d.fr", "en")
    assert (many.kind, many.people, many.name, many.email, many.language) == ("group", 30, "", None, "fr")
    assert (least.reference, least.kind, least.people) == (None, "person", 1)


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"event": ""}, "event", "at least 1"),
        ({"event": None}, "event", "not text"),
        ({"kind": "class"}, "kind", "person, group"),
        ({"kind": "person", "people": 2}, "people", "counts as 1"),
        ({"kind": "group", "people": 0}, "people", "at least 1"),
        ({"kind": "group", "people": 100_001}, "people", "at most 100,000"),
        ({"kind": "group", "people": "30"}, "people", "whole number"),
        ({"kind": "group", "people": 1.5}, "people", "whole number"),
        ({"reference": None}, "reference", "neither reference nor email"),
        ({"email": "nobody"}, "email", "name@example.org"),
        ({"email": ["a@b.fr"]}, "email", "not text"),
        ({"language": "de"}, "language", "fr, en"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"phone": "06"}, "phone", "correct its name"),
    ],
)
def test_a_fault_of_a_sign_up_is_told(fields, field, said):
    data = json.dumps({"event": "E-1", "reference": "P-1"} | fields).encode()
    rows, (problem,) = parse_participations([(4, data)])
    assert rows == []
    assert (problem.line, problem.field) == (4, field)
    assert said in problem.reason.en


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
EXPORTED = ("uid", "title_fr", "timings", "status", "attendancemode", "keywords_fr", "registration", "conditions_fr")
FIELDS = st.sampled_from(
    [*EVENT, *CELLS, *EXPORTED, "age_max", "location_coordinates", "firstdate_begin", "event", "email"]
)


@given(st.dictionaries(FIELDS, JSON, max_size=8))
def test_any_json_is_a_row_or_has_a_problem(values):
    data = json.dumps(values).encode()
    for parse in (parse_events, parse_participations):
        rows, problems = parse([(1, data)])
        assert bool(rows) != bool(problems)


@given(st.dictionaries(FIELDS, st.text(max_size=20) | JSON.map(json.dumps), max_size=8))
def test_any_cells_are_a_row_or_have_a_problem(cells):
    rows, problems = parse_events([(1, cells)])
    assert bool(rows) != bool(problems)


def test_numbers_beyond_all_bounds_are_told():
    huge = "9" * 5000
    for field in ("uid", "status", "age_max", "capacity"):
        _, problems = parse_events([(1, f'{{"title_fr": "Visite", "{field}": {huge}}}'.encode())])
        assert problems
    _, problems = parse_participations([(1, f'{{"event": "E", "email": "a@b.fr", "people": {huge}}}'.encode())])
    assert problems
