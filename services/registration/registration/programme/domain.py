"""What visitors of the programme may ask. What makes no sense asks for nothing, instead of being an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self, get_args
from urllib.parse import urlencode

from shared import territory
from shared.contracts.registration import Accessibility, Audience, EventType, Theme

PER_PAGE = 20
_LONGEST = 100
"""Characters of a search that are looked at."""
_MOST_WORDS = 8
_LAST_PAGE = 1000
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search. Every field that is not None narrows it. `territory`: a département's code, or `R52` for a region."""

    text: str = ""
    day: date | None = None
    territory: str | None = None
    type: str | None = None
    theme: str | None = None
    audience: str | None = None
    accessibility: str | None = None
    free: bool = False
    """With places left."""
    page: int = 1

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """From the address of a page."""

        def one_of(name: str, known: object) -> str | None:
            value = parameters.get(name, "")
            return value if value in get_args(known) else None

        return cls(
            text=" ".join(parameters.get("q", "").replace("\x00", "").split())[:_LONGEST],
            day=_day(parameters.get("day", "")),
            territory=_territory(parameters.get("territory", "")),
            type=one_of("type", EventType),
            theme=one_of("theme", Theme),
            audience=one_of("audience", Audience),
            accessibility=one_of("accessibility", Accessibility),
            free=parameters.get("free") == "yes",
            page=_page(parameters.get("page", "")),
        )

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)[:_MOST_WORDS]

    @property
    def departements(self) -> list[str] | None:
        """The codes that the territory stands for."""
        if self.territory is None:
            return None
        region = territory.region(self.territory[1:]) if self.territory.startswith("R") else None
        return list(region.departements) if region else [self.territory]

    @property
    def narrowed(self) -> bool:
        return replace(self, page=1) != Question()

    def address(self, **changes: object) -> str:
        """Of the page that shows this search, or a changed one."""
        asked = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type] # fields by name
        said = {
            "q": asked.text,
            "day": asked.day.isoformat() if asked.day else "",
            "territory": asked.territory or "",
            "type": asked.type or "",
            "theme": asked.theme or "",
            "audience": asked.audience or "",
            "accessibility": asked.accessibility or "",
            "free": "yes" if asked.free else "",
            "page": str(asked.page) if asked.page > 1 else "",
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"/programme?{query}" if query else "/programme"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _territory(code: str) -> str | None:
    return code if territory.name_of(code) else None


def _page(text: str) -> int:
    return min(max(int(text), 1), _LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004
