"""What every service answers to requests that are wrong, too large, or not allowed; and when it fails itself."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import generate_latest
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.http.boundary import MAX_BODY_BYTES, Limits
from shared.runtime.http.problems import MEDIA_TYPE, FieldError, Problem
from shared.runtime.tokens import Caller, Staff, new_key, require
from tests.bare_service import bare_service


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    people: Annotated[int, Field(ge=1)]
    place: "Where | None" = None


class Where(BaseModel):
    city: str


router = APIRouter(prefix="/v1/orders")


@router.post("/{number}")
async def order(number: int, order: Order) -> Order:
    return order


@router.get("/refused")
async def refused() -> None:
    raise Problem(409, "No", "It is full.", errors=[FieldError("people", "too many", "Come alone.")])


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("the password is hunter2")


@router.get("/away")
async def away() -> None:
    raise ConnectionRefusedError("nobody at 10.0.0.7")


@router.get("/staff")
async def staff(_caller: Staff) -> None: ...


@router.get("/either")
async def either(_caller: Annotated[Caller, Depends(require("referent", "organiser"))]) -> None: ...


@pytest.fixture
def app() -> FastAPI:
    """As a service has it, its servers not there."""
    return bare_service(router, token_key=new_key(), limits=Limits())


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def problem(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    document = answer.json()
    assert document["status"] == status
    assert document["title"]
    return document


@pytest.mark.parametrize(
    ("body", "field", "remedy"),
    [
        ({}, "people", "Add this field."),
        ({"people": 0}, "people", "Correct the value."),
        ({"people": "many"}, "people", "Correct the value."),
        ({"people": 1, "peple": 2}, "peple", "Remove this field, or correct its name."),
        ({"people": 1, "place": {}}, "place.city", "Add this field."),
    ],
)
async def test_what_is_wrong_is_named_with_a_remedy(client, body, field, remedy):
    document = problem(await client.post("/v1/orders/1", json=body), 422)
    (error,) = document["errors"]
    assert (error["field"], error["remedy"]) == (field, remedy)
    assert error["detail"]


async def test_every_error_is_named(client):
    document = problem(await client.post("/v1/orders/x", json={"people": 0, "place": {"city": 5}}), 422)
    assert [error["field"] for error in document["errors"]] == ["path.number", "people", "place.city"]


async def test_what_is_not_json_is_told_so(client):
    answer = await client.post("/v1/orders/1", content=b"{", headers={"Content-Type": "application/json"})
    (error,) = problem(answer, 422)["errors"]
    assert error["remedy"] == "Send valid JSON."


async def test_a_refusal_is_told_as_it_is(client):
    assert problem(await client.get("/v1/orders/refused"), 409) == {
        "type": "about:blank",
        "title": "No",
        "status": 409,
        "detail": "It is full.",
        "errors": [{"field": "people", "detail": "too many", "remedy": "Come alone."}],
    }


async def test_what_is_not_there_and_what_cannot_be_done_are_problems_too(client):
    problem(await client.get("/v1/nothing"), 404)
    answer = await client.delete("/v1/orders/1")
    problem(answer, 405)
    assert "POST" in answer.headers["allow"]


async def test_a_405_names_every_method_of_the_path(client):
    """The router answers for the first route that has it."""
    answer = await client.put("/v1/orders/staff")
    problem(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(("path", "status"), [("broken", 500), ("away", 503)])
async def test_a_fault_of_ours_tells_nothing_of_the_inside(client, path, status):
    answer = await client.get(f"/v1/orders/{path}")
    problem(answer, status)
    assert not any(word in answer.text for word in ("hunter2", "10.0.0.7", "Traceback", "Error"))
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_a_request_that_is_too_large_is_refused(client):
    large = json.dumps({"people": 1, "place": {"city": "x" * MAX_BODY_BYTES}}).encode()
    headers = {"Content-Type": "application/json"}
    problem(await client.post("/v1/orders/1", content=large, headers=headers), 413)


async def test_also_when_it_does_not_say_how_large_it_is(client):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (MAX_BODY_BYTES // 20)

    problem(await client.post("/v1/orders/1", content=pieces(), headers={"Content-Type": "application/json"}), 413)


@pytest.mark.parametrize("path", ["staff", "either"])
async def test_who_has_no_token_is_asked_for_one(client, path):
    answer = await client.get(f"/v1/orders/{path}")
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_it_works_before_it_is_ready(client):
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    document = problem(await client.get("/health/ready"), 503)
    assert document["detail"] == "starting"


async def test_requests_are_counted_by_route_and_not_by_path(client):
    for number in (101, 102):
        await client.post(f"/v1/orders/{number}", json={"people": 1})
    lines = [line for line in generate_latest().decode().splitlines() if "_count{" in line and "/v1/orders/" in line]
    assert any('"/v1/orders/{number}"' in line for line in lines)
    assert not any("/v1/orders/101" in line for line in lines)


def test_the_document_names_who_may_call_what(app):
    paths = app.openapi()["paths"]
    assert paths["/v1/orders/staff"]["get"]["security"] == [{"token": ["staff"]}]
    assert paths["/v1/orders/either"]["get"]["security"] == [{"token": ["referent", "organiser"]}]
    assert "security" not in paths["/v1/orders/refused"]["get"]
