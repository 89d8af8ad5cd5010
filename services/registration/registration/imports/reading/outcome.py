"""What reading a file gives: batches of rows and problems, or a refusal of the whole file."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from shared.contracts.base import Bilingual

Cells: TypeAlias = dict[str, str]
"""A CSV row by its header's names (lower case). An empty cell is an empty string."""

Data = TypeVar("Data")
"""`bytes` of a JSON line, or `Cells`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one import may ask of the machine. Sizes in bytes."""

    total_bytes: int = 4 * 1024**3
    """Of the file, once decompressed."""
    line_bytes: int = 128 * 1024
    """Of a line; also of a CSV row of several lines. The csv module allows a cell no more than this."""
    compression_ratio: int = 200
    """Decompressed to compressed size; imports as they are reach about 30, deflate can reach 1,032."""
    free_bytes: int = 4 * 1024**2
    """Decompressed size below which the ratio does not matter."""
    columns: int = 500
    piece_bytes: int = 64 * 1024
    """The file is read in pieces of this size."""
    batch_rows: int = 5_000
    batch_bytes: int = 1024**2


class RowProblem(NamedTuple):
    """Why a row, or a field of it, was not taken, and what to do. Lines count from 1, header and empty lines too."""

    line: int
    field: str | None
    reason: Bilingual


NUL = Bilingual(fr="il y a un caractère NUL : supprimez-le", en="it contains a NUL character: remove it")


def not_utf_8(*, character: int, byte: int) -> Bilingual:
    return Bilingual(
        fr=f"ce n’est pas de l’UTF-8 au caractère {character} (octet 0x{byte:02X}) : "
        "enregistrez le fichier en UTF-8, ou envoyez son jeu de caractères avec le type du contenu",
        en=f"it is not UTF-8 at character {character} (byte 0x{byte:02X}): "
        "save the file as UTF-8, or send its charset with the content type",
    )


class ColumnProblem(RowProblem):
    """A column that nobody reads, told at the header's line: no row is refused for it."""


@dataclass(slots=True)
class Batch(Generic[Data]):
    """
    Rows in the order of the file, each with its line, and the problems met on the way.

    JSON lines come as bytes: UTF-8 and free of NUL, otherwise unchecked.
    """

    rows: list[tuple[int, Data]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns that a CSV file may have, by their names in lower case."""

    columns: frozenset[str]
    required: frozenset[str]
    others_allowed: bool = False
    """Whether further columns are passed over in silence instead of being reported."""


class ImportRefused(Exception):  # noqa: N818
    """The file as a whole cannot be read, or not further. Batches given before stay good."""

    def __init__(self, *, fr: str, en: str) -> None:
        super().__init__(en)
        self.reason = Bilingual(fr=fr, en=en)
