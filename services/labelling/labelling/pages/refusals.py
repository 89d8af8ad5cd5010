"""Why an act of the committee was refused, in words of the pages."""

from shared.pages.languages import Texts
from shared.runtime.http.problems import Problem


def in_words(problem: Problem, texts: Texts) -> str:
    """`refusal.<title of the problem>` of the translations if there is one, else `refusal.other`."""
    return texts.first(f"refusal.{problem.title.lower().replace(' ', '_')}", "refusal.other")
