"""Rows of events: the platform's own format in JSON or CSV, and OpenAgenda's export in either."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from registration.events.content import EventContent, Line
from registration.imports.reading import Cells, RowProblem
from registration.imports.rows import flat_events, open_agenda
from registration.imports.rows.mapped import Mapped
from registration.imports.rows.parsed import Parsed
from registration.imports.rows.problems import AT_MOST, NO_OBJECT, broken_json, problems_of
from registration.organisers.domain import OrganiserContent
from shared.contracts.base import Bilingual

Model = TypeVar("Model", bound=BaseModel)


class ImportedContent(EventContent):
    """An event that can be recognised when its file is sent again."""

    reference: Annotated[Line, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event to submit or amend; `withdrawn`: to withdraw. No `organiser`: the import names the one of all rows."""

    content: ImportedContent
    organiser: OrganiserContent | None
    withdrawn: bool = False


def parse_events(rows: Iterable[tuple[int, bytes | Cells]]) -> Parsed[EventRow]:
    """The events of a batch of JSON lines or CSV rows."""
    parsed: Parsed[EventRow] = Parsed([], [])
    for line, data in rows:
        row = event_of(line, data)
        if isinstance(row, EventRow):
            parsed.rows.append((line, row))
        else:
            parsed.problems.extend(row[:AT_MOST])
    return parsed


def event_of(line: int, data: bytes | Cells) -> EventRow | list[RowProblem]:
    """One row, or all that is wrong with it."""
    mapped = _from_cells(data) if isinstance(data, dict) else _from_json(data)
    if isinstance(mapped, Bilingual):
        return [RowProblem(line, None, mapped)]
    check = _Check(line, mapped)
    content = check.validated(ImportedContent, mapped.content)
    organiser = check.validated(OrganiserContent, mapped.organiser, "organiser.") if mapped.organiser else None
    if content is None or check.problems:
        return check.problems
    return EventRow(content=content, organiser=organiser, withdrawn=mapped.withdrawn)


class _Check:
    """What is wrong with a row: first what could not be mapped, then what is not valid in the other columns."""

    def __init__(self, line: int, mapped: Mapped) -> None:
        self._line = line
        self._mapped = mapped
        self.problems = [RowProblem(line, column, reason) for column, reason in mapped.faults.items()]

    def validated(self, model: type[Model], values: object, prefix: str = "") -> Model | None:
        """The model, or None and its problems added."""
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for found in problems_of(self._line, error):
                column = self._mapped.column_of(f"{prefix}{found.field or ''}".rstrip(".")) or None
                if column not in self._mapped.faults:
                    self.problems.append(found._replace(field=column))
            return None


def _from_cells(cells: Cells) -> Mapped:
    return open_agenda.mapped(cells) if open_agenda.MARK in cells else flat_events.mapped(cells)


def _from_json(data: bytes) -> Mapped | Bilingual:
    try:
        values: Mapping[str, Any] = from_json(data)
    except ValueError as error:
        return broken_json(str(error))
    if not isinstance(values, dict):
        return NO_OBJECT
    if open_agenda.MARK in values:
        return open_agenda.mapped(values)
    return Mapped(content=values, organiser=values.pop("organiser", None))
