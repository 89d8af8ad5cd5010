"""The stream reader of bulk imports: a request's body, in chunks, into batches of rows with bounded memory."""

from registration.imports.reading.outcome import (
    NUL,
    Batch,
    Cells,
    ColumnProblem,
    ImportRefused,
    Layout,
    Limits,
    RowProblem,
)
from registration.imports.reading.stream import read_batches, read_lines

__all__ = [
    "NUL",
    "Batch",
    "Cells",
    "ColumnProblem",
    "ImportRefused",
    "Layout",
    "Limits",
    "RowProblem",
    "read_batches",
    "read_lines",
]
