"""CSV into rows by column name, fed block by block."""

import io
import re
from collections.abc import Sequence

from registration.imports.reading.columns import Columns
from registration.imports.reading.csv_records import Fault, Record, Records
from registration.imports.reading.lines import Lines
from registration.imports.reading.outcome import NUL, Batch, Cells, ImportRefused, Layout, Limits, RowProblem, not_utf_8
from shared.contracts.base import Bilingual

SEPARATORS = ",;\t"
UNREADABLE = re.compile("[\0\udc80-\udcff]")
"""NUL, and bytes that are not UTF-8 as `surrogateescape` decodes them: quotes and separators can still be found."""


class CsvRows:
    """Keeps a record that has begun in one block and goes on in the next."""

    def __init__(self, *, layouts: Sequence[Layout], limits: Limits) -> None:
        self._layouts = layouts
        self._limits = limits
        self._columns: Columns | None = None
        self._separator = ""
        self._first = 1
        self._lines: list[str] = []
        self._clean = True

    def feed(self, found: Lines, batch: Batch[Cells]) -> None:
        """Rows that are complete. ImportRefused if the first is no header."""
        if not self._lines:
            self._first, self._clean = found.first, True
        self._lines += self._decoded(found.lines)
        self._parse(batch, last=False)

    def skipped(self, problem: RowProblem, batch: Batch[Cells]) -> None:
        self._parse(batch, last=True)
        if self._columns is None:
            raise ImportRefused(
                fr="La ligne d’en-tête est trop longue : commencez le fichier par les noms des colonnes.",
                en="The header line is too long: begin the file with the columns' names.",
            )
        batch.problems.append(problem)

    def finish(self, batch: Batch[Cells]) -> None:
        self._parse(batch, last=True)

    def _decoded(self, lines: list[bytes]) -> list[str]:
        block = b"\n".join([*lines, b""])
        try:
            text = block.decode()
            self._clean = self._clean and "\0" not in text
        except UnicodeDecodeError:
            text = block.decode(errors="surrogateescape")
            self._clean = False
        return list(io.StringIO(text, newline="\n"))

    def _parse(self, batch: Batch[Cells], *, last: bool) -> None:
        self._separator = self._separator or _separator_of(self._lines)
        records = Records(
            self._lines,
            separator=self._separator or SEPARATORS[0],
            limit=self._limits.line_bytes,
            last=last,
        )
        for index, record in records:
            if record:
                self._take(self._first + index, record, batch)
        self._first += len(self._lines) - len(records.unfinished)
        self._lines = records.unfinished

    def _take(self, line: int, record: Record | Fault, batch: Batch[Cells]) -> None:
        if isinstance(record, Fault):
            self._refuse_header(record)
            batch.problems.append(RowProblem(line, None, record))
        elif not self._clean and (match := _unreadable(record)):
            self._refuse_header(match[1])
            batch.problems.append(RowProblem(line, self._name(match[0]), match[1]))
        elif any(record):
            self._row(line, record, batch)

    def _row(self, line: int, record: Record, batch: Batch[Cells]) -> None:
        if self._columns is None:
            self._columns = Columns(names=record, layouts=self._layouts, limit=self._limits.columns)
            batch.problems += self._columns.unknown(line)
            return
        cells = self._columns.cells(record)
        if isinstance(cells, Fault):
            batch.problems.append(RowProblem(line, None, cells))
        else:
            batch.rows.append((line, cells))

    def _refuse_header(self, reason: Bilingual) -> None:
        if self._columns is None:
            raise ImportRefused(
                fr=f"La ligne d’en-tête est illisible ({reason.fr}) : corrigez-la.",
                en=f"The header line cannot be read ({reason.en}): correct it.",
            )

    def _name(self, index: int) -> str | None:
        names = self._columns.names if self._columns else []
        return names[index] if index < len(names) else None


def _separator_of(lines: list[str]) -> str:
    """The most frequent candidate outside quotes, in the first line that is not blank."""
    header = next((line for line in lines if line.strip()), "")
    bare = re.sub('"[^"]*"', "", header)
    return max(SEPARATORS, key=bare.count) if header else ""


def _unreadable(record: Record) -> tuple[int, Bilingual] | None:
    """Index of the first such cell, and what to do about it."""
    for index, cell in enumerate(record):
        match = UNREADABLE.search(cell)
        if match and match[0] == "\0":
            return index, NUL
        if match:
            byte = ord(match[0]) - 0xDC00
            return index, not_utf_8(character=match.start() + 1, byte=byte)
    return None
