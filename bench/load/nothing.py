"""
A server that does nothing: how fast the load generator is alone.

    python -m bench.load.nothing --port …
"""

import argparse
import asyncio
from typing import cast

import uvloop

from bench import signals

_ANSWER = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class _Nothing(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by class

    def data_received(self, _data: bytes) -> None:
        self._transport.write(_ANSWER)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Nothing, "127.0.0.1", port)
    signals.ready()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    signals.leave_with_harness()
    uvloop.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
