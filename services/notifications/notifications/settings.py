"""What `notifications` needs to know of its surroundings."""

from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    """`SEMAINE_*` of this service."""

    http_port: int = Field(default=8003, ge=1, le=65535, description="Port to listen on")
    smtp_host: str = Field(description="Mail server that takes our mails")
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password_file: Path | None = Field(default=None, description="File with the mail server's password")
    smtp_connections: int = Field(default=8, ge=1, le=100, description="Connections to the mail server")
    smtp_timeout_seconds: float = Field(default=30, gt=0, description="How long the mail server has to take a mail")
    mail_from: str = Field(
        default="Semaine <no-reply@semaine.localhost>", description="Sender of all mails; its domain names them"
    )
    mail_batch: int = Field(default=200, ge=1, le=5000, description="Mails claimed at a time")
    mail_retry_seconds: float = Field(
        default=60, gt=0, description="First delay after a temporary refusal; doubles each time, up to four hours"
    )
    mail_give_up_days: float = Field(default=4, gt=0, description="How long a mail is tried")
    mail_bounce_limit: int = Field(
        default=3, ge=1, description="Refusals for good in a row after which an address gets nothing more"
    )
    quiet_hours: str = Field(
        default="",
        pattern=r"^(([01]?\d|2[0-3])-([01]?\d|2[0-3]))?$",
        description="When nobody is written to unasked, in whole hours of local time like 21-8; empty: never",
    )
    reminder_poll_seconds: float = Field(
        default=30, gt=0, description="How often to look for reminders and digests that are due"
    )
    moved_after_seconds: float = Field(
        default=600, ge=0, description="How long a moved event stays as it is before its guests hear of it: one mail"
    )
    webhook_allow_private: bool = Field(
        default=False, description="Let endpoints be in private networks or on this machine: for trying out only"
    )
    webhook_timeout_seconds: float = Field(default=15, gt=0, description="How long an endpoint has to answer")
    webhook_connections: int = Field(default=8, ge=1, le=100, description="Posts to one endpoint at the same time")
    webhook_retry_seconds: float = Field(
        default=5, gt=0, description="First delay after a failed post; grows fourfold each time, up to ten hours"
    )
    webhook_give_up_days: float = Field(default=5, gt=0, description="How long a webhook is tried")
    delivery_lease_seconds: float = Field(
        default=120, gt=0, description="After how long another process takes over what a dead one was sending"
    )
    delivery_poll_seconds: float = Field(
        default=0.1, gt=0, description="How often to look for what is due when nothing wakes the sender"
    )

    @field_validator("mail_from")
    @classmethod
    def _is_mailbox(cls, value: str) -> str:
        if not parseaddr(value)[1].partition("@")[2]:
            raise ValueError("must be like Semaine <no-reply@example.org>")
        return value

    @property
    def smtp_password(self) -> str | None:
        return self.smtp_password_file.read_text().strip() if self.smtp_password_file else None
