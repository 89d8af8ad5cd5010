"""What a rehearsal tells while it goes on."""

import httpx

from semaine.backlog import Backlog
from semaine.rehearsal.progress import Watch


class Away:
    """Counters that cannot be had."""

    async def counters(self, *, edition: str):
        raise httpx.ConnectError(f"nobody counts {edition}")


class Slow:
    """A backlog; something is sent while it is being read."""

    def __init__(self) -> None:
        self.meanwhile = lambda: None

    async def sent_notices(self):
        return {"email": 3}

    async def read(self):
        self.meanwhile()
        return Backlog(notices=4)


async def test_what_is_sent_while_it_looks_is_not_forgotten():
    backlog = Slow()
    watch = Watch(programme=Away(), backlog=backlog, tell=lambda _: None)
    backlog.meanwhile = lambda: watch.sent(submitted=1, people=50)
    seen = await watch.look(edition="2020")
    assert (seen.submitted, seen.sent_people, seen.notified, seen.backlog.notices) == (1, 50, 3, 4)
