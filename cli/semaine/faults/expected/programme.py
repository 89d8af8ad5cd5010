"""The programme as the ledger knows it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from semaine.faults.expected.editions import Editions
from semaine.faults.ledger import Operation
from semaine.generation import Verdict


@dataclass(slots=True, kw_only=True)
class SignUp:
    """A sign-up; taken up again after a cancellation it keeps its id."""

    id: str
    event_id: str
    email: str
    kind: str
    people: int
    active: bool = True
    times: int = 1
    """How often it was acknowledged, and so confirmed."""
    since: datetime
    """When it was known to be on the list, for the last time."""
    kept: bool = False
    """Whether the person said that they come to new dates."""


@dataclass(slots=True, kw_only=True)
class Event:
    """A submitted event with its guest list."""

    id: str
    organiser_id: str
    content: dict[str, Any]
    """With its slots on the days to which acts have moved them."""
    verdict: Verdict
    """On days inside the label window."""
    expected: dict[int, frozenset[Verdict]] = field(default_factory=dict)
    """What the charter may say, by revision; of the last one there is only one answer."""
    revision: int = 1
    amendments: int = 0
    withdrawn: bool = False
    declined: int = 0
    """The act after which its organiser withdrew it; 0 for none."""
    occurrence: str = "scheduled"
    act_number: int = 0
    """Of the last act that has reached it, or that there was when it was submitted."""
    reached: Sequence[int] = ()
    """Acts that have reached it, by what was published of it."""
    acts: list[int] = field(default_factory=list)
    """Those of them that may have: each once, after its submission and before its withdrawal."""
    moves: set[int] = field(default_factory=set)
    """Revisions that acts have made."""
    answer: str = "not_asked"
    answered: int = 0
    """How often its organiser's answer was news."""
    cancelled: int = 0
    actual: int | None = None
    list_changes: int = 0
    sign_ups: dict[str, SignUp] = field(default_factory=dict)
    reviews: dict[int, Operation] = field(default_factory=dict)
    """The acknowledged review of a revision."""

    @property
    def receipts(self) -> int:
        return 1 + self.amendments

    @property
    def parties(self) -> int:
        return sum(each.active for each in self.sign_ups.values())

    @property
    def announced(self) -> int:
        return sum(each.people for each in self.sign_ups.values() if each.active)

    @property
    def confirmations(self) -> int:
        return sum(each.times for each in self.sign_ups.values())

    @property
    def status(self) -> str:
        """The status that follows from the charter and from what the committee decided of the last revision."""
        if self.withdrawn:
            return "withdrawn"
        review = self.reviews.get(self.revision)
        return str(review.answer["verdict"] if review else min(self.expected[self.revision]))


@dataclass(slots=True, kw_only=True)
class Expected:
    """The programme as the ledger knows it."""

    events: dict[str, Event] = field(default_factory=dict)
    drafts: set[str] = field(default_factory=set)
    organisers: dict[str, str] = field(default_factory=dict)
    """Addresses by id."""
    access_mails: Counter[str] = field(default_factory=Counter)
    """Codes asked for, by address."""
    second_reviews: list[Operation] = field(default_factory=list)
    """Acknowledged although the same revision had been reviewed."""
    editions: Editions = field(default_factory=Editions)
