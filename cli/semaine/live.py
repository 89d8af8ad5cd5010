"""Progress on a terminal: one line that changes; in a log, a line now and then."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

_LOG_EVERY_SECONDS = 5.0


class LiveLine:
    """Lines that stay (`tell`) and one that changes (`show`), on standard error. A context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._begun = time.monotonic()
        self._logged_at = 0.0
        self._status = Status("", console=self._console) if self._console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def tell(self, line: str) -> None:
        """A line that stays."""
        self._console.print(f"{self._seconds():7.1f} s  {line}", markup=False, soft_wrap=True)

    def show(self, line: str) -> None:
        """The line that changes."""
        if self._status:
            self._status.update(f"{self._seconds():7.1f} s  {escape(line)}")  # goes on in the next line if it must
        elif time.monotonic() - self._logged_at > _LOG_EVERY_SECONDS:
            self._logged_at = time.monotonic()
            self.tell(line)

    def _seconds(self) -> float:
        return time.monotonic() - self._begun
