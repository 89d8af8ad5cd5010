"""More requests and more imports than there is room for: refused, with the time to come back."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.integration.registration import world
from tests.integration.registration.world import eventually, organiser_content, person, unique

# Requests a minute


@pytest.fixture
async def limited(system, tmp_path) -> AsyncIterator[world.Registration]:
    """A service that counts."""
    made = world.settings(
        system, tmp_path, rate_limits=True, rate_limit_access=3, rate_limit_sign_ups=2, rate_limit_address=30
    )
    async with world.running(*made) as running:
        yield running


async def test_what_anybody_may_send_is_counted_more_strictly(limited):
    asked = [
        await limited.http.post(path, json=body)
        for path, body in (
            ("/v1/organisers", organiser_content()),
            ("/v1/organisers/access", {"email": "contact@chaudronnerie.example"}),
            ("/v1/organisers/token", {"code": "kq3vA1x0T9mB7cWd"}),
            ("/v1/organisers/token", {"code": "kq3vA1x0T9mB7cWe"}),
            ("/v1/organisers/access", {"email": "contact@chaudronnerie.example"}),
        )
    ]
    assert [answer.status_code for answer in asked] == [201, 202, 403, 429, 429]
    assert asked[-1].headers["retry-after"]
    assert '"access";q=3;w=60' in asked[-1].headers["ratelimit-policy"]
    for page in ("/signin", "/organisateur/inscription"):
        assert (await limited.http.post(page)).status_code == 429, page
    event = uuid4()  # one that no other test has
    path = f"/v1/events/{event}/participations"
    signing_up = [(await limited.http.post(path, json=person())).status_code for _ in range(3)]
    assert signing_up == [404, 404, 429]
    assert (await limited.http.post(f"{path}/{event}/cancellation")).status_code == 429
    assert (await limited.http.get("/v1/events")).status_code == 200


async def test_staff_are_not_held_up_by_them(limited):
    staff = limited.staff
    assert (await limited.http.get("/v1/editions", headers=staff)).status_code == 200
    known = [await limited.http.get(f"/v1/organisers/{unique('no')}", headers=staff)]
    known += [await limited.http.post("/v1/organisers", json=organiser_content(), headers=staff) for _ in range(5)]
    assert [answer.status_code for answer in known] == [422] + [201] * 5
    assert known[-1].headers["ratelimit"].startswith('"staff"')


# Imports


async def test_imports_beyond_those_that_wait_are_refused(system, tmp_path):
    made = world.settings(system, tmp_path, imports_at_once=1, imports_waiting=1)
    async with world.running(*made) as registration:
        edition = await registration.edition()
        end = asyncio.Event()

        async def unfinished() -> AsyncIterator[bytes]:
            yield b"{}\n"
            await end.wait()

        async def import_(body):
            return await registration.import_("events", edition, body, registration.staff)

        running = asyncio.create_task(import_(unfinished()))
        await eventually(lambda: registration.value("SELECT 1 FROM imports WHERE edition_id = $1", edition))
        waiting = asyncio.create_task(import_([{}]))
        turns = registration.service.http.state.imports

        async def waits() -> bool:
            return turns._waiting == 1

        await eventually(waits)
        refused = await import_([{}])
        assert (refused.status_code, refused.json()["title"]) == (503, "Too many imports")
        assert refused.headers["retry-after"]
        assert (await registration.http.get("/v1/editions")).status_code == 200
        end.set()
        assert (await running).status_code == 200
        assert (await waiting).status_code == 200
        assert (await import_([{}])).status_code == 200
