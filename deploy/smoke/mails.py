"""The mails that Mailpit caught."""

from typing import Self

import httpx
from awaiting import NotYet
from programme import Event


class Mails(httpx.Client):
    """Mailpit's API."""

    def __init__(self, *, url: str) -> None:
        super().__init__(base_url=url, timeout=10)

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def answer(self) -> None:
        self.get("/readyz").raise_for_status()

    def about(self, event: Event, *, to: str, subjects: int) -> None:
        """Raise `NotYet` unless exactly so many different mails to this address name the event, each once."""
        answer = self.get("/api/v1/search", params={"query": f'to:"{to}"'}).raise_for_status()
        found = sorted(mail["Subject"] for mail in answer.json()["messages"] if event.title in mail["Subject"])
        if len(found) != subjects or len(set(found)) != subjects:
            raise NotYet(f"mails to {to} about the event: {found}")
