"""Values as OpenAgenda's export writes them: plain, as JSON inside a CSV cell, or as JSON values."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from pydantic_core import from_json

_SEPARATORS = re.compile(r"[,;|]")
_BLOCK = re.compile(r"<(?:p|br|div|li|ul|ol|h[1-6]|tr)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,2000}>", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d{1,3}(?:\.\d+)?")


def text(value: Any) -> str:
    """Of what stands for nothing, an empty text."""
    return "" if value is None else str(value).strip()


def decoded(value: Any) -> Any:
    """The JSON in a cell; the value itself if there is none."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return from_json(value)
    except ValueError:
        return value


def listed(value: Any) -> list[str]:
    """`a,b`, `["a","b"]` and `{"a": true, "b": false}` alike."""
    found = decoded(value)
    if isinstance(found, dict):
        return [name for name, holds in found.items() if holds]
    parts = found if isinstance(found, list) else _SEPARATORS.split(text(found))
    return [part for each in parts if (part := text(each))]


def code_of(value: Any) -> str:
    """`6`, `cancelled` and `{"id": 6, "label": …}` alike: the code, or the label in lower case without accents."""
    found = decoded(value)
    return text(found.get("id") if isinstance(found, dict) else found).lower().replace("é", "e")


def integer(value: Any) -> int | None:
    """A number of years; None for none."""
    digits = text(value).removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else None  # noqa: PLR2004


def point(value: Any) -> tuple[str, str] | None:
    """Latitude and longitude from `47.2, -1.6`, `{"lat": 47.2, "lon": -1.6}` or `[47.2, -1.6]`."""
    found = decoded(value)
    if isinstance(found, dict):
        found = f"{found.get('lat')} {found.get('lon')}"
    numbers = _DECIMAL.findall(text(found))
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None  # noqa: PLR2004


def address_of(value: Any) -> str:
    """The first web address among the ways to register."""
    return next((each for each in _texts(decoded(value)) if each.startswith(("https://", "http://"))), "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif value is not None:
        yield from str(value).replace(",", " ").split()


def without_markup(markup: str) -> str:
    """The text of HTML, a line per block."""
    if "<" not in markup and "&" not in markup:
        return markup
    lines = (" ".join(line.split()) for line in unescape(_TAG.sub("", _BLOCK.sub("\n", markup))).splitlines())
    return "\n".join(line for line in lines if line)
