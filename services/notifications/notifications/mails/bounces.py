"""Bounces: which refusals say that an address is dead, and what is remembered of them."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from notifications.deliveries.domain import Bounced, Claimed, Outcome
from notifications.mails import store
from shared.runtime.database import Connection

_ENHANCED = re.compile(r"5\.\d{1,3}\.\d{1,3}\b")
_NO_SUCH_ADDRESS = re.compile(r"5\.(1\.([0-6]|9|10)|2\.1)\b")
"""RFC 3463, RFC 7505: bad mailbox or domain, mailbox disabled. Not: full, policy, the sender's own address."""
_WITHOUT_ENHANCED = frozenset({550, 551, 553})


def refuses_address(*, code: int, message: str) -> bool:
    """Whether an answer to RCPT says that the address takes no mail at all, whatever the mail."""
    text = message.strip()
    if _ENHANCED.match(text):
        return _NO_SUCH_ADDRESS.match(text) is not None
    return code in _WITHOUT_ENHANCED


async def learn(
    connection: Connection,
    rows: Sequence[asyncpg.Record],
    outcomes: Sequence[tuple[Claimed, Outcome]],
    *,
    limit: int,
    now: datetime,
) -> None:
    """Count refusals of addresses among the deliveries just settled (`rows`), and forget them where a mail arrived."""
    refused = {claimed.id for claimed, outcome in outcomes if isinstance(outcome, Bounced) and outcome.address_refused}
    arrived: list[UUID] = [row["recipient_id"] for row in rows if row["status"] == "sent"]
    if arrived:
        await store.forget_bounces(connection, contact_ids=arrived)
    bounced: list[UUID] = [row["recipient_id"] for row in rows if row["id"] in refused]
    if bounced:
        await store.count_bounces(connection, contact_ids=bounced, limit=limit, now=now)
