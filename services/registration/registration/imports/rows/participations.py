"""Rows of sign-ups: JSON lines straight into slots, as there may be a million of them."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from registration.events.content import contains_nul
from registration.imports.reading import NUL, RowProblem
from registration.imports.rows.parsed import Parsed
from registration.imports.rows.problems import problems_of
from shared.contracts.base import Bilingual, EmailAddress, Language


def _absent_when_empty(default: Any) -> BeforeValidator:
    """Exports write null or an empty text for what they do not have."""
    return BeforeValidator(lambda value: value or default)


@dataclass(slots=True, config=ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True))
class ParticipationRow:
    """A sign-up: one person, or a group. `event`: id or reference; `reference`: the importer's id of the sign-up."""

    event: Annotated[str, Field(min_length=1, max_length=100)]
    reference: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    kind: Literal["person", "group"] = "person"
    people: Annotated[int, Field(ge=1, le=100_000)] = 1
    name: Annotated[str, _absent_when_empty(""), Field(max_length=200)] = ""
    email: Annotated[EmailAddress | None, _absent_when_empty(None)] = None
    language: Annotated[Language, _absent_when_empty("fr")] = "fr"


_validate = TypeAdapter(ParticipationRow).validator.validate_json


def parse_participations(lines: Iterable[tuple[int, bytes]]) -> Parsed[ParticipationRow]:
    """The sign-ups of a batch of JSON lines."""
    rows: list[tuple[int, ParticipationRow]] = []
    problems: list[RowProblem] = []
    for line, data in lines:
        if contains_nul(data):
            problems.append(RowProblem(line, None, NUL))
            continue
        try:
            row: ParticipationRow = _validate(data)
        except ValidationError as error:
            problems += problems_of(line, error)
            continue
        if row.kind == "person" and row.people != 1:
            problems.append(
                RowProblem(
                    line,
                    "people",
                    Bilingual(
                        fr="une personne compte pour 1 : écrivez 1, ou group comme kind",
                        en="a person counts as 1: write 1, or the kind group",
                    ),
                )
            )
        elif row.reference is None and row.email is None:
            reason = Bilingual(
                fr="ni reference ni email : "
                "donnez l’une ou l’autre, qui distingue une répétition d’une nouvelle inscription",
                en="neither reference nor email: give one, as it tells a repetition from a new sign-up",
            )
            problems.append(RowProblem(line, "reference", reason))
        else:
            rows.append((line, row))
    return Parsed(rows, problems)
