"""Rows of imports: read, validated, and mapped from other formats, each problem with its field and remedy."""

from registration.imports.rows.events import EventRow, parse_events
from registration.imports.rows.files import read_events, read_participations
from registration.imports.rows.parsed import Parsed
from registration.imports.rows.participations import ParticipationRow, parse_participations
from registration.imports.rows.problems import problems_of

__all__ = [
    "EventRow",
    "Parsed",
    "ParticipationRow",
    "parse_events",
    "parse_participations",
    "problems_of",
    "read_events",
    "read_participations",
]
