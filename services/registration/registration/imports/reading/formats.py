"""Which format and which encoding a body has: what its Content-Type says, else what its first bytes say."""

from email.message import Message
from typing import Literal, TypeAlias

from registration.imports.reading.outcome import ImportRefused

Format: TypeAlias = Literal["json_lines", "csv"]

JSON_LINES = frozenset(
    f"application/{name}"
    for name in ("x-ndjson", "ndjson", "jsonl", "x-jsonl", "jsonlines", "x-jsonlines", "json-lines")
)
CSV = frozenset({"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"})
SAYS_NOTHING = frozenset(
    {
        "",
        "text/plain",
        "application/json",
        "application/octet-stream",
        "application/gzip",
        "application/x-gzip",
        "application/vnd.ms-excel",  # what browsers on Windows call a CSV file
        "application/x-www-form-urlencoded",  # what curl --data-binary says unasked
    },
)
SINGLE_BYTE = {
    **dict.fromkeys(("windows-1252", "cp1252", "iso-8859-1", "latin1", "latin-1"), "cp1252"),
    **dict.fromkeys(("iso-8859-15", "latin9", "latin-9"), "iso8859-15"),
}
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def single_byte_encoding(content_type: str | None) -> str | None:
    """The Python codec that the charset parameter asks for; None for UTF-8. ImportRefused for any other."""
    charset = _header(content_type).get_content_charset() or "utf-8"
    if charset in UTF_8:
        return None
    if charset not in SINGLE_BYTE:
        raise ImportRefused(
            fr=f"Le jeu de caractères {charset[:40]!r} n’est pas accepté : enregistrez le fichier en UTF-8.",
            en=f"The charset {charset[:40]!r} is not accepted: save the file as UTF-8.",
        )
    return SINGLE_BYTE[charset]


def format_of(*, content_type: str | None, beginning: bytes) -> Format:
    """The format of a body that begins with these bytes, decompressed. ImportRefused if there is none for it."""
    _refuse_other_files(beginning)
    declared = _header(content_type).get_content_type() if content_type else ""
    if declared in CSV:
        return "csv"
    if declared not in JSON_LINES | SAYS_NOTHING:
        raise ImportRefused(
            fr=f"Le type de contenu {declared[:80]!r} n’est pas accepté : "
            "envoyez le fichier comme corps, en application/x-ndjson ou text/csv.",
            en=f"The content type {declared[:80]!r} is not accepted: "
            "send the file as the body, as application/x-ndjson or text/csv.",
        )
    text = beginning.removeprefix(UTF_8_MARK).lstrip()
    if text.startswith(b"["):
        raise ImportRefused(
            fr="Un tableau JSON ne se lit pas ligne par ligne : envoyez un objet par ligne, sans virgules entre eux.",
            en="A JSON array cannot be read row by row: send one object per line, without commas between.",
        )
    return "json_lines" if declared in JSON_LINES or text.startswith(b"{") else "csv"


def _header(content_type: str | None) -> Message:
    header = Message()
    header["Content-Type"] = " ".join((content_type or "").split())
    return header


def _refuse_other_files(beginning: bytes) -> None:
    if beginning.startswith(b"PK\x03\x04"):
        raise ImportRefused(
            fr="Le fichier est un classeur ou une archive ZIP : enregistrez-le en CSV UTF-8.",
            en="The file is a spreadsheet or a ZIP archive: save it as CSV UTF-8.",
        )
    if beginning.startswith(b"\x1f\x8b"):
        raise ImportRefused(
            fr="Le fichier est compressé deux fois : compressez-le une seule fois.",
            en="The file is compressed twice: compress it once.",
        )
    if beginning.startswith(UTF_16_MARKS) or beginning.count(0) * 4 > len(beginning):
        raise ImportRefused(
            fr="Le fichier est en UTF-16 : enregistrez-le en UTF-8 (dans un tableur : CSV UTF-8).",
            en="The file is UTF-16: save it as UTF-8 (in a spreadsheet: CSV UTF-8).",
        )
    if not beginning.removeprefix(UTF_8_MARK).strip():
        raise ImportRefused(
            fr="Le fichier est vide, ou commence par des milliers de lignes vides : "
            "commencez-le par une ligne remplie.",
            en="The file is empty, or begins with thousands of empty lines: begin it with a row.",
        )
