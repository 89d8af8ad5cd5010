"""From a request's body to validated batches."""

from collections.abc import AsyncIterator

from registration.imports.reading import Limits, read_batches, read_lines
from registration.imports.rows import flat_events, open_agenda
from registration.imports.rows.events import EventRow, parse_events
from registration.imports.rows.parsed import Parsed
from registration.imports.rows.participations import ParticipationRow, parse_participations

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
        parsed = parse_events(batch.rows)
        yield Parsed(parsed.rows, [*batch.problems, *parsed.problems])


async def read_participations(
    *, chunks: AsyncIterator[bytes], content_type: str | None, content_encoding: str | None, limits: Limits
) -> AsyncIterator[Parsed[ParticipationRow]]:
    """Sign-ups of JSON lines, batch by batch. ImportRefused if the file cannot be read, or not further."""
    batches = read_lines(chunks=chunks, content_type=content_type, content_encoding=content_encoding, limits=limits)
    async for batch in batches:
        parsed = parse_participations(batch.rows)
        yield Parsed(parsed.rows, [*batch.problems, *parsed.problems])
