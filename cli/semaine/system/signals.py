"""What happens on Ctrl-C and on being told to end."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Takes the process's stop signals from now on. One that comes between two works stops the next."""

    def __init__(self) -> None:
        self._work: asyncio.Task[None] | None = None
        self._pending = False
        under_nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        for number in _SIGNALS if under_nohup else (*_SIGNALS, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)

    async def cancel(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do the work until it ends or a stop signal comes; whether it came to its end. Raises what it raises."""
        self._work = asyncio.create_task(work)
        if self._pending:
            self._stop()
        try:
            await self._work
        except asyncio.CancelledError:
            return False
        finally:
            self._work, self._pending = None, False
        return True

    def _stop(self) -> None:
        self._pending = self._work is None
        if self._work:
            self._work.cancel()
