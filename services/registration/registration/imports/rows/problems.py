"""What Pydantic finds wrong with a row, as field and remedy."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registration.imports.reading import RowProblem
from shared.contracts.base import Bilingual, BrokenRule

AT_MOST = 10
"""Problems told of one row."""

_FORMATS: Mapping[str, Bilingual] = {
    "email": Bilingual(
        fr="ce n’est pas une adresse e-mail : écrivez-la comme nom@exemple.org",
        en="it is not an e-mail address: write it as name@example.org",
    ),
    "postcode": Bilingual(
        fr="ce n’est pas un code postal français : écrivez cinq chiffres",
        en="it is not a French postcode: write five digits",
    ),
    "url": Bilingual(
        fr="ce n’est pas une adresse web : écrivez https:// devant",
        en="it is not a web address: write it with https:// before it",
    ),
    "siret": Bilingual(
        fr="ce n’est pas un SIRET : écrivez ses 14 chiffres", en="it is not a SIRET: write its 14 digits"
    ),
    "uai": Bilingual(
        fr="ce n’est pas un UAI : écrivez sept chiffres et une lettre",
        en="it is not a UAI: write seven digits and a letter",
    ),
    "rna": Bilingual(
        fr="ce n’est pas un RNA : écrivez W et neuf chiffres (en Corse W2A ou W2B et sept)",
        en="it is not an RNA: write W and nine digits (in Corsica W2A or W2B and seven)",
    ),
}
_FORM = Bilingual(fr="la forme n’est pas la bonne : corrigez-la", en="it has not the right form: correct it")
_DATE = Bilingual(
    fr="ce n’est pas une date avec une heure : écrivez-la comme 2020-03-31T09:00",
    en="it is not a date and time: write it as 2020-03-31T09:00",
)
_NUMBER = Bilingual(
    fr="ce n’est pas un nombre entier : écrivez-le en chiffres", en="it is not a whole number: write it in digits"
)
_DECIMAL = Bilingual(fr="ce n’est pas un nombre : écrivez-le comme 47.2", en="it is not a number: write it as 47.2")
_UNKNOWN = Bilingual(
    fr="ce champ n’est pas connu : supprimez-le, ou corrigez son nom",
    en="it is not known: remove it, or correct its name",
)
_NO_FIELDS = Bilingual(
    fr="ce n’est pas un objet : écrivez-le entre accolades, avec ses champs par leur nom",
    en="it is not an object: write it in curly brackets, with its fields by name",
)
NO_OBJECT = Bilingual(
    fr="ce n’est pas un objet : écrivez un objet par ligne, avec ses champs par leur nom",
    en="it is not an object: write one object per line, with its fields by name",
)
_CUT_OFF = Bilingual(
    fr="la ligne finit au milieu de l’objet : écrivez chaque objet sur une ligne, et envoyez le fichier entier",
    en="the line ends in the middle of the object: write each object on one line, and send the file whole",
)

SAID: Mapping[str, Bilingual] = {
    "missing": Bilingual(fr="il manque : ajoutez-le", en="it is missing: add it"),
    "extra_forbidden": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "string_too_short": Bilingual(
        fr="c’est trop court ; caractères au moins : {min_length}",
        en="it is too short: write at least {min_length} characters",
    ),
    "string_too_long": Bilingual(
        fr="c’est trop long : écrivez au plus {max_length} caractères",
        en="it is too long: write at most {max_length} characters",
    ),
    "too_short": Bilingual(
        fr="il n’y en a pas assez : donnez-en au moins {min_length}",
        en="there are too few: give at least {min_length}",
    ),
    "too_long": Bilingual(
        fr="il y en a trop : donnez-en au plus {max_length}", en="there are too many: give at most {max_length}"
    ),
    "greater_than_equal": Bilingual(
        fr="c’est trop petit : donnez au moins {ge}", en="it is too small: give at least {ge}"
    ),
    "less_than_equal": Bilingual(fr="c’est trop grand : donnez au plus {le}", en="it is too large: give at most {le}"),
    "literal_error": Bilingual(
        fr="cette valeur n’est pas connue : écrivez l’une de celles-ci : {expected}",
        en="it is not a known value: write one of {expected}",
    ),
    "string_type": Bilingual(
        fr="ce n’est pas un texte : écrivez-le entre guillemets", en="it is not text: write it in quotes"
    ),
    "list_type": Bilingual(
        fr="ce n’est pas une liste : écrivez-la entre crochets", en="it is not a list: write it in square brackets"
    ),
    "model_type": _NO_FIELDS,
    "model_attributes_type": _NO_FIELDS,
    "dataclass_type": NO_OBJECT,
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _NUMBER),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _DECIMAL),
}
"""By Pydantic's kind of error; in braces what its context has."""


def problems_of(line: int, error: ValidationError) -> list[RowProblem]:
    """All that is wrong with a row, by field (`slots.0.begin`); at most 10."""
    return [_problem(line, each) for each in error.errors(include_url=False, include_context=True)[:AT_MOST]]


def _problem(line: int, error: ErrorDetails) -> RowProblem:
    field = ".".join(map(str, error["loc"])) or None
    rule = error.get("ctx", {}).get("error")
    if isinstance(rule, BrokenRule):
        return RowProblem(line, field or rule.field, rule.words)
    return RowProblem(line, field, _reason(error))


def _reason(error: ErrorDetails) -> Bilingual:
    kind = error["type"]
    if kind in SAID:
        return _filled(SAID[kind], error.get("ctx", {}))
    if kind == "string_pattern_mismatch":
        return _FORMATS.get(str(error["loc"][-1]), _FORM)
    if kind == "json_invalid":
        return broken_json(error["msg"])
    if kind.startswith("datetime"):
        return _DATE
    said = error["msg"].removeprefix("Value error, ")
    return Bilingual(fr=f"{_FORM.fr} ({said})", en=f"{said[:1].lower()}{said[1:]}: correct it")


def _filled(words: Bilingual, context: Mapping[str, Any]) -> Bilingual:
    if "{" not in words.en:
        return words
    choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    limits = {name: f"{value:,}" for name, value in context.items() if isinstance(value, int | float)}
    french = {name: value.replace(",", "\u202f") for name, value in limits.items()}
    return Bilingual(fr=words.fr.format(expected=choices, **french), en=words.en.format(expected=choices, **limits))


def broken_json(message: str) -> Bilingual:
    """From the JSON parser's message to what to do."""
    if "EOF" in message:
        return _CUT_OFF
    place = message.rpartition(" column ")[2]
    return Bilingual(
        fr=f"ce n’est pas du JSON valable au caractère {place} : écrivez un objet par ligne",
        en=f"it is not valid JSON at character {place}: write one object per line",
    )
