"""What `stats` publishes: the counters of an edition, one message per dimension."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Contract, Identifier

Total = Annotated[int, Field(ge=0)]
"""A sum, which may exceed what a single `Count` is allowed."""
Dimension = Literal["total", "status", "region", "departement", "type", "theme", "audience", "hour", "occurrence"]


class Tally(Contract):
    """Figures of one value of a dimension, such as region 52. `total` has the one value `all`."""

    value: str
    events: Total
    announced: Total
    """People signed up."""
    actual: Total
    """People who came, where organisers have reported it."""


class CounterState(Contract):
    edition_id: Identifier
    dimension: Dimension
    tallies: tuple[Tally, ...]
    as_of: AwareDatetime


class CounterMessage(Contract):
    """Topic `stats.counters.v1` (compacted), key: `<edition>/<dimension>`."""

    change: Literal["counted"]
    counter: CounterState
