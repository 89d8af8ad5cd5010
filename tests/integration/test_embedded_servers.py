"""PostgreSQL and Kafka as `throwaway_system` starts them, whatever servers the other tests use."""

import asyncio
import contextlib
import os

import asyncpg
import psutil
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError

from semaine.system import databases, topics
from semaine.system.borrowed import NotEmptyError
from semaine.system.system import Elsewhere
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import DEAD_LETTERS, EVENTS, MAX_DEAD_LETTER_BYTES, MAX_MESSAGE_BYTES, SERVICES, TOPICS

pytestmark = pytest.mark.servers
EVERY_TOPIC = {*(topic.name for topic in TOPICS), *(dead.name for dead in DEAD_LETTERS.values())}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def embedded():
    async with throwaway_system() as system:
        yield system


@pytest.fixture
async def admin(embedded):
    async with topics.administrator(embedded.bootstrap_servers) as client:
        yield client


@contextlib.asynccontextmanager
async def producer(system):
    started = AIOKafkaProducer(
        bootstrap_servers=system.bootstrap_servers, acks="all", max_request_size=2 * MAX_DEAD_LETTER_BYTES
    )
    await started.start()
    try:
        yield started
    finally:
        await started.stop()


async def query(url, sql):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_postgresql_is_18_and_durable(embedded):
    assert (await query(embedded.admin_url, "SHOW server_version")).startswith("18.")
    assert await query(embedded.admin_url, "SHOW synchronous_commit") == "on"
    assert await query(embedded.admin_url, "SHOW fsync") == "on"


@pytest.mark.parametrize("service", SERVICES)
async def test_each_service_has_a_migrated_database_of_its_own(embedded, service):
    url = embedded.database_url(service)
    assert await query(url, "SELECT current_user") == service
    wanted = {
        file.name.split("_")[0] for folder in databases.migration_folders(service) for file in folder.glob("*.sql")
    }
    applied = await query(url, "SELECT array_agg(version) FROM schema_migrations")
    assert set(applied) == wanted


async def test_no_service_may_enter_the_database_of_another(embedded):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await query(embedded.database_url("stats").removesuffix("stats") + "registration", "SELECT 1")


async def test_migrating_again_changes_passwords_and_nothing_else(embedded):
    before = await query(embedded.database_url("stats"), "SELECT count(*) FROM schema_migrations")
    await databases.prepare(admin_url=embedded.admin_url, passwords={"stats": "it's \\ new"})
    url = databases.database_url(admin_url=embedded.admin_url, service="stats", password="it's \\ new")
    assert await query(url, "SELECT count(*) FROM schema_migrations") == before
    await databases.prepare(admin_url=embedded.admin_url, passwords={"stats": embedded.folder.password("stats")})


async def test_two_may_migrate_at_once(embedded):
    passwords = {service: embedded.folder.password(service) for service in SERVICES}
    await asyncio.gather(*(databases.prepare(admin_url=embedded.admin_url, passwords=passwords) for _ in range(2)))


async def test_a_role_that_is_no_superuser_can_create_the_databases(embedded):
    connection = await asyncpg.connect(embedded.admin_url)
    await connection.execute("CREATE ROLE modest LOGIN CREATEDB CREATEROLE PASSWORD 'modest'")
    url = embedded.admin_url.replace(f"postgres:{embedded.folder.password('postgres')}", "modest:modest")
    try:
        await databases.create(admin_url=url, passwords={"someone": "secret"})
        assert await query(url, "SELECT count(*) FROM pg_database WHERE datname = 'someone'") == 1
    finally:
        await connection.execute("DROP DATABASE IF EXISTS someone")
        await connection.execute("DROP ROLE IF EXISTS someone")
        await connection.execute("DROP OWNED BY modest")
        await connection.execute("DROP ROLE modest")
        await connection.close()


async def test_the_topics_are_as_declared(embedded, admin):
    there = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    assert set(there) >= EVERY_TOPIC
    for topic in TOPICS:
        assert there[topic.name] == topic.partitions, topic.name
    described = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in EVERY_TOPIC])
    settings = {
        (resource[3], entry[0]): entry[1]
        for answer in described
        for resource in answer.resources
        for entry in resource[4]
    }
    for topic in TOPICS:
        assert settings[topic.name, "cleanup.policy"] == topic.cleanup
        if topic.retention:
            assert settings[topic.name, "retention.ms"] == str(int(topic.retention.total_seconds() * 1000))


async def test_provisioning_again_raises_partitions_and_mends_settings(embedded, admin, monkeypatch):
    declared = list(topics.wanted())
    more = [
        topics.Wanted(name=one.name, partitions=one.partitions + 1, settings=one.settings)
        if one.name == "stats.dead-letters.v1"
        else one
        for one in declared
    ]
    monkeypatch.setattr(topics, "wanted", lambda: iter(more))
    done = await topics.provision(bootstrap_servers=embedded.bootstrap_servers)
    assert (done.created, done.raised, set(done.kept)) == ([], ["stats.dead-letters.v1"], EVERY_TOPIC)
    monkeypatch.setattr(topics, "wanted", lambda: iter(declared))
    done = await topics.provision(bootstrap_servers=embedded.bootstrap_servers)
    assert (done.created, done.raised) == ([], [])


async def test_the_largest_dead_letter_passes_and_a_larger_message_does_not(embedded):
    incompressible = os.urandom(MAX_DEAD_LETTER_BYTES)
    dead = DEAD_LETTERS["stats"].name
    async with producer(embedded) as sender:
        sent = await sender.send_and_wait(dead, incompressible, headers=[("reason", b"x" * 10_000)])
        with pytest.raises(MessageSizeTooLargeError):
            await sender.send_and_wait(EVENTS.name, incompressible[: MAX_MESSAGE_BYTES + 200_000], key=b"k")
        await sender.send_and_wait(EVENTS.name, incompressible[:MAX_MESSAGE_BYTES], key=b"k")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=embedded.bootstrap_servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    consumer.assign([TopicPartition(dead, sent.partition)])
    assert (await consumer.getone()).value == incompressible
    await consumer.stop()


async def test_topics_are_not_made_by_mistake(embedded, admin):
    async with producer(embedded) as sender:
        with pytest.raises((UnknownTopicOrPartitionError, asyncio.TimeoutError)):
            await asyncio.wait_for(sender.send_and_wait("registration.evnets.v1", b"x"), 3)
    assert "registration.evnets.v1" not in await admin.list_topics()


@pytest.mark.parametrize("server", ["postgresql", "kafka"])
async def test_a_killed_server_comes_back_with_its_data(embedded, server):
    async with producer(embedded) as sender:
        sent = await sender.send_and_wait(EVENTS.name, b"before", key=b"k")
    await embedded.processes.kill(server)
    await embedded.processes.start_again(server)
    assert await query(embedded.database_url("stats"), "SELECT count(*) FROM schema_migrations") > 0
    async with producer(embedded) as sender:
        after = await sender.send_and_wait(EVENTS.name, b"after", key=b"k")
    assert (after.partition, after.offset) == (sent.partition, sent.offset + 1)


async def test_memory_is_measured_for_each_server(embedded):
    peaks = embedded.processes.peak_rss_mb()
    assert set(peaks) == {"postgresql", "kafka"}
    assert all(10 < peak < 300 for peak in peaks.values()), peaks


async def test_lent_servers_must_be_empty(embedded):
    lent = Elsewhere(database_admin_url=embedded.admin_url)
    with pytest.raises(NotEmptyError, match=r"databases of a system: .*registration"):
        async with throwaway_system(elsewhere=lent):
            pass


async def test_lent_servers_are_left_as_they_were_and_own_ones_leave_nothing(admin):
    async with throwaway_system() as lender:
        await _drop_everything(lender)
        lent = Elsewhere(database_admin_url=lender.admin_url, kafka_bootstrap_servers=lender.bootstrap_servers)
        async with throwaway_system(elsewhere=lent) as guest:
            assert await query(guest.database_url("labelling"), "SELECT current_user") == "labelling"
            assert not guest.processes.running
        assert await query(lender.admin_url, "SELECT count(*) FROM pg_roles WHERE rolname = 'labelling'") == 0
        async with topics.administrator(lender.bootstrap_servers) as client:
            assert not EVERY_TOPIC & set(await client.list_topics())
        pids = [process.pid for process in lender.processes.running.values()]
        root = lender.folder.root
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not root.exists()


async def _drop_everything(system):
    from semaine.system.borrowed import clear

    await clear(Elsewhere(database_admin_url=system.admin_url, kafka_bootstrap_servers=system.bootstrap_servers))
