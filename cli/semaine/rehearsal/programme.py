"""The public HTTP API, as staff use it to bring a whole edition in."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

_PART = 50_000
"""Sign-ups in one request."""
_CHANGES = 500
"""Events that would change in one answer."""
_CHUNK = 2_000
"""Sign-ups in one piece of a request's body."""


class ApiError(Exception):
    """The API did not do what it was asked; the message is its problem document's."""


class Programme:
    """A client of the gateway with a staff token. A context manager."""

    def __init__(self, *, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(300, connect=10),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def save_edition(self, edition: Mapping[str, Any]) -> None:
        content = {name: value for name, value in edition.items() if name != "id"}
        await self._done(await self._client.put(f"/v1/editions/{edition['id']}", json=content))

    async def import_events(self, rows: Iterable[Mapping[str, Any]], *, edition: str) -> dict[str, Any]:
        """Send all events in one file; answers the report."""
        body = b"\n".join(orjson.dumps(row) for row in rows) + b"\n"
        return await self._import("events", {"edition": edition}, body)

    async def import_sign_ups(
        self, lines: Iterator[bytes], *, edition: str, sent: Callable[[dict[str, Any], int], None]
    ) -> None:
        """Send sign-ups in parts, one request each; `sent` gets each report and how many people it is about."""
        while True:
            part = list(islice(lines, _PART))
            if not part:
                return
            report = await self._import("participations", {"edition": edition, "notify": "false"}, _pieces(part))
            sent(report, sum(orjson.loads(line)["people"] for line in part))

    async def register_partner(self, *, name: str, url: str) -> dict[str, Any]:
        """Register an endpoint for all webhooks; answers it with its secret."""
        return await self._done(await self._client.post("/v1/partners", json={"name": name, "url": url}))

    async def counters(self, *, edition: str) -> dict[str, Any]:
        return await self._done(await self._client.get("/v1/counters", params={"edition": edition}))

    async def events_by_status(self, *, edition: str) -> dict[str, int]:
        """How many events the public counters show in each status."""
        counters = await self.counters(edition=edition)
        return {tally["value"]: tally["events"] for tally in counters["counters"]["status"]}

    async def preview_act(self, act: Mapping[str, Any], *, edition: str) -> dict[str, Any]:
        """What an act would do, and the token to confirm it with."""
        return await self._done(await self._client.post(f"/v1/editions/{edition}/acts/preview", json=act))

    async def act_samples(self, edition: Mapping[str, Any]) -> dict[str, Any]:
        """
        What people in each role would be told, in each language (`samples`), and how many `partners`.

        `edition` as the preview of an act shows it.
        """
        act = edition["act"]
        told = {name: act[name] for name in ("kind", "policy", "respond_by", "previous_dates", "terms")}
        dates = edition["dates"] if act["kind"] == "postponed" else None
        body = {"edition_id": edition["id"], "name": edition["name"], "dates": dates, **told}
        return await self._done(await self._client.post("/v1/notices/samples", json=body))

    async def charter_differences(self, version: str, *, since: str) -> dict[str, Any]:
        """What a charter says otherwise than another one."""
        return await self._done(await self._client.get(f"/v1/charters/{version}/differences", params={"since": since}))

    async def simulate_charter(self, draft: bytes, *, edition: str, most: int | None) -> dict[str, Any]:
        """What a draft would change of an edition; at most `most` of the events that would, or all."""
        found: dict[str, Any] = {}
        changes: list[Any] = []
        after: str | None = None
        while not found or (after is not None and (most is None or len(changes) < most)):
            found = await self._done(
                await self._client.post(
                    f"/v1/charters/{edition}/simulation",
                    params={"limit": _CHANGES} | ({"after": after} if after else {}),
                    content=draft,
                    headers={"Content-Type": "application/yaml"},
                )
            )
            changes += found["changes"]
            after = found["next"]
        return {**found, "changes": changes[:most], "next": None}

    async def confirm_act(self, act: Mapping[str, Any], *, edition: str) -> dict[str, Any]:
        """Decide what was previewed; `act` has the token."""
        return await self._done(await self._client.post(f"/v1/editions/{edition}/acts", json=act))

    async def act(self, *, edition: str, number: int) -> dict[str, Any]:
        """How far an act has come."""
        return await self._done(await self._client.get(f"/v1/editions/{edition}/acts/{number}"))

    async def export_person(self, email: str) -> dict[str, Any]:
        """All that is kept under an address."""
        found = await self._done(await self._client.post("/v1/persons/export", json={"email": email}))
        return found | await self._done(await self._client.post("/v1/digests/export", json={"email": email}))

    async def erase_person(self, email: str) -> dict[str, Any]:
        """Erase it; answers how many persons, organisers and digests that were."""
        # Digests first: those at a person's address go with the person, and would not be counted.
        digests = await self._done(await self._client.post("/v1/digests/erasure", json={"email": email}))
        return await self._done(await self._client.post("/v1/persons/erasure", json={"email": email})) | digests

    async def mails_to(self, contact_id: str) -> list[dict[str, Any]]:
        """What was sent to a contact, newest first, as far as the log's longest page goes."""
        asked = {"recipient_id": contact_id, "channel": "email", "limit": "1000"}
        answer = await self._done(await self._client.get("/v1/deliveries", params=asked))
        mails: list[dict[str, Any]] = answer["deliveries"]
        return mails

    async def _import(
        self, kind: str, parameters: Mapping[str, str], body: bytes | AsyncIterator[bytes]
    ) -> dict[str, Any]:
        response = await self._client.post(
            f"/v1/imports/{kind}",
            params=parameters,
            content=body,
            headers={"Content-Type": "application/x-ndjson"},
        )
        return await self._done(response)

    async def _done(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        request = f"{response.request.method} {response.request.url.path}"
        raise ApiError(f"{request} answered {response.status_code}: {response.text[:2000]}")


async def _pieces(lines: list[bytes]) -> AsyncIterator[bytes]:
    for start in range(0, len(lines), _CHUNK):
        piece = lines[start : start + _CHUNK]
        yield b"\n".join(line.rstrip(b"\n") for line in piece) + b"\n"
