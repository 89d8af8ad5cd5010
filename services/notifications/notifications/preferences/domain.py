"""What people may choose not to be told, and the links by which they choose."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard
from uuid import UUID

from shared.contracts.base import Bilingual
from shared.contracts.notifications import MailKind

PATH = "/v1/preferences"
OptionalKind = Literal["receipt", "labelled", "confirmation", "reminder", "waiting_over", "digest", "partner_digest"]
OPTIONAL: Mapping[OptionalKind, Bilingual] = {
    "receipt": Bilingual(fr="Accusés de réception de vos propositions", en="Receipts of your submissions"),
    "labelled": Bilingual(fr="Labellisation de vos événements", en="News that your event has the label"),
    "confirmation": Bilingual(fr="Confirmations d’inscription", en="Confirmations of sign-ups"),
    "reminder": Bilingual(fr="Rappels la veille d’un événement", en="Reminders on the day before an event"),
    "waiting_over": Bilingual(fr="Fin d’une liste d’attente", en="The end of a waiting list"),
    "digest": Bilingual(fr="Récapitulatifs du comité", en="The committee’s digests"),
    "partner_digest": Bilingual(fr="Récapitulatifs des partenaires", en="Partners’ digests"),
}
"""Kinds that can be switched off. The others are asked for, or call for an answer, or change what was promised."""

_TAG_BYTES = 16


def is_optional(kind: MailKind) -> TypeGuard[OptionalKind]:
    """Whether a person may switch off mails of this kind."""
    return kind in OPTIONAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """A person's choices: what is in `silenced` is not sent to them."""

    contact_id: UUID
    silenced: frozenset[str]
    digest: Literal["digest", "partner_digest"] | None = None
    """The kind of digest that the contact is there for; None: a person or an organiser."""

    @property
    def offered(self) -> Mapping[OptionalKind, Bilingual]:
        """What this person could get: whom the committee's or a partner's digest goes to gets that, others the rest."""
        if self.digest is not None:
            return {self.digest: OPTIONAL[self.digest]}
        return {kind: name for kind, name in OPTIONAL.items() if kind not in {"digest", "partner_digest"}}


class Links:
    """
    Makes and reads the links in mails that need no login. `public_url` is the gateway's address as people see it.

    A link holds the contact's id and proves by a tag (HMAC-SHA256, 128 bits) that we made it. The key comes from the
    database: none before `open`.
    """

    def __init__(self, *, public_url: str) -> None:
        self._begin = public_url.rstrip("/") + PATH
        self._key: bytes | None = None

    @property
    def is_open(self) -> bool:
        return self._key is not None

    def open(self, key: bytes) -> None:
        self._key = key

    def preferences(self, contact_id: UUID) -> str:
        """Where a person sees and changes what they are told."""
        return f"{self._begin}/{self._token(contact_id)}"

    def unsubscription(self, contact_id: UUID, kind: OptionalKind) -> str:
        """Where one POST ends mails of this kind (RFC 8058)."""
        return f"{self.preferences(contact_id)}/{kind}/unsubscription"

    def contact_of(self, token: str) -> UUID | None:
        """Whose link it is; None for one that we did not make."""
        try:
            data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        if len(data) != _TAG_BYTES * 2 or not hmac.compare_digest(self._tag(data[:16]), data[16:]):
            return None
        return UUID(bytes=data[:16])

    def _token(self, contact_id: UUID) -> str:
        data = contact_id.bytes + self._tag(contact_id.bytes)
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def _tag(self, data: bytes) -> bytes:
        assert self._key is not None
        return hmac.digest(self._key, b"preferences" + data, hashlib.sha256)[:_TAG_BYTES]
