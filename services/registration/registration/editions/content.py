"""What staff say of an edition: the body of requests."""

from datetime import date
from typing import Annotated

from pydantic import Field

from registration.events.content import Content, Line
from shared.contracts.base import WrittenDay
from shared.contracts.registration import EditionStatus

Day = Annotated[WrittenDay, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Name = Annotated[Line, Field(min_length=1, max_length=200)]


class NameContent(Content):
    """The edition's name in both languages."""

    fr: Name
    en: Name


class WindowContent(Content):
    """Whole days, both ends included."""

    first_day: Day
    last_day: Day


class RegionalWindowContent(Content):
    """Dates of a region (`R04`) or a département (`974`)."""

    territory: Annotated[str, Field(pattern=r"^(R[0-9]{2}|[0-9]{2,3}|2[AB])$")]
    dates: WindowContent
    label_window: WindowContent


class EditionContent(Content):
    """An edition as staff define it."""

    number: Annotated[int, Field(ge=1, le=1000)]
    name: NameContent
    dates: WindowContent
    label_window: WindowContent
    submission_deadline: Day
    regional_windows: list[RegionalWindowContent] = Field(default=[], max_length=50)
    status: EditionStatus = "planned"
