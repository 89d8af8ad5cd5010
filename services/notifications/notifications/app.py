"""The only place where this service's objects are made."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import partial

from notifications import api, handlers, pages
from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import Backoff, RetryPolicy
from notifications.digests import operations as digests
from notifications.guests import operations as guests
from notifications.kits.archive import Archivist
from notifications.mails.letters import Postroom
from notifications.mails.quiet import QuietHours
from notifications.mails.rendering import Writer
from notifications.mails.sender import MailSender
from notifications.mails.sender import Pace as MailPace
from notifications.mails.smtp import Server
from notifications.preferences.domain import Links
from notifications.rounds import Rounds
from notifications.settings import Settings
from notifications.webhooks import operations as webhooks
from notifications.webhooks.sender import Pace as WebhookPace
from notifications.webhooks.sender import WebhookSender
from shared.runtime import service
from shared.runtime.clock import now_by
from shared.runtime.database import Database

_MEASURE_SECONDS = 5.0
_CALL_OFF_SECONDS = 2.0


def build(settings: Settings) -> service.Service:
    """The whole service, not yet started."""
    built = service.assemble(
        name="notifications",
        description="E-mails to organisers and to people who signed up, webhooks to partners, and the log of both.",
        settings=settings,
    )
    built.http.state.settings = settings
    built.http.state.archivist = Archivist(public_url=settings.public_url)
    built.http.state.links = links = Links(public_url=settings.public_url)
    api.install(built.http)
    pages.install(built.http, public_url=settings.public_url)
    handlers.subscribe(built.consumers, public_url=settings.public_url)
    mail_sender = _mail_sender(settings, built.database, links)
    webhook_sender = _webhook_sender(settings, built.database)

    poll = timedelta(seconds=settings.reminder_poll_seconds)
    reminding = Rounds(guests.remind, what="reminders", database=built.database, poll=poll)
    soon = min(poll, timedelta(seconds=_CALL_OFF_SECONDS))
    calling_off = Rounds(guests.call_off, what="withdrawn events", database=built.database, poll=soon)
    moves = partial(guests.tell_moves, after=timedelta(seconds=settings.moved_after_seconds))
    moving = Rounds(moves, what="moved events", database=built.database, poll=poll)
    digesting = Rounds(digests.tell, what="digests", database=built.database, poll=poll)

    async def wake_senders_on_commit() -> None:
        before = built.database.committed

        def committed() -> None:
            before()
            mail_sender.wake()
            webhook_sender.wake()

        built.database.committed = committed
        await _tidy(built.database)

    built.background += [
        ("mail sender", mail_sender.run),
        ("webhook sender", webhook_sender.run),
        ("reminders", reminding.run),
        ("withdrawn events", calling_off.run),
        ("moved events", moving.run),
        ("digests", digesting.run),
        ("queue", wake_senders_on_commit),
    ]
    return built


def _mail_sender(settings: Settings, database: Database, links: Links) -> MailSender:
    return MailSender(
        database=database,
        server=Server(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            username=settings.smtp_username,
            password=settings.smtp_password,
            timeout_seconds=min(settings.smtp_timeout_seconds, settings.delivery_lease_seconds / 2),
            local_hostname=parseaddr(settings.mail_from)[1].rpartition("@")[2],
        ),
        postroom=Postroom(
            writer=Writer(public_url=settings.public_url, links=links), links=links, sender=settings.mail_from
        ),
        pace=MailPace(
            connections=settings.smtp_connections,
            batch=settings.mail_batch,
            lease=timedelta(seconds=settings.delivery_lease_seconds),
            poll=timedelta(seconds=settings.delivery_poll_seconds),
            policy=RetryPolicy(
                backoff=Backoff(
                    first=timedelta(seconds=settings.mail_retry_seconds),
                    factor=2,
                    longest=timedelta(hours=4),
                    jitter=1,
                ),
                give_up_after=timedelta(days=settings.mail_give_up_days),
            ),
            quiet_hours=QuietHours.parsed(settings.quiet_hours),
            bounce_limit=settings.mail_bounce_limit,
        ),
    )


def _webhook_sender(settings: Settings, database: Database) -> WebhookSender:
    backoff = Backoff(
        first=timedelta(seconds=settings.webhook_retry_seconds), factor=4, longest=timedelta(hours=10), jitter=0.5
    )
    return WebhookSender(
        database=database,
        allow_private=settings.webhook_allow_private,
        pace=WebhookPace(
            per_endpoint=settings.webhook_connections,
            timeout_seconds=settings.webhook_timeout_seconds,
            lease=timedelta(seconds=settings.delivery_lease_seconds),
            poll=timedelta(seconds=settings.delivery_poll_seconds),
            policy=RetryPolicy(backoff=backoff, give_up_after=timedelta(days=settings.webhook_give_up_days)),
        ),
    )


async def _tidy(database: Database) -> None:
    """Measure the queue; announce withdrawals whose event's copy came in the same moment, unseen by either."""
    while True:
        with contextlib.suppress(Exception):
            await deliveries.measure_queue(database, now=datetime.now(UTC))
            async with database.transaction() as connection:
                await webhooks.announce_withdrawals(connection, now=await now_by(connection))
        await asyncio.sleep(_MEASURE_SECONDS)
