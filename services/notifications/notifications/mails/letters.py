"""From a notice to the bytes for the server: written, dated, addressed."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from notifications.deliveries.domain import Bounced, Deferred, Sent
from notifications.mails.calendar import calendar_of, method_of
from notifications.mails.domain import ActContent, Event, Mail
from notifications.mails.mime import Attachment, Letter, header_text, serialise
from notifications.mails.rendering import Writer
from notifications.preferences.domain import Links, is_optional

_CALENDAR_TYPE = "text/calendar; charset=utf-8; method="


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A mail ready for SMTP."""

    recipient: str
    """As the server is to see it: the domain in ASCII."""
    address: str
    """As the contact gave it."""
    data: bytes

    def without_address(self, outcome: Sent | Bounced | Deferred) -> Sent | Bounced | Deferred:
        """Servers repeat the address in their answers; it must not travel with the delivery."""
        detail = outcome.detail
        for address in (self.address, self.recipient):
            detail = detail.replace(address, "(recipient)")
        return replace(outcome, detail=detail)


class Postroom:
    """Prepares mails. `sender` is a mailbox (`Semaine <no-reply@semaine.example>`); its domain names our messages."""

    def __init__(self, *, writer: Writer, links: Links, sender: str) -> None:
        name, self.sender_address = parseaddr(sender)
        self._writer = writer
        self.links = links
        self._domain = self.sender_address.rpartition("@")[2]
        self._sender = f"{header_text('From', name)} <{self.sender_address}>" if name else self.sender_address

    def prepare(self, mail: Mail, *, now: datetime) -> Prepared:
        """The mail as bytes. Raises `ValueError` for a contact without an address."""
        address = mail.contact.email
        if address is None:
            raise ValueError("the contact has been erased")
        written = self._writer.write(mail)
        recipient = _in_ascii(address)
        letter = Letter(
            message_id=f"{mail.id}@{self._domain}",
            sender=self._sender,
            recipient=recipient,
            recipient_name=mail.contact.name,
            language=mail.contact.language,
            subject=written.subject,
            text=written.text,
            html=written.html,
            attachments=self._attachments(mail),
            unsubscription=self.links.unsubscription(mail.contact.id, mail.kind) if is_optional(mail.kind) else None,
        )
        return Prepared(recipient=recipient, address=address, data=serialise(letter, now=now))

    def _attachments(self, mail: Mail) -> list[Attachment]:
        events = _to_attend(mail)
        if not events:
            return []
        links = {event.id: self._writer.event_link(event) for event in events}
        data = calendar_of(events=events, links=links, domain=self._writer.host)
        return [Attachment(content_type=_CALENDAR_TYPE + method_of(events), filename="semaine.ics", data=data)]


def _to_attend(mail: Mail) -> list[Event]:
    """What the recipient is signed up for, as far as the mail is about that."""
    if isinstance(mail.content, ActContent):
        return [mail.events[id_] for id_ in dict.fromkeys(each.event_id for each in mail.content.sign_ups)]
    return [mail.event] if mail.kind in {"confirmation", "moved", "called_off"} and mail.event else []


def _in_ascii(address: str) -> str:
    """The address with its domain in ASCII (IDNA); an impossible domain stays, for the server to refuse."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
