"""Conditional GET (RFC 9110): what the caller has already is not sent again."""

from typing import Annotated, TypeAlias

from fastapi import Header

IfNoneMatch: TypeAlias = Annotated[str | None, Header(description="ETag of an answer already read")]


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether the header names this ETag, weak or not, or any (`*`)."""
    known = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return tag.removeprefix("W/") in known or "*" in known
