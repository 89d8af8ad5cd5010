"""What Pydantic finds wrong with a row, as field and remedy."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registration.imports.reading import RowProblem

AT_MOST = 10
"""Problems told of one row."""

_FIELD_FIRST = re.compile(r"([a-z_]+): (.+)", re.DOTALL)
"""How a rule about several fields names the one to correct."""

_FORMATS: Mapping[str, str] = {
    "email": "it is not an e-mail address: write it as name@example.org",
    "postcode": "it is not a French postcode: write five digits",
    "url": "it is not a web address: write it with https:// before it",
    "siret": "it is not a SIRET: write its 14 digits",
    "uai": "it is not a UAI: write seven digits and a letter",
    "rna": "it is not an RNA: write W and nine digits (in Corsica W2A or W2B and seven)",
}
_DATE = "it is not a date and time: write it as 2020-03-31T09:00"
_NUMBER = "it is not a whole number: write it in digits"
_DECIMAL = "it is not a number: write it as 47.2"

Explain: TypeAlias = Callable[[ErrorDetails], str]

_REASONS: Mapping[str, Explain] = {
    "missing": lambda _: "it is missing: add it",
    "extra_forbidden": lambda _: "it is not known: remove it, or correct its name",
    "unexpected_keyword_argument": lambda _: "it is not known: remove it, or correct its name",
    "string_too_short": lambda error: f"it is too short: write at least {_limit(error, 'min_length')} characters",
    "string_too_long": lambda error: f"it is too long: write at most {_limit(error, 'max_length')} characters",
    "too_short": lambda error: f"there are too few: give at least {_limit(error, 'min_length')}",
    "too_long": lambda error: f"there are too many: give at most {_limit(error, 'max_length')}",
    "greater_than_equal": lambda error: f"it is too small: give at least {_limit(error, 'ge')}",
    "less_than_equal": lambda error: f"it is too large: give at most {_limit(error, 'le')}",
    "literal_error": lambda error: f"it is not a known value: write one of {_choices(error)}",
    "value_error": lambda error: error["msg"].removeprefix("Value error, "),
    "json_invalid": lambda error: broken_json(error["msg"]),
    "string_pattern_mismatch": lambda error: _FORMATS.get(_name(error), "it has not the right form: correct it"),
    "string_type": lambda _: "it is not text: write it in quotes",
    "list_type": lambda _: "it is not a list: write it in square brackets",
    "model_type": lambda _: "it is not an object: write it in curly brackets, with its fields by name",
    "model_attributes_type": lambda _: "it is not an object: write it in curly brackets, with its fields by name",
    "dataclass_type": lambda _: "it is not an object: write one object per line, with its fields by name",
    "int_type": lambda _: _NUMBER,
    "int_parsing": lambda _: _NUMBER,
    "int_parsing_size": lambda _: _NUMBER,
    "int_from_float": lambda _: _NUMBER,
    "float_type": lambda _: _DECIMAL,
    "float_parsing": lambda _: _DECIMAL,
    "finite_number": lambda _: _DECIMAL,
}


def problems_of(line: int, error: ValidationError) -> list[RowProblem]:
    """All that is wrong with a row, by field (`slots.0.begin`); at most 10."""
    return [_problem(line, each) for each in error.errors(include_url=False, include_context=True)[:AT_MOST]]


def _problem(line: int, error: ErrorDetails) -> RowProblem:
    field = ".".join(map(str, error["loc"])) or None
    reason = _reason(error)
    if field is None and (match := _FIELD_FIRST.fullmatch(reason)):
        return RowProblem(line, match[1], match[2])
    return RowProblem(line, field, reason)


def _reason(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in _REASONS:
        return _REASONS[kind](error)
    if kind.startswith("datetime"):
        return _DATE
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}: correct it"


def _name(error: ErrorDetails) -> str:
    return str(error["loc"][-1]) if error["loc"] else ""


def _limit(error: ErrorDetails, name: str) -> str:
    return f"{error['ctx'][name]:,}"


def _choices(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")


def broken_json(message: str) -> str:
    """From the JSON parser's message to what to do."""
    if "EOF" in message:
        return "the line ends in the middle of the object: write each object on one line, and send the file whole"
    place = message.rpartition(" column ")[2]
    return f"it is not valid JSON at character {place}: write one object per line"
