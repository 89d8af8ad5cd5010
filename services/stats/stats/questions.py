"""What callers may ask, and the form of the answer."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared import territory
from shared.contracts.base import Identifier
from shared.contracts.registration import Audience, EventStatus, EventType, Occurrence, Theme
from shared.contracts.stats import Dimension
from stats.domain import UNKNOWN, Filters


def _known_region(code: str) -> str:
    if code != UNKNOWN and territory.region(code) is None:
        raise ValueError(f"no région has the code {code[:10]!r}; codes are INSEE's, as 52, or {UNKNOWN!r}")
    return code


def _known_departement(code: str) -> str:
    if code != UNKNOWN and territory.departement(code) is None:
        raise ValueError(f"no département has the code {code[:10]!r}; codes are INSEE's, as 44 or 2A, or {UNKNOWN!r}")
    return code


Region = Annotated[str, AfterValidator(_known_region)]
Departement = Annotated[str, AfterValidator(_known_departement)]
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3])$")]
_EDITION = Field(default=None, description="The edition's id; without it, the one that is open", examples=["2020"])


class StreamQuestion(BaseModel):
    """Which edition to watch."""

    model_config = ConfigDict(extra="forbid")

    edition: Identifier | None = _EDITION


class CountersQuestion(BaseModel):
    """Filters: a parameter may be repeated, which counts what has one of its values."""

    model_config = ConfigDict(extra="forbid")

    edition: Identifier | None = _EDITION
    dimension: list[Dimension] = Field(default=[], description="Answer these dimensions only", max_length=9)
    status: list[EventStatus] = Field(default=[], description="Events in this status", max_length=6)
    region: list[Region] = Field(default=[], description="INSEE code of a région, or `unknown`", max_length=20)
    departement: list[Departement] = Field(
        default=[], description="INSEE code of a département, or `unknown`", max_length=120
    )
    type: list[EventType] = Field(default=[], description="Events of this type", max_length=11)
    theme: list[Theme] = Field(default=[], description="Events with this theme", max_length=4)
    audience: list[Audience] = Field(default=[], description="Events for this audience", max_length=5)
    hour: list[Hour] = Field(
        default=[], description="Events with a slot that begins in this local hour, 00 to 23", max_length=24
    )
    occurrence: list[Occurrence] = Field(
        default=[],
        description="Events that take place as first said, on other dates, on dates not yet known, or not at all",
        max_length=4,
    )

    def filters(self) -> Filters:
        """The same question whatever the order and repetition of its values."""
        return Filters(
            status=_each(self.status),
            region=_each(self.region),
            departement=_each(self.departement),
            type=_each(self.type),
            theme=_each(self.theme),
            audience=_each(self.audience),
            hour=_each(self.hour),
            occurrence=_each(self.occurrence),
        )


def _each(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


class CounterTally(BaseModel):
    """Figures of one value of a dimension."""

    value: str = Field(examples=["52"])
    events: int = Field(ge=0, examples=[243])
    announced: int = Field(ge=0, description="People signed up", examples=[41_200])
    actual: int = Field(ge=0, description="People who came, where organisers have reported it", examples=[0])


class Counters(BaseModel):
    """The counters of an edition."""

    edition: str = Field(examples=["2020"])
    as_of: AwareDatetime = Field(description="When they were counted", examples=["2020-11-16T09:00:00.125Z"])
    counters: dict[Dimension, list[CounterTally]] = Field(
        description="By dimension; `total` has the one value `all`",
        examples=[
            {
                "total": [{"value": "all", "events": 3, "announced": 120, "actual": 0}],
                "status": [
                    {"value": "labelled", "events": 2, "announced": 95, "actual": 0},
                    {"value": "refused", "events": 1, "announced": 0, "actual": 0},
                    {"value": "submitted", "events": 1, "announced": 25, "actual": 0},
                ],
                "region": [
                    {"value": "52", "events": 2, "announced": 95, "actual": 0},
                    {"value": "unknown", "events": 1, "announced": 25, "actual": 0},
                ],
            }
        ],
    )


STREAM_EXAMPLE = """\
retry: 3000

event: snapshot
id: 9f1c2b7e-41
data: {"edition":"2020","as_of":"2020-11-16T09:00:00.125+00:00","counters":{"total":[{"value":"all","events":3,"announced":120,"actual":0}]}}

event: change
id: 9f1c2b7e-42
data: {"edition":"2020","as_of":"2020-11-16T09:00:01.310+00:00","counters":{"total":[{"value":"all","events":3,"announced":121,"actual":0}]}}

: nothing new

"""  # noqa: E501 - an event's data is one line
