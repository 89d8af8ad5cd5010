"""What happened to an event, in the terms of its organiser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["submitted", "moved", "answered", "amended", "settled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. `what`: a status, an answer or an occurrence; `changed`: fields of `EventContent`."""

    kind: Kind
    what: str
    happened_at: datetime
    changed: tuple[str, ...]


def step_of(row: Mapping[str, Any]) -> Step:
    """From a row of the history with what was true before it."""
    kind, what = _kind(row)
    return Step(kind=kind, what=what, happened_at=row["happened_at"], changed=tuple(row["changed"]))


def _kind(row: Mapping[str, Any]) -> tuple[Kind, str]:
    if row["sequence"] == 1:
        return "submitted", row["status"]
    if row["act_before"] is not None and row["act_number"] != row["act_before"]:
        return "moved", row["occurrence"]
    if row["answer_before"] is not None and row["answer"] != row["answer_before"] and row["answer"] != "not_asked":
        return "answered", row["answer"]
    if row["changed"]:
        return "amended", row["status"]
    return "settled", row["status"]
