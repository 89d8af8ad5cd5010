"""How many requests a caller may send: counted by token or by address, told in standard headers."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from shared.runtime.http import quotas
from shared.runtime.http.boundary import Limits
from shared.runtime.http.quotas import Policy, Quota, Quotas, Strict, network_of
from shared.runtime.tokens import Anyone, Caller, Staff, new_key, sign
from tests.bare_service import bare_service

KEY = new_key()
POLICY = Policy(
    staff=Quota(name="staff", limit=6),
    token=Quota(name="token", limit=4),
    address=Quota(name="address", limit=3),
    strict=[Strict(quota=Quota(name="mails", limit=1), method="POST", path=re.compile(r"/v1/mails(/\d+)?"))],
)
router = APIRouter(prefix="/v1")


@router.get("/public")
async def public(_caller: Anyone) -> None: ...


@router.get("/staff")
async def staff(_caller: Staff) -> None: ...


@router.post("/mails")
async def mail() -> None: ...


def made(policy: Policy | None) -> FastAPI:
    return bare_service(router, token_key=KEY, limits=Limits(policy=policy))


def at(app: FastAPI, address: str = "203.0.113.7") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 5000)), base_url="http://test")


@pytest.fixture
def app() -> FastAPI:
    return made(POLICY)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with at(app) as client:
        yield client


@pytest.fixture
def clock(monkeypatch) -> Callable[[float], None]:
    """Time passes when told."""
    now = [1000.0]
    monkeypatch.setattr(quotas.time, "monotonic", lambda: now[0])

    def pass_(seconds: float) -> None:
        now[0] += seconds

    return pass_


def bearer(caller: Caller, *, key=KEY) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {sign(key=key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1))}"
    }


async def statuses(client: httpx.AsyncClient, count: int, path: str = "/v1/public", **request) -> list[int]:
    return [(await client.request(request.get("method", "GET"), path, headers=request.get("headers"))).status_code
            for _ in range(count)]  # fmt: skip


async def test_headers_tell_what_is_left_and_when_it_is_whole_again(client, clock):
    answers = []
    for _ in range(4):
        answers.append(await client.get("/v1/public"))
        clock(10)
    assert [answer.headers["ratelimit"] for answer in answers] == [
        '"address";r=2;t=60', '"address";r=1;t=50', '"address";r=0;t=40', '"address";r=0;t=30',
    ]  # fmt: skip
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"address";q=3;w=60'}
    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "30"
    assert "wait 30 seconds" in refused.json()["detail"]
    assert "retry-after" not in answers[0].headers


async def test_the_next_window_begins_anew(client, clock):
    assert await statuses(client, 4) == [200, 200, 200, 429]
    clock(59)
    assert await statuses(client, 1) == [429]
    clock(2)
    assert await statuses(client, 4) == [200, 200, 200, 429]


async def test_each_address_has_its_own(app, client):
    assert await statuses(client, 4) == [200, 200, 200, 429]
    async with at(app, "203.0.113.8") as other:
        assert await statuses(other, 1) == [200]


async def test_a_valid_token_is_counted_by_its_bearer_wherever_they_are(app, client):
    headers = bearer(Caller("organiser", "one"))
    assert (await client.get("/v1/public", headers=headers)).headers["ratelimit"].startswith('"address"')
    async with at(app, "203.0.113.8") as elsewhere:
        assert await statuses(client, 2, headers=headers) == [200, 200]
        assert await statuses(elsewhere, 2, headers=headers) == [200, 200]
        assert await statuses(elsewhere, 1, headers=headers) == [429]
        assert await statuses(elsewhere, 2, headers=bearer(Caller("organiser", "two"))) == [200, 200]
    assert await statuses(client, 1) == [200]


async def test_staff_have_more(client):
    headers = bearer(Caller("staff", "alex"))
    assert await statuses(client, 8, headers=headers, path="/v1/staff") == [200] * 7 + [429]


async def test_tokens_made_up_are_counted_by_address(client):
    for attempt in range(3):
        headers = bearer(Caller("staff", f"alex{attempt}"), key=new_key())
        assert await statuses(client, 1, headers=headers) == [401]
    assert await statuses(client, 1, headers=bearer(Caller("staff", "alex3"), key=new_key())) == [429]
    assert await statuses(client, 1) == [429]


async def test_a_known_token_that_has_expired_counts_no_more(client, monkeypatch):
    headers = bearer(Caller("organiser", "one"))
    assert await statuses(client, 1, headers=headers) == [200]
    now = datetime.now(UTC).timestamp()
    monkeypatch.setattr("shared.runtime.tokens.time.time", lambda: now + 7200)
    answer = await client.get("/v1/public", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["ratelimit"].startswith('"address"')


async def test_strict_limits_go_by_address_even_with_a_token_but_not_for_staff(app, client):
    assert await statuses(client, 2, "/v1/mails", method="POST") == [200, 429]
    organiser = bearer(Caller("organiser", "one"))
    assert await statuses(client, 1, headers=organiser) == [200]
    refused = await client.post("/v1/mails", headers=organiser)
    assert refused.status_code == 429
    assert refused.headers["ratelimit"].endswith(', "mails";r=0;t=' + refused.headers["retry-after"])
    assert refused.headers["ratelimit-policy"] == '"token";q=4;w=60, "mails";q=1;w=60'
    staff_ = bearer(Caller("staff", "alex"))
    app.state.tokens.bearer(staff_["Authorization"])
    assert await statuses(client, 3, "/v1/mails", method="POST", headers=staff_) == [200] * 3


async def test_health_and_metrics_are_always_answered(client):
    assert await statuses(client, 4) == [200, 200, 200, 429]
    assert await statuses(client, 2, "/health/live") == [200, 200]
    assert await statuses(client, 1, "/metrics") == [200]


async def test_without_a_policy_nothing_is_counted():
    async with at(made(None)) as client:
        answer = await client.get("/v1/public")
        assert "ratelimit" not in answer.headers
        assert await statuses(client, 10) == [200] * 10


async def test_a_limit_of_0_is_none():
    none = Quota(name="any", limit=0)
    async with at(made(Policy(staff=none, token=none, address=none))) as client:
        assert await statuses(client, 10) == [200] * 10
        assert "ratelimit" not in (await client.get("/v1/public")).headers


def test_addresses_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr(quotas, "MOST_COUNTED", 10)
    counted = Quotas(POLICY)
    refused = 0
    for number in range(100):
        try:
            counted.spend(method="GET", path="/", caller=None, address=f"203.0.113.{number}")
        except quotas.Problem:
            refused += 1
    assert len(counted._counts) <= 11
    assert refused == 100 - 10 - 3


@pytest.mark.parametrize(("address", "network"), [
    ("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""),
    ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ("::ffff:203.0.113.7", "203.0.113.7"), ("not:an:address", "not:an:address"),
])  # fmt: skip
def test_a_client_is_an_address_or_all_that_it_has_of_ipv6(address, network):
    assert network_of(address) == network
