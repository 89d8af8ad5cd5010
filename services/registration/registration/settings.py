"""Settings of `registration`, by environment."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    http_port: int = Field(default=8001, ge=1, le=65535, description="Port to listen on")
    token_private_key_file: Path = Field(
        description="Ed25519 private key (JWK) that organisers' tokens are signed with"
    )
    import_max_bytes: int = Field(default=2_000_000_000, ge=1, description="Largest import, unpacked")
    import_chunk_rows: int = Field(default=5_000, ge=1, le=50_000, description="Rows of an import in one transaction")
    imports_at_once: int = Field(
        default=4, ge=1, le=50, description="Imports that run at the same time; others wait. Keep some of the pool free"
    )
    imports_waiting: int = Field(
        default=16, ge=0, le=1000, description="Imports that wait for their turn; more are refused with 503"
    )
    offer_hours: float = Field(
        default=24,
        gt=0,
        le=720,
        description="How long a freed place is offered to the next in line, at most; shorter when the event is near",
    )
    offer_poll_seconds: float = Field(default=1, gt=0, description="How often to look for places to pass on")
    school_calendar_file: Path | None = Field(
        default=None,
        description="The Ministry's school calendar, a CSV of the data set fr-en-calendrier-scolaire; without it, ours",
    )
    rate_limit_sign_ups: int = Field(
        default=120,
        ge=0,
        description="Sign-ups and cancellations a minute of one address, but for staff; 0: none",
    )
    rate_limit_access: int = Field(
        default=20,
        ge=0,
        description="Registrations, access mails and codes tried a minute from one address, but for staff; 0: no limit",
    )
