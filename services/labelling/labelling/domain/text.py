"""French text as comparable stems: without case, accents, elisions and small words."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]{1,40}")
"""A longer one is cut, so that the cache of stems stays small."""
_SMALL_WORDS = {
    "a", "ai", "au", "aux", "avec", "c", "ce", "ces", "cet", "cette", "ci", "d", "dans", "de", "des", "du", "elle",
    "elles", "en", "environ", "est", "et", "eux", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs",
    "lui", "m", "ma", "maintenant", "mais", "me", "mes", "mon", "n", "ne", "nos", "notre", "nous", "on", "ou",
    "par", "pas", "pour", "qu", "que", "qui", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "ta", "te",
    "tes", "ton", "tu", "un", "une", "verra", "verrez", "verrons", "verront", "vos", "votre", "vous", "y",
}  # fmt: skip
_CONFUSED = (
    "chassis", "concert", "environnement", "equitation", "instrumentation", "laser", "maintenance", "modeliste",
    "opera", "tennis", "tolerie", "verre",
)  # fmt: skip
"""Words that the stemmer would take for others: chasse, concerter, environ, équité, las, maintenant, tenir, verrez."""
_OWN_STEMS = {form: word for word in _CONFUSED for form in (word, f"{word}s")}
_stemmer = snowballstemmer.stemmer("french")


def folded(text: str) -> str:
    """Lower case in plain letters: without accents and ligatures, an apostrophe straight, € in words."""
    text = text.lower()
    if text.isascii():
        return text
    text = text.replace("’", "'").replace("œ", "oe").replace("æ", "ae").replace("€", "euros")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    plain = folded(word)
    if plain in _SMALL_WORDS:
        return ""
    stem: str = _OWN_STEMS.get(plain) or _stemmer.stemWord(plain)
    return stem


def stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()) if (stem := _stem(word))]
