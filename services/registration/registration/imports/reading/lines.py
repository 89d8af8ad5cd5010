"""Bytes into numbered lines; a line beyond the limit is passed over without being held."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, TypeAlias

from registration.imports.reading.outcome import RowProblem
from shared.contracts.base import Bilingual


class Lines(NamedTuple):
    """Consecutive lines without their line feeds; `first` is the number of the first."""

    first: int
    lines: list[bytes]


Found: TypeAlias = Lines | RowProblem


class LineSplitter:
    """Cuts at line feeds alone. Holds one line at most, and never more than `limit` bytes of it."""

    def __init__(self, *, limit: int, at_once: int) -> None:
        """`at_once`: lines that come together at most."""
        self._limit = limit
        self._at_once = at_once
        self._number = 1
        self._tail = b""
        self._skipping = False

    @property
    def number(self) -> int:
        """The line that has been begun."""
        return self._number

    def feed(self, piece: bytes) -> Iterator[Found]:
        rest = self._after_skipped(piece) if self._skipping else piece
        if rest is None:
            return
        lines = (self._tail + rest).split(b"\n")
        self._tail = lines.pop()
        yield from self._within_limit(lines)
        if len(self._tail) > self._limit:
            self._tail, self._skipping = b"", True
            yield self._too_long(self._number)

    def finish(self) -> Iterator[Found]:
        """The last line, if no line feed ended it."""
        if self._tail:
            yield Lines(self._number, [self._tail])

    def _after_skipped(self, piece: bytes) -> bytes | None:
        end = piece.find(b"\n")
        if end < 0:
            return None
        self._skipping = False
        self._number += 1
        return piece[end + 1 :]

    def _within_limit(self, lines: list[bytes]) -> Iterator[Found]:
        remaining = iter(lines)
        while part := list(islice(remaining, self._at_once)):
            first = self._number
            self._number += len(part)
            if max(map(len, part)) <= self._limit:
                yield Lines(first, part)
            else:
                yield from self._around_long_ones(first, part)

    def _around_long_ones(self, first: int, lines: list[bytes]) -> Iterator[Found]:
        begin = 0
        for index, line in enumerate(lines):
            if len(line) > self._limit:
                if index > begin:
                    yield Lines(first + begin, lines[begin:index])
                yield self._too_long(first + index)
                begin = index + 1
        if begin < len(lines):
            yield Lines(first + begin, lines[begin:])

    def _too_long(self, number: int) -> RowProblem:
        grouped = f"{self._limit:,}"
        return RowProblem(
            number,
            None,
            Bilingual(
                fr=f"la ligne dépasse {grouped.replace(',', ' ')} octets et n’a pas été lue : raccourcissez-la",
                en=f"the line is longer than {grouped} bytes and was not read: shorten it",
            ),
        )
