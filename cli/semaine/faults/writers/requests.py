"""Sending: an operation is sent under its key again and again, until its answer is known."""

import asyncio
import re
from collections.abc import Callable
from random import Random
from typing import Any

import httpx

from semaine.faults.ledger import Ledger, Operation
from shared.runtime.tokens import Role

Token = Callable[[Role, str], dict[str, str]]

_PASSING = frozenset({408, 425, 429, 502, 503, 504})
_PROMISED = frozenset({404, 409, 422})
"""Refusals that a writer may provoke. Others mean that the service took the request for something that it is not."""
_PATIENCE_SECONDS = 10.0
_IMPATIENCE_SECONDS = 0.03
_IMPATIENT = 0.03
"""Share of the first attempts that are given up at once, as by a lost connection."""
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0
_LONGEST_RETRY_AFTER_SECONDS = 10.0
_INTERNAL_ERROR = 500
_FORM = re.compile(r'<form method="post" action="([^"]+)"><input type="hidden" name="csrf" value="([^"]+)">')


class Requests:
    """Sends for one writer."""

    def __init__(self, *, http: httpx.AsyncClient, token: Token, ledger: Ledger, random: Random) -> None:
        self._http = http
        self._token = token
        self._ledger = ledger
        self._random = random

    async def send(self, operation: Operation) -> Operation:
        """Enter the operation into the ledger, and send it until its answer is known."""
        self._ledger.begin(operation)
        patience = _IMPATIENCE_SECONDS if self._random.random() < _IMPATIENT else _PATIENCE_SECONDS
        while True:
            response = await self._attempt(operation, patience)
            if response is not None and response.status_code == _INTERNAL_ERROR:
                operation.oddities.append(_said(response))
            elif response is not None and response.status_code not in _PASSING:
                break
            await asyncio.sleep(self._pause(operation.attempts, response))
            patience = _PATIENCE_SECONDS
        self._ledger.know(
            operation,
            status=response.status_code,
            answer=_document(response),
            replayed="idempotency-replayed" in response.headers,
        )
        if not operation.acknowledged and response.status_code not in _PROMISED:
            operation.oddities.append(_said(response))
        return operation

    async def look(self, path: str, *, caller: tuple[Role, str], body: dict[str, Any] | None = None) -> Any:
        """A document as it is now, or what a `body` would lead to; None while nobody answers."""
        response = await self._see("POST" if body else "GET", path, json=body, headers=self._token(*caller))
        return response.json() if response is not None and response.is_success else None

    async def buttons(self, path: str) -> dict[str, str]:
        """The forms of a page that take nothing but a click: where they go, and their proof of coming from there."""
        response = await self._see("GET", path)
        return dict(_FORM.findall(response.text)) if response is not None and response.is_success else {}

    async def _see(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, timeout=_PATIENCE_SECONDS, **more)
        except httpx.TransportError:
            return None

    async def _attempt(self, operation: Operation, patience: float) -> httpx.Response | None:
        headers = {"Idempotency-Key": operation.key}
        if operation.caller:
            headers |= self._token(*operation.caller)
        operation.attempts += 1
        try:
            async with asyncio.timeout(patience):
                return await self._http.request(
                    operation.method,
                    operation.path,
                    json=None if operation.form else operation.body,
                    data=operation.body if operation.form else None,
                    headers=headers,
                    timeout=patience,
                )
        except (httpx.TransportError, TimeoutError):
            return None

    def _pause(self, attempts: int, response: httpx.Response | None) -> float:
        asked = response.headers.get("retry-after", "") if response is not None else ""
        least = min(float(asked), _LONGEST_RETRY_AFTER_SECONDS) if asked.isdecimal() else 0.0
        longest = min(_FIRST_PAUSE_SECONDS * 2.0 ** min(attempts, 10), _LONGEST_PAUSE_SECONDS)
        return least + self._random.uniform(0, longest)


def _document(response: httpx.Response) -> Any:
    return response.json() if "json" in response.headers.get("content-type", "") else None


def _said(response: httpx.Response) -> str:
    return f"answered {response.status_code}: {response.text[:300]}"
