"""From a request's body to validated batches."""

import asyncio
from collections.abc import AsyncIterator

from registration.imports.reading import Limits, read_batches, read_lines
from registration.imports.rows import flat_events, open_agenda
from registration.imports.rows.events import EventRow, parse_events
from registration.imports.rows.parsed import Parsed
from registration.imports.rows.participations import ParticipationRow, parse_participations

_AT_ONCE = 200
"""Events validated before others have their turn: about 20 ms."""
EVENT_LAYOUTS = (flat_events.LAYOUT, open_agenda.LAYOUT)


async def read_events(
    *, chunks: AsyncIterator[bytes], content_type: str | None, content_encoding: str | None, limits: Limits
) -> AsyncIterator[Parsed[EventRow]]:
    """Events of JSON lines or CSV, batch by batch. ImportRefused if the file cannot be read, or not further."""
    batches = read_batches(
        chunks=chunks,
        layouts=EVENT_LAYOUTS,
        content_type=content_type,
        content_encoding=content_encoding,
        limits=limits,
    )
    async for batch in batches:
        whole: Parsed[EventRow] = Parsed([], batch.problems)
        for begin in range(0, len(batch.rows), _AT_ONCE):
            part = parse_events(batch.rows[begin : begin + _AT_ONCE])
            whole.rows.extend(part.rows)
            whole.problems.extend(part.problems)
            await asyncio.sleep(0)
        yield whole


async def read_participations(
    *, chunks: AsyncIterator[bytes], content_type: str | None, content_encoding: str | None, limits: Limits
) -> AsyncIterator[Parsed[ParticipationRow]]:
    """Sign-ups of JSON lines, batch by batch. ImportRefused if the file cannot be read, or not further."""
    batches = read_lines(chunks=chunks, content_type=content_type, content_encoding=content_encoding, limits=limits)
    async for batch in batches:
        parsed = parse_participations(batch.rows)
        yield Parsed(parsed.rows, [*batch.problems, *parsed.problems])
