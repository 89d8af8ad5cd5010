"""The HTTP server of a service."""

import uvicorn
from fastapi import FastAPI

from shared.runtime.http.connections import KEEP_ALIVE_SECONDS, bounded


def make(app: FastAPI, *, host: str, port: int, connections: int, trusted_proxies: str) -> uvicorn.Server:
    """
    A server with at most so many `connections`, not yet running.

    `trusted_proxies`: addresses or networks, separated by commas, whose X-Forwarded-For names the client.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=bounded(connections),
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=trusted_proxies,
        )
    )
