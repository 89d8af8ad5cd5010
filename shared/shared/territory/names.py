"""When two spellings of a commune's name are the same name."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"})
_CEDEX = re.compile(r"\bcedex\b.*")
_SUR = re.compile(r"\bs/")
_WORDS = re.compile(r"[a-z0-9]+")
_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille) (?:\d{1,2}(?:er|eme|e|nd|nde)?)(?: (?:arr|ardt|arrondt|arrondissement))?$"
)
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLES = ("le", "la", "les", "l")


def spelling(name: str) -> str:
    """What is left of a name without case, accents, punctuation, abbreviations, CEDEX and arrondissement."""
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES)).encode("ascii", "ignore").decode().lower()
    plain = _SUR.sub("sur ", _CEDEX.sub("", plain))
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in _WORDS.findall(plain))
    return _ARRONDISSEMENT.sub(r"\1", words)


def without_article(words: str) -> str:
    """The spelling without its article, whether it stands first or, as in directories, last: `Havre (Le)`."""
    first, _, rest = words.partition(" ")
    if rest and first in _ARTICLES:
        return rest
    start, _, last = words.rpartition(" ")
    return start if start and last in _ARTICLES else words
