"""Charters: shipped ones are loaded once, published ones judge from then on, none ever changes."""

import copy

import orjson
import pytest

from labelling.charters import operations, shipped
from shared.runtime.http.problems import MEDIA_TYPE


@pytest.fixture
async def draft(labelling, new_edition):
    """The charter of 2020 for the test's edition alone, strict on prices no more."""
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter["version"] = f"{new_edition.id}-1"
    charter["editions"] = [new_edition.id]
    charter["criteria"] = [one for one in charter["criteria"] if one["criterion"] != "free_of_charge"]
    return charter


def _publish(labelling, charter, **headers):
    return labelling.http.post("/v1/charters", json=charter, headers={**labelling.bearer("staff"), **headers})


async def test_the_shipped_charter_is_published_at_start(labelling):
    versions = [charter["version"] for charter in (await labelling.http.get("/v1/charters")).json()]
    assert "2020-1" in versions
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    relevance = next(one for one in charter["criteria"] if one["criterion"] == "relevance")
    assert relevance["parameters"]["lexicon"]["name"] == "industrie-1"


async def test_an_unknown_version_is_not_found(labelling):
    answer = await labelling.http.get("/v1/charters/1999-1")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)


async def test_a_second_start_publishes_nothing(labelling, now):
    async with labelling.service.database.transaction() as connection:
        assert await operations.load_shipped(connection, now=now) == []


async def test_a_changed_file_with_the_same_version_is_refused(labelling, now, monkeypatch):
    (name, content), *_ = shipped.shipped()
    content = copy.deepcopy(content)
    content["review_working_days"] = 5
    monkeypatch.setattr(operations, "shipped", lambda: [(name, content)])
    with pytest.raises(operations.CharterChangedError, match=r"2020\.yaml, .* differs .* raise `version` in the file"):
        async with labelling.service.database.transaction() as connection:
            await operations.load_shipped(connection, now=now)


async def test_a_published_charter_judges_its_edition_from_then_on(labelling, edition, new_event, draft):
    before, after = new_event(price_cents=500), new_event(price_cents=500)
    assert (await labelling.decided(before)).decision.verdict == "refused"
    answer = await _publish(labelling, draft)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/charters/{draft['version']}"
    assert (await labelling.http.get(answer.headers["location"])).json() == draft
    decision = (await labelling.decided(after)).decision
    assert (decision.verdict, decision.charter_version) == ("labelled", draft["version"])
    await labelling.send_event(before.model_copy(update={"status": "refused"}), sequence=2)
    await labelling.handled(before.id, sequence=2)
    assert len(labelling.published[before.id]) == 1


async def test_a_published_version_never_changes(labelling, draft):
    assert (await _publish(labelling, draft)).status_code == 201
    draft["review_working_days"] = 5
    answer = await _publish(labelling, draft)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "version")
    assert (await labelling.http.get(f"/v1/charters/{draft['version']}")).json()["review_working_days"] == 4


async def test_the_same_key_gives_the_same_answer(labelling, draft):
    key = {"Idempotency-Key": draft["version"]}
    assert [(await _publish(labelling, draft, **key)).status_code for _ in range(2)] == [201, 201]
    draft["review_working_days"] = 5
    different = await _publish(labelling, draft, **key)
    assert (different.status_code, different.json()["title"]) == (422, "Key already used")


async def test_staff_alone_publish(labelling, draft):
    for role, status in (("referent", 403), ("organiser", 403), ("partner", 403)):
        answer = await labelling.http.post("/v1/charters", json=draft, headers=labelling.bearer(role))
        assert answer.status_code == status
    assert (await labelling.http.post("/v1/charters", json=draft)).status_code == 401


async def test_a_wrong_charter_names_its_fields(labelling, draft):
    draft["criteria"][0]["messages"]["met"]["fr"] = "Le {jour}"
    draft["criteria"][1]["parameters"]["accepted"] = []
    answer = await _publish(labelling, draft)
    assert answer.status_code == 422
    problems = {error["field"]: error["detail"] for error in answer.json()["errors"]}
    assert "placeholder {jour} is unknown; known are {window}" in problems["criteria.0.label_window"]
    assert "criteria.1.audience.parameters.accepted" in problems


async def test_texts_that_no_database_stores_are_refused(labelling, draft):
    draft["title"]["fr"] = "Charte\x00"
    answer = await _publish(labelling, draft)
    assert answer.status_code == 422
    assert "NUL" in orjson.dumps(answer.json()).decode()
