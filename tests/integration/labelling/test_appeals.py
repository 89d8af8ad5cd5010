"""An organiser appeals once against a refusal, and somebody else decides."""

import asyncio
from uuid import uuid4

import pytest

from tests.integration.labelling.committee import organiser_of, referent, staff

_WHY = "Le prix indiqué était celui du repas, qui est facultatif."


@pytest.fixture
def refused(labelling, edition, new_event):
    """`await refused()`: an event that costs something, and its refusal."""

    async def made():
        event = new_event(price_cents=500, departement="67")
        return event, (await labelling.decided(event)).decision

    return made


async def _appeal(labelling, event, decision):
    return await organiser_of(labelling, event).post(f"/v1/decisions/{decision.id}/appeal", reason=_WHY)


async def test_an_appeal_puts_a_refusal_before_the_committee(labelling, refused, now):
    event, decision = await refused()
    answer = await _appeal(labelling, event, decision)
    assert answer.status_code == 201, answer.text
    (_, first), (sequence, message) = await labelling.decisions_on(event, count=2)
    assert (sequence, message.change, message.before, message.notify) == (2, "decided", "refused", True)
    appeal = message.decision
    assert (appeal.verdict, appeal.appeal, appeal.decided_by) == ("in_review", True, "charter")
    assert appeal.due_on > now.date()
    assert appeal.criteria == first.decision.criteria
    ana = referent(labelling, "ana")
    review = await ana.review(event)
    assert (review["appeal"], review["appeal_reason"]) == (True, _WHY)
    assert str(event.id) in await ana.queue()
    assert (await ana.decide(event)).status_code == 201
    _, last = (await labelling.decisions_on(event, count=3))[-1]
    assert (last.change, last.before, last.decision.verdict) == ("reviewed", "in_review", "labelled")
    assert (last.decision.appeal, last.decision.referent) == (True, "ana")
    explained = await organiser_of(labelling, event).get(f"/v1/decisions/{last.decision.id}/explanation")
    assert "sur appel de l’organisateur, tranchée par un référent" in explained["how"]


async def test_an_appeal_says_nothing_to_the_topic_but_that_there_is_one(labelling, refused):
    """The organiser's words may name people."""
    event, decision = await refused()
    await _appeal(labelling, event, decision)
    _, message = (await labelling.decisions_on(event, count=2))[-1]
    assert "repas" not in message.model_dump_json()


async def test_it_is_decided_by_somebody_else(labelling, edition, new_event):
    event = new_event(audience=(), departement="67")
    await labelling.decided(event)
    ana, ben = referent(labelling, "ana"), referent(labelling, "ben")
    await ana.decide(event, "refused")
    _, refusal = (await labelling.decisions_on(event, count=2))[-1]
    assert (await _appeal(labelling, event, refusal.decision)).status_code == 201
    for tried in (await ana.claim(event), await ana.decide(event), await staff(labelling, "ana").decide(event)):
        assert (tried.status_code, "your own decision" in tried.json()["detail"]) == (403, True)
    back = await ben.post(f"/v1/reviews/{event.id}/handover", to="ana", text="À toi.")
    assert (back.status_code, back.json()["errors"][0]["field"]) == (422, "to")
    many = await ana.post("/v1/reviews", event_ids=[str(event.id)], verdict="refused", reason="Non.")
    assert [each["status"] for each in many.json()["results"]] == [403]
    assert (await ben.decide(event, "refused")).status_code == 201


async def test_there_is_one_appeal(labelling, refused):
    event, decision = await refused()
    answers = await asyncio.gather(*(_appeal(labelling, event, decision) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    await referent(labelling, "ana").decide(event, "refused")
    _, last = (await labelling.decisions_on(event, count=3))[-1]
    for each in (decision, last.decision):
        again = await _appeal(labelling, event, each)
        assert (again.status_code, again.json()["title"]) == (409, "Appealed already")


async def test_an_amended_event_is_judged_anew_and_may_be_appealed_again(labelling, refused):
    event, decision = await refused()
    await _appeal(labelling, event, decision)
    await labelling.decisions_on(event, count=2)
    again = await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    assert (again.decision.verdict, again.decision.appeal) == ("refused", False)
    assert str(event.id) not in await referent(labelling, "ana").queue()
    late = await _appeal(labelling, event, decision)
    assert late.status_code == 409
    assert (await _appeal(labelling, event, again.decision)).status_code == 201


async def test_what_is_not_refused_is_not_appealed(labelling, edition, new_event):
    for event in (new_event(), new_event(audience=())):
        decision = (await labelling.decided(event)).decision
        answer = await _appeal(labelling, event, decision)
        assert (answer.status_code, answer.json()["title"]) == (409, "Nothing to appeal against")


async def test_a_withdrawn_event_is_not_appealed(labelling, refused):
    event, decision = await refused()
    await labelling.send_event(event.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.handled(event.id, sequence=2)
    assert (await _appeal(labelling, event, decision)).status_code == 409


async def test_who_may_appeal(labelling, refused):
    event, decision = await refused()
    path = f"/v1/decisions/{decision.id}/appeal"
    stranger = {"role": "organiser", "subject": str(uuid4())}
    for caller, status in (
        (stranger, 404),
        ({"role": "referent", "departement": "67"}, 403),
        ({"role": "partner"}, 403),
    ):
        answer = await labelling.http.post(path, json={"reason": _WHY}, headers=labelling.bearer(**caller))
        assert answer.status_code == status
    assert (await labelling.http.post(path, json={"reason": _WHY})).status_code == 401
    assert (await staff(labelling).post(path, reason="  ")).status_code == 422
    assert (await staff(labelling).post(path, reason=_WHY)).status_code == 201
    assert len(await labelling.decisions_on(event, count=2)) == 2


async def test_an_open_appeal_is_left_to_people_by_a_new_charter(labelling, refused):
    event, decision = await refused()
    other, _ = await refused()
    await _appeal(labelling, event, decision)
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {"version": f"{event.edition_id}-1", "editions": [event.edition_id]}
    headers = labelling.bearer("staff")
    answer = await labelling.http.post("/v1/charters", params={"redecide": "all"}, json=charter, headers=headers)
    assert answer.status_code == 201
    await labelling.decisions_on(other, count=2)
    assert (await referent(labelling, "ana").decide(event)).status_code == 201
    _, last = (await labelling.decisions_on(event, count=3))[-1]
    assert (last.decision.verdict, last.decision.charter_version) == ("labelled", "2020-1")
