"""Sign-ups to send: the same lines for us and for every peer."""

import re
from collections.abc import Sequence
from itertools import islice

from semaine.generation import GeneratedEvent, generate_participations

_PEOPLE_A_LINE = 1.9
"""Half of the people come in groups, so a line is about 1.9 people; the rest of the lines is not used."""
_PEOPLE = re.compile(rb'"people":(\d+)')


def sign_ups_for(events: Sequence[GeneratedEvent], *, lines: int, seed: int) -> list[bytes]:
    """So many import lines, each with its line feed, spread over the events as in a real edition."""
    people = int(lines * _PEOPLE_A_LINE) + 100
    while True:
        found = list(islice(generate_participations(people=people, seed=seed, events=events), lines))
        if len(found) == lines:
            return found
        people = people * 3 // 2


def people_in(lines: Sequence[bytes]) -> int:
    """How many people these lines announce."""
    return sum(int(each) for line in lines for each in _PEOPLE.findall(line))
