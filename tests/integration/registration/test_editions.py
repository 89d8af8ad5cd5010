"""Editions: what staff may define, and what is published of it."""

import asyncio

import pytest

from shared.contracts.topics import EDITIONS
from tests.integration.registration.world import edition_content, unique


def _window(first: str, last: str) -> dict[str, str]:
    return {"first_day": first, "last_day": last}


def _regional(territory: str = "974", **changes):
    return {
        "territory": territory,
        "dates": _window("2090-04-03", "2090-04-09"),
        "label_window": _window("2090-03-20", "2090-04-23"),
    } | changes


async def _put(registration, id_, **changes):
    return await registration.http.put(
        f"/v1/editions/{id_}", json=edition_content(**changes), headers=registration.staff
    )


async def test_an_edition_is_created_changed_and_published(registration):
    id_ = unique("trial")
    created = await _put(registration, id_, regional_windows=[_regional()])
    assert created.status_code == 201, created.text
    closed = await _put(registration, id_, status="closed", regional_windows=[_regional()])
    assert closed.status_code == 200
    told = await registration.messages(EDITIONS, id_, count=2)
    assert [each.change for each in told] == ["created", "changed"]
    assert told[0].body.edition.model_dump(mode="json") == created.json()
    assert told[1].body.edition.status == "closed"
    assert (await registration.http.get(f"/v1/editions/{id_}")).json() == closed.json()
    listed = (await registration.http.get("/v1/editions")).json()
    assert closed.json() in listed


async def test_the_same_content_again_publishes_nothing(registration):
    id_ = unique("trial")
    for expected in (201, 200, 200):
        assert (await _put(registration, id_)).status_code == expected
    await _put(registration, id_, status="closed")
    told = await registration.messages(EDITIONS, id_, count=2)
    assert [each.body.edition.status for each in told] == ["open", "closed"]


async def test_two_who_create_the_same_edition_at_once_publish_it_once(registration):
    id_ = unique("trial")
    answers = await asyncio.gather(*(_put(registration, id_) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    await registration.all_told()
    await registration.messages(EDITIONS, id_, count=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dates": _window("2090-04-02", "2090-03-27")}, "dates.last_day"),
        ({"label_window": _window("2090-04-16", "2090-03-13")}, "label_window.last_day"),
        ({"label_window": _window("2090-03-28", "2090-04-16")}, "label_window"),
        ({"label_window": _window("2090-03-13", "2090-04-01")}, "label_window"),
        ({"regional_windows": [_regional("970")]}, "regional_windows.0.territory"),
        ({"regional_windows": [_regional("R99")]}, "regional_windows.0.territory"),
        ({"regional_windows": [_regional("Réunion")]}, "regional_windows.0.territory"),
        (
            {"regional_windows": [_regional(), _regional("R04", dates=_window("2090-04-09", "2090-04-03"))]},
            "regional_windows.1.dates.last_day",
        ),
        (
            {"regional_windows": [_regional(label_window=_window("2090-04-04", "2090-04-23"))]},
            "regional_windows.0.label_window",
        ),
        ({"regional_windows": [_regional(), _regional()]}, "regional_windows.1.territory"),
        ({"submission_deadline": "2090-04-17"}, "submission_deadline"),
        ({"dates": _window("1890-03-27", "1890-04-02")}, "dates.first_day"),
        ({"status": "over"}, "status"),
        ({"number": 0}, "number"),
        ({"number": None}, "number"),
        ({"name": {"fr": "Semaine"}}, "name.en"),
        ({"name": {"fr": " ", "en": "Week"}}, "name.fr"),
        ({"name": {"fr": "Semaine\x00", "en": "Week"}}, "name.fr"),
        ({"submission_deadlin": "2090-03-17"}, "submission_deadlin"),
    ],
)
async def test_what_contradicts_itself_is_refused_with_the_field(registration, changes, field):
    id_ = unique("trial")
    answer = await _put(registration, id_, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert (await registration.http.get(f"/v1/editions/{id_}")).status_code == 404


async def test_staff_alone_define_editions(registration, organiser):
    for headers, status in (
        ({}, 401),
        (organiser.headers, 403),
        (registration.bearer("partner"), 403),
        (registration.bearer("referent"), 403),
    ):
        answer = await registration.http.put(f"/v1/editions/{unique('x')}", json=edition_content(), headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize("id_", ["a b", "-x", "x" * 65, "%00", "é"])
async def test_an_edition_has_a_plain_id(registration, id_):
    assert (await _put(registration, id_)).status_code == 422
