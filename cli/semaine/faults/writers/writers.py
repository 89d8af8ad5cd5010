"""All writers together: they prepare the stage, write until they are stopped, and leave nothing unknown."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from random import Random

import httpx

from semaine.faults.ledger import Ledger
from semaine.faults.writers.acts import STAFF, Writer
from semaine.faults.writers.contents import contents, open_edition
from semaine.faults.writers.programme import Programme
from semaine.faults.writers.requests import Requests, Token
from semaine.faults.writers.staff import Staff

_ORGANISERS_EACH = 2
_EVENTS_EACH = 2
_PAGE_WITH_A_FORM = "/signin"
Act = Callable[[Writer], Awaitable[None]]
_ACTS: Sequence[tuple[Act, int]] = (
    (Writer.submit, 18),
    (Writer.submit_what_is_refused, 2),
    (Writer.draft_and_submit, 2),
    (Writer.amend, 14),
    (Writer.withdraw, 3),
    (Writer.report_attendance, 3),
    (Writer.sign_up, 38),
    (Writer.sign_up_again, 5),
    (Writer.cancel, 9),
    (Writer.answer, 8),
    (Writer.follow_the_link, 5),
    (Writer.review, 5),
    (Writer.ask_for_access, 1),
)


class Writers:
    """
    `count` writers, which begin about `pace` acts a second together while all goes well, and staff.

    Staff postpone the edition now and then, for the first time after about `acts_after` seconds.
    `token` makes the headers of a caller from role and subject. What is written follows from `seed`; what comes of it,
    from the order in which the writers get their turn as well.
    """

    def __init__(
        self,
        *,
        public_url: str,
        token: Token,
        edition_id: str,
        ledger: Ledger,
        seed: int,
        count: int = 8,
        pace: float = 20.0,
        acts_after: float = 15.0,
    ) -> None:
        self._edition = open_edition(edition_id)
        self._token = token
        self._pace = pace
        self._http = httpx.AsyncClient(
            base_url=public_url,
            trust_env=False,
            limits=httpx.Limits(max_connections=4 * count, max_keepalive_connections=2 * count),
        )
        ledger.edition = self._edition
        programme = Programme()
        self._writers = [
            self._writer(number, ledger=ledger, programme=programme, seed=seed) for number in range(1, count + 1)
        ]
        random = Random(f"staff {seed}")  # noqa: S311 - wants to be repeatable
        requests = Requests(http=self._http, token=token, ledger=ledger, random=random)
        self._staff = Staff(
            edition=self._edition, requests=requests, programme=programme, random=random, begin_after=acts_after
        )

    def _writer(self, number: int, *, ledger: Ledger, programme: Programme, seed: int) -> Writer:
        random = Random(f"writer {number} {seed}")  # noqa: S311 - wants to be repeatable
        return Writer(
            number=number,
            edition_id=self._edition["id"],
            requests=Requests(http=self._http, token=self._token, ledger=ledger, random=random),
            programme=programme,
            contents=contents(seed=seed * 100 + number, edition=self._edition),
            random=random,
        )

    async def prepare(self) -> None:
        """The edition, organisers, some events, and a cookie for forms, before any fault. Raises `httpx.HTTPError`."""
        content = {name: value for name, value in self._edition.items() if name != "id"}
        path = f"/v1/editions/{self._edition['id']}"
        (await self._http.put(path, json=content, headers=self._token(*STAFF), timeout=30)).raise_for_status()
        (await self._http.get(_PAGE_WITH_A_FORM)).raise_for_status()
        await asyncio.gather(*(_settle_in(writer) for writer in self._writers))

    async def run(self, stop: asyncio.Event) -> None:
        """Write until `stop` is set; then each writer finishes its act, until all of its answers are known."""
        async with aclosing(self._http), asyncio.TaskGroup() as group:
            for writer in self._writers:
                group.create_task(self._write(writer, stop), name=f"writer {writer.number}")
            group.create_task(self._staff.run(stop), name="staff")

    async def _write(self, writer: Writer, stop: asyncio.Event) -> None:
        acts, weights = zip(*_ACTS, strict=True)
        pause = len(self._writers) / self._pace
        while not stop.is_set():
            (act,) = writer.random.choices(acts, weights)
            await act(writer)
            try:
                async with asyncio.timeout(writer.random.uniform(0, 2 * pause)):
                    await stop.wait()
            except TimeoutError:
                continue


async def _settle_in(writer: Writer) -> None:
    for _ in range(_ORGANISERS_EACH):
        await writer.register()
    for _ in range(_EVENTS_EACH):
        await writer.submit()
