"""Wait for what comes about by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

Found = TypeVar("Found")
_EVERY_SECONDS = 0.1


class NotYet(Exception):  # noqa: N818 - not an error until patience is over
    """It has not come about; says what was seen instead."""


class Late(Exception):  # noqa: N818
    """It has not come about in time; says what was awaited and what was seen last."""


class Waiting:
    """Asks again and again, each time for `seconds` at most."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds

    def until(self, what: str, look: Callable[[], Found]) -> Found:
        """What `look` answers once it no longer raises `NotYet`. Raises `Late`."""
        end = time.monotonic() + self._seconds
        while True:
            try:
                return look()
            except (NotYet, httpx.TransportError) as seen:
                if time.monotonic() > end:
                    raise Late(f"waited {self._seconds:.0f} s for {what}; seen last: {seen}") from seen
            time.sleep(_EVERY_SECONDS)
