"""A process that cannot start says why, in a line, and exits with another code than 0."""

import asyncio
import json
import os
import sys

import asyncpg
import pytest

from shared.contracts.topics import SERVICES
from shared.runtime.tokens import new_key


@pytest.fixture(scope="module")
def environment(system, tmp_path_factory):
    """Right settings for any service."""
    folder = tmp_path_factory.mktemp("keys")
    key = new_key()
    for name, private in (("public", False), ("private", True)):
        (folder / f"{name}.jwk").write_text(json.dumps(key.as_dict(private=private)))

    def of(service: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SEMAINE_")}
        own = {
            "registration": {"SEMAINE_TOKEN_PRIVATE_KEY_FILE": str(folder / "private.jwk")},
            "notifications": {"SEMAINE_SMTP_HOST": "127.0.0.1"},
        }
        return (
            inherited
            | {
                "SEMAINE_DATABASE_URL": system.database_url(service),
                "SEMAINE_KAFKA_BOOTSTRAP_SERVERS": system.bootstrap_servers,
                "SEMAINE_TOKEN_PUBLIC_KEY_FILE": str(folder / "public.jwk"),
                "SEMAINE_HTTP_PORT": "1",
            }
            | own.get(service, {})
        )

    return of


async def _refuses(service: str, environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", service, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(60):
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    said = err.decode()
    assert "Traceback" not in said, said
    return process.returncode, said


async def test_an_unknown_or_wrong_setting_is_named_by_each_service(environment):
    wrong = {"SEMAINE_DATABSE_URL": "x", "SEMAINE_HTTP_PORT": "many"}
    ended = await asyncio.gather(*(_refuses(service, environment(service) | wrong) for service in SERVICES))
    for service, (code, said) in zip(SERVICES, ended, strict=True):
        assert code == 78, service
        assert "cannot start: SEMAINE_DATABSE_URL: unknown setting" in said, service
        assert "cannot start: SEMAINE_HTTP_PORT: " in said, service


async def test_missing_migrations_say_what_to_run(system, environment):
    admin = await asyncpg.connect(system.admin_url)
    try:
        await admin.execute("CREATE DATABASE not_migrated OWNER stats")
        url = system.database_url("stats").removesuffix("/stats") + "/not_migrated"
        code, said = await _refuses("stats", environment("stats") | {"SEMAINE_DATABASE_URL": url})
        await admin.execute("DROP DATABASE not_migrated WITH (FORCE)")
    finally:
        await admin.close()
    assert code == 78
    assert "run `semaine migrate` first" in said


async def test_a_broker_that_is_away_is_named(environment):
    code, said = await _refuses("stats", environment("stats") | {"SEMAINE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"})
    assert code == 78
    assert "cannot start: Kafka at 127.0.0.1:9 does not answer" in said


async def test_a_database_that_is_away_is_said(environment):
    code, said = await _refuses(
        "labelling", environment("labelling") | {"SEMAINE_DATABASE_URL": "postgres://labelling:x@127.0.0.1:9/labelling"}
    )
    assert code == 78
    assert "cannot start: a server does not answer" in said
