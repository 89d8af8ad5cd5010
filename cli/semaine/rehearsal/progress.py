"""What a play or a rehearsal tells while it goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx

from semaine.backlog import Backlog, BacklogReader
from semaine.rehearsal.programme import ApiError, Programme

_EVERY_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far it has come. `labelled` and `counted` are what the public counters say."""

    submitted: int = 0
    sent_people: int = 0
    labelled: int = 0
    decided: int = 0
    counted: int = 0
    notified: int = 0
    """Mails and webhooks that have been taken."""
    backlog: Backlog = field(default_factory=Backlog)

    def sentence(self) -> str:
        """One line for a terminal."""
        return (
            f"submitted {self.submitted} · labelled {self.labelled} of {self.decided} decided · "
            f"notified {self.notified} of {self.notified + self.backlog.notices} · "
            f"counted {self.counted} of {self.sent_people} people · "
            f"lag {sum(self.backlog.lag.values()) + sum(self.backlog.outbox.values())}"
        )


class Watch:
    """Looks at the system every two seconds and passes on what it sees."""

    def __init__(self, *, programme: Programme, backlog: BacklogReader, tell: Callable[[Progress], None]) -> None:
        self._programme = programme
        self._backlog = backlog
        self._tell = tell
        self.now = Progress()

    def sent(self, *, submitted: int = 0, people: int = 0) -> None:
        """Note what has gone in."""
        self.now = replace(
            self.now, submitted=self.now.submitted + submitted, sent_people=self.now.sent_people + people
        )

    @asynccontextmanager
    async def looking(self, *, edition: str) -> AsyncIterator[None]:
        """Look every two seconds while the block runs."""
        enough = asyncio.Event()
        task = asyncio.create_task(self._look_on(edition, enough))
        try:
            yield
        finally:
            enough.set()
            await task

    async def look(self, *, edition: str) -> Progress:
        """Look now."""
        with contextlib.suppress(ApiError, httpx.HTTPError):
            total, by_status = _figures(await self._programme.counters(edition=edition))
            self.now = replace(
                self.now,
                labelled=by_status.get("labelled", 0),
                decided=sum(by_status.values()) - by_status.get("submitted", 0),
                counted=total,
            )
        notified = sum((await self._backlog.sent_notices()).values())
        backlog = await self._backlog.read()
        self.now = replace(self.now, notified=notified, backlog=backlog)
        self._tell(self.now)
        return self.now

    async def _look_on(self, edition: str, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.look(edition=edition)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), _EVERY_SECONDS)


def _figures(counters: dict[str, object]) -> tuple[int, dict[str, int]]:
    """People announced in all, and events by status, of an answer of /v1/counters."""
    dimensions = counters["counters"]
    assert isinstance(dimensions, dict)
    people = sum(tally["announced"] for tally in dimensions["total"])
    return people, {tally["value"]: tally["events"] for tally in dimensions["status"]}
