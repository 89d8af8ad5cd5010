"""What the committee and organisers do, in as few words as tests need."""

from typing import Any

import httpx

from tests.integration.labelling.conftest import Labelling

REASON = "L’organisateur confirme : tout public."


class Member:
    """Somebody of the committee, or an organiser, by HTTP."""

    def __init__(self, labelling: Labelling, headers: dict[str, str]) -> None:
        self._labelling = labelling
        self._headers = headers

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self._labelling.http.post(path, json=body, headers=self._headers)

    async def get(self, path: str, **parameters: Any) -> Any:
        answer = await self._labelling.http.get(path, params=parameters, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def claim(self, event) -> httpx.Response:
        return await self.post(f"/v1/reviews/{event.id}/claim")

    async def decide(self, event, verdict: str = "labelled", **more: Any) -> httpx.Response:
        return await self.post(f"/v1/reviews/{event.id}/decision", verdict=verdict, reason=REASON, **more)

    async def review(self, event) -> Any:
        return await self.get(f"/v1/reviews/{event.id}")

    async def queue(self, **parameters: Any) -> list[str]:
        """The events of the queue, by deadline."""
        return [each["event_id"] for each in (await self.get("/v1/reviews", limit=200, **parameters))["reviews"]]


def referent(labelling: Labelling, subject: str, *, departement: str = "67") -> Member:
    return Member(labelling, labelling.bearer("referent", subject=subject, departement=departement))


def staff(labelling: Labelling, subject: str = "alex") -> Member:
    return Member(labelling, labelling.bearer("staff", subject=subject))


def organiser_of(labelling: Labelling, event) -> Member:
    return Member(labelling, labelling.bearer("organiser", subject=str(event.organiser.id)))
