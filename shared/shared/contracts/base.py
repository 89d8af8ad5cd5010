"""What every contract has in common: strict on what it knows, tolerant of what it does not."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, NaiveDatetime, WithJsonSchema


class Contract(BaseModel):
    """A part of a message. Unknown fields are ignored, so that a publisher may add some."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


Count = Annotated[int, Field(ge=0, le=100_000_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("it contains a NUL character: remove it")
    return value


EmailAddress = Annotated[
    str,
    Field(max_length=254, pattern=r"^[^@\s<>\",;]{1,64}@[^@\s<>\",;.]+(\.[^@\s<>\",;.]+)+$"),
    AfterValidator(_without_nul),
]
"""Shape only: whether it exists, the first mail tells."""
Language = Literal["fr", "en"]


def _written(value: object) -> object:
    """A number would be taken for seconds since 1970."""
    if value is not None and not isinstance(value, (str, date)):
        raise ValueError("a date has to be written like 2020-11-16")
    return value


WrittenDay = Annotated[date, BeforeValidator(_written)]
"""A day as callers give it."""
LOCAL_TIME_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$",
        "examples": ["2020-03-31T09:00:00"],
    }
)
LocalTime = Annotated[NaiveDatetime, LOCAL_TIME_SCHEMA]
"""Without an offset, which the schema format `date-time` demands."""


class Bilingual(Contract):
    """One text in the two languages of pages and mails."""

    fr: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


class BrokenRule(ValueError):  # noqa: N818
    """What a rule about a value refuses: in English as a message, which names its `field` first if it has one."""

    def __init__(self, words: Bilingual, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {words.en}" if field else words.en)
        self.words = words
        self.field = field
