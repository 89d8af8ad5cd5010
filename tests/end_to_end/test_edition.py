"""A whole small edition through the bulk API, its audit, and errors planted to be found."""

import asyncpg
import pytest

from semaine.generation import Profile
from semaine.rehearsal.play import play, stage
from tests.end_to_end.conftest import Whole

PROFILE = Profile(events=64, people=3_000, seed=7)


@pytest.fixture(scope="module")
async def played(whole: Whole):
    async with stage(whole.system, tell=lambda _: None) as on:
        return await play(on, PROFILE, patience=30)


async def test_the_edition_is_decided_as_the_charter_says_and_the_audit_is_clean(whole, played):
    expected = [event.expected for event in PROFILE.generate_events()]
    assert played.submitted == len(expected)
    assert (played.labelled, played.refused, played.in_review) == (
        expected.count("labelled"),
        expected.count("refused"),
        0,
    )
    assert played.people == PROFILE.people
    assert await whole.differences() == []
    counters = await whole.counters("2020")
    assert counters["total"]["all"]["announced"] == PROFILE.people


async def test_the_same_files_again_change_nothing_and_say_so(whole, played):
    events = PROFILE.generate_events()
    async with stage(whole.system, tell=lambda _: None) as on:
        report = await on.programme.import_events((event.row for event in events), edition="2020")
        assert (report["unchanged"], report["created"], report["changed"]) == (len(events), 0, 0)
        answers = []
        await on.programme.import_sign_ups(
            PROFILE.generate_participations(events), edition="2020", sent=lambda answer, _: answers.append(answer)
        )
    assert sum(answer["created"] for answer in answers) == 0
    assert sum(answer["unchanged"] for answer in answers) == played.messages
    assert await whole.differences() == []


DOUBLE_NOTICE = """
INSERT INTO deliveries (id, message_id, recipient_id, channel, kind, event_id, status, queued_at, created_at,
                        finished_at)
SELECT gen_random_uuid(), gen_random_uuid(), recipient_id, channel, kind, event_id, 'sent', now(), now(), now()
FROM deliveries WHERE event_id = $1 AND channel = 'email' LIMIT 1
"""
ACT_NOTICES = """
INSERT INTO deliveries (id, message_id, recipient_id, channel, kind, edition_id, act_number, status, queued_at,
                        created_at, finished_at)
SELECT gen_random_uuid(), gen_random_uuid(), $1, 'email', 'act', '2020', act, 'sent', now(), now(), finished_at
FROM (VALUES {values}) AS told (act, finished_at)
"""
TOLD_TWICE = ACT_NOTICES.format(values="(1, now()), (1, now())")
TOLD_TOO_LATE = ACT_NOTICES.format(values="(1, now()), (2, now() - interval '1 minute')")
PLANTED = [
    ("notifications", TOLD_TWICE, "double", "notifications deliveries"),
    ("notifications", TOLD_TOO_LATE, "differs", "notifications deliveries"),
    ("stats", "UPDATE events SET announced = announced + 1 WHERE event_id = $1", "differs", "stats events"),
    ("stats", "DELETE FROM events WHERE event_id = $1", "lost", "stats events"),
    ("notifications", "DELETE FROM deliveries WHERE event_id = $1", "lost", "notifications deliveries"),
    (
        "notifications",
        DOUBLE_NOTICE,
        "double",
        "notifications deliveries",
    ),
    ("labelling", "UPDATE decisions SET revision = revision + 1000 WHERE event_id = $1", "lost", "labelling decisions"),
    (
        "labelling",
        "UPDATE decisions SET verdict = 'refused' WHERE event_id = $1",
        "differs",
        "labelling decisions",
    ),
    ("registration", "DELETE FROM participations WHERE event_id = $1", "differs", "registration guest_lists"),
    (
        "registration",
        "UPDATE events SET catalogue_sequence = catalogue_sequence + 1 WHERE id = $1",
        "lost",
        "notifications announcements",
    ),
]


@pytest.mark.parametrize(("service", "statement", "kind", "where"), PLANTED)
@pytest.mark.usefixtures("played")
async def test_the_audit_finds_an_error_that_was_planted(whole, service, statement, kind, where):
    registration = await asyncpg.connect(whole.system.database_url("registration"))
    event_id = await registration.fetchval(
        "SELECT event_id FROM guest_lists g JOIN events e ON e.id = g.event_id"
        " WHERE e.status = 'labelled' AND e.edition_id = '2020' ORDER BY announced DESC LIMIT 1"
    )
    await registration.close()
    damaged = await asyncpg.connect(whole.system.database_url(service))
    before = await _copy(damaged)
    try:
        assert int((await damaged.execute(statement, event_id)).split()[-1]) > 0
        found = await whole.differences()
        assert any(each.kind == kind and each.where == where and str(event_id) in each.key for each in found), found
    finally:
        await _restore(damaged, before)
        await damaged.close()
    assert await whole.differences() == []


TABLES = ("events", "deliveries", "decisions", "participations")


async def _copy(connection):
    rows = {}
    for table in TABLES:
        if await connection.fetchval("SELECT to_regclass($1)", f"public.{table}"):
            await connection.execute(f"CREATE TEMP TABLE before_{table} AS TABLE {table}")
            rows[table] = True
    return rows


async def _restore(connection, tables):
    for table in tables:
        columns = await connection.fetchval(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = $1",
            table,
        )
        key = await connection.fetchval(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indrelid = $1::regclass AND i.indisprimary",
            table,
        )
        await connection.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM before_{table})")
        assignments = await connection.fetchval(
            "SELECT string_agg(format('%1$I = b.%1$I', column_name), ', ') FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = $1 AND column_name <> $2 AND is_identity = 'NO'",
            table,
            key,
        )
        await connection.execute(f"UPDATE {table} t SET {assignments} FROM before_{table} b WHERE t.{key} = b.{key}")
        await connection.execute(
            f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM before_{table} b"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{key} = b.{key})"
        )
        await connection.execute(f"DROP TABLE before_{table}")
