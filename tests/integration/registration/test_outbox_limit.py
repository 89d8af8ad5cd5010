"""Kafka is away for long: what is accepted waits, up to the announced limit, and all of it is published afterwards."""

import asyncio

import pytest
import pytest_asyncio

from semaine.system.throwaway import throwaway_system
from shared.runtime import backlog
from tests.integration.registration import world
from tests.integration.registration.world import event_content, eventually, organiser_content

LIMIT = 40


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own_system():
    """Servers that nobody else uses."""
    async with throwaway_system() as started:
        yield started


@pytest.fixture
async def registration(own_system, tmp_path):
    async with world.running(*world.settings(own_system, tmp_path, outbox_limit=LIMIT)) as running:
        yield running


async def test_changes_are_accepted_up_to_the_limit_and_told_when_kafka_is_back(own_system, registration, monkeypatch):
    monkeypatch.setattr(backlog, "STANDSTILL_SECONDS", 2)
    edition, organiser = await registration.edition(), await registration.organiser()
    events = [await registration.labelled(edition, organiser, capacity=None) for _ in range(2)]
    await registration.all_told()
    await own_system.processes.kill("kafka")

    accepted = dict.fromkeys(events, 0)
    refused = None
    async with asyncio.timeout(60):
        while refused is None:
            for event in events:
                answer = await registration.sign_up(event)
                if answer.status_code == 503:
                    refused = answer
                    break
                assert answer.status_code == 201, answer.text
                accepted[event] += 1
            await asyncio.sleep(0.05)
    assert sum(accepted.values()) * 2 >= LIMIT  # a person's contact is a message as well
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert f"at most {LIMIT}" in refused.json()["detail"]

    async def says_so() -> bool:
        answer = await registration.http.get("/health/ready")
        return answer.status_code == 503 and "the outbox is full" in answer.json()["detail"]

    await eventually(says_so)
    # Every change is refused, and changes nothing; what only reads goes on.
    draft = {"edition_id": edition, "event": event_content()}
    for method, path, body, caller in (
        ("POST", "/v1/organisers", organiser_content(), {}),
        ("POST", "/v1/events", draft, organiser.headers),
        ("PUT", f"/v1/editions/{edition}", world.edition_content(), registration.staff),
        ("POST", f"/v1/events/{events[0]}/withdrawal", None, organiser.headers),
    ):
        answer = await registration.http.request(method, path, json=body, headers=caller)
        assert answer.status_code == 503, (path, answer.text)
    rows = [event_content(reference=f"R-{number}") for number in range(3)]
    imported = await registration.import_("events", edition, rows, organiser.headers)
    assert (imported.status_code, imported.headers["retry-after"]) == (503, "30")
    listed = await registration.http.get(f"/v1/events/{events[0]}/participations", headers=organiser.headers)
    assert listed.json()["guest_list"]["announced"] == accepted[events[0]]

    await own_system.processes.start_again("kafka")
    for event in events:
        await registration.lists_told(event, count=accepted[event])

    async def accepts() -> bool:
        return (await registration.sign_up(events[0])).status_code == 201

    await eventually(accepts)
    imported = await registration.import_("events", edition, rows, organiser.headers)
    assert imported.json()["created"] == 3
    interrupted = await registration.value("SELECT count(*) FROM imports WHERE status = 'interrupted'")
    assert interrupted == 1
