"""Every operation of every service: whatever is sent, the answer is one that its OpenAPI document promises."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from semaine.system import services
from semaine.system.system import System
from shared.contracts.topics import SERVICES, Service
from tests.contracts.called import EVENT, NOBODY, Programme
from tests.contracts.consuming import empty

pytestmark = pytest.mark.servers
DOCS = Path(__file__).parents[2] / "docs" / "openapi"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    ignored_auth,
]
"""Not `positive_data_acceptance`: rules go beyond schemas. Not `unsupported_method`: GET /v1/imports/events is read as
asking for the import `events`."""


def document(service: Service) -> Any:
    return schemathesis.openapi.from_path(DOCS / f"{service}.json")


bounded = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest_asyncio.fixture(scope="module")
async def programme(system: System):
    urls = [system.database_url(name) for name in SERVICES]
    for url in urls:
        await empty(url)
    await services.start(system, SERVICES, settings={}, tell=print)
    found = Programme(system)
    found.begin()
    yield found
    for name in SERVICES:
        await system.processes.stop(name)
    for url in urls:
        await empty(url)


@pytest.fixture
def check(programme: Programme):
    """`check(service, case)`: send the case, with ids of what exists where it is meant to be valid."""

    def check(service: Service, case: Case) -> None:
        if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
            case.path_parameters = programme.existing(case.path_parameters)
            if isinstance(case.body, dict) and "url" in case.body:
                case.body["url"] = NOBODY
        case.call_and_validate(base_url=programme.url(service), headers=programme.headers, checks=CHECKS)

    return check


# Imports take files, and have tests of their own.
registration = document("registration").exclude(operation_id=["import_events", "import_participations"])
labelling = document("labelling")
notifications = document("notifications")
# A stream has no end.
stats = document("stats").exclude(operation_id="stream_counters")


@registration.parametrize()
@bounded
def test_registration(case: Case, check):
    check("registration", case)


@labelling.parametrize()
@bounded
def test_labelling(case: Case, check):
    check("labelling", case)


@notifications.parametrize()
@bounded
def test_notifications(case: Case, check):
    check("notifications", case)


@stats.parametrize()
@bounded
def test_stats(case: Case, check):
    check("stats", case)


def test_a_reference_that_another_event_has_is_a_conflict(programme: Programme):
    first, second = programme.submit(reference="UN"), programme.submit(reference="DEUX")
    for event in (first, second):
        content = EVENT | {"reference": "DEUX"}
        answer = httpx.put(
            f"{programme.url('registration')}/v1/events/{event}", json=content, headers=programme.headers
        )
        assert answer.status_code == (409 if event == first else 200), answer.text
    assert answer.json()["reference"] == "DEUX"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_shows_its_document(service: Service, programme: Programme):
    shown = httpx.get(f"{programme.url(service)}/openapi.json").json()
    assert shown == json.loads((DOCS / f"{service}.json").read_text(encoding="utf-8"))
