"""A charter: the versioned criteria that an edition's events are judged by."""

from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from labelling.domain.criteria.audience import OpenAudience
from labelling.domain.criteria.completeness import Completeness
from labelling.domain.criteria.criterion import Part
from labelling.domain.criteria.duplicates import NoDuplicate
from labelling.domain.criteria.free_of_charge import FreeOfCharge
from labelling.domain.criteria.label_window import InsideLabelWindow
from labelling.domain.criteria.organiser_number import OrganiserNumber
from labelling.domain.criteria.relevance import RelevantToIndustry
from labelling.domain.criteria.territory import KnownTerritory
from shared.contracts.base import Bilingual, Identifier, WrittenDay

ANY_EDITION = "*"

AnyCriterion = Annotated[
    InsideLabelWindow
    | OpenAudience
    | RelevantToIndustry
    | FreeOfCharge
    | Completeness
    | KnownTerritory
    | NoDuplicate
    | OrganiserNumber,
    Field(discriminator="criterion"),
]


class Validity(Part):
    """From the first day to the last day, both included; without one, since ever or for ever."""

    first_day: WrittenDay | None = None
    last_day: WrittenDay | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day is not None and self.last_day is not None and self.first_day > self.last_day:
            raise ValueError(f"first_day {self.first_day} is after last_day {self.last_day}: exchange them")
        return self


class Charter(Part):
    """A version never changes once it is published: decisions name it."""

    version: Identifier = Field(description="Such as `2020-1`: the edition and a number")
    editions: tuple[str, ...] = Field(min_length=1, description="Editions it holds for; `*` stands for any other")
    validity: Validity = Field(default=Validity(), description="It holds for editions that begin between these days")
    title: Bilingual
    review_working_days: int = Field(ge=1, le=60, description="Working days the committee has for an answer")
    criteria: tuple[AnyCriterion, ...] = Field(min_length=1, description="In the order in which they are explained")

    @model_validator(mode="after")
    def _each_criterion_once(self) -> Self:
        names = [criterion.criterion for criterion in self.criteria]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"criteria {', '.join(twice)} stand there more than once: keep one of each")
        return self

    def criterion_name(self, criterion: str) -> Bilingual:
        """The name of a criterion in words; its identifier if this charter has none such."""
        for candidate in self.criteria:
            if candidate.criterion == criterion:
                return candidate.name
        return Bilingual(fr=criterion, en=criterion)


class CharterInvalidError(ValueError):
    """The charter cannot be used; each line names a field and what to do."""


def charter_from(document: Any, *, source: str) -> Charter:
    """
    The charter in a decoded YAML or JSON document. `source` names it in errors.

    Raises `CharterInvalidError` with one line for each wrong field.
    """
    try:
        return Charter.model_validate(document)
    except ValidationError as error:
        lines = [
            f"{_path(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors()
        ]
        raise CharterInvalidError("\n".join([f"{source} is not a charter; correct:", *lines])) from error


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(whole document)"
