"""What an endpoint answered, for people who do not read HTTP."""

import re
from dataclasses import dataclass

_CODE = re.compile(r"^([1-5]\d\d)(?: |$)")
_KNOWN_CODES = frozenset({400, 401, 403, 404, 405, 408, 410, 413, 415, 422, 429, 500, 502, 503, 504})
_SENTENCES = (
    ("no answer within", "too_slow"),
    ("not reached", "not_reached"),
    ("the endpoint was switched off", "switched_off"),
    ("the endpoint was removed", "removed"),
    ("the endpoint is disabled", "gone"),
    ("the endpoint was away for too long", "away"),
)
_NOT_REACHED = (
    ("certificate", "certificate"),
    ("ssl", "certificate"),
    ("name or service", "unknown_host"),
    ("name resolution", "unknown_host"),
    ("nodename", "unknown_host"),
    ("refused", "closed"),
    ("connect call failed", "closed"),
    ("connection attempts failed", "closed"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """`kind` names the text, `answer.<kind>`; `code` is the answer's HTTP status, if it was one."""

    kind: str
    code: int | None
    raw: str
    """As the log has it."""


def in_words(detail: str) -> Words | None:
    """What the log's `detail` means; None before any attempt."""
    if not detail:
        return None
    if code := _CODE.match(detail):
        number = int(code[1])
        return Words(str(number) if number in _KNOWN_CODES else f"{code[1][0]}xx", number, detail)
    for beginning, kind in _SENTENCES:
        if detail.startswith(beginning):
            return Words(_not_reached(detail) if kind == "not_reached" else kind, None, detail)
    return Words("address", None, detail)


def _not_reached(detail: str) -> str:
    found = detail.lower()
    return next((kind for sign, kind in _NOT_REACHED if sign in found), "not_reached")
