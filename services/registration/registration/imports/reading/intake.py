"""Unpacked pieces of a file through decoding, line splitting and parsing, into batches."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol

from registration.imports.reading.compression import Ending
from registration.imports.reading.formats import UTF_8_MARK
from registration.imports.reading.lines import Found, Lines, LineSplitter
from registration.imports.reading.outcome import Batch, Data, Limits, RowProblem
from shared.contracts.base import Bilingual

ENDINGS = {
    Ending.CUT: Bilingual(
        fr="le fichier finit au milieu : les lignes d’avant ont été lues, envoyez-le entier",
        en="the file ends in the middle: the rows before were read, send it again whole",
    ),
    Ending.DAMAGED: Bilingual(
        fr="le fichier compressé est abîmé à partir d’ici : les lignes d’avant ont été lues, renvoyez-le recompressé",
        en="the compressed file is damaged from here: the rows before were read, compress and send it again",
    ),
}


class Parser(Protocol[Data]):
    def feed(self, found: Lines, batch: Batch[Data]) -> None: ...

    def skipped(self, problem: RowProblem, batch: Batch[Data]) -> None: ...

    def finish(self, batch: Batch[Data]) -> None: ...


class Intake(Generic[Data]):
    """`encoding` is the codec of a file that is not UTF-8: one byte, one character."""

    def __init__(self, *, parser: Parser[Data], encoding: str | None, limits: Limits) -> None:
        self._parser = parser
        self._encoding = encoding
        self._limits = limits
        self._splitter = LineSplitter(limit=limits.line_bytes, at_once=limits.batch_rows)
        self._batch: Batch[Data] = Batch()
        self._held_bytes = 0
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[Batch[Data]]:
        text = self._decoded(piece)
        self._held_bytes += len(text)
        yield from self._parse(self._splitter.feed(text))
        if self._held_bytes >= self._limits.batch_bytes:
            yield from self._flush()

    def finish(self, ending: Ending) -> Iterator[Batch[Data]]:
        """A last line without line feed counts, unless the file is known to be cut there."""
        if ending is Ending.WHOLE:
            yield from self._parse(self._splitter.finish())
        self._parser.finish(self._batch)
        if ending is not Ending.WHOLE:
            self._batch.problems.append(RowProblem(self._splitter.number, None, ENDINGS[ending]))
        yield from self._flush()

    def _decoded(self, piece: bytes) -> bytes:
        if not self._begun:
            self._begun = True
            if piece.startswith(UTF_8_MARK):
                self._encoding = None
                return piece.removeprefix(UTF_8_MARK)
        if self._encoding is None:
            return piece
        # A byte that the encoding does not know stays as it is, and the row's own check tells.
        return piece.decode(self._encoding, "surrogateescape").encode("utf-8", "surrogateescape")

    def _parse(self, found: Iterable[Found]) -> Iterator[Batch[Data]]:
        for each in found:
            if isinstance(each, RowProblem):
                self._parser.skipped(each, self._batch)
            else:
                if len(self._batch) + len(each.lines) > self._limits.batch_rows:
                    yield from self._flush()
                self._parser.feed(each, self._batch)

    def _flush(self) -> Iterator[Batch[Data]]:
        self._held_bytes = 0
        if len(self._batch):
            full, self._batch = self._batch, Batch()
            yield full
