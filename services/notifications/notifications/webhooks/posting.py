"""One post to an endpoint: to an address that was checked, within bounds of time and size, following no redirect."""

import asyncio
import codecs
import ssl
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlunsplit

from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    TraceConfig,
    TraceConnectionReuseconnParams,
)
from yarl import URL

from notifications.webhooks.addresses import (
    AddressNotAllowedError,
    NotAnEndpointError,
    parse_endpoint,
    port_of,
    resolve,
)
from notifications.webhooks.domain import EndpointAway, Reaction, reaction_to

_READ_BYTES = 2000
"""Of the answer's body; the rest is not fetched."""
_SHOWN_CHARACTERS = 200


class Poster:
    """Posts to one endpoint, over connections of its own: endpoints of one address need not trust each other."""

    def __init__(self, *, url: str, allow_private: bool, timeout_seconds: float, tls: ssl.SSLContext) -> None:
        self._url = url
        self._allow_private = allow_private
        self._timeout = timeout_seconds
        self._tls = tls
        self._session = _session(TCPConnector(limit=0))
        self._fresh = _session(TCPConnector(limit=0, force_close=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._fresh.close()

    async def post(self, *, body: str, headers: dict[str, str], now: datetime) -> Reaction:
        """What the endpoint made of it; whatever goes wrong is told as a value."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(body=body, headers=headers, now=now)
        except (AddressNotAllowedError, NotAnEndpointError) as error:
            return EndpointAway(detail=str(error))
        except TimeoutError:
            return EndpointAway(detail=f"no answer within {self._timeout:g} s")
        except (ClientError, OSError, ValueError) as error:
            return EndpointAway(detail=f"not reached: {_reason(error)}")

    async def _post(self, *, body: str, headers: dict[str, str], now: datetime) -> Reaction:
        parts = parse_endpoint(self._url, allow_private=self._allow_private)
        host = parts.hostname or ""
        address = await resolve(host, port_of(parts), allow_private=self._allow_private)
        bracketed = f"[{address}]" if ":" in address else address
        target = urlunsplit((parts.scheme, f"{bracketed}:{port_of(parts)}", parts.path or "/", parts.query, ""))
        async with await self._begun(
            URL(target, encoded=True),
            data=body.encode(),
            headers={**headers, "host": parts.netloc},
            allow_redirects=False,
            ssl=self._tls,
            server_hostname=host,
        ) as response:
            text = await _beginning(response)
        return reaction_to(status=response.status, retry_after=response.headers.get("retry-after"), text=text, now=now)

    async def _begun(self, target: URL, **request: Any) -> ClientResponse:
        """
        The answer, when it begins.

        A connection kept from an earlier post may turn out to be closed: the post goes out once more, over a new one.
        """
        reused: list[bool] = []
        try:
            return await self._session.post(target, trace_request_ctx=reused, **request)
        except ClientConnectionError:
            if not reused:
                raise
            return await self._fresh.post(target, **request)


def _session(connector: TCPConnector) -> ClientSession:
    tracing = TraceConfig()
    tracing.on_connection_reuseconn.append(_note_reuse)
    return ClientSession(
        connector=connector,
        timeout=ClientTimeout(),  # none of its own: `post` has one for all of it
        cookie_jar=DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        headers={"user-agent": "Semaine-Webhooks/1", "content-type": "application/json", "accept": "*/*"},
        trace_configs=[tracing],
    )


async def _note_reuse(_session: ClientSession, context: Any, _parameters: TraceConnectionReuseconnParams) -> None:
    context.trace_request_ctx.append(True)


def _reason(error: Exception) -> str:
    """What went wrong, in one line: aiohttp's own errors name the whole URL, and objects of Python, around it."""
    cause = error.__cause__ or error
    text = getattr(cause, "message", "") or str(cause) or type(cause).__name__
    return " ".join(text.split())[:_SHOWN_CHARACTERS]


async def _beginning(response: ClientResponse) -> str:
    """The first line or so of the answer, as it came: nothing is decompressed."""
    data = b""
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) >= _READ_BYTES:
            break
    text = codecs.decode(data[:_READ_BYTES], "utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text)[:_SHOWN_CHARACTERS]
