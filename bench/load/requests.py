"""
Send prepared requests over many connections and time the answers.

    python -m bench.load.requests --port … --requests FILE --connections 64 --seconds 6 [--token …] [--again]

FILE: JSON lines `[path, body]`. `--again`: begin anew when all have been sent. The warm-up is a fifth of the time.
"""

import argparse
import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import uvloop

from bench import signals
from bench.load.http import Connection, Taken, request

_WARM_UP = 0.2


async def _run(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    cpu = time.process_time()
    begun = time.perf_counter()
    taken = Taken(warm_up=seconds * _WARM_UP, seconds=seconds)
    made = [
        await loop.create_connection(lambda: Connection(requests, taken), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in made))
    times = sorted(taken.times)
    cuts = statistics.quantiles(times, n=100)
    return {
        "requests": len(times),
        "a_second": len(times) / taken.seconds,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
        "statuses": dict(taken.statuses),
        "client_cores": (time.process_time() - cpu) / (time.perf_counter() - begun),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--requests", type=Path, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--token", default="")
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    prepared = [
        request(path=path, body=orjson.dumps(body), token=given.token)
        for path, body in map(orjson.loads, given.requests.read_bytes().splitlines())
    ]
    signals.ready()
    signals.wait_for_harness()
    requests = itertools.cycle(prepared) if given.again else iter(prepared)
    signals.tell(uvloop.run(_run(given.port, requests, given.connections, given.seconds)))


if __name__ == "__main__":
    main()
