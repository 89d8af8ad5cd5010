"""The SMTP side: every mail is taken and kept."""

import asyncio
import logging
import sqlite3

from aiosmtpd.smtp import SMTP, Envelope, Session

from semaine.servers.mail_sink.store import Store

_LARGEST_MAIL_BYTES = 50 * 1024 * 1024

log = logging.getLogger(__name__)


class _Sink:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            await self._store.add(sender=envelope.mail_from or "", recipients=list(envelope.rcpt_tos), content=content)
        except sqlite3.Error as error:
            log.exception("a mail could not be kept")
            return f"451 cannot keep it now: {error}"
        return "250 kept"


async def serve(store: Store, *, host: str, port: int) -> asyncio.Server:
    """Take mails on host:port until the server is closed."""
    sink = _Sink(store)
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="mail-sink.localhost", enable_SMTPUTF8=True, data_size_limit=_LARGEST_MAIL_BYTES),
        host,
        port,
        backlog=1024,
    )
