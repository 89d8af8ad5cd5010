"""SQL of the figures in a press release: what registration itself knows."""

from dataclasses import dataclass

from shared.runtime.database import Connection

_FIGURES = """
SELECT count(*) FILTER (WHERE e.status <> 'withdrawn') AS events,
       count(*) FILTER (WHERE e.in_catalogue) AS in_programme,
       count(DISTINCT e.organiser_id) FILTER (WHERE e.status <> 'withdrawn') AS organisers,
       count(DISTINCT e.departement) FILTER (WHERE e.status <> 'withdrawn') AS departements,
       coalesce(sum(g.announced) FILTER (WHERE e.status <> 'withdrawn'), 0) AS people
FROM events e JOIN guest_lists g ON g.event_id = e.id WHERE e.edition_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Events that are not withdrawn, those in the public programme, who organises them and where, and who comes."""

    events: int
    in_programme: int
    organisers: int
    departements: int
    people: int


async def figures(connection: Connection, edition_id: str) -> Figures:
    """As they are now."""
    row = await connection.fetchrow(_FIGURES, edition_id)
    assert row is not None
    return Figures(**dict(row))
