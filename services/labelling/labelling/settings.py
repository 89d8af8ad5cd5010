"""Settings of `labelling`, by environment."""

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    http_port: int = Field(default=8002, ge=1, le=65535, description="Port to listen on")
