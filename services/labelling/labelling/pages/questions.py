"""What part of the queue somebody looks at: the address says it, so that it can be kept and sent on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from labelling.reviews.store import Status, Whose

_NAMES = {"departement": "departement", "edition_id": "edition", "whose": "whose", "status": "status", "after": "after"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`after`: `next` of the page before."""

    departement: str | None = None
    edition_id: str | None = None
    whose: Whose = "anyone"
    status: Status = "open"
    after: str | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "Question":
        """From an address; what means nothing is as if it were not there."""
        whose, status = parameters.get("whose"), parameters.get("status")
        return cls(
            departement=parameters.get("departement") or None,
            edition_id=parameters.get("edition") or None,
            whose=next((each for each in get_args(Whose) if each == whose), "anyone"),
            status=next((each for each in get_args(Status) if each == status), "open"),
            after=parameters.get("after") or None,
        )

    def address(self, path: str = "/comite", **changes: Any) -> str:
        """The address of this question with some answers changed; from the first page on, unless `after` is given."""
        other = replace(self, **{"after": None, **changes})
        default = Question()
        kept = {
            name: getattr(other, field)
            for field, name in _NAMES.items()
            if getattr(other, field) != getattr(default, field)
        }
        return f"{path}?{urlencode(kept)}" if kept else path
