"""
Records of CSV from the standard library's reader, with the line each begins at.

The reader is strict: it raises when the lines end inside quotes, and the record it had begun is left for the next time.
Where quotes go wrong over several lines it is most often one forgotten quote: only the first line is given up, and
reading goes on with the second.
"""

import csv
from collections.abc import Iterator
from typing import TypeAlias

from shared.contracts.base import Bilingual

Record: TypeAlias = list[str]
Fault: TypeAlias = Bilingual

_BLANK = ("\n", "\r\n")

TOO_LONG = Bilingual(
    fr="la ligne ne finit pas dans la longueur permise : fermez le guillemet ouvert, ou raccourcissez-la",
    en="the row does not end within the limit of length: close the quote that was opened, or shorten the row",
)
UNFINISHED = Bilingual(
    fr="le fichier finit dans une cellule entre guillemets : fermez le guillemet, ou envoyez le fichier entier",
    en="the file ends inside a quoted cell: close the quote, or send the file whole",
)


class Records:
    """Iterates once over `lines` (each with its line feed), as far as records are complete."""

    def __init__(self, lines: list[str], *, separator: str, limit: int, last: bool) -> None:
        """`limit`: characters of a record of several lines. `last`: no more lines will come."""
        self._lines = lines
        self._limit = limit
        self._last = last
        self._separator = separator
        self._reader = self._read_from(0)
        self.unfinished: list[str] = []
        """Lines of a record that has begun and not ended."""

    def __iter__(self) -> Iterator[tuple[int, Record | Fault]]:
        """Records with the index of the line they begin at."""
        while (start := self._after_blank_lines()) < len(self._lines):
            record = self._read()
            if self._exhausted and not self._last and self._size(start) <= self._limit:
                self.unfinished = self._lines[start:]
                return
            if self._size(start) > self._limit:
                record = TOO_LONG
            if isinstance(record, Fault):
                self._reader = self._read_from(start + 1)
            yield start, record

    def _read_from(self, position: int) -> Iterator[Record]:
        self._position, self._exhausted = position, False
        return csv.reader(iter(self._next_line, None), delimiter=self._separator, strict=True)

    def _read(self) -> Record | Fault:
        try:
            return next(self._reader)
        except csv.Error as error:
            return UNFINISHED if self._exhausted else _fault(error)

    def _after_blank_lines(self) -> int:
        """The position, moved past blank lines: a file of millions of them must not take minutes."""
        lines, position = self._lines, self._position
        while position < len(lines) and lines[position] in _BLANK:
            position += 1
        self._position = position
        return position

    def _next_line(self) -> str:
        if self._position >= len(self._lines):
            self._exhausted = True
            raise StopIteration
        self._position += 1
        return self._lines[self._position - 1]

    def _size(self, start: int) -> int:
        """Characters since `start`; a single line has been measured before."""
        if self._position - start <= 1:
            return 0
        return sum(map(len, self._lines[start : self._position]))


def _fault(error: csv.Error) -> Fault:
    message = str(error)
    if "new-line character" in message:
        return Bilingual(
            fr="il y a un retour chariot hors des guillemets : finissez les lignes par un saut de ligne",
            en="the row contains a carriage return outside quotes: end lines with a line feed",
        )
    if "field larger" in message:
        return Bilingual(
            fr="une cellule dépasse 131 072 caractères : raccourcissez-la",
            en="a cell is longer than 131,072 characters: shorten it",
        )
    return Bilingual(
        fr="une cellule continue après son guillemet fermant : doublez les guillemets à l’intérieur d’une cellule",
        en="a quoted cell goes on after its closing quote: double the quotes inside a cell",
    )
