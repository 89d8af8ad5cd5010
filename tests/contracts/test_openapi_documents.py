"""The OpenAPI documents are valid, and say what callers need."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.contracts.topics import SERVICES
from shared.runtime.http.problems import MEDIA_TYPE

DOCS = Path(__file__).parents[2] / "docs" / "openapi"
PREFIXES = {
    "registration": ("/v1/editions", "/v1/organisers", "/v1/events", "/v1/imports", "/v1/persons", "/v1/feeds"),
    "labelling": ("/v1/charters", "/v1/decisions", "/v1/reviews"),
    "notifications": ("/v1/partners", "/v1/deliveries", "/v1/kits", "/v1/notices", "/v1/preferences", "/v1/digests"),
    "stats": ("/v1/counters",),
}
"""By these the gateway knows whose a request is."""


@pytest.fixture(params=SERVICES)
def service(request) -> str:
    return request.param


@pytest.fixture
def document(service: str) -> dict[str, Any]:
    return json.loads((DOCS / f"{service}.json").read_text(encoding="utf-8"))


def test_it_is_valid(document):
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_service_keeps_to_its_prefixes(service, document):
    paths = [path for path in document["paths"] if not path.startswith("/health/")]
    assert [path for path in paths if not path.startswith(PREFIXES[service])] == []


def test_every_operation_is_described(document):
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert [name for name, operation in operations(document) if not operation.get("description")] == []


def test_every_error_is_a_problem(document):
    for name, operation in operations(document):
        assert list(operation["responses"]["default"]["content"]) == [MEDIA_TYPE], name


KEEPS_NOTHING = {
    "POST /v1/charters/{edition_id}/check",
    "POST /v1/charters/{edition_id}/simulation",
    "POST /v1/editions/{edition_id}/acts/preview",
    "POST /v1/digests/export",
    "POST /v1/persons/export",
    "POST /v1/persons/own/export",  # an answer kept for a key would be one more copy of what is personal
}
"""They answer a question that is too long for an address, or is nobody's business there."""


def test_what_changes_something_takes_an_idempotency_key(document):
    for name, operation in operations(document):
        keys = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"]
        assert ("Idempotency-Key" in keys) == (not name.startswith("GET ") and name not in KEEPS_NOTHING), name


def test_every_body_has_an_example_that_is_valid(document):
    for name, operation in operations(document):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type != "application/json":
                continue
            schema = content["schema"] | {"components": document["components"]}
            examples = examples_of(content, document)
            assert examples, name
            for example in examples:
                assert [error.message for error in Draft202012Validator(schema).iter_errors(example)] == [], name


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def examples_of(content: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    """Of the body as a whole; without any, one made of its fields' examples."""
    whole = [*content["schema"].get("examples", ()), *(each["value"] for each in content.get("examples", {}).values())]
    name = content["schema"].get("$ref", "").removeprefix("#/components/schemas/")
    fields = document["components"]["schemas"].get(name, {}).get("properties", {})
    made = {key: field["examples"][0] for key, field in fields.items() if field.get("examples")}
    return whole or ([made] if made else [])
