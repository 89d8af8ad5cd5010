"""The language of a page, and what is written in it: catalogues in TOML, `translations/<language>.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from starlette.requests import Request

from shared.contracts.base import Language
from shared.pages.formats import locale_of
from shared.pages.formats import number as in_words

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "fr"
COOKIE = "lang"
PARAMETER = "lang"


class MissingTranslationError(KeyError):
    """No catalogue has this text."""


class Texts:
    """The texts of one language, by dotted keys."""

    def __init__(self, language: Language, packages: Sequence[str]) -> None:
        self.language = language
        self._locale = locale_of(language)
        self._texts = {key: text for package in packages for key, text in catalogue(package, language).items()}

    def __call__(self, key: str, /, **values: object) -> str:
        """The text, with its `{placeholders}` filled in."""
        text = self._texts.get(key)
        if text is None:
            raise MissingTranslationError(f"{key} has no text in {self.language}: add it to translations/")
        return text.format(**values) if values else text

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def first(self, *keys: str, **values: object) -> str:
        """The first of these keys that has a text."""
        return self(next((key for key in keys if key in self), keys[-1]), **values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """`key.one` or `key.other`, with `{number}` as people write it; in French, zero is singular."""
        one = number < 2 if self.language == "fr" else number == 1  # noqa: PLR2004 - the rule of plurals
        return self(f"{key}.{'one' if one else 'other'}", number=in_words(number, locale=self._locale), **values)


@cache
def catalogue(package: str, language: Language) -> Mapping[str, str]:
    """The texts that stand in `translations` of a package."""
    text = (files(package) / "translations" / f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def chosen(request: Request) -> Language | None:
    """The language asked for in the address, to be remembered."""
    return _known(request.query_params.get(PARAMETER))


def language_of(request: Request) -> Language:
    """What the visitor has chosen; else what the browser prefers; else French."""
    return chosen(request) or _known(request.cookies.get(COOKIE)) or _preferred(request.headers.get("accept-language"))


def _known(value: str | None) -> Language | None:
    return next((each for each in LANGUAGES if each == value), None)


def _preferred(header: str | None) -> Language:
    """The order of the header stands for its weights: browsers send them sorted."""
    for each in (header or "").split(","):
        if known := _known(each.strip()[:2].lower()):
            return known
    return DEFAULT
