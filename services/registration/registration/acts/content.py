"""What staff decide for an edition: the body of requests."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from registration.editions.content import Day, RegionalWindowContent, WindowContent
from registration.events.content import Content, Line, SlotContent
from shared.contracts.registration import ActKind, EditionStatus, Policy

Text = Annotated[Line, Field(min_length=1, max_length=4000)]


class TermsContent(Content):
    """How submission and labelling go from now on, in both languages."""

    fr: Text
    en: Text


class ActContent(Content):
    """
    An act. Postponed to known dates: `dates`; windows and deadline that are not given move by as many days.

    Without dates yet, or cancelled: no dates, windows or deadline.
    """

    kind: ActKind
    dates: WindowContent | None = None
    label_window: WindowContent | None = None
    submission_deadline: Day | None = None
    regional_windows: list[RegionalWindowContent] | None = Field(default=None, max_length=50)
    status: EditionStatus | None = Field(
        default=None, description="Of the edition afterwards; by default open when dates are known, else closed"
    )
    policy: Policy = "kept"
    respond_by: Day | None = Field(
        default=None, description="Last day for organisers' answers; needed when events need confirmation"
    )
    terms: TermsContent

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        given = [name for name in ("label_window", "submission_deadline", "regional_windows") if getattr(self, name)]
        if self.kind == "postponed" and self.dates is None:
            raise ValueError("dates: an edition that is postponed to known dates needs them")
        if self.kind != "postponed" and (self.dates or given):
            raise ValueError(f"{'dates' if self.dates else given[0]}: leave it out, the new dates are not known")
        if self.policy == "confirmation" and (self.kind != "postponed" or self.respond_by is None):
            raise ValueError("respond_by: events are confirmed for known dates, by a date: give both, or policy kept")
        return self


class ConfirmedAct(ActContent):
    """The act as it was previewed, and the preview's token."""

    token: Annotated[str, Field(min_length=1, max_length=2000)]

    def act(self) -> ActContent:
        return ActContent.model_validate(self.model_dump(exclude={"token"}))


class AnswerContent(Content):
    """An organiser's answer for one event: it stays on its new dates, takes place at others, or not at all."""

    answer: Annotated[str, Field(pattern="^(confirm|change|withdraw)$", examples=["confirm"])]
    act: Annotated[int, Field(ge=1, le=100_000_000)] = Field(description="Number of the act that is answered")
    slots: list[SlotContent] | None = Field(default=None, min_length=1, max_length=60)

    @model_validator(mode="after")
    def _has_slots_for_a_change(self) -> Self:
        if (self.answer == "change") != (self.slots is not None):
            raise ValueError("slots: give them with `change`, and with `change` alone")
        return self
