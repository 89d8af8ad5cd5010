"""Once per event, revision and charter version, whatever is redelivered and in whatever order it comes."""

import asyncio
from datetime import UTC, datetime

from labelling.decisions import operations
from shared.contracts.registration import EditionMessage, EventMessage
from shared.contracts.topics import EDITIONS, EVENTS
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id


async def _count(labelling, event):
    return await labelling.value("SELECT count(*) FROM decisions WHERE event_id = $1", event.id)


async def test_a_submitted_event_is_decided_and_told(labelling, edition, new_event):
    event = new_event()
    await labelling.send_event(event)
    ((sequence, message),) = await labelling.decisions_on(event)
    decision = message.decision
    assert (sequence, message.change, decision.verdict) == (1, "decided", "labelled")
    assert (decision.revision, decision.charter_version, decision.decided_by) == (1, "2020-1", "charter")
    assert (decision.organiser_id, decision.departement) == (event.organiser.id, "44")
    assert {result.criterion for result in decision.criteria} >= {"label_window", "audience", "relevance"}


async def test_the_same_state_is_never_decided_twice(labelling, edition, new_event):
    event = new_event()
    await labelling.decided(event)
    await labelling.send_event(event)  # redelivered
    await labelling.send_event(event.model_copy(update={"status": "labelled"}), sequence=2)  # the label coming back
    await labelling.handled(event.id, sequence=2)
    assert await _count(labelling, event) == 1
    assert await labelling.value("SELECT sequence FROM cases WHERE event_id = $1", event.id) == 1


async def test_an_amended_event_is_decided_again(labelling, edition, new_event):
    event = new_event()
    await labelling.decided(event)
    await labelling.decided(event.model_copy(update={"revision": 2, "price_cents": 500}), sequence=3)
    (_, first), (sequence, second) = await labelling.decisions_on(event, count=2)
    assert (first.decision.verdict, second.decision.verdict) == ("labelled", "refused")
    assert (sequence, second.decision.revision) == (2, 2)


async def test_an_event_waits_for_its_edition(labelling, new_edition, new_event):
    event = new_event()
    await labelling.send_event(event)
    await labelling.handled(event.id)
    assert await _count(labelling, event) == 0
    await labelling.send_edition(new_edition)
    ((_, message),) = await labelling.decisions_on(event)
    assert message.decision.verdict == "labelled"


async def test_an_event_that_was_amended_while_it_waited_is_decided_as_it_stands(labelling, new_edition, new_event):
    event = new_event()
    await labelling.send_event(event)
    await labelling.send_event(event.model_copy(update={"revision": 2, "audience": ("staff_only",)}), sequence=2)
    await labelling.handled(event.id, sequence=2)
    await labelling.send_edition(new_edition)
    ((_, message),) = await labelling.decisions_on(event)
    assert (message.decision.revision, message.decision.verdict) == (2, "refused")


async def test_a_withdrawn_event_is_not_decided(labelling, new_edition, new_event):
    event, other = new_event(), new_event()
    await labelling.send_event(event)
    await labelling.send_event(event.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.send_event(other)
    await labelling.handled(event.id, sequence=2)
    await labelling.handled(other.id)
    await labelling.send_edition(new_edition)
    await labelling.decisions_on(other)
    assert await _count(labelling, event) == 0


async def test_a_changed_edition_decides_nothing_again(labelling, edition, new_event):
    event, later = new_event(), new_event()
    await labelling.decided(event)
    moved = edition.label_window.model_copy(update={"first_day": edition.label_window.last_day})
    await labelling.send_edition(edition.model_copy(update={"label_window": moved}), sequence=2)
    await labelling.handled(edition.id, topic=EDITIONS, sequence=2)
    assert (await labelling.decided(later)).decision.verdict == "refused"
    assert await _count(labelling, event) == 1


async def test_a_batch_sent_twice_is_decided_once(labelling, edition, new_event):
    events = [new_event(price_cents=500 * (number % 4 == 0)) for number in range(400)]
    for _ in range(2):
        await asyncio.gather(*(labelling.send_event(event) for event in events))
    for event in events:
        ((sequence, message),) = await labelling.decisions_on(event)
        assert sequence == 1
        assert message.decision.verdict == ("refused" if event.price_cents else "labelled")
    ids = [event.id for event in events]
    assert await labelling.value("SELECT count(*) FROM decisions WHERE event_id = ANY ($1)", ids) == len(events)


async def test_an_event_that_can_never_be_taken_in_is_laid_aside_alone(labelling, edition, new_event):
    bad, good = new_event(time_zone="Mars/Olympus"), new_event()
    await asyncio.gather(labelling.send_event(bad), labelling.send_event(good))
    assert (await labelling.decisions_on(good))[0][1].decision.verdict == "labelled"
    zone = "SELECT count(*) FROM dead_letters WHERE topic = $1 AND reason LIKE 'refused: time_zone: %Mars/Olympus%'"
    await labelling.eventually(lambda: labelling.value(zone, EVENTS.name))
    assert await _count(labelling, bad) == 0


async def test_an_edition_and_its_event_at_the_same_moment(labelling, new_edition, new_event):
    """Neither transaction sees what the other has not committed; the event is decided all the same."""

    def received(topic, key, body):
        now = datetime.now(UTC)
        return [Received(new_id(), topic.name, key, 1, now, body, partition=0, offset=0)]

    for turn in range(10):
        edition = new_edition.model_copy(update={"id": f"{new_edition.id}-{turn}"})
        event = new_event(edition_id=edition.id)

        async def take_in(operation, messages):
            async with labelling.service.database.transaction() as connection:
                await operation(connection, messages, now=datetime.now(UTC))

        await asyncio.gather(
            take_in(
                operations.take_in_events,
                received(EVENTS, str(event.id), EventMessage(change="submitted", event=event)),
            ),
            take_in(
                operations.take_in_editions,
                received(EDITIONS, edition.id, EditionMessage(change="created", edition=edition)),
            ),
        )
        assert await _count(labelling, event) == 1


async def test_decisions_are_looked_up_and_explained(labelling, edition, new_event):
    event = new_event(price_cents=550)
    decision = (await labelling.decided(event)).decision
    own = labelling.bearer("organiser", subject=str(event.organiser.id))
    found = await labelling.http.get("/v1/decisions", params={"event_id": str(event.id)}, headers=own)
    assert [each["id"] for each in found.json()["decisions"]] == [str(decision.id)]
    one = await labelling.http.get(f"/v1/decisions/{decision.id}", headers=own)
    assert one.json() == decision.model_dump(mode="json")
    for language, words in (("fr", "L’événement est payant (5,50 €)"), ("en", "The event costs €5.50")):
        path = f"/v1/decisions/{decision.id}/explanation"
        explained = await labelling.http.get(path, params={"language": language}, headers=own)
        assert any(criterion["reason"].startswith(words) for criterion in explained.json()["criteria"])


async def test_organisers_see_their_own_decisions_alone(labelling, edition, new_event):
    event = new_event()
    decision = (await labelling.decided(event)).decision
    other = labelling.bearer("organiser", subject=str(new_id()))
    found = await labelling.http.get("/v1/decisions", params={"event_id": str(event.id)}, headers=other)
    assert found.json() == {"decisions": []}
    for path in (f"/v1/decisions/{decision.id}", f"/v1/decisions/{decision.id}/explanation"):
        assert (await labelling.http.get(path, headers=other)).status_code == 404
        assert (await labelling.http.get(path)).status_code == 401
        assert (await labelling.http.get(path, headers=labelling.bearer("partner"))).status_code == 403
        assert (await labelling.http.get(path, headers=labelling.bearer("referent"))).status_code == 200
