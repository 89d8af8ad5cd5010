"""A decision in plain words, long after it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from labelling.domain import wording
from labelling.domain.charter import Charter
from shared.contracts.base import Bilingual, Language
from shared.contracts.labelling import DecisionState, Verdict
from shared.territory import PARIS

_VERDICTS: Mapping[Verdict, Bilingual] = {
    "labelled": Bilingual(fr="L’événement est labellisé.", en="The event is labelled."),
    "refused": Bilingual(fr="L’événement n’est pas labellisé.", en="The event is not labelled."),
    "in_review": Bilingual(fr="Le comité examine l’événement.", en="The committee is reviewing the event."),
}
_OUTCOMES: Mapping[str, Bilingual] = {
    "met": Bilingual(fr="rempli", en="met"),
    "doubtful": Bilingual(fr="à vérifier", en="to be checked"),
    "unmet": Bilingual(fr="non rempli", en="not met"),
}
_WEIGHTS: Mapping[str, Bilingual] = {
    "must": Bilingual(fr="obligatoire", en="required"),
    "should": Bilingual(fr="souhaité", en="wanted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCriterion:
    """One criterion: its name, `required, met`, what was found, and what would make it pass."""

    name: str
    outcome: str
    reason: str
    found: tuple[str, ...]
    remedy: str
    """What would make it pass; empty where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The verdict, who decided when and why, and every criterion."""

    verdict: str
    how: str
    criteria: tuple[ExplainedCriterion, ...]


def explain(*, decision: DecisionState, charter: Charter, language: Language) -> Explanation:
    """`charter` is the version that the decision names."""
    return Explanation(
        verdict=_VERDICTS[decision.verdict].in_language(language),
        how=_how(decision=decision, charter=charter).in_language(language),
        criteria=tuple(
            ExplainedCriterion(
                name=charter.criterion_name(result.criterion).in_language(language),
                outcome=f"{_WEIGHTS[result.weight].in_language(language)}, "
                f"{_OUTCOMES[result.outcome].in_language(language)}",
                reason=result.reason.in_language(language),
                found=result.found,
                remedy=result.remedy.in_language(language) if result.remedy else "",
            )
            for result in decision.criteria
        ),
    )


def _how(*, decision: DecisionState, charter: Charter) -> Bilingual:
    on = wording.day(decision.decided_at.astimezone(ZoneInfo(PARIS)).date())
    fr = f"Révision {decision.revision} jugée le {on.fr} selon la charte {charter.version} ({charter.title.fr})"
    en = f"Revision {decision.revision} judged on {on.en} by charter {charter.version} ({charter.title.en})"
    if decision.appeal:
        fr, en = f"{fr}, sur appel de l’organisateur", f"{en}, on the organiser’s appeal"
    if decision.decided_by == "referent":
        return Bilingual(
            fr=f"{fr}, tranchée par un référent : {decision.note}", en=f"{en}, settled by a referent: {decision.note}"
        )
    if decision.due_on is not None:
        due = wording.day(decision.due_on)
        return Bilingual(fr=f"{fr}. Réponse au plus tard le {due.fr}.", en=f"{en}. Answer by {due.en} at the latest.")
    return Bilingual(fr=f"{fr}.", en=f"{en}.")
