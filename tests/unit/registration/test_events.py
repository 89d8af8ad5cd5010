"""Rules of events: what is the same, what is alike, and what each step publishes."""

from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from registration.events.content import EventContent, why_not_storable
from registration.events.domain import content_hash, judged_hash, likeness, territory_of
from registration.events.stored import StoredEvent
from shared.contracts.registration import CatalogueMessage, EventMessage, OrganiserIdentity
from shared.contracts.topics import CATALOGUE, EVENTS

NOW = datetime(2020, 2, 3, 9, tzinfo=UTC)
_SLOTS = [
    {"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"},
    {"begin": "2020-04-01T14:00", "end": "2020-04-01T16:00"},
]
_CONTENT = {
    "title": "Visite de l'atelier de soudure",
    "description": "Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité et métiers.",
    "type": "company_visit",
    "themes": ["recruitment", "gender_mix"],
    "slots": _SLOTS,
    "place": {"postcode": "44550", "city": "Montoir-de-Bretagne", "address": "2 rue des Chantiers"},
    "capacity": 40,
}


def _content(**changes):
    return EventContent.model_validate(_CONTENT | changes)


# Content


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "  Visite de l'atelier de soudure\n"},
        {"slots": _SLOTS[::-1]},
        {"slots": [*_SLOTS, *_SLOTS]},
        {"slots": [{"begin": "2020-03-31T09:00:59", "end": "2020-03-31T12:00:01"}, _SLOTS[1]]},
        {"themes": ["recruitment", "gender_mix", "recruitment"]},
        {"audience": ["general_public", "general_public"]},
        {"place": _CONTENT["place"] | {"mode": "onsite", "name": " "}},
        {"price_cents": 0, "accessibility": []},
    ],
)
def test_the_same_in_other_words_is_the_same(changes):
    assert content_hash(_content(**changes)) == content_hash(_content())


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ({"capacity": 41}, False),
        ({"capacity": None}, False),
        ({"accessibility": ["mi"]}, False),
        ({"reference": "R"}, False),
        ({"title": "Autre visite"}, True),
        ({"description": "Autre texte."}, True),
        ({"audience": ["jobseekers"]}, True),
        ({"price_cents": 1}, True),
        ({"slots": _SLOTS[:1]}, True),
        ({"place": {"postcode": "59000", "city": "Lille"}}, True),
    ],
)
def test_what_the_charter_judges(changes, judged):
    changed = _content(**changes)
    assert content_hash(changed) != content_hash(_content())
    assert (judged_hash(changed) != judged_hash(_content())) is judged


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": [{"begin": "2020-03-31T09:00Z", "end": "2020-03-31T12:00"}]},
        {"slots": [{"begin": "1920-03-31T09:00", "end": "1920-03-31T12:00"}]},
        {"slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T09:00"}]},
        {"slots": _SLOTS * 31},
        {"place": {"mode": "mixed", "url": "https://example.org"}},
        {"place": {"postcode": "٤٤٥٥٠", "city": "Montoir"}},
        {"capacity": "many"},
        {"title": "a\x00b"},
        {"price_cents": True},
    ],
)
def test_what_is_no_event(changes):
    with pytest.raises(ValidationError):
        _content(**changes)


def test_a_postcode_gets_back_the_zero_that_a_spreadsheet_ate():
    assert _content(place={"postcode": "1000", "city": "Bourg-en-Bresse"}).place.postcode == "01000"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.just("\x00") | st.just("\\u0000"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=3), _JSON, max_size=3))
def test_a_draft_is_storable_when_there_is_no_nul_in_it(content):
    def texts(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)
        elif isinstance(value, str):
            yield value

    assert (why_not_storable(content) is None) is not any("\x00" in text for text in texts(content))


@pytest.mark.parametrize("content", [{"a": "\ud800"}, {"a": 2**64}, {"\x00": 1}])
def test_a_draft_that_is_no_json_is_not_storable(content):
    assert why_not_storable(content)


# Likeness


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({"title": "VISITE de l’Atelier de soudure.", "description": "Autre."}, True),
        ({"title": "Autre titre"}, True),
        ({"capacity": 3, "audience": ["jobseekers"]}, True),
        ({"place": {"postcode": "59000", "city": "Lille"}}, True),
        ({"title": "Autre titre", "description": "Autre."}, False),
        ({"slots": _SLOTS[:1]}, False),
        ({"description": "Autre.", "place": {"postcode": "59000", "city": "Lille"}}, False),
    ],
)
def test_two_are_alike_by_place_time_and_title_or_by_time_and_text(changes, alike):
    organiser = uuid4()
    marks = [set(likeness(organiser_id=organiser, content=each)) for each in (_content(), _content(**changes))]
    assert bool(marks[0] & marks[1]) is alike
    assert not marks[0] & set(likeness(organiser_id=uuid4(), content=_content()))


def test_a_short_text_is_no_proof():
    short = _content(description="Venez nombreux !")
    assert len(likeness(organiser_id=uuid4(), content=short)) == 1


# Messages


def _event():
    content = _content()
    return StoredEvent(
        id=uuid4(),
        edition_id="2020",
        organiser=OrganiserIdentity(id=uuid4(), kind="company", name="Forges"),
        content=content,
        content_hash=content_hash(content),
        judged_hash=judged_hash(content),
        likeness=[],
        territory=territory_of(content),
        submitted_at=NOW,
        changed_at=NOW,
    )


def _step(event, change, number):
    """As the operations do it; answers the messages."""
    if change == "amended":
        event.show_as_it_is()
        event.content = _content(title=f"Titre {number}")
        event.status = "submitted"
        event.revision += 1
    elif change == "resized":
        event.content = event.content.model_copy(update={"capacity": number + 1})
    else:
        event.status = change
    event.sequence += 1
    return event.messages("amended" if change == "resized" else change)


_STEPS = st.lists(st.sampled_from(["amended", "resized", "labelled", "refused", "in_review"]), max_size=12)


@given(_STEPS, st.booleans())
def test_the_catalogue_says_what_was_last_labelled(steps, withdrawn):
    event = _event()
    told = event.messages("submitted")
    labelled = None
    for number, change in enumerate([*steps, *["withdrawn"] * withdrawn]):
        told += _step(event, change, number)
        if event.status == "labelled":
            labelled = event.state()
        elif event.status != "submitted":
            labelled = None
        assert event.in_catalogue is (labelled is not None)
        if labelled:
            public = event.public_state()
            assert (public.title, public.revision, public.status) == (labelled.title, labelled.revision, "labelled")
    events = [each for each in told if each.topic == EVENTS.name]
    catalogue = [each for each in told if each.topic == CATALOGUE.name]
    assert [each.sequence for each in events] == list(range(1, len(events) + 1))
    assert [each.sequence for each in catalogue] == list(range(1, len(catalogue) + 1))
    assert EventMessage.model_validate_json(events[-1].value).event == event.state()
    if catalogue:
        assert (catalogue[-1].value is not None) is event.in_catalogue
    for before, after in zip([None, *catalogue], catalogue, strict=False):
        empty_before = before is None or before.value is None
        assert not (empty_before and after.value is None)
        if after.value is not None:
            change = CatalogueMessage.model_validate_json(after.value).change
            assert change == ("published" if empty_before else "changed")


def test_receipts_are_counted_as_they_are_asked_for():
    event = _event()
    event.messages("submitted")
    event.messages("amended")
    event.messages("labelled")
    assert event.receipts == 2
    event.notify = False
    event.messages("amended")
    assert event.receipts == 2


def test_a_message_leaves_out_what_is_not_said():
    (told,) = _event().messages("submitted")
    value = orjson.loads(told.value)
    assert "reference" not in value["event"]
    assert "duplicate_of" not in value["event"]
