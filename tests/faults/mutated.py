"""
A service with one promise broken: `python mutated.py MUTATION SERVICE`.

Each mutation replaces one thing before the service starts; everything else is the service as it is.
"""

import contextlib
import os
import random
import runpy
import sys
from email.message import EmailMessage

import aiosmtplib
from aiokafka.errors import KafkaError


def offset_before_transaction() -> None:
    """A consumer commits the offset, then processes the batch."""
    from shared.runtime.consumer import _TopicConsumer

    process = _TopicConsumer._process_or_rewind

    async def commit_then_process(self, message) -> None:
        with contextlib.suppress(KafkaError):
            await message.ack()
        await process(self, message)

    _TopicConsumer._process_or_rewind = commit_then_process


def no_high_water_mark() -> None:
    """Every message is news. One message at a time, since a batch is folded to its last anyway."""
    from shared.runtime import inbox

    async def all_news(_connection, *, topic, first, last):
        return frozenset(last)

    os.environ["SEMAINE_CONSUMER_BATCH"] = "1"
    inbox.raise_marks = all_news


def relay_deletes_first() -> None:
    """The relay deletes what it has sent, then waits for Kafka to confirm it."""
    from shared.runtime.relay import _DELETE, Relay

    confirm = Relay._confirm

    async def delete_then_confirm(self, connection, batch) -> None:
        await connection.execute(_DELETE, batch.ids)
        await confirm(self, connection, batch)

    Relay._confirm = delete_then_confirm


def two_relays() -> None:
    """Each process takes a lock of its own, so that both replicas lead."""
    from shared.runtime import relay

    relay._LOCK = random.getrandbits(31)


def sends_not_awaited() -> None:
    """The relay deletes what it has handed to the producer, and never asks what came of it."""
    from shared.runtime.relay import _DELETE, Relay

    async def delete(_self, connection, batch) -> None:
        await connection.execute(_DELETE, batch.ids)

    Relay._confirm = delete


def mail_before_row() -> None:
    """Who handles a message hands its mail over at once, and writes the delivery's row then."""
    from notifications.deliveries import operations as deliveries
    from notifications.deliveries.domain import Claimed, Sent
    from notifications.mails import operations as mails

    queue = mails._queue

    async def send_then_queue(connection, notices, *, now) -> None:
        due = [notice for notice in notices if notice is not None]
        sent = [id_ for notice in due if (id_ := await _hand_over(connection, notice))]
        await queue(connection, due, now=now)
        outcomes = [(Claimed(id=id_, attempts=0, queued_at=now), Sent()) for id_ in sent]
        await deliveries.conclude(connection, outcomes, policy=None, now=now)

    mails._queue = send_then_queue


async def _hand_over(connection, notice):
    """The delivery's id, if the mail server took it; it is left to the sender if nobody knows the address yet."""
    from notifications.deliveries.domain import delivery_id

    address = await connection.fetchval("SELECT email FROM contacts WHERE id = $1", notice.recipient_id)
    if address is None:
        return None
    id_ = delivery_id(message_id=notice.message_id, recipient_id=notice.recipient_id, channel="email")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "no-reply@semaine.localhost", address, f"<{id_}@semaine.localhost>"
    host, port = os.environ["SEMAINE_SMTP_HOST"], int(os.environ["SEMAINE_SMTP_PORT"])
    try:
        await aiosmtplib.send(mail, hostname=host, port=port, start_tls=False, timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        return None
    return id_


def main() -> None:
    mutation, service = sys.argv[1:]
    if mutation != mail_before_row.__name__ or service == "notifications":
        globals()[mutation]()
    sys.argv = [service]
    runpy.run_module(service, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
