"""What `stats` publishes: the counters of an edition, one message per dimension."""

from typing import Literal

from pydantic import AwareDatetime

from shared.contracts.base import Contract, Count, Identifier

Dimension = Literal["total", "status", "region", "departement", "type", "theme", "audience", "hour"]


class Tally(Contract):
    """Figures of one value of a dimension, such as region 52. `total` has the one value `all`."""

    value: str
    events: Count
    announced: Count
    """People signed up."""
    actual: Count
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
