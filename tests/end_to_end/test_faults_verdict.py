"""The writers and the verdict on a system without faults: it is clean, and finds what is then planted."""

import asyncio
import os
import smtplib
from collections import Counter
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from semaine.faults.endpoint import Endpoint, WebhookReceived
from semaine.faults.ledger import Ledger, Operation
from semaine.faults.streams import read_back, stamp_arrivals
from semaine.faults.verdict import Violation, come_to_rest, judge
from semaine.faults.writers import Writers
from semaine.system import ports
from shared.contracts.topics import SERVICES
from tests.end_to_end.conftest import PATIENCE_SECONDS, Whole

OPERATIONS = 300
ACTS = 2
KINDS = {
    "register", "submit", "draft", "amend", "withdraw", "sign_up", "cancel", "review", "attend", "postpone", "answer",
    "keep", "give_up",
}  # fmt: skip
SIGN_UPS = "registration participations"
DELIVERIES = "notifications.deliveries.v1"
MAILS_OF_ACTS = "notifications deliveries"


@dataclass(frozen=True)
class Played:
    whole: Whole
    ledger: Ledger
    endpoint: Endpoint

    async def violations(
        self, *, ledger: Ledger | None = None, received: list[WebhookReceived] | None = None
    ) -> list[Violation]:
        system = self.whole.system
        return await judge(
            ledger=ledger or self.ledger,
            database_urls={service: system.database_url(service) for service in SERVICES},
            bootstrap_servers=system.bootstrap_servers,
            mail_url=system.mail_url,
            received=self.endpoint.received() if received is None else received,
            disturbances=[],
        )

    async def connect(self, service) -> asyncpg.Connection:
        return await asyncpg.connect(self.whole.system.database_url(service))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(whole, tmp_path_factory):
    """A short play by all writers at once, at rest."""
    system, folder = whole.system, tmp_path_factory.mktemp("partner")
    await stamp_arrivals(bootstrap_servers=system.bootstrap_servers)
    endpoint = Endpoint(port=ports.free(["partner"])["partner"], folder=folder, seed=3)
    await system.processes.start(endpoint.program(log=folder / "log", environment=os.environ))
    await endpoint.register(public_url=system.public_url, staff=whole.staff)
    ledger = Ledger(seed=3)
    writers = Writers(
        public_url=system.public_url,
        token=whole.token,
        edition_id="faults",
        ledger=ledger,
        seed=3,
        pace=40,
        acts_after=1,
    )
    await writers.prepare()
    stop = asyncio.Event()
    async with asyncio.timeout(90), asyncio.TaskGroup() as group:
        group.create_task(writers.run(stop))
        while not played_enough(ledger):  # noqa: ASYNC110 - it has no event for it
            await asyncio.sleep(0.1)
        stop.set()
    await come_to_rest(
        database_urls={service: system.database_url(service) for service in SERVICES},
        bootstrap_servers=system.bootstrap_servers,
        patience=PATIENCE_SECONDS,
    )
    yield Played(whole, ledger, endpoint)
    await system.processes.kill("partner")


def played_enough(ledger: Ledger) -> bool:
    """What comes when is left to chance: so much, so many acts, and each kind of operation at least once."""
    acts = {each.answer["act"]["number"] for each in ledger.acknowledged("postpone")}
    kinds = {each.kind for each in ledger.acknowledged()}
    return len(ledger.operations) >= OPERATIONS and len(acts) >= ACTS and kinds >= KINDS


async def test_the_writers_do_all_that_they_can_and_know_what_became_of_it(played):
    by_kind = Counter((each.kind, each.standing) for each in played.ledger.operations)
    assert {kind for kind, standing in by_kind if standing == "acknowledged"} >= KINDS
    assert {kind for kind, standing in by_kind if standing == "refused"} >= {"submit", "sign_up"}
    assert played.ledger.unknown() == []
    assert played.ledger.figures()["replayed"] > 0


async def test_a_run_without_faults_is_clean(played):
    assert await played.violations() == []


PLANTED = [
    ("registration", "UPDATE participations SET people = people {} 1", "differs", SIGN_UPS),
    ("registration", "UPDATE participations SET confirmations = confirmations {} 1", "differs", SIGN_UPS),
    ("registration", "UPDATE guest_lists SET parties = parties {} 1", "differs", "registration guest_lists"),
    ("registration", "UPDATE events SET revision = revision {} 1", "differs", "registration events"),
    ("registration", "UPDATE events SET sequence = sequence {} 1", "lost", "registration.events.v1"),
    ("registration", "UPDATE events SET act_number = act_number {} 1", "differs", "registration events"),
    ("registration", "UPDATE acts SET number = number {} 10", "lost", "registration acts"),
    ("registration", "UPDATE notices SET sequence = sequence {} 1", "lost", "registration.notices.v1"),
    ("registration", "UPDATE participations SET kept_act = 1 - kept_act WHERE kept_act <= 1", "differs", SIGN_UPS),
    ("labelling", "UPDATE cases SET sequence = sequence {} 1 WHERE sequence > 0", "lost", "labelling.decisions.v1"),
    ("labelling", "UPDATE decisions SET revision = revision {} 10", "lost", "labelling decisions"),
    ("stats", "UPDATE events SET announced = announced {} 1", "differs", "audit: stats events"),
    ("stats", "UPDATE counters SET sequence = sequence {} 1", "lost", "stats.counters.v1"),
    ("notifications", "UPDATE deliveries SET sequence = sequence {} 1", "lost", DELIVERIES),
    ("notifications", "UPDATE deliveries SET kind = reverse(kind) WHERE kind IN ('act', 'tca')", "lost", MAILS_OF_ACTS),
]  # fmt: skip


@pytest.mark.parametrize(("service", "statement", "kind", "where"), PLANTED)
async def test_an_error_planted_in_a_database_is_found(played, service, statement, kind, where):
    connection = await played.connect(service)
    try:
        assert await connection.execute(statement.format("+")) != "UPDATE 0"
        found = await played.violations()
    finally:
        await connection.execute(statement.format("-"))
        await connection.close()
    assert (kind, where) in {(each.kind, each.where) for each in found}


async def test_clocks_that_were_off_make_no_difference(played):
    connection = await played.connect("labelling")
    statement = "UPDATE decisions SET decided_at = decided_at {} interval '1 hour' WHERE decided_by = 'charter'"
    try:
        await connection.execute(statement.format("+"))
        assert await connection.fetchval("SELECT count(*) FROM decisions WHERE decided_by = 'referent'") > 0
        assert await played.violations() == []
    finally:
        await connection.execute(statement.format("-"))
        await connection.close()


async def test_an_acknowledged_sign_up_that_has_left_no_trace_is_lost(played):
    ledger = copy(played.ledger)
    ledger.operations = list(ledger.operations)
    done = next(ledger.acknowledged("sign_up"))
    answer = {"participation": {"id": "01234567-89ab-7def-8123-456789abcdef"}}
    ledger.operations.append(replace(done, number=len(ledger.operations) + 1, answer=answer))
    found = await played.violations(ledger=ledger)
    assert ("lost", SIGN_UPS) in {(each.kind, each.where) for each in found}


async def test_an_effect_that_was_refused_is_double(played):
    ledger = copy(played.ledger)
    ledger.operations = list(ledger.operations)
    at, done = next((at, each) for at, each in enumerate(ledger.operations) if _never_touched_again(ledger, each))
    ledger.operations[at] = replace(done, standing="refused", status=409)
    found = await played.violations(ledger=ledger)
    assert ("double", SIGN_UPS) in {(each.kind, each.where) for each in found}


def _never_touched_again(ledger: Ledger, operation: Operation) -> bool:
    if operation.kind != "sign_up" or not operation.acknowledged:
        return False
    id_ = operation.answer["participation"]["id"]
    by_link = any(each.sign_up_id == id_ for each in ledger.operations)
    return (
        not by_link
        and sum(each.answer["participation"]["id"] == id_ for each in ledger.acknowledged("sign_up", "cancel")) == 1
    )


async def test_a_webhook_that_never_came_is_lost_and_one_that_came_again_is_double(played):
    received = played.endpoint.received()
    assert {(each.kind, each.where) for each in await played.violations(received=received[1:])} == {
        ("lost", "received by partner")
    }
    again = [*received, replace(received[0], at=datetime.now(UTC))]
    (found,) = await played.violations(received=again)
    assert (found.kind, found.where, found.key) == ("double", "received by partner", received[0].id)
    assert found.message_ids


async def test_a_mail_that_comes_again_is_double(played):
    connection = await played.connect("notifications")
    id_ = await connection.fetchval("SELECT id FROM deliveries WHERE kind = 'confirmation' LIMIT 1")
    recipient = await connection.fetchval(
        "SELECT email FROM contacts c JOIN deliveries d ON d.recipient_id = c.id WHERE d.id = $1", id_
    )
    await connection.close()
    mail = EmailMessage()
    mail["Message-ID"] = f"<{id_}@semaine.localhost>"
    mail["To"] = recipient

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", played.whole.system.ports["smtp"]) as smtp:
            smtp.send_message(mail, from_addr="x@faults.example")

    await asyncio.to_thread(send)
    found = await played.violations()
    assert ("double", "received by mail", str(id_)) in {(each.kind, each.where, each.key) for each in found}


# From here on the topics themselves are damaged, which nothing mends.


@pytest.mark.parametrize(
    ("sequence", "change", "kind"),
    [(1, {}, "double"), (1, {"value": b"{}"}, "differs"), (3, {}, "gap"), (2, {}, "order")],
)
async def test_what_is_planted_in_a_topic_is_found(played, sequence, change, kind):
    records = await read_back(bootstrap_servers=played.whole.system.bootstrap_servers)
    known = min((each for each in records if each.topic == DELIVERIES), key=lambda each: (each.key, each.offset))
    headers = [
        (name, str(sequence).encode() if name == "ce_sequence" else value)
        for name, value in known.headers
        if name != "ce_id"
    ]
    id_ = known.id if sequence == 1 else f"01234567-89ab-7def-8123-45678900000{sequence}"
    producer = AIOKafkaProducer(bootstrap_servers=played.whole.system.bootstrap_servers)
    await producer.start()
    try:
        await producer.send_and_wait(
            DELIVERIES,
            key=known.key.encode(),
            partition=known.partition,
            value=change.get("value", known.body),
            headers=[headers[0], ("ce_id", id_.encode()), *headers[1:]],
        )
    finally:
        await producer.stop()
    found = await played.violations()
    assert (kind, DELIVERIES, known.key) in {(each.kind, each.where, each.key) for each in found}
