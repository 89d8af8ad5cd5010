"""From the chunks of a request's body to batches of rows, holding a few pieces and one batch at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from registration.imports.reading.compression import Ending, Unpacker, unpacker_for
from registration.imports.reading.csv_rows import CsvRows
from registration.imports.reading.formats import format_of, single_byte_encoding
from registration.imports.reading.intake import Intake
from registration.imports.reading.json_lines import JsonLines
from registration.imports.reading.outcome import Batch, Cells, ImportRefused, Layout, Limits
from registration.imports.reading.pieces import pieces_of

BEGINNING = 4096
"""Bytes looked at to tell the format."""


async def read_lines(
    *,
    chunks: AsyncIterator[bytes],
    content_type: str | None = None,
    content_encoding: str | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Batch[bytes]]:
    """Batches of a file of JSON lines. ImportRefused for any other file, or when a limit is reached on the way."""
    limits = limits or Limits()
    encoding = single_byte_encoding(content_type)

    def begin(beginning: bytes) -> Intake[bytes]:
        if format_of(content_type=content_type, beginning=beginning) == "csv":
            raise ImportRefused(
                fr="Seules des lignes JSON sont acceptées ici : envoyez un objet par ligne, en application/x-ndjson.",
                en="Only JSON lines are accepted here: send one object per line, as application/x-ndjson.",
            )
        return Intake(parser=JsonLines(), encoding=encoding, limits=limits)

    async for batch in _batches(_Body(chunks, content_encoding, limits), begin):
        yield batch


async def read_batches(
    *,
    chunks: AsyncIterator[bytes],
    layouts: Sequence[Layout],
    content_type: str | None = None,
    content_encoding: str | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Batch[bytes] | Batch[Cells]]:
    """Batches of a file of JSON lines or CSV. ImportRefused for any other, or when a limit is reached on the way."""
    limits = limits or Limits()
    encoding = single_byte_encoding(content_type)

    def begin(beginning: bytes) -> Intake[bytes] | Intake[Cells]:
        if format_of(content_type=content_type, beginning=beginning) == "csv":
            return Intake(parser=CsvRows(layouts=layouts, limits=limits), encoding=encoding, limits=limits)
        return Intake(parser=JsonLines(), encoding=encoding, limits=limits)

    async for batch in _batches(_Body(chunks, content_encoding, limits), begin):
        yield batch


async def _batches(body: "_Body", begin: Callable[[bytes], Intake[Any]]) -> AsyncIterator[Batch[Any]]:
    intake: Intake[Any] | None = None
    async for piece in body.pieces():
        intake = intake or begin(piece)
        for batch in intake.feed(piece):
            yield batch
        await asyncio.sleep(0)  # a gigabyte may pass without a batch to yield
    if intake is None:
        raise ImportRefused(
            fr="Le fichier est vide : envoyez-le avec ses lignes.", en="The file is empty: send the rows as the body."
        )
    for batch in intake.finish(body.ending):
        yield batch


class _Body:
    """The body unpacked; the first piece is long enough to tell what it is."""

    def __init__(self, chunks: AsyncIterator[bytes], content_encoding: str | None, limits: Limits) -> None:
        self._chunks = chunks
        self._content_encoding = content_encoding
        self._limits = limits
        self._unpacker: Unpacker | None = None

    @property
    def ending(self) -> Ending:
        """How it ended, once all pieces have been read."""
        return self._unpacker.ending if self._unpacker else Ending.WHOLE

    async def pieces(self) -> AsyncIterator[bytes]:
        beginning = b""
        begun = False
        async for piece in self._unpacked():
            if begun:
                yield piece
                continue
            beginning += piece
            if len(beginning) >= BEGINNING:
                begun = True
                yield beginning
        if beginning and not begun:
            yield beginning

    async def _unpacked(self) -> AsyncIterator[bytes]:
        async for piece in pieces_of(chunks=self._chunks, size=self._limits.piece_bytes):
            if self._unpacker is None:
                self._unpacker = unpacker_for(
                    first_piece=piece,
                    content_encoding=self._content_encoding,
                    limits=self._limits,
                )
            for unpacked in self._unpacker.feed(piece):
                yield unpacked
