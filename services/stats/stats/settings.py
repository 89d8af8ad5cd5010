"""Settings of the service: `SEMAINE_*` variables."""

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    http_port: int = Field(default=8004, ge=1, le=65535, description="Port to listen on")
    consumer_batch: int = Field(
        default=5_000, ge=1, le=20_000, description="Messages of one topic handled at a time; many fold into few"
    )
    viewers_limit: int = Field(
        default=5_000, ge=0, le=50_000, description="Open counter streams above which new ones are refused with 503"
    )
