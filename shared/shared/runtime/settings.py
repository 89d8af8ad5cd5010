"""Settings by environment: `SEMAINE_*`. An unknown or wrong one stops the service with its name."""

import os
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, NoReturn, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SEMAINE_"
EXIT_CONFIGURATION = 78
"""`EX_CONFIG` of sysexits.h."""

Loaded = TypeVar("Loaded", bound="ServiceSettings")


class ServiceSettings(BaseSettings):
    """What every service needs. A service adds its own in its `settings.py`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    database_url: str = Field(pattern=r"^postgres(ql)?://", description="postgres://user:password@host:port/database")
    database_password_file: Path | None = Field(
        default=None, description="File with the database password, instead of one in the URL"
    )
    database_connections: int = Field(default=10, ge=2, le=100, description="Size of the connection pool")
    kafka_bootstrap_servers: str = Field(min_length=3, description="host:port, several separated by commas")
    http_host: str = Field(default="127.0.0.1", description="Address to listen on")
    http_port: int = Field(ge=1, le=65535, description="Port to listen on")
    public_url: str = Field(
        default="http://127.0.0.1:8080", pattern=r"^https?://", description="Address of the gateway, as people see it"
    )
    token_public_key_file: Path = Field(description="Ed25519 public key (JWK) that tokens are verified with")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    consumer_batch: int = Field(default=2000, ge=1, le=20_000, description="Messages of one topic handled at a time")
    relay_batch: int = Field(default=2000, ge=1, le=20_000, description="Messages the relay reads at a time")
    stuck_after_seconds: float = Field(
        default=10,
        gt=0,
        description="How long a consumer or the outbox may stand still before the service is not ready",
    )
    lag_limit: int = Field(
        default=100_000, ge=1, description="Messages of one topic a service may be behind before it is not ready"
    )
    outbox_limit: int = Field(
        default=1_000_000,
        ge=1,
        description="Messages that may wait for Kafka; at this number changes are refused with 503",
    )
    http_connections: int = Field(
        default=10_000, ge=10, le=1_000_000, description="Open connections above which new ones are refused with 503"
    )
    http_requests: int = Field(
        default=1_000, ge=1, description="Requests at work at once above which new ones are refused with 503"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks, separated by commas, whose X-Forwarded-For says who the client is",
    )
    rate_limits: bool = Field(
        default=True, description="Count requests and refuse more than these limits allow; false: no limit at all"
    )
    rate_limit_staff: int = Field(
        default=60_000, ge=0, description="Requests a minute of one person of the staff, by token; 0: no limit"
    )
    rate_limit_token: int = Field(
        default=1_200, ge=0, description="Requests a minute of any other bearer of a valid token; 0: no limit"
    )
    rate_limit_address: int = Field(
        default=1_200, ge=0, description="Requests a minute of one address without a valid token; 0: no limit"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for each in value.split(","):
            ip_network(each.strip())
        return value

    @property
    def database_dsn(self) -> str:
        """`database_url` with the password of `database_password_file`, where there is one."""
        if self.database_password_file is None:
            return self.database_url
        password = self.database_password_file.read_text().strip()
        url = urlsplit(self.database_url)
        place = f"{quote(url.username or '')}:{quote(password, safe='')}@{url.netloc.rpartition('@')[2]}"
        return urlunsplit((url.scheme, place, url.path, url.query, ""))


def load(settings: type[Loaded]) -> Loaded:
    """Read the environment. Names every unknown or wrong setting on stderr and exits with 78."""
    known = {f"{PREFIX}{name}".upper() for name in settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    problems = [f"{name}: unknown setting; known are {', '.join(sorted(known))}" for name in unknown]
    try:
        loaded = settings()
    except ValidationError as error:
        problems += [f"{PREFIX}{problem['loc'][0]!s}".upper() + f": {problem['msg']}" for problem in error.errors()]
    else:
        problems += [
            f"{PREFIX}{name.upper()}: cannot read the file {path}"
            for name, path in loaded
            if isinstance(path, Path) and not os.access(path, os.R_OK)
        ]
        if not problems:
            return loaded
    refuse(problems)


def refuse(problems: list[str]) -> NoReturn:
    """Say why the process cannot start, one line each, and exit with 78."""
    for problem in problems:
        print(f"cannot start: {problem}", file=sys.stderr)  # noqa: T201 - logging is not set up yet
    sys.exit(EXIT_CONFIGURATION)
