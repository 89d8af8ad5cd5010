"""
httpx: finished posts to one endpoint, several at a time.

    python -m bench.peers.webhook_loop --url … --post FILE --posts … --at-once …

As its documentation shows: one AsyncClient, `post` for each. FILE: JSON with `headers` and `body`, signed beforehand.
"""

import argparse
import asyncio
import json
from pathlib import Path

import httpx

from bench import signals


async def _run(url: str, headers: dict[str, str], body: str, posts: int, at_once: int) -> None:
    left = iter(range(posts))
    async with httpx.AsyncClient() as client:

        async def line() -> None:
            for _ in left:
                response = await client.post(url, content=body, headers=headers)
                response.raise_for_status()

        await asyncio.gather(*(line() for _ in range(at_once)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--post", type=Path, required=True)
    for name in ("--posts", "--at-once"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args()
    post = json.loads(given.post.read_text())
    signals.ready()
    signals.wait_for_harness()
    asyncio.run(_run(given.url, post["headers"], post["body"], given.posts, given.at_once))
    signals.tell({"sent": given.posts})


if __name__ == "__main__":
    main()
