"""Every operation of every service: whatever is sent, the answer is one that its OpenAPI document promises."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from shared.contracts.topics import SERVICES, Service
from tests.contracts.access import RULES, filled
from tests.contracts.called import EVENT, NOBODY, Programme

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
    unsupported_method,
    allow_header_conformance,
]
"""Not `positive_data_acceptance`: rules go beyond schemas."""
READ_AS_AN_ID = {"/v1/organisers/access", "/v1/organisers/token", "/v1/editions/{edition_id}/acts/preview"}
"""GET of these asks for the organiser `access`, or the act `preview`, which is no id: 422 and not 405."""


REFUSALS = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
"""Of what no schema allows; 413 too: a text far too long makes a body too large."""


def document(service: Service) -> Any:
    config = schemathesis.Config.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": [str(status) for status in REFUSALS]}}}
    )
    return schemathesis.openapi.from_path(DOCS / f"{service}.json", config=config)


bounded = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def check(programme: Programme):
    """`check(service, case)`: send the case, with ids of what exists where it is meant to be valid."""

    def check(service: Service, case: Case) -> None:
        if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
            case.path_parameters = programme.existing(case.path_parameters)
            if isinstance(case.body, dict) and "url" in case.body:
                case.body["url"] = NOBODY
        left_out = [unsupported_method, allow_header_conformance] if case.path in READ_AS_AN_ID else []
        case.call_and_validate(
            base_url=programme.url(service), headers=programme.headers, checks=CHECKS, excluded_checks=left_out
        )

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


ODD = [
    "\ud800",
    "\x00",
    "é" * 20_000,
    "",
    -1,
    2**64,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    {},
    [[]],
]
"""What JSON, or what Python takes for it, can say anywhere."""
BODIES = [
    (service, name) for service, rules in RULES.items() for name, rule in rules.items() if isinstance(rule.body, dict)
]


@pytest.mark.parametrize(("service", "name"), BODIES)
def test_no_json_makes_a_service_fail(service: Service, name: str, programme: Programme):
    """Each value of a good body replaced by odd ones, and the body as a whole."""
    method, path = name.split()
    good = filled(RULES[service][name].body, {"organiser_id": programme.organiser})
    ids = programme.existing({each: "" for _, each, _, _ in Formatter().parse(path) if each})
    with httpx.Client(base_url=programme.url(service), headers=programme.headers, timeout=60) as http:
        for body in (*(replaced for place in places(good) for replaced in odd(good, place)), *ODD):
            content = json.dumps(body)
            answer = http.request(
                method, path.format(**ids), content=content, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code < 500, (content[:500], answer.text)


def places(value: Any, *, begin: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within, whole objects and arrays included."""
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in named:
        yield (*begin, name)
        yield from places(each, begin=(*begin, name))


def odd(good: dict[str, Any], place: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    for value in ODD:
        body = deepcopy(good)
        within: Any = body
        for name in place[:-1]:
            within = within[name]
        within[place[-1]] = value
        yield body
