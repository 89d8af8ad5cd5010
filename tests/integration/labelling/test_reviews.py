"""The committee's queue: who sees and decides what, and once."""

import asyncio
from datetime import datetime

import pytest

from labelling import figures


async def _in_review(labelling, new_event, **changes):
    """An event whose audience is not stated."""
    event = new_event(audience=(), **changes)
    assert (await labelling.decided(event)).decision.verdict == "in_review"
    return event


def _settle(labelling, event, headers, **changes):
    body = {"verdict": "labelled", "reason": "L’organisateur confirme : tout public.", **changes}
    return labelling.http.post(f"/v1/reviews/{event.id}/decision", json=body, headers=headers)


async def _queue(labelling, headers, **parameters):
    """Every review of the queue, page by page."""
    found, after = [], {}
    while True:
        answer = await labelling.http.get("/v1/reviews", params={"limit": 2, **parameters, **after}, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["reviews"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


async def test_referents_see_their_own_queue_by_deadline(labelling, edition, new_event):
    urgent = [await _in_review(labelling, new_event, departement="67") for _ in range(3)]
    elsewhere = await _in_review(labelling, new_event, departement="68")
    queue = await _queue(labelling, labelling.bearer("referent", departement="67"))
    ids = [review["event_id"] for review in queue]
    assert {str(event.id) for event in urgent} <= set(ids)
    assert str(elsewhere.id) not in ids
    assert len(ids) == len(set(ids))
    assert {review["departement"] for review in queue} == {"67"}
    assert [review["due_on"] for review in queue] == sorted(review["due_on"] for review in queue)
    review = next(review for review in queue if review["event_id"] == str(urgent[0].id))
    assert review["due_on"] == "2020-02-07"
    assert [question["criterion"] for question in review["questions"]] == ["audience"]
    everything = await _queue(labelling, labelling.bearer("staff"))
    assert {str(elsewhere.id), *ids} <= {review["event_id"] for review in everything}
    several = await _queue(labelling, labelling.bearer("referent", departement="67 68"))
    assert {str(elsewhere.id), *ids} <= {each["event_id"] for each in several}
    assert {each["departement"] for each in several} == {"67", "68"}
    one = await _queue(labelling, labelling.bearer("referent", departement="67 68"), departement="68")
    assert {each["departement"] for each in one} == {"68"}
    other = await labelling.http.get(
        "/v1/reviews", params={"departement": "44"}, headers=labelling.bearer("referent", departement="67 68")
    )
    assert other.status_code == 403
    filtered = await _queue(labelling, labelling.bearer("staff"), departement="68")
    assert {review["departement"] for review in filtered} == {"68"}


async def test_a_referent_decides_with_a_reason_and_it_is_told(labelling, edition, new_event):
    event = await _in_review(labelling, new_event, departement="67")
    referent = labelling.bearer("referent", subject="referent-67", departement="67")
    answer = await _settle(labelling, event, referent)
    assert answer.status_code == 201, answer.text
    (_, pending), (sequence, message) = await labelling.decisions_on(event, count=2)
    assert (sequence, message.change) == (2, "reviewed")
    decision = message.decision
    assert (decision.verdict, decision.decided_by, decision.referent) == ("labelled", "referent", "referent-67")
    assert decision.note == "L’organisateur confirme : tout public."
    assert decision.criteria == pending.decision.criteria
    assert answer.headers["location"] == f"/v1/decisions/{decision.id}"
    explanation = await labelling.http.get(f"{answer.headers['location']}/explanation", headers=referent)
    assert "tranchée par un référent : L’organisateur confirme" in explanation.json()["how"]
    closed = await _queue(labelling, referent, status="decided")
    assert str(event.id) in {review["event_id"] for review in closed}


async def test_a_review_is_decided_once(labelling, edition, new_event):
    event = await _in_review(labelling, new_event)
    staff = labelling.bearer("staff")
    answers = await asyncio.gather(*(_settle(labelling, event, staff) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"] == "Already decided"


async def test_the_same_key_gives_the_same_answer(labelling, edition, new_event):
    event = await _in_review(labelling, new_event)
    headers = {**labelling.bearer("staff"), "Idempotency-Key": str(event.id)}
    first, again = [await _settle(labelling, event, headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (await _settle(labelling, event, headers, verdict="refused")).status_code == 422


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ({"role": "referent", "departement": "68"}, 403),
        ({"role": "referent"}, 403),
        ({"role": "organiser"}, 403),
        ({"role": "partner"}, 403),
        (None, 401),
    ],
)
async def test_who_may_not_decide(labelling, edition, new_event, caller, status):
    event = await _in_review(labelling, new_event, departement="67")
    headers = labelling.bearer(**caller) if caller else {}
    assert (await _settle(labelling, event, headers)).status_code == status
    assert len(labelling.published[event.id]) == 1


async def test_an_event_without_departement_is_for_staff(labelling, edition, new_event):
    event = await _in_review(labelling, new_event, departement=None)
    assert (await _settle(labelling, event, labelling.bearer("referent", departement="44"))).status_code == 403
    assert (await _settle(labelling, event, labelling.bearer("staff"))).status_code == 201


@pytest.mark.parametrize("change", [{"reason": "  "}, {"reason": "\x00"}, {"verdict": "in_review"}, {"more": 1}])
async def test_a_decision_needs_a_verdict_and_a_reason(labelling, edition, new_event, change):
    event = await _in_review(labelling, new_event)
    answer = await _settle(labelling, event, labelling.bearer("staff"), **change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(change))


async def test_what_was_never_in_review_is_not_found(labelling, edition, new_event):
    event = new_event()
    await labelling.decided(event)
    assert (await _settle(labelling, event, labelling.bearer("staff"))).status_code == 404
    assert (await _settle(labelling, new_event(), labelling.bearer("staff"))).status_code == 404


async def test_a_withdrawn_event_leaves_the_queue(labelling, edition, new_event):
    event = await _in_review(labelling, new_event, departement="67")
    await labelling.send_event(event.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.handled(event.id, sequence=2)
    queue = await _queue(labelling, labelling.bearer("staff"), departement="67")
    assert str(event.id) not in {review["event_id"] for review in queue}
    answer = await _settle(labelling, event, labelling.bearer("staff"))
    assert (answer.status_code, answer.json()["title"]) == (409, "No longer in review")


async def test_an_amended_event_is_reviewed_as_it_stands(labelling, edition, new_event):
    event = await _in_review(labelling, new_event, departement="67")
    await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    queue = await _queue(labelling, labelling.bearer("staff"), departement="67")
    assert [review["revision"] for review in queue if review["event_id"] == str(event.id)] == [2]
    await labelling.decided(event.model_copy(update={"revision": 3, "audience": ("jobseekers",)}), sequence=3)
    queue = await _queue(labelling, labelling.bearer("staff"), departement="67")
    assert str(event.id) not in {review["event_id"] for review in queue}


@pytest.mark.parametrize(
    ("caller", "parameters", "status"),
    [
        ({"role": "referent", "departement": "67"}, {"departement": "68"}, 403),
        ({"role": "referent"}, {}, 403),
        ({"role": "organiser"}, {}, 403),
        ({"role": "staff"}, {"after": "yesterday"}, 422),
        ({"role": "staff"}, {"status": "lost"}, 422),
        ({"role": "staff"}, {"departement": "00"}, 422),
        ({"role": "staff"}, {"limit": 0}, 422),
    ],
)
async def test_who_may_not_see_which_queue(labelling, caller, parameters, status):
    answer = await labelling.http.get("/v1/reviews", params=parameters, headers=labelling.bearer(**caller))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_queue_is_counted_for_dashboards(labelling, edition, new_event):
    event = await _in_review(labelling, new_event)
    staff = labelling.bearer("staff")

    async def figure(name: str, *, on: str) -> float:
        await figures.count(labelling.service.database, now=datetime.fromisoformat(f"{on}T12:00+00:00"))
        text = (await labelling.http.get("/metrics")).text
        return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).split()[1])

    waiting = await figure("semaine_open_reviews", on="2020-02-07")
    late = await figure("semaine_overdue_reviews", on="2020-02-07")
    assert await figure("semaine_overdue_reviews", on="2020-02-08") > late
    await _settle(labelling, event, staff)
    assert await figure("semaine_open_reviews", on="2020-02-07") == waiting - 1
