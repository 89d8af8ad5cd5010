"""One SMTP connection that carries many mails, and what the server's answers mean."""

import asyncio
import ssl
from dataclasses import dataclass, replace
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from notifications.deliveries.domain import Bounced, Deferred, Sent
from notifications.mails.bounces import refuses_address

_SERVICE_CLOSING = 421
_OK = 250
_RECIPIENT_TAKEN = (250, 251)
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
    """For a mail, half of it at most for connecting."""
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
            async with asyncio.timeout(self._server.timeout_seconds):
                try:
                    return await self._send(sender=sender, recipient=recipient, message=message)
                except (InterruptedDuringMailError, ServerAwayError):
                    if not used_before:
                        raise
                return await self._send(sender=sender, recipient=recipient, message=message)
        except TimeoutError:
            self.drop()
            raise InterruptedDuringMailError("no answer in time") from None

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
        if not (recipient.isascii() or smtp.supports_extension("smtputf8")):
            return Bounced(detail="the mail server takes no address that is not ASCII")
        try:
            outcome = await self._hand_over(smtp, sender=sender, recipient=recipient, message=message)
            if not isinstance(outcome, Sent):
                await smtp.rset()
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            self.drop()
            raise InterruptedDuringMailError(str(error)) from error
        except ValueError:
            self.drop()
            return Bounced(detail="the address holds characters that SMTP cannot carry")
        except SMTPResponseException as error:
            self.drop()
            return Deferred(detail=f"{error.code} {error.message}")
        self._carried += 1
        return outcome

    async def _hand_over(self, smtp: SMTP, *, sender: str, recipient: str, message: bytes) -> Sent | Bounced | Deferred:
        """One mail transaction. Command by command: `sendmail` parses both addresses and the mail two times each."""
        options = () if recipient.isascii() else (b"SMTPUTF8",)
        answer = await smtp.execute_command(b"MAIL", b"FROM:<" + sender.encode() + b">", *options, timeout=None)
        if answer.code != _OK:
            return self._refused_sender(answer.code, answer.message)
        answer = await smtp.execute_command(b"RCPT", b"TO:<" + recipient.encode() + b">", timeout=None)
        if answer.code not in _RECIPIENT_TAKEN:
            return self._refused_recipient(answer.code, answer.message)
        try:
            answer = await smtp.data(message, timeout=None)
        except SMTPDataError as error:
            return self._refused(error.code, error.message)
        return Sent(detail=f"{answer.code} {answer.message}")

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
            timeout=server.timeout_seconds / 2,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=None if server.tls == "none" else ssl.create_default_context(),
        )
        try:
            await smtp.connect()
            await smtp.ehlo()
        except (SMTPException, OSError, ValueError) as error:
            raise ServerAwayError(str(error) or type(error).__name__) from error
        self._smtp = smtp
        return smtp

    def _refused(self, code: int, message: str) -> Bounced | Deferred:
        if code == _SERVICE_CLOSING:
            self.drop()
            raise InterruptedDuringMailError(f"{code} {message}")
        return Bounced(detail=f"{code} {message}") if code >= _PERMANENT else Deferred(detail=f"{code} {message}")

    def _refused_recipient(self, code: int, message: str) -> Bounced | Deferred:
        refused = self._refused(code, message)
        if isinstance(refused, Bounced) and refuses_address(code=code, message=message):
            return replace(refused, address_refused=True)
        return refused

    def _refused_sender(self, code: int, message: str) -> Deferred:
        """A server that refuses our own address for good is set up wrongly: that says nothing about the mail."""
        if code >= _PERMANENT or code == _SERVICE_CLOSING:
            self.drop()
            raise ServerAwayError(f"it refuses the sender: {code} {message}")
        return Deferred(detail=f"{code} {message}")

    def drop(self) -> None:
        """Forget the connection, whatever state it is in."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        self._carried = 0
