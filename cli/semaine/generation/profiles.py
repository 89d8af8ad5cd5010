"""Editions of fixed size."""

from collections.abc import Iterator
from dataclasses import dataclass

from semaine.generation.editions import Edition, edition_2020
from semaine.generation.events import GeneratedEvent, generate_events
from semaine.generation.participations import generate_participations


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How large an edition to generate, and from which seed."""

    events: int
    people: int
    seed: int = 2020

    def edition(self) -> Edition:
        return edition_2020()

    def generate_events(self) -> list[GeneratedEvent]:
        """All at once: the sign-ups need them."""
        return list(generate_events(events=self.events, seed=self.seed, edition=self.edition()))

    def generate_participations(self, events: list[GeneratedEvent]) -> Iterator[bytes]:
        return generate_participations(people=self.people, seed=self.seed, events=events)


SMALL = Profile(events=200, people=20_000)
"""What the first `make run` plays."""
WHOLE_2019 = Profile(events=4_763, people=800_000)
"""As large as the whole edition of 2019."""
