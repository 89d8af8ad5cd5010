"""How an endpoint stands, in a word and a colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from notifications.pages.answers import Words, in_words
from notifications.partners import store
from notifications.partners.domain import Condition, Partner
from shared.runtime.database import Connection

_COLOURS = {"active": "good", "paused": "attention", "disabled": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`name`: active, paused after failures, or disabled."""

    name: Literal["active", "paused", "disabled"]
    condition: Condition
    because: Words | None = None
    """Why it is disabled: the endpoint's answer that did it; None where somebody switched it off."""

    @property
    def colour(self) -> str:
        return _COLOURS[self.name]


async def states(connection: Connection, partners: Iterable[Partner], *, now: datetime) -> dict[UUID, State]:
    """By partner."""
    known = {partner.id: partner for partner in partners}
    conditions = await store.conditions(connection, known, now=now)
    return {id_: _state(known[id_], condition) for id_, condition in conditions.items()}


def _state(partner: Partner, condition: Condition) -> State:
    if partner.disabled_at is not None:
        answered = (partner.disabled_because or "").removeprefix("it answered ")
        because = in_words(answered) if answered != partner.disabled_because else None
        return State(name="disabled", condition=condition, because=because)
    return State(name="paused" if condition.paused_until else "active", condition=condition)
