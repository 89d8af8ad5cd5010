"""Charters as they are sent: YAML or JSON, checked, and unable to harm."""

import json
from importlib.resources import files

import pytest
from fastapi.exceptions import RequestValidationError

from labelling.charters.drafts import draft
from shared.runtime.http.problems import Problem

_FILE = files("labelling.charters").joinpath("2020.yaml").read_bytes()


def test_yaml_may_name_a_lexicon_of_the_service(charter):
    assert draft(_FILE) == charter


def test_json_says_the_same(charter):
    assert draft(charter.model_dump_json().encode()) == charter


def test_an_unknown_lexicon_is_named():
    with pytest.raises(Problem) as raised:
        draft(_FILE.replace(b"lexicon: industrie-1", b"lexicon: poesie-1"))
    assert raised.value.status == 422
    assert "known are industrie-1" in raised.value.errors[0].detail


def test_a_wrong_field_is_named():
    with pytest.raises(RequestValidationError) as raised:
        draft(_FILE.replace(b"review_working_days: 4", b"review_working_days: many"))
    assert [each["loc"] for each in raised.value.errors()] == [("body", "review_working_days")]


_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "nested more than"),
        (_BOMB.encode(), "alias *a"),
        (b"a: *nowhere", "alias *nowhere"),
        (b"{a: b", "neither YAML nor JSON"),
        (b"\xff\xfe\x00", "neither YAML nor JSON"),
        (b"!!python/object/apply:os.system ['true']", "neither YAML nor JSON"),
        (b"a: !!int ''", "neither YAML nor JSON"),
        (b"a: !!bool maybe", "neither YAML nor JSON"),
        (b"a: 2020-99-99", "neither YAML nor JSON"),
        (b'"\\ud800"', "neither YAML nor JSON"),
    ],
)
def test_what_is_no_charter_is_refused(content, said):
    with pytest.raises(Problem) as raised:
        draft(content)
    assert said in raised.value.errors[0].detail


@pytest.mark.parametrize("content", [b"", b"null", b"[]", json.dumps("charter").encode(), b"a: 1\na: 2"])
def test_something_else_is_refused_by_its_fields(content):
    with pytest.raises((RequestValidationError, Problem)):
        draft(content)
