"""French elision and contraction, as far as names of places and trades need it."""

import re
import unicodedata

_VOWELS = "aeiouyœæ"


def plain(text: str) -> str:
    """Lower case ASCII."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def slug(text: str) -> str:
    """A label of a domain name."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text))[:50].strip("-")


def of(noun: str) -> str:
    """`d'ajusteur`, `de soudeur`, `du Havre`, `des Ulis`, `de La Rochelle`."""
    return _contracted(noun, le="du", les="des") or (f"d'{noun}" if plain(noun)[:1] in _VOWELS else f"de {noun}")


def at(city: str) -> str:
    """`à Angers`, `au Havre`, `aux Ulis`."""
    return _contracted(city, le="au", les="aux") or f"à {city}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def _contracted(noun: str, *, le: str, les: str) -> str | None:
    article, _, rest = noun.partition(" ")
    if article == "Le":
        return f"{le} {rest}"
    return f"{les} {rest}" if article == "Les" else None
