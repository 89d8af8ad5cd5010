r"""
Realistic editions, out of a seed: for rehearsals, trials and load tests.

    edition = edition_2020()                                        # body of PUT /v1/editions/2020
    events = list(generate_events(events=200, seed=1, edition=edition))
    rows = b"".join(orjson.dumps(event.row) + b"\n" for event in events)   # POST /v1/imports/events?edition=2020
    lines = generate_participations(people=20_000, seed=1, events=events)  # …/imports/participations?edition=2020
    refused = [event for event in events if event.expected == "refused"]  # what the charter must find

`SMALL` and `WHOLE_2019` are such editions of fixed size. The same arguments give the same bytes.
Communes, postcodes, event types and themes are real; organisers, people and register numbers are invented, the
numbers from ranges that nobody bears, the addresses under the reserved domains `.example` and `example.org`.
One event in eight has exactly one fault (`GeneratedEvent.fault`), each of `FAULTS` as often as another.
"""

from semaine.generation.editions import Edition, edition_2020
from semaine.generation.events import GeneratedEvent, generate_events
from semaine.generation.faults import EXPECTED, FAULTS, Fault, Verdict
from semaine.generation.participations import TooFewPlacesError, generate_participations
from semaine.generation.profiles import SMALL, WHOLE_2019, Profile

__all__ = [
    "EXPECTED",
    "FAULTS",
    "SMALL",
    "WHOLE_2019",
    "Edition",
    "Fault",
    "GeneratedEvent",
    "Profile",
    "TooFewPlacesError",
    "Verdict",
    "edition_2020",
    "generate_events",
    "generate_participations",
]
