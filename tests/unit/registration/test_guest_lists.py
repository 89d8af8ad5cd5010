"""Rules of guest lists: who may sign up, and who is the same person."""

import pytest
from pydantic import ValidationError

from registration.guest_lists.content import Attendance, SignUp
from registration.guest_lists.persons import address_of

_PERSON = {"name": "Camille Moreau", "email": "camille@example.org"}


@pytest.mark.parametrize(
    "changes", [{}, {"people": 1}, {"kind": "group", "people": 1}, {"kind": "group", "people": 90}]
)
def test_a_person_is_one_and_a_group_any_number(changes):
    SignUp.model_validate(_PERSON | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"people": 2},
        {"people": True},
        {"kind": "group", "people": 0},
        {"kind": "group", "people": 1.5},
        {"kind": "group", "people": 100_001},
        {"email": "camille@example"},
        {"email": "camille@example.org, moreau@example.org"},
        {"email": "Camille <camille@example.org>"},
        {"name": ""},
        {"language": "de"},
        {"newsletter": False},
    ],
)
def test_who_cannot_sign_up(changes):
    with pytest.raises(ValidationError):
        SignUp.model_validate(_PERSON | changes)


@pytest.mark.parametrize("people", [-1, 1_000_001, True, None])
def test_how_many_cannot_have_come(people):
    with pytest.raises(ValidationError):
        Attendance.model_validate({"people": people})


@pytest.mark.parametrize(
    ("one", "other"),
    [("Camille@Example.org", "camille@example.org"), ("ΝΊΚΟΣ@x.gr", "νίκος@x.gr"), ("STRASSE@x.de", "straße@x.de")],
)
def test_case_makes_no_other_person(one, other):
    assert address_of(one) == address_of(other)
    assert address_of(one) != address_of(f"x{other}")
