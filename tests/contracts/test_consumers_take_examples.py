"""Golden examples, fed to the real consumers over real PostgreSQL: none becomes a dead letter, each has its effect."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from registration.editions import operations as editions
from registration.events.content import EventContent, PlaceContent
from registration.events.operations import Submission, submit_many
from shared.contracts.examples import Example, read_examples
from shared.contracts.registration import EditionMessage, EventMessage
from shared.contracts.topics import (
    BY_NAME,
    COUNTERS,
    DECISIONS,
    EDITIONS,
    EVENTS,
    NOTICES,
    PARTICIPATIONS,
    SERVICES,
    TOPICS,
    Service,
    Topic,
)
from stats import operations as counting
from tests.contracts.consuming import Fed, fed

pytestmark = pytest.mark.servers
DOCS = Path(__file__).parents[2] / "docs"
NOW = datetime(2020, 2, 3, 9, tzinfo=UTC)
ORDERS: dict[str, Callable[[list[Topic]], list[Topic]]] = {"in_order": list, "reversed": lambda topics: topics[::-1]}
Consuming = Callable[[Service], AbstractAsyncContextManager[Fed]]


@pytest.fixture
def consuming(system, tmp_path: Path) -> Consuming:
    """`async with consuming("stats") as service`, its database empty but for what must be there."""

    @asynccontextmanager
    async def consuming(name: Service) -> AsyncIterator[Fed]:
        async with fed(name, database_url=system.database_url(name), folder=tmp_path) as service:
            if name == "registration":
                await submit_examples(service)
            yield service

    return consuming


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_consumes_what_the_contracts_say(name: Service, consuming: Consuming):
    async with consuming(name) as service:
        assert {topic.name for topic in service.topics} == {each.name for each in TOPICS if name in each.consumers}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", SERVICES)
async def test_no_example_becomes_a_dead_letter(name: Service, order: str, consuming: Consuming):
    async with consuming(name) as service:
        for _ in ("first", "again"):
            for topic in ORDERS[order](service.topics):
                await service.take(topic, read_examples(topic))
        assert await service.dead_letters() == []


@pytest.mark.parametrize("name", SERVICES)
async def test_nor_does_one_that_comes_alone(name: Service, consuming: Consuming):
    async with consuming(name) as service:
        for topic in service.topics:
            for example in reversed(read_examples(topic)):
                await service.take(topic, [example])
        assert await service.dead_letters() == []


@pytest.mark.parametrize("name", SERVICES)
async def test_what_a_service_publishes_then_is_valid_by_the_schemas(name: Service, consuming: Consuming):
    async with consuming(name) as service:
        for topic in service.topics:
            await service.take(topic, read_examples(topic))
        if name == "stats":
            async with service.service.database.transaction() as connection:
                await counting.publish_counters(connection, edition_id="2020", now=NOW)
        messages = await service.published()
    assert messages or name == "notifications"  # it publishes once something was sent
    for message in messages:
        topic = BY_NAME[message["topic"]]
        assert topic.publisher == name
        if message["value"] is None:
            assert topic.tombstones
        else:
            assert [error.message for error in schema(topic).iter_errors(json.loads(message["value"]))] == []


@pytest.mark.parametrize("order", ORDERS)
async def test_registration_learns_the_verdicts(order: str, consuming: Consuming):
    examples = {example.name: example for example in read_examples(DECISIONS)}
    async with consuming("registration") as service:
        for example in ORDERS[order](list(examples.values())):
            await service.take(DECISIONS, [example])
        rows = await service.fetch("SELECT id::text, status FROM events")
    statuses = {row["id"]: row["status"] for row in rows}
    assert statuses[examples["labelled-again"].key] == "labelled"
    assert statuses[examples["minimal"].key] == "labelled"
    assert statuses[examples["appeal-decided"].key] == "labelled"
    assert statuses[examples["reviewed"].key] == "labelled"


@pytest.mark.parametrize("order", ORDERS)
async def test_labelling_decides_each_event(order: str, consuming: Consuming):
    async with consuming("labelling") as service:
        for topic in ORDERS[order](service.topics):
            await service.take(topic, read_examples(topic))
        decided = Counter(row["key"] for row in await service.published())
    latest = {example.key: example.value for example in read_examples(EVENTS)}
    assert decided == {key: 1 for key, value in latest.items() if value["change"] not in {"withdrawn", "cancelled"}}


_OF_WAITING = {"waiting": 1, "offer": 1, "offer_over": 3, "waiting_over": 1}
_OF_ACTS = {"act": "act", "reminder": "answer_reminder", "lapsed": "lapsed"}


@pytest.mark.parametrize("order", ORDERS)
async def test_notifications_make_one_notice_of_each_cause(order: str, consuming: Consuming):
    async with consuming("notifications") as service:
        for _ in ("first", "again"):
            for topic in ORDERS[order](service.topics):
                await service.take(topic, read_examples(topic))
        notices = Counter(row["kind"] for row in await service.fetch("SELECT kind FROM deliveries"))
    decisions = [example.value for example in read_examples(DECISIONS)]
    verdicts = Counter(each["decision"]["verdict"] for each in decisions if each.get("notify", True))
    of_acts = Counter(_OF_ACTS[example.value["change"]] for example in read_examples(NOTICES))
    assert notices == {
        "receipt": 3,
        "access": 1,
        "own_data": 1,
        "confirmation": 1,
        **verdicts,
        **of_acts,
        **_OF_WAITING,
    }


@pytest.mark.parametrize("order", ORDERS)
async def test_stats_count_what_the_counters_say(order: str, consuming: Consuming):
    """The counters' own examples are those of an edition with the other examples' events and guest lists."""
    async with consuming("stats") as service:
        for topic in ORDERS[order]([EDITIONS, EVENTS, PARTICIPATIONS]):
            await service.take(topic, read_examples(topic))
        async with service.service.database.reading() as connection:
            figures = await counting.figures(connection, edition_id="2020")
    counted = {
        dimension: [{"value": value, **tally._asdict()} for value, tally in sorted(tallies.items())]
        for dimension, tallies in figures.items()
    }
    counters = [example.value["counter"] for example in read_examples(COUNTERS)]
    assert counted == {each["dimension"]: each["tallies"] for each in counters if each["edition_id"] == "2020"}


async def submit_examples(service: Fed) -> None:
    """The editions and events of the examples, as registration's own operations make them."""
    async with service.service.database.transaction() as connection:
        known = {}
        for example in read_examples(EDITIONS):
            edition = EditionMessage.model_validate_json(json.dumps(example.value)).edition
            await editions.save(connection, edition, now=NOW)
            known[edition.id] = edition
        for example in read_examples(EVENTS):
            event = EventMessage.model_validate_json(json.dumps(example.value)).event
            await connection.execute(
                """
                INSERT INTO organisers (id, identity, kind, name, siret, uai, rna, email, contact_name, phone, language,
                                        contact_sequence, created_at)
                VALUES ($1::uuid, $1::uuid::text, $2, $3, $4, $5, $6, 'a@b.example', '', '', 'fr', 1, $7)
                ON CONFLICT DO NOTHING
                """,
                *(getattr(event.organiser, name) for name in ("id", "kind", "name", "siret", "uai", "rna")),
                NOW,
            )
            submission = Submission(organiser=event.organiser, content=content_of(example), id=UUID(example.key))
            await submit_many(
                connection, edition=known[event.edition_id], submissions=[submission], notify=True, now=NOW
            )
        await connection.execute("TRUNCATE outbox")


def content_of(example: Example) -> EventContent:
    """What its organiser said."""
    event = example.value["event"]
    said = {name: event[name] for name in EventContent.model_fields if name in event}
    place = {name: event["place"][name] for name in PlaceContent.model_fields if name in event["place"]}
    return EventContent.model_validate(said | {"place": place})


def schema(topic: Topic) -> Draft202012Validator:
    text = (DOCS / f"schemas/{topic.type}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER)
