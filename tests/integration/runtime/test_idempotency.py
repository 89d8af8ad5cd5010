"""`Idempotency-Key`: claim, effect and answer stand or fall together."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Response
from pydantic import BaseModel

from shared.runtime.database import Connection, Database
from shared.runtime.http.boundary import Limits
from shared.runtime.http.once import Answer, Once, forget_old_answers
from shared.runtime.http.problems import Problem
from shared.runtime.tokens import Caller, new_key, sign
from tests.bare_service import bare_service

pytestmark = pytest.mark.servers
KEY = new_key()
router = APIRouter(prefix="/v1/orders")


class Order(BaseModel):
    name: str
    fails: int = 0
    """The status to fail with, after the effect."""


@router.post("/{shop}")
async def place(shop: str, order: Order, once: Once) -> Response:
    async def action(connection: Connection) -> Answer:
        id_ = str(uuid4())
        await connection.execute(
            "INSERT INTO inbox (topic, key, sequence) VALUES ($1, $2, 1)", f"test.{order.name}", id_
        )
        if order.fails:
            raise Problem(order.fails, "No")
        return Answer(body={"id": id_, "shop": shop}, status=201, headers={"Location": f"/v1/orders/{id_}"})

    return await once(action)


class Shop:
    """Sends orders and counts their effects."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.database = database
        self.name = str(uuid4())
        self._client = client

    async def order(self, key: str | None = None, *, shop: str = "a", who: str | None = None, **body) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        if who:
            token = sign(key=KEY, caller=Caller("staff", who), now=datetime.now(UTC), lifetime=timedelta(hours=1))
            headers["Authorization"] = f"Bearer {token}"
        return await self._client.post(f"/v1/orders/{shop}", json={"name": self.name} | body, headers=headers)

    async def effects(self) -> int:
        async with self.database.reading() as connection:
            return await connection.fetchval("SELECT count(*) FROM inbox WHERE topic = $1", f"test.{self.name}")


@pytest_asyncio.fixture
async def shop(system) -> AsyncIterator[Shop]:
    database = Database(dsn=system.database_url("stats"), connections=5)
    await database.open()
    app = bare_service(router, token_key=KEY, limits=Limits(), database=database)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Shop(client, database)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM inbox WHERE topic LIKE 'test.%'")
        await connection.execute("DELETE FROM idempotency WHERE scope LIKE '%/v1/orders/%'")
    await database.close()


async def test_the_same_request_has_one_effect_and_one_answer(shop: Shop):
    first, again = await shop.order("k1"), await shop.order("k1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await shop.effects() == 1


async def test_another_body_under_the_same_key_is_refused(shop: Shop):
    await shop.order("k1")
    refused = await shop.order("k1", fails=0)
    assert refused.status_code == 422
    assert refused.json()["title"] == "Key already used"
    assert await shop.effects() == 1


async def test_without_a_key_each_request_counts(shop: Shop):
    assert (await shop.order()).json() != (await shop.order()).json()
    assert await shop.effects() == 2


async def test_a_key_belongs_to_its_caller_and_its_path(shop: Shop):
    answers = [
        await shop.order("k1"),
        await shop.order("k1", shop="b"),
        await shop.order("k1", who="alex"),
        await shop.order("k1", who="sam"),
    ]
    assert len({answer.json()["id"] for answer in answers}) == 4
    assert await shop.effects() == 4


async def test_many_at_once_have_one_effect_and_one_answer(shop: Shop):
    answers = await asyncio.gather(*(shop.order("k1") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await shop.effects() == 1


async def test_a_refusal_has_no_effect_and_is_given_again(shop: Shop):
    first, again = await shop.order("k1", fails=409), await shop.order("k1", fails=409)
    assert first.status_code == again.status_code == 409
    assert first.json() == again.json()
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["idempotency-replayed"] == "true"
    assert await shop.effects() == 0


async def test_a_fault_of_ours_is_forgotten_and_the_request_can_be_sent_again(shop: Shop):
    assert (await shop.order("k1", fails=503)).status_code == 503
    assert (await shop.order("k1")).status_code == 201
    assert await shop.effects() == 1


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_has_a_length(shop: Shop, key):
    refused = await shop.order(key)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "header.Idempotency-Key"
    assert await shop.effects() == 0


async def test_an_answer_is_kept_for_48_hours(shop: Shop):
    first = await shop.order("k1")
    for hours, known in ((47, True), (49, False)):
        async with shop.database.transaction() as connection:
            await connection.execute(
                "UPDATE idempotency SET created_at = now() - $1::interval WHERE scope LIKE '%/v1/orders/%'",
                timedelta(hours=hours),
            )
        await forget_old_answers(shop.database)
        answer = await shop.order("k1")
        assert (answer.json() == first.json()) == known
