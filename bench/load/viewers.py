"""
Viewers of an event stream: connections that only read, and note how old each event is when it comes.

    python -m bench.load.viewers --port … --path … --viewers 5000

Ready once everybody has the first event; from then on each event counts, until the harness sends a line. An event's age
is the time since its `as_of`.
"""

import argparse
import asyncio
import time
from collections import defaultdict
from datetime import datetime
from typing import Any, cast

import uvloop

from bench import signals

_AS_OF = b'"as_of":"'
_DATA = b"data: "
_AT_ONCE = 50


class Arrivals:
    """Ages in seconds of all events at all viewers, by event."""

    def __init__(self) -> None:
        self._made_at: dict[bytes, float] = {}
        self.by_event: dict[bytes, list[float]] = defaultdict(list)
        self.counting = False
        self.largest = b""

    def note(self, as_of: bytes, now: float) -> None:
        if self.counting:
            made_at = self._made_at.get(as_of)
            if made_at is None:
                made_at = self._made_at[as_of] = datetime.fromisoformat(as_of.decode()).timestamp()
            self.by_event[as_of].append(now - made_at)


class Viewer(asyncio.Protocol):
    """Reads on without end."""

    def __init__(self, request: bytes, arrivals: Arrivals) -> None:
        self._request = request
        self._arrivals = arrivals
        self._rest = b""
        self.first = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)  # uvloop's own is none by class

    def data_received(self, data: bytes) -> None:
        now = time.time()
        *events, self._rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in events:
            at = event.find(_AS_OF)
            if at >= 0:
                begin = at + len(_AS_OF)
                self._arrivals.note(event[begin : event.index(b'"', begin)], now)
                if self._arrivals.counting:
                    self._arrivals.largest = max(self._arrivals.largest, event[event.index(_DATA) :], key=len)
                if not self.first.done():
                    self.first.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.first.done():
            self.first.set_exception(ConnectionError("a viewer was turned away"))


async def _watch(port: int, path: str, viewers: int) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    arrivals = Arrivals()
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n".encode()
    made: list[Viewer] = []
    while len(made) < viewers:
        some = await asyncio.gather(
            *(
                loop.create_connection(lambda: Viewer(request, arrivals), "127.0.0.1", port)
                for _ in range(min(_AT_ONCE, viewers - len(made)))
            )
        )
        made += [viewer for _, viewer in some]
    await asyncio.gather(*(viewer.first for viewer in made))
    arrivals.counting = True
    signals.ready()
    await asyncio.to_thread(signals.wait_for_harness)
    ages = sorted(age for each in arrivals.by_event.values() for age in each)
    return {
        "events": len(arrivals.by_event),
        "arrivals": len(ages),
        "missed": sum(viewers - len(each) for each in arrivals.by_event.values()),
        "p50": ages[len(ages) // 2],
        "p99": ages[len(ages) * 99 // 100],
        "worst": ages[-1],
        "data": arrivals.largest.removeprefix(_DATA).decode(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--viewers", type=int, required=True)
    given = parser.parse_args()
    signals.tell(uvloop.run(_watch(given.port, given.path, given.viewers)))


if __name__ == "__main__":
    main()
