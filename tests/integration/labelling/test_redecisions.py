"""A new charter decides again what it is asked to: open cases or all, once, whatever interrupts it."""

import asyncio
from datetime import datetime

import pytest

from labelling.redecisions import operations, worker


@pytest.fixture
def publish(labelling, new_edition):
    """`publish(redecide=…)`: a charter for the test's edition that knows no price, and accepts any audience."""

    async def publish(*, redecide, number=1):
        charter = (await labelling.http.get("/v1/charters/2020-1")).json()
        charter |= {"version": f"{new_edition.id}-{number}", "editions": [new_edition.id]}
        charter["criteria"] = [
            one for one in charter["criteria"] if one["criterion"] not in {"free_of_charge", "audience"}
        ]
        answer = await labelling.http.post(
            "/v1/charters", params={"redecide": redecide}, json=charter, headers=labelling.bearer("staff")
        )
        assert answer.status_code == 201, answer.text
        return charter["version"]

    return publish


async def _finished(labelling, version):
    async def look():
        found = (await labelling.http.get(f"/v1/charters/{version}/redecision")).json()
        return found if found["finished_at"] else None

    return await labelling.eventually(look)


async def _settle(labelling, event, verdict="refused"):
    body = {"verdict": verdict, "reason": "Vu avec l’organisateur."}
    answer = await labelling.http.post(f"/v1/reviews/{event.id}/decision", json=body, headers=labelling.bearer("staff"))
    assert answer.status_code == 201, answer.text


async def test_open_cases_alone_are_decided_again(labelling, edition, new_event, publish):
    refused, waiting, settled = new_event(price_cents=500), new_event(audience=()), new_event(audience=())
    for event in (refused, waiting, settled):
        await labelling.decided(event)
    await _settle(labelling, settled)
    version = await publish(redecide="open")
    (_, first), (sequence, again) = await labelling.decisions_on(waiting, count=2)
    assert (sequence, again.decision.verdict, again.decision.charter_version) == (2, "labelled", version)
    assert (again.change, again.before, again.notify) == ("decided", "in_review", True)
    assert first.decision.verdict == "in_review"
    found = await _finished(labelling, version)
    assert (found["scope"], found["decided"], found["changed"]) == ("open", 1, 1)
    assert (len(labelling.published[refused.id]), len(labelling.published[settled.id])) == (1, 2)
    answer = await labelling.http.get("/v1/reviews", headers=labelling.bearer("staff"), params={"limit": 200})
    assert str(waiting.id) not in {each["event_id"] for each in answer.json()["reviews"]}


async def test_all_means_what_referents_have_decided_too(labelling, edition, new_event, publish):
    good, refused, settled = new_event(), new_event(price_cents=500), new_event(audience=())
    for event in (good, refused, settled):
        await labelling.decided(event)
    await _settle(labelling, settled)
    version = await publish(redecide="all")
    for event, count in ((good, 2), (refused, 2), (settled, 3)):
        _, message = (await labelling.decisions_on(event, count=count))[-1]
        assert (message.decision.verdict, message.decision.charter_version) == ("labelled", version)
    assert [message.notify for _, message in labelling.published[good.id]] == [True, False]
    found = await _finished(labelling, version)
    assert (found["decided"], found["changed"]) == (3, 2)


async def test_what_the_committee_has_promised_stays_promised(labelling, edition, new_event):
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {"version": f"{edition.id}-slow", "editions": [edition.id], "review_working_days": 30}
    event = new_event(audience=())
    before = (await labelling.decided(event)).decision
    staff = labelling.bearer("staff")
    await labelling.http.post("/v1/charters", params={"redecide": "all"}, json=charter, headers=staff)
    _, again = (await labelling.decisions_on(event, count=2))[-1]
    assert (again.decision.verdict, again.decision.due_on, again.notify) == ("in_review", before.due_on, False)
    await _settle(labelling, event, "labelled")
    assert (await labelling.decisions_on(event, count=3))[-1][1].decision.charter_version == charter["version"]


async def test_what_comes_into_review_now_is_due_from_now_on(labelling, edition, new_event, now):
    """Else it would be late at once: the event is of 2020."""
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {"version": f"{edition.id}-doubt", "editions": [edition.id]}
    relevance = next(one for one in charter["criteria"] if one["criterion"] == "relevance")
    relevance["parameters"] |= {"accept_from": 1.0, "refuse_below": 0.0}
    event = new_event()
    await labelling.decided(event)
    staff = labelling.bearer("staff")
    await labelling.http.post("/v1/charters", params={"redecide": "all"}, json=charter, headers=staff)
    _, again = (await labelling.decisions_on(event, count=2))[-1]
    assert again.decision.verdict == "in_review"
    assert again.decision.due_on >= now.date()


async def test_a_withdrawn_event_is_not_decided_again(labelling, edition, new_event, publish):
    event, other = new_event(), new_event()
    await labelling.decided(event)
    await labelling.decided(other)
    await labelling.send_event(event.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.handled(event.id, sequence=2)
    await _finished(labelling, await publish(redecide="all"))
    assert (len(labelling.published[event.id]), len(labelling.published[other.id])) == (1, 2)


class _KilledError(Exception):
    """As if the process had ended here."""


async def test_it_is_resumed_wherever_it_is_killed_and_decides_nothing_twice(
    labelling, edition, new_event, publish, monkeypatch
):
    """Small steps; one of two is rolled back after it was taken; two processes work at it at once."""
    events = [new_event(price_cents=500) for _ in range(40)]
    await asyncio.gather(*(labelling.send_event(event) for event in events))
    for event in events:
        await labelling.decisions_on(event)
    monkeypatch.setattr(operations, "_AT_A_TIME", 3)
    steps = 0

    async def step() -> bool:
        nonlocal steps
        async with labelling.service.database.transaction() as connection:
            more = await operations.go_on(connection, now=datetime.fromisoformat("2020-03-01T12:00+00:00"))
            steps += 1
            if more and steps % 2:
                raise _KilledError
        return more

    async def process() -> None:
        more = True
        while more:
            try:
                more = await step()
            except _KilledError:
                continue

    version = await publish(redecide="all")
    await asyncio.gather(process(), process())
    await worker.work_off(labelling.service.database)
    found = await _finished(labelling, version)
    assert (found["decided"], found["changed"]) == (40, 40)
    for event in events:
        (_, first), (sequence, again) = await labelling.decisions_on(event, count=2)
        assert (sequence, first.decision.verdict, again.decision.verdict) == (2, "refused", "labelled")
    ids = [event.id for event in events]
    count = "SELECT count(*) FROM decisions WHERE event_id = ANY ($1) AND charter_version = $2"
    assert await labelling.value(count, ids, version) == 40


async def test_who_asked_for_none_is_told_so(labelling, edition, publish):
    version = await publish(redecide="none")
    assert (await labelling.http.get(f"/v1/charters/{version}/redecision")).status_code == 404


async def test_a_superseded_redecision_ends(labelling, edition, new_event, publish):
    """The charter that is in force decides; the one before it has nothing more to say."""
    event = new_event(price_cents=500)
    await labelling.decided(event)
    first, second = await publish(redecide="all", number=1), await publish(redecide="all", number=2)
    for version in (first, second):
        await _finished(labelling, version)
    assert (await labelling.decisions_on(event, count=2))[-1][1].decision.charter_version == second
