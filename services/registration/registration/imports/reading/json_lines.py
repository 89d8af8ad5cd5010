"""JSON lines: each as the bytes it came in, checked for its encoding alone."""

import re

from registration.imports.reading.lines import Lines
from registration.imports.reading.outcome import NUL, Batch, RowProblem, not_utf_8
from shared.contracts.base import Bilingual

ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class JsonLines:
    """Rows for a JSON validator to take as they are."""

    def feed(self, found: Lines, batch: Batch[bytes]) -> None:
        first, lines = found
        if _is_clean(lines):
            batch.rows += [(number, line) for number, line in enumerate(lines, first) if line and not line.isspace()]
            return
        for number, line in enumerate(lines, first):
            if (reason := _fault(line)) is not None:
                batch.problems.append(RowProblem(number, None, reason))
            elif line and not line.isspace():
                batch.rows.append((number, line))

    def skipped(self, problem: RowProblem, batch: Batch[bytes]) -> None:
        batch.problems.append(problem)

    def finish(self, batch: Batch[bytes]) -> None:
        """Nothing is held back."""


def _is_clean(lines: list[bytes]) -> bool:
    text = b"\n".join(lines)
    if b"\0" in text or b"\\u0000" in text:
        return False
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fault(line: bytes) -> Bilingual | None:
    if b"\0" in line or ESCAPED_NUL.search(line):
        return NUL
    try:
        line.decode()
    except UnicodeDecodeError as error:
        character = len(line[: error.start].decode()) + 1
        return not_utf_8(character=character, byte=line[error.start])
    return None
