"""What one request may bring: the size of each form, and whatever JSON can say."""

import json

import pytest

from tests.integration.registration.world import event_content

KIB = 1024


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/v1/organisers", 16),
        ("POST", "/v1/organisers/access", 16),
        ("POST", "/v1/organisers/token", 16),
        ("POST", "/v1/events/0170c2a1-d000-7a10-9002-d0d10590cbc2/participations", 16),
        ("PUT", "/v1/events/0170c2a1-d000-7a10-9002-d0d10590cbc2/attendance", 16),
        ("PUT", "/v1/editions/2020", 64),
        ("POST", "/v1/events", 256),
        ("PUT", "/v1/events/0170c2a1-d000-7a10-9002-d0d10590cbc2", 256),
    ],
)
async def test_each_form_has_its_size(registration, method, path, most):
    json_ = registration.staff | {"Content-Type": "application/json"}
    for size, refused in ((most * KIB, False), (most * KIB + 1, True)):
        answer = await registration.http.request(method, path, content=b" " * size, headers=json_)
        assert (answer.status_code == 413) == refused, answer.text


async def test_the_longest_event_fits(registration, edition, organiser):
    """Ten thousand characters, each written in twelve."""
    body = {"edition_id": edition, "event": event_content(description="🏭" * 10_000)}
    assert len(json.dumps(body)) > 100 * KIB
    answer = await registration.http.post(
        "/v1/events",
        content=json.dumps(body),
        headers=organiser.headers | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "value",
    [
        r'"\ud800"', r'"\u0000"', "NaN", "Infinity", "-1e999", "1" * 400, "9" * 5000, "18446744073709551616", "{}",
        "[[]]", '{"a": 1, "a": 2}', r'{"\ud800": 1}', '{"\\u0000": 1}', "[" * 28 + "]" * 28, '"' + "é" * 5000 + '"',
        "1.5", "null", "true",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["title", "capacity", "place", "slots", "whatever"])
async def test_no_json_makes_the_service_fail(registration, edition, organiser, field, value):
    """Drafts may lack anything, so they are what takes the oddest JSON."""
    content = json.dumps(event_content()).encode()
    event = content[:-1] + f', "{field}": {value}}}'.encode()
    created = await registration.http.post(
        "/v1/events",
        content=b'{"edition_id": "%s", "status": "draft", "event": %s}' % (edition.encode(), event),
        headers=organiser.headers | {"Content-Type": "application/json"},
    )
    assert created.status_code in {201, 400, 422}, created.text
    if created.status_code != 201:
        return
    path = f"/v1/events/{created.json()['id']}"
    for method, path_ in (("GET", path), ("POST", f"{path}/submission")):
        answer = await registration.http.request(method, path_, headers=organiser.headers)
        assert answer.status_code in {200, 409, 422}, answer.text
    changed = await registration.http.put(
        path, content=event, headers=organiser.headers | {"Content-Type": "application/json"}
    )
    assert changed.status_code in {200, 409, 422}, changed.text
