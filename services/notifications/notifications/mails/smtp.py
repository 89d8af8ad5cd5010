"""One SMTP connection that carries many mails, and what the server's answers mean."""

import ssl
from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from notifications.deliveries.domain import Bounced, Deferred, Sent

_SERVICE_CLOSING = 421
_TEMPORARY = 400
_PERMANENT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where mails are handed over, and as whom."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    username: str | None
    password: str | None
    timeout_seconds: float
    local_hostname: str
    """How the client names itself in EHLO."""


class ServerAwayError(Exception):
    """The mail server does not take mails now, whatever the mail."""


class InterruptedDuringMailError(Exception):
    """The connection broke while a mail was handed over: whether the server has it is unknown."""


class Line:
    """A connection to the server, opened when it is first needed and again when it broke."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: SMTP | None = None
        self._carried = 0

    async def send(self, *, sender: str, recipient: str, message: bytes) -> Sent | Bounced | Deferred:
        """
        Hand one mail over. Raises `ServerAwayError` or `InterruptedDuringMailError`.

        A server may close a connection between two mails; then one more is opened and the mail tried again.
        """
        used_before = self._carried > 0
        try:
            return await self._send(sender=sender, recipient=recipient, message=message)
        except (InterruptedDuringMailError, ServerAwayError):
            if not used_before:
                raise
        return await self._send(sender=sender, recipient=recipient, message=message)

    async def close(self) -> None:
        """End the connection politely, if there is one."""
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is None:
            return
        try:
            await smtp.quit(timeout=2)
        except (SMTPException, OSError):
            smtp.close()

    async def _send(self, *, sender: str, recipient: str, message: bytes) -> Sent | Bounced | Deferred:
        smtp = await self._connected()
        try:
            options = () if recipient.isascii() else ("SMTPUTF8",)
            _, answer = await smtp.sendmail(sender, [recipient], message, mail_options=options)
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            self.drop()
            raise InterruptedDuringMailError(str(error)) from error
        except SMTPSenderRefused as error:
            return self._refused_sender(error)
        except SMTPRecipientsRefused as error:
            return self._refused(error.recipients[0])
        except SMTPResponseException as error:
            return self._refused(error)
        except (SMTPNotSupported, ValueError, UnicodeError) as error:
            return Bounced(detail=f"the address cannot be used with this server: {type(error).__name__}")
        self._carried += 1
        return Sent(detail=answer)

    async def _connected(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        self.drop()
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            local_hostname=server.local_hostname,
            timeout=server.timeout_seconds,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=None if server.tls == "none" else ssl.create_default_context(),
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise ServerAwayError(str(error) or type(error).__name__) from error
        self._smtp = smtp
        return smtp

    def _refused(self, error: SMTPResponseException) -> Bounced | Deferred:
        detail = f"{error.code} {error.message}"
        if error.code == _SERVICE_CLOSING:
            self.drop()
            raise InterruptedDuringMailError(detail) from error
        if error.code < _TEMPORARY:  # not an answer to what was asked: the two sides are out of step
            self.drop()
        return Bounced(detail=detail) if error.code >= _PERMANENT else Deferred(detail=detail)

    def _refused_sender(self, error: SMTPSenderRefused) -> Deferred:
        """A server that refuses our own address for good is set up wrongly: that says nothing about the mail."""
        detail = f"{error.code} {error.message}"
        if error.code >= _PERMANENT or error.code == _SERVICE_CLOSING:
            self.drop()
            raise ServerAwayError(f"it refuses the sender: {detail}") from error
        return Deferred(detail=detail)

    def drop(self) -> None:
        """Forget the connection, whatever state it is in."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        self._carried = 0
