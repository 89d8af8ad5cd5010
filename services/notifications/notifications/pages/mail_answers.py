"""What became of a mail, for people who do not read SMTP: a word by which the translations know the sentence."""

import re

from notifications.deliveries.journal import Line

_CODE = re.compile(r"^([245]\d\d)(?:[ -](\d\.\d{1,3}\.\d{1,3}))?")
_SENTENCES = (
    ("the sign-up has been cancelled", "cancelled"),
    ("a later act", "superseded"),
    ("the recipient wants no", "unwanted"),
    ("the address has refused", "unreachable"),
    ("the recipient has been erased", "erased"),
    ("the access code", "expired"),
    ("the offer had lapsed", "offer_lapsed"),
    ("the event does not take place", "another_day"),
    ("the event has begun", "begun"),
    ("the mail server takes no address", "characters"),
    ("the address holds", "characters"),
)
_BY_SUBJECT = {"1": "no_such_address", "2": "mailbox", "7": "rejected"}
"""The second number of enhanced status codes (RFC 3463): addressing, mailbox, policy."""
_FULL = ".2.2"
_BY_CODE = {"550": "no_such_address", "551": "no_such_address", "553": "no_such_address", "552": "full"}


def in_words(line: Line) -> str:
    """`mail.<word>` of the translations."""
    for beginning, word in _SENTENCES:
        if line.detail.startswith(beginning):
            return word
    if line.status == "sent":
        return "sent"
    if line.status == "pending":
        return "again" if line.attempts else "waiting"
    if line.status == "failed":
        return "given_up"
    return _refusal(line.detail)


def _refusal(detail: str) -> str:
    match = _CODE.match(detail)
    if match is None:
        return "refused"
    code, enhanced = match[1], match[2]
    if enhanced is None:
        return _BY_CODE.get(code, "refused")
    if enhanced.endswith(_FULL):
        return "full"
    return _BY_SUBJECT.get(enhanced.split(".")[1], "refused")
