"""A charter is checked when it is loaded: each error names the field and what to do."""

import copy

import pytest

from labelling.charters.shipped import shipped, with_lexicon
from labelling.domain.charter import Charter, CharterInvalidError, charter_from


def _criterion(document, name):
    return next(criterion for criterion in document["criteria"] if criterion["criterion"] == name)


@pytest.fixture
def draft(document):
    return copy.deepcopy(document)


def _errors(draft):
    with pytest.raises(CharterInvalidError) as raised:
        charter_from(draft, source="draft.yaml")
    return str(raised.value)


def test_every_shipped_charter_is_valid():
    versions = [charter_from(content, source=name).version for name, content in shipped()]
    assert "2020-1" in versions
    assert len(versions) == len(set(versions))


def test_the_official_criteria_are_musts(charter):
    weights = {criterion.criterion: criterion.weight for criterion in charter.criteria}
    assert {weights[name] for name in ("label_window", "audience", "relevance", "free_of_charge")} == {"must"}


def test_a_charter_survives_being_stored(charter):
    assert Charter.model_validate_json(charter.model_dump_json()) == charter


@pytest.mark.parametrize(
    ("criterion", "message", "text", "said"),
    [
        ("audience", "met", "Ouvert à {public}", "placeholder {public} is unknown; known are {audience}"),
        ("duplicates", "met", "{}", "placeholder {} is unknown; known are none"),
        ("audience", "met", "{audience.__class__}", "placeholder {audience.__class__} is unknown"),
        ("audience", "met", "{audience!r}", "placeholder {audience} is unknown"),
        ("audience", "met", "{audience", "write {{ and }} for braces"),
        ("audience", "met", "  ", "the text is empty"),
    ],
)
def test_a_message_that_could_not_be_said_is_refused(draft, criterion, message, text, said):
    _criterion(draft, criterion)["messages"][message]["fr"] = text
    errors = _errors(draft)
    assert "draft.yaml" in errors
    assert f"message '{message}' (fr)" in errors
    assert said in errors


def test_missing_and_unknown_messages_are_named(draft):
    messages = _criterion(draft, "duplicates")["messages"]
    messages["perhaps"] = messages.pop("unmet")
    errors = _errors(draft)
    assert "message 'unmet' is missing" in errors
    assert "message 'perhaps' is unknown; known are met, unmet" in errors


def test_a_message_needs_both_languages(draft):
    del _criterion(draft, "duplicates")["messages"]["met"]["en"]
    assert "criteria.6.duplicates.messages.met.en: Field required" in _errors(draft)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda draft: draft.update(version="no spaces please"), "version:"),
        (lambda draft: draft.update(editions=[]), "editions:"),
        (lambda draft: draft.update(review_working_days=0), "review_working_days:"),
        (lambda draft: draft.update(surprise=1), "surprise:"),
        (lambda draft: draft.update(criteria=[]), "criteria:"),
        (
            lambda draft: draft["criteria"].append(draft["criteria"][0]),
            "criteria label_window stand there more than once",
        ),
        (lambda draft: draft["criteria"][0].update(criterion="astrology"), "criteria.0:"),
        (lambda draft: draft["criteria"][0].update(weight="may"), "criteria.0.label_window.weight:"),
        (
            lambda draft: _criterion(draft, "audience")["parameters"].update(accepted=["cats"]),
            "criteria.1.audience.parameters.accepted.0:",
        ),
        (
            lambda draft: _criterion(draft, "relevance")["parameters"].update(refuse_below=0.9),
            "refuse_below 0.9 is above accept_from",
        ),
        (
            lambda draft: _criterion(draft, "completeness")["parameters"]["title_characters"].update(minimum=500),
            "minimum 500 is above maximum",
        ),
    ],
)
def test_a_wrong_field_is_named(draft, change, field):
    change(draft)
    assert field in _errors(draft)


@pytest.mark.parametrize("content", [None, [], "charter", {"criteria": [1, {"parameters": 2}]}])
def test_something_else_is_not_a_charter(content):
    with pytest.raises(CharterInvalidError):
        charter_from(with_lexicon(content, source="x.yaml"), source="x.yaml")


def test_an_unknown_lexicon_is_named():
    content = {"criteria": [{"criterion": "relevance", "parameters": {"lexicon": "poesie-1"}}]}
    with pytest.raises(CharterInvalidError, match="lexicon 'poesie-1' is unknown; known are industrie-1"):
        with_lexicon(content, source="x.yaml")


def test_terms_with_the_same_stems_need_the_same_weight(draft):
    groups = _criterion(draft, "relevance")["parameters"]["lexicon"]["groups"]
    groups.append({"subject": "mistake", "weight": -3, "terms": ["usines"]})
    assert "'usines' (-3) and 'usine' (3) have the same stems" in _errors(draft)


def test_a_term_of_small_words_is_refused(draft):
    groups = _criterion(draft, "relevance")["parameters"]["lexicon"]["groups"]
    groups.append({"subject": "mistake", "weight": -3, "terms": ["de la"]})
    assert "no meaning left in 'de la'" in _errors(draft)
