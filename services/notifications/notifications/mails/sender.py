"""The mail sender: takes due mails from the queue and hands them to the SMTP server over several connections."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import Backoff, Claimed, Deferred, Outcome, RetryPolicy, Untried
from notifications.deliveries.ledger import Ledger
from notifications.deliveries.waiting import happens
from notifications.mails import bounces, store
from notifications.mails.holding import not_to_be_sent
from notifications.mails.letters import Postroom
from notifications.mails.quiet import QuietHours
from notifications.mails.smtp import InterruptedDuringMailError, Line, Server, ServerAwayError
from notifications.mails.store import ClaimedMail
from notifications.preferences.store import link_key
from shared.runtime.clock import Clock, now_by
from shared.runtime.database import Connection, Database, is_transient

_SERVER_AWAY = Backoff(first=timedelta(seconds=0.5), factor=2, longest=timedelta(seconds=30), jitter=0.5)
_DATABASE_AWAY_SECONDS = 1.0
_IDLE_SECONDS = 20.0
"""How long a connection is kept without a mail; servers close theirs after some minutes."""
_WINDING_DOWN_SECONDS = 10.0
_UNWRITTEN_PER_CONNECTION = 4
"""Mails handed over before the first of them is written down: enough for a transaction every 40 ms."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast, and how patiently."""

    connections: int
    batch: int
    """Mails claimed at a time."""
    lease: timedelta
    """How long a claim holds. Half of it is for waiting in line here; handing over must take less than that."""
    poll: timedelta
    """How often to look for due mails when nothing wakes the sender."""
    policy: RetryPolicy
    quiet_hours: QuietHours
    bounce_limit: int
    """Refusals of an address in a row after which it gets nothing more."""


class MailSender:
    """Sends what is due until cancelled. `wake` tells it that a transaction has committed."""

    def __init__(self, *, database: Database, server: Server, postroom: Postroom, pace: Pace) -> None:
        self._database = database
        self._server = server
        self._postroom = postroom
        self._pace = pace
        self._ledger = Ledger(
            database=database, conclude=self._conclude, most=_UNWRITTEN_PER_CONNECTION * pace.connections
        )
        self._awake = asyncio.Event()
        self._waiting: asyncio.Queue[ClaimedMail | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._stopping = asyncio.Event()
        self._clock: Clock | None = None

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Claim, send, write down, until cancelled; then finish the mails under way."""
        senders = [asyncio.create_task(self._send_all(), name="mail line") for _ in range(self._pace.connections)]
        others = [asyncio.create_task(self._claim_all()), asyncio.create_task(self._ledger.run())]
        try:
            ended, _ = await asyncio.wait([*senders, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._wind_down(senders)

    async def _wind_down(self, senders: Sequence[asyncio.Task[None]]) -> None:
        self._stopping.set()
        with contextlib.suppress(Exception):  # makes room for those that wait to finish
            async with asyncio.timeout(_WINDING_DOWN_SECONDS):
                await self._ledger.write_down()
        left = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        for _ in senders:
            self._waiting.put_nowait(None)
        _, stuck = await asyncio.wait(senders, timeout=_WINDING_DOWN_SECONDS)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        with contextlib.suppress(Exception):  # what is not written down comes up again when its lease ends
            await self._ledger.write_down()
            async with self._database.reading() as connection:
                await store.release(connection, [item.claimed.id for item in left if item])

    # Claiming

    async def _claim_all(self) -> None:
        while True:
            self._awake.clear()
            pause = self._pace.poll
            try:
                async with self._database.reading() as connection:
                    if not self._postroom.links.is_open:
                        self._postroom.links.open(await link_key(connection))
                    self._clock = await Clock.of(connection)
                    now = self._clock.now()
                    batch = await store.claim(
                        connection, now=now, leased_until=now + self._pace.lease, limit=self._pace.batch
                    )
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("mails wait for the database", error=repr(error))
                await asyncio.sleep(_DATABASE_AWAY_SECONDS)
                continue
            next_look = self._sort(batch, now=now)
            if len(batch) == self._pace.batch:
                await self._until_room()
                continue
            if next_look is not None:
                pause = min(pause, next_look - now)
            await happens(self._awake, within=pause)

    async def _until_room(self) -> None:
        while self._waiting.qsize() > self._pace.batch // 2:
            self._room.clear()
            await self._room.wait()

    def _sort(self, batch: Sequence[ClaimedMail], *, now: datetime) -> datetime | None:
        """Line up what can be sent; answers when to look again at what lacks something, if anything does."""
        next_look = None
        for item in batch:
            outcome = not_to_be_sent(item, hours=self._pace.quiet_hours, now=now)
            if outcome is None:
                self._waiting.put_nowait(item)
                continue
            self._ledger.note(item.claimed, outcome)
            if isinstance(outcome, Untried):
                next_look = min(next_look or outcome.due_at, outcome.due_at)
        return next_look

    def _now(self) -> datetime:
        """By the database, whose time leases are in."""
        assert self._clock is not None
        return self._clock.now()

    async def _conclude(self, connection: Connection, outcomes: Sequence[tuple[Claimed, Outcome]]) -> None:
        now = await now_by(connection)
        rows = await deliveries.conclude(connection, outcomes, policy=self._pace.policy, now=now)
        await bounces.learn(connection, rows, outcomes, limit=self._pace.bounce_limit, now=now)

    # Sending

    async def _send_all(self) -> None:
        line = Line(self._server)
        failures = 0
        try:
            while item := await self._next(line):
                await self._ledger.room()
                if self._now() > item.leased_until - self._pace.lease / 2:
                    continue  # it has waited too long here: it comes up again by itself
                try:
                    self._ledger.note(item.claimed, await self._send(line, item))
                    failures = 0
                except ServerAwayError as error:
                    failures += 1
                    self._waiting.put_nowait(item)
                    await self._let_server_recover(failures, error)
        finally:
            await line.close()

    async def _next(self, line: Line) -> ClaimedMail | None:
        """The next mail in line; None when it is time to stop. Closes the connection when there is none for long."""
        if self._stopping.is_set():
            return None
        if self._waiting.qsize() <= self._pace.batch // 2:
            self._room.set()
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                return await self._waiting.get()
        except TimeoutError:
            await line.close()
        return await self._waiting.get()

    async def _send(self, line: Line, item: ClaimedMail) -> Outcome:
        assert item.mail is not None
        assert item.mail.contact.email is not None
        try:
            letter = self._postroom.prepare(item.mail, now=self._now())
        except Exception as error:
            log.exception("mail not written", delivery=str(item.claimed.id))
            return Deferred(detail=f"the mail could not be written: {type(error).__name__}")
        try:
            outcome = await line.send(
                sender=self._postroom.sender_address, recipient=letter.recipient, message=letter.data
            )
        except InterruptedDuringMailError as error:
            return Deferred(detail=f"the connection broke: {error}")
        except ServerAwayError:
            raise
        except Exception as error:
            line.drop()
            log.exception("mail not sent", delivery=str(item.claimed.id))
            return Deferred(detail=f"the mail could not be sent: {type(error).__name__}")
        return letter.without_address(outcome)

    async def _let_server_recover(self, failures: int, error: ServerAwayError) -> None:
        delay = _SERVER_AWAY.delay(attempts=failures, chance=random.random())  # noqa: S311
        log.warning("the mail server is away", error=str(error), again_in=delay.total_seconds())
        await happens(self._stopping, within=delay)
