"""OpenAgenda's export, as it comes, into events."""

import json
from datetime import datetime

import pytest

from registration.imports.rows import parse_events

ROW = {
    "uid": "12345678",
    "slug": "visite-de-latelier",
    "title_fr": "Visite de l'atelier de soudure",
    "description_fr": "Une visite guidée.",
    "longdescription_fr": "<p>Soudure &amp; usinage.</p><p>Contrôle<br/>qualité</p>",
    "conditions_fr": "Gratuit, sur inscription",
    "keywords_fr": "industrie, recrutement, lycéens",
    "firstdate_begin": "2020-03-31T07:00:00+00:00",
    "lastdate_end": "2020-04-01T14:00:00+00:00",
    "timings": '[{"begin": "2020-03-31T09:00:00+02:00", "end": "2020-03-31T12:00:00+02:00"},'
    ' {"begin": "2020-04-01T12:00:00+00:00", "end": "2020-04-01T14:00:00+00:00"}]',
    "location_uid": "1",
    "location_name": "Atelier",
    "location_address": "2 rue des Chantiers",
    "location_postalcode": "44550",
    "location_city": "Montoir-de-Bretagne",
    "location_department": "Loire-Atlantique",
    "location_region": "Pays de la Loire",
    "location_coordinates": "47.33, -2.15",
    "attendancemode": "1",
    "status": "1",
    "registration": '[{"type": "link", "value": "https://example.org/inscription"}]',
    "accessibility": "mi,hi",
    "age_min": "",
    "age_max": "",
    "originagenda_title": "Semaine de l'industrie",
    "contributor_email": "not ours to keep",
}


def local(*when):
    return datetime(*when)  # noqa: DTZ001


def event(**changes):
    """The same row as CSV and as JSON; both must say the same."""
    row = ROW | changes
    cells = {name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()}
    rows, problems = parse_events([(2, cells), (2, json.dumps(row).encode())])
    assert problems == []
    (_, from_csv), (_, from_json) = rows
    assert from_csv == from_json
    return from_csv


def problem(**changes):
    rows, problems = parse_events([(2, ROW | changes)])
    assert rows == []
    (only,) = problems
    return only


def test_a_row_of_the_export_becomes_an_event():
    row = event()
    content = row.content
    assert row.organiser is None
    assert not row.withdrawn
    assert content.reference == "12345678"
    assert content.title == "Visite de l'atelier de soudure"
    assert content.description == "Une visite guidée.\n\nSoudure & usinage.\nContrôle\nqualité"
    assert content.type == "company_visit"
    assert content.themes == ["recruitment"]
    assert content.audience == ["young_people"]
    assert content.price_cents == 0
    assert content.accessibility == ["mi", "hi"]
    assert content.capacity is None
    assert [(slot.begin, slot.end) for slot in content.slots] == [
        (local(2020, 3, 31, 9), local(2020, 3, 31, 12)),
        (local(2020, 4, 1, 14), local(2020, 4, 1, 16)),
    ]
    place = content.place
    assert (place.mode, place.name, place.postcode, place.city) == ("onsite", "Atelier", "44550", "Montoir-de-Bretagne")
    assert (place.latitude, place.longitude, place.url) == (47.33, -2.15, "")


def test_timings_are_told_in_the_time_of_the_place():
    timings = [{"begin": "2020-03-31T09:00:00+02:00", "end": "2020-03-31T12:00:00+02:00"}]
    reunion = event(timings=timings, location_postalcode="97400", location_city="Saint-Denis")
    assert reunion.content.slots[0].begin == local(2020, 3, 31, 11)
    guadeloupe = event(timings=timings, location_postalcode="97110", location_city="Pointe-à-Pitre")
    assert guadeloupe.content.slots[0].begin == local(2020, 3, 31, 3)
    winter = event(timings=[{"begin": "2020-11-16T13:00:00Z", "end": "2020-11-16T15:00:00Z"}])
    assert winter.content.slots[0].begin == local(2020, 11, 16, 14)


def test_without_timings_the_first_and_last_date_are_the_slot():
    (slot,) = event(timings="").content.slots
    assert (slot.begin, slot.end) == (local(2020, 3, 31, 9), local(2020, 4, 1, 16))


@pytest.mark.parametrize(
    "timings", ["tomorrow", '[{"begin": "2020"', '[{"begin": "x", "end": "y"}]', "[1]", '{"a": 1}']
)
def test_timings_that_cannot_be_read_are_told_once(timings):
    found = problem(timings=timings)
    assert found.field == "timings"
    assert "export the file again" in found.reason.en


@pytest.mark.parametrize(
    ("conditions", "cents"),
    [
        ("", 0),
        ("Gratuit", 0),
        ("Entrée libre", 0),
        ("Free of charge", 0),
        ("Sur inscription", 0),
        ("Non payant", 0),
        ("Tarif : gratuit pour tous", 0),
        ("0 €", 0),
        ("5 €", 500),
        ("5,50€", 550),
        ("5€50", 550),
        ("Tarif plein 12 euros, réduit 8.00 EUR", 1200),
        ("Gratuit pour les enfants, 3 € pour les adultes", 300),
        ("15€/personne", 1500),
    ],
)
def test_conditions_tell_the_price(conditions, cents):
    assert event(conditions_fr=conditions).content.price_cents == cents


@pytest.mark.parametrize("conditions", ["Payant", "Entrée payante", "Tarifs : voir le site"])
def test_conditions_that_ask_for_an_unknown_amount_are_told(conditions):
    found = problem(conditions_fr=conditions)
    assert found.field == "conditions_fr"
    assert "write the amount" in found.reason.en


@pytest.mark.parametrize(
    ("title", "keywords", "kind"),
    [
        ("Visite de l'atelier", "", "company_visit"),
        ("Visite virtuelle de l'usine", "", "virtual_reality_visit"),
        ("Atelier : initiation à la soudure", "", "workshop"),
        ("Journée portes-ouvertes du lycée", "", "open_day"),
        ("Job-dating de l'industrie", "", "job_dating"),
        ("Forum des métiers", "visite", "trades_forum"),
        ("Webinaire sur l'hydrogène", "", "web_conference"),
        ("Escape Game industriel", "", "escape_game"),
        ("Exposition photographique", "", "exhibition"),
        ("Témoignages en classe", "", "class_talk"),
        ("L'industrie et nous", "Visites, emploi", "company_visit"),
        ("L'industrie et nous", "", "other"),
        ("Révision des fours", "", "other"),
    ],
)
def test_the_type_is_found_in_the_title_then_in_the_keywords(title, keywords, kind):
    assert event(title_fr=title, keywords_fr=keywords).content.type == kind


def test_themes_are_found_in_title_and_keywords():
    found = event(title_fr="Femmes et robotique", keywords_fr="décarbonation; Recrutement").content.themes
    assert found == ["gender_mix", "recruitment", "industry_of_the_future", "ecological_transition"]


@pytest.mark.parametrize(
    ("keywords", "age_max", "audience"),
    [
        ("industrie", "", ["general_public"]),
        ("tout public, scolaires", "", ["general_public", "young_people"]),
        ("demandeurs d’emploi", "", ["jobseekers"]),
        ("industrie", "18", ["young_people"]),
        ("industrie", "99", ["general_public"]),
    ],
)
def test_the_audience_is_found_in_keywords_and_ages(keywords, age_max, audience):
    assert event(keywords_fr=keywords, age_max=age_max).content.audience == audience


@pytest.mark.parametrize("mode", ["2", 2, "online", "En ligne", {"id": 2, "label": {"fr": "En ligne"}}])
def test_an_online_event_needs_a_link_and_no_place(mode):
    place = event(attendancemode=mode, location_postalcode="", location_city="").content.place
    assert (place.mode, place.url) == ("online", "https://example.org/inscription")


@pytest.mark.parametrize("status", ["6", 6, {"id": 6, "label": {"fr": "Annulé"}}, "Annulé", "cancelled"])
def test_a_cancelled_event_is_to_be_withdrawn(status):
    assert event(status=status).withdrawn


@pytest.mark.parametrize("status", ["", "1", 2, 3, "4", 5, None])
def test_any_other_status_is_not(status):
    assert not event(status=status).withdrawn


@pytest.mark.parametrize(
    "coordinates", ["47.33, -2.15", {"lat": 47.33, "lon": -2.15}, {"lon": -2.15, "lat": 47.33}, [47.33, -2.15]]
)
def test_coordinates_come_in_several_forms(coordinates):
    place = event(location_coordinates=coordinates).content.place
    assert (place.latitude, place.longitude) == (47.33, -2.15)


def test_lists_come_in_several_forms():
    assert event(accessibility=["mi", "vi"]).content.accessibility == ["mi", "vi"]
    assert event(accessibility={"mi": True, "vi": False}).content.accessibility == ["mi"]
    assert event(keywords_fr=["mixité", "emploi"]).content.themes == ["gender_mix", "recruitment"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_fr": ""}, "title_fr"),
        ({"uid": ""}, "uid"),
        ({"location_postalcode": "44", "location_city": "Nantes"}, "location_postalcode"),
        ({"location_city": ""}, "location_postalcode"),
        ({"accessibility": "wheelchair"}, "accessibility.0"),
        ({"longdescription_fr": "x" * 10_001}, "longdescription_fr"),
    ],
)
def test_a_fault_is_told_by_the_name_of_the_column(changes, field):
    assert problem(**changes).field == field


def test_a_long_text_that_leaves_no_room_for_the_short_one_stands_alone():
    assert event(longdescription_fr="x" * 9_995).content.description == "x" * 9_995


def test_markup_without_end_takes_no_time():
    assert event(longdescription_fr="a" + "<p" * 4_000).content.description.endswith("<p<p")
