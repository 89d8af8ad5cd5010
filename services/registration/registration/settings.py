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
