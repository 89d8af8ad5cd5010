"""What a partner's digest tells, and how its address is confirmed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from notifications.digests.domain import Every
from notifications.partners.domain import AnnouncementType
from shared.contracts.base import Language

CODE_LIFETIME = timedelta(days=3)
BETWEEN_CODES = timedelta(minutes=2)
"""Nobody gets confirmations by the dozen because a partner asks for them."""
SETTLED = timedelta(minutes=5)
"""What was announced longer ago than this is committed: no transaction takes so long."""
_PARTNERS = UUID("0f4a8f0c-94f2-5a35-9a1a-3b1f6f6f3c8e")
_OVER: frozenset[AnnouncementType] = frozenset({"event.cancelled", "event.withdrawn"})
Became = Literal["new", "changed", "cancelled"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a partner wants; `confirmed`: the address has said yes, and has not unsubscribed since."""

    contact_id: UUID
    email: str
    language: Language
    every: Every
    confirmed: bool
    due_at: datetime
    asked_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One event, and the types of all that the partner was told of it since the digest before, in order."""

    event_id: UUID
    title: str
    departement: str | None
    types: tuple[AnnouncementType, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a partner's webhooks stand: accepted and given up since the digest before, and tried in vain so far."""

    accepted: int
    failing: int
    dead: int


def contact_of(partner_id: UUID) -> UUID:
    """The contact that has the address of a partner's digest."""
    return uuid5(_PARTNERS, str(partner_id))


def digest_of(code: str) -> bytes:
    """As a code is kept."""
    return hashlib.sha256(code.encode()).digest()


def became(types: Sequence[AnnouncementType]) -> Became:
    """What became of an event in a while: what holds at its end, and new where it was not known before."""
    if types[-1] in _OVER:
        return "cancelled"
    return "new" if "event.published" in types else "changed"


def worth_telling(told: Iterable[Told], standing: Standing) -> bool:
    """That everything was accepted is no news."""
    return any(True for _ in told) or standing.failing > 0 or standing.dead > 0
