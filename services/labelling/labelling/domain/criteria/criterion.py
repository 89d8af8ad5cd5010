"""What all criteria have in common: a name, a weight, and a message in two languages for all that they can find."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult
from shared.contracts.registration import EditionState, EventState

Weight = Literal["must", "should"]
Outcome = Literal["met", "doubtful", "unmet"]


class Part(BaseModel):
    """A part of a charter: what it does not know, it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a criterion found. `message` names one of its messages, `values` fill the placeholders in it."""

    outcome: Outcome
    message: str
    values: Mapping[str, str | Bilingual] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    remedy: Bilingual | None = None
    """What would make it pass, where that takes more than the remedy of the message."""


class Criterion(Part, ABC):
    """One criterion of a charter. A failed `must` refuses; a failed `should` asks the committee."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]]
    """By message, the placeholders that may stand in it."""
    REMEDIES: ClassVar[Mapping[str, Bilingual]]
    """By message of what is not met, what the organiser can do about it, with the same placeholders."""

    criterion: str
    weight: Weight
    name: Bilingual
    messages: Mapping[str, Bilingual] = Field(description="What is said, by what was found")

    @abstractmethod
    def judge(self, *, event: EventState, edition: EditionState) -> Finding:
        """What this criterion finds in the event. A pure function: the same event gives the same finding."""

    def result(self, *, event: EventState, edition: EditionState) -> CriterionResult:
        """The finding with its reason in words."""
        finding = self.judge(event=event, edition=edition)
        if finding.values or finding.found:
            return self._result(finding)
        known = self._plain_results.get(finding.message)
        if known is None:
            known = self._plain_results[finding.message] = self._result(finding)
        return known

    @cached_property
    def _plain_results(self) -> dict[str, CriterionResult]:
        """Results that are the same for every event, by message: most are, and making one takes its time."""
        return {}

    def _result(self, finding: Finding) -> CriterionResult:
        return CriterionResult(
            criterion=self.criterion,
            weight=self.weight,
            outcome=finding.outcome,
            reason=worded(self.messages[finding.message], finding.values),
            found=finding.found,
            remedy=None if finding.outcome == "met" else self._remedy(finding),
        )

    def _remedy(self, finding: Finding) -> Bilingual:
        return finding.remedy or worded(self.REMEDIES[finding.message], finding.values)

    @model_validator(mode="after")
    def _messages_are_complete(self) -> Self:
        problems = [
            *(f"message {name!r} is missing" for name in sorted(self.PLACEHOLDERS.keys() - self.messages.keys())),
            *(
                f"message {name!r} is unknown; known are {', '.join(sorted(self.PLACEHOLDERS))}"
                for name in sorted(self.messages.keys() - self.PLACEHOLDERS.keys())
            ),
            *(
                f"message {name!r} ({language}): {problem}"
                for name, text in self.messages.items()
                for language, template in (("fr", text.fr), ("en", text.en))
                for problem in _template_problems(template, self.PLACEHOLDERS.get(name, frozenset()))
            ),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def worded(template: Bilingual, values: Mapping[str, str | Bilingual]) -> Bilingual:
    """Fill the placeholders of a message in both languages."""
    if "{" not in template.fr and "{" not in template.en:
        return template
    return Bilingual(
        fr=template.fr.format_map(
            {name: value if isinstance(value, str) else value.fr for name, value in values.items()}
        ),
        en=template.en.format_map(
            {name: value if isinstance(value, str) else value.en for name, value in values.items()}
        ),
    )


def _template_problems(template: str, allowed: frozenset[str]) -> list[str]:
    if not template.strip():
        return ["the text is empty"]
    try:
        fields = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        return [f"{error}; write {{{{ and }}}} for braces"]
    known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
    return [
        f"placeholder {{{name}}} is unknown; known are {known}"
        for _, name, spec, conversion in fields
        if name not in allowed or spec or conversion
    ]
