"""The programs that partners are shown: the guide and the page have the same ones, and they tell true from false."""

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from notifications.pages.documentation import TOPIC_PROGRAMS, WEBHOOK_PROGRAMS, program
from notifications.partners.domain import new_secret
from notifications.webhooks.domain import Endpoint, signed_headers

GUIDE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
FOLDER = Path(str(files("notifications.pages") / "programs"))
BODY = '{"type":"test","timestamp":"2020-01-14T09:30:00+00:00","data":{"name":"Chaudronnerie du Hainaut – été"}}'
COMMANDS = {"webhooks.py": sys.executable, "webhooks.mjs": "node", "Webhooks.java": "java"}
PATIENCE_SECONDS = 120


@pytest.mark.parametrize("name", [*WEBHOOK_PROGRAMS, *TOPIC_PROGRAMS])
def test_the_guide_has_the_programs_of_the_page(name):
    assert program(name) in re.findall(r"^```[a-z]+\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_every_program_is_shown():
    assert {each.name for each in FOLDER.iterdir() if each.is_file()} == {*WEBHOOK_PROGRAMS, *TOPIC_PROGRAMS}


@pytest.mark.parametrize("name", WEBHOOK_PROGRAMS)
async def test_it_takes_what_we_sign_and_nothing_else(name):
    command = shutil.which(COMMANDS[name])
    if command is None:
        pytest.skip(f"{COMMANDS[name]} is not installed")
    secret, now = new_secret(), datetime.now(UTC)
    rotated = signed(new_secret(), previous=secret, now=now)
    async with running(command, name, secret=secret) as url, httpx.AsyncClient(base_url=url) as http:

        async def answer(headers: dict[str, str], body: str = BODY) -> int:
            return (await http.post("/", content=body.encode(), headers=headers)).status_code

        assert await answer(signed(secret, now=now)) == 204
        assert await answer(rotated) == 204
        assert await answer(signed(new_secret(), now=now)) == 401
        assert await answer(signed(secret, now=now), BODY.replace("test", "fake")) == 401
        assert await answer(signed(secret, now=now - timedelta(hours=1))) == 401
        assert await answer(signed(secret, now=now) | {"webhook-id": "msg_other"}) == 401


def signed(secret: str, *, now: datetime, previous: str | None = None) -> dict[str, str]:
    endpoint = Endpoint(
        id=uuid4(),
        url="https://partner.example",
        secret=secret,
        previous_secret=previous,
        previous_secret_until=now + timedelta(hours=1) if previous else None,
        failures=0,
    )
    return signed_headers(endpoint=endpoint, webhook_id="msg_1", body=BODY, now=now)


@asynccontextmanager
async def running(command: str, name: str, *, secret: str) -> AsyncIterator[str]:
    """The program as partners start it, on a free port; answers its address."""
    process = await asyncio.create_subprocess_exec(
        command,
        str(FOLDER / name),
        "0",
        env={"SECRET": secret, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = (await process.stdout.readline()).decode()
        yield f"http://127.0.0.1:{int(line.removeprefix('listening on '))}"
    finally:
        process.kill()
        await process.wait()
