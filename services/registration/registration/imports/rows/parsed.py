"""A batch after validation."""

from typing import Generic, NamedTuple, TypeVar

from registration.imports.reading import RowProblem

Row = TypeVar("Row")


class Parsed(NamedTuple, Generic[Row]):
    """Good rows with their lines, and what is wrong with the others."""

    rows: list[tuple[int, Row]]
    problems: list[RowProblem]
