"""Rules of organisers: who is the same organiser, and which numbers are possible."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from stdnum.fr import siret as siret_number

from registration.events.content import Content, Line
from shared.contracts.base import EmailAddress, Language
from shared.contracts.registration import OrganiserKind

_SPACES = re.compile(r"[\s.]+")
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""A school's code ends with its number modulo 23 in this alphabet, which lacks I, O and Q."""


def _compact(value: str) -> str:
    return _SPACES.sub("", value).upper()


class OrganiserContent(Content):
    """Who organises. A company gives its SIRET; a school may give its UAI, an association its RNA."""

    kind: OrganiserKind = Field(examples=["company"])
    name: Annotated[Line, Field(min_length=2, max_length=200)] = Field(examples=["Chaudronnerie de l'Estuaire"])
    siret: Annotated[Line, Field(pattern=r"^[0-9\s.]{14,20}$"), AfterValidator(_compact)] | None = Field(
        default=None, examples=["73282932000074"]
    )
    uai: Annotated[Line, Field(pattern=r"^[0-9]{7}[A-Za-z]$"), AfterValidator(_compact)] | None = None
    rna: Annotated[Line, Field(pattern=r"^[Ww][0-9][0-9ABab][0-9]{7}$"), AfterValidator(_compact)] | None = None
    email: EmailAddress = Field(examples=["contact@chaudronnerie.example"])
    contact_name: Annotated[Line, Field(max_length=200)] = ""
    phone: Annotated[Line, Field(max_length=30)] = ""
    language: Language = "fr"

    @property
    def identity(self) -> str:
        """What makes two descriptions the same organiser."""
        if self.recognised_by == "email":
            return f"name:{self.name.casefold()}|{self.email.casefold()}"
        return f"{self.recognised_by}:{getattr(self, self.recognised_by)}"

    @property
    def recognised_by(self) -> Literal["siret", "uai", "rna", "email"]:
        """The field that identity goes by; without a number, the address together with the name."""
        numbers: tuple[Literal["siret", "uai", "rna"], ...] = ("siret", "uai", "rna")
        return next((name for name in numbers if getattr(self, name)), "email")


class NewOrganiser(OrganiserContent):
    """As an organiser registers: the numbers are checked at once, while they can be corrected."""

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        if self.kind == "company" and not self.siret:
            raise ValueError("siret: a company gives its SIRET (14 digits)")
        if self.siret and not siret_number.is_valid(self.siret):
            raise ValueError(f"siret: {self.siret} is not a possible SIRET: check the 14 digits")
        if self.uai and _UAI_LETTERS[int(self.uai[:7]) % len(_UAI_LETTERS)] != self.uai[7]:
            raise ValueError(f"uai: {self.uai} is not a possible UAI: check the 7 digits and the letter")
        return self
