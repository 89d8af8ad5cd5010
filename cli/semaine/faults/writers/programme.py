"""What the writers remember of the programme, to have something to write about."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from semaine.faults.writers.contents import Content


@dataclass(slots=True, kw_only=True)
class Guest:
    """A sign-up of one writer's, who alone cancels it and takes it up again: so its story has an order."""

    id: str
    event_id: str
    email: str
    people: int
    active: bool = True


@dataclass(slots=True, kw_only=True)
class Programmed:
    """An event of one writer's, who alone amends and withdraws it; all sign up to it."""

    id: str
    organiser_id: str
    content: Content
    withdrawn: bool = False


@dataclass(slots=True)
class Programme:
    """The events of all writers, and what they have heard of acts on the edition."""

    events: list[Programmed] = field(default_factory=list)
    act: int = 0
    """Number of the last one; 0 before any."""
    moved: timedelta = timedelta()
    """How far the edition is from its first dates."""

    def draw(self, random: Random) -> Programmed | None:
        """An event that is likely to be open, recent ones more often; None while there is none."""
        likely = [each for each in self.events[-60:] if each.content.expected != "refused" and not each.withdrawn]
        older = self.events[:-60]
        if older and random.random() < 0.3:  # noqa: PLR2004
            return random.choice(older)
        return random.choice(likely) if likely else None
