"""What a person or a group says when signing up."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from registration.events.content import Content, Line
from shared.contracts.base import EmailAddress, Language

MOST_PEOPLE = 100_000_000
"""On one list, also of an event without limit: what a `Count` of the contracts holds."""


class SignUp(Content):
    """A sign-up: one person, or a group with one address."""

    kind: Literal["person", "group"] = "person"
    people: Annotated[int, Field(ge=1, le=100_000)] = Field(default=1, description="1 for a person")
    name: Annotated[Line, Field(min_length=1, max_length=200)] = Field(examples=["Camille Moreau"])
    email: EmailAddress = Field(examples=["camille.moreau@example.org"])
    language: Language = "fr"
    if_full: Literal["refuse", "wait"] = Field(
        default="refuse", description="`wait`: join the waiting list where there are not enough places"
    )

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if self.kind == "person" and self.people != 1:
            raise ValueError("people: a person counts as 1; sign up as a group for more")
        return self


class Attendance(Content):
    """How many people came."""

    people: Annotated[int, Field(ge=0, le=1_000_000)] = Field(examples=[38])
