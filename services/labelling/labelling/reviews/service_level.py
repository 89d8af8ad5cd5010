"""How well the committee keeps its promise, by territory: counted from the reviews themselves."""

from collections.abc import Iterable

import asyncpg
from pydantic import BaseModel, Field


class Level(BaseModel):
    """Reviews of one territory, or of all."""

    departement: str | None = Field(description="Null: events without a département, which are for staff")
    open: int = Field(description="Waiting for an answer")
    due_today: int = Field(description="Of those, due within a day")
    late: int = Field(description="Of those, past their last day, in the territory's own time")
    claimed: int = Field(description="Of those, with somebody who has claimed it")
    decided: int
    decided_late: int
    average_hours: float | None = Field(description="From the question to the answer; null before the first answer")


class ServiceLevel(BaseModel):
    """The whole, and each territory that ever had something to review."""

    whole: Level
    territories: list[Level]


def service_level(rows: Iterable[asyncpg.Record]) -> ServiceLevel:
    """From the rows of `store.service_level`."""
    figures = [dict(row) for row in rows]
    names = ("open", "due_today", "late", "claimed", "decided", "decided_late", "seconds")
    sums = {name: sum(each[name] for each in figures) for name in names}
    return ServiceLevel(whole=_level({"departement": None, **sums}), territories=[_level(each) for each in figures])


def _level(figures: dict[str, object]) -> Level:
    seconds, decided = figures.pop("seconds"), figures["decided"]
    assert isinstance(seconds, int | float)
    assert isinstance(decided, int)
    average = round(seconds / decided / 3600, 2) if decided else None
    return Level.model_validate({**figures, "average_hours": average})
