"""SQL of editions, cases and decisions."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
import orjson

from labelling.domain.working_days import end_of
from shared.contracts.labelling import DecisionState, Verdict
from shared.contracts.registration import EditionState, EventState
from shared.runtime.database import Connection

# Editions and charters change while no event is being taken in, and the other way round: else an event that does not
# see its edition yet and an edition that does not see its event yet could both commit, and nobody would decide it.
_LOCK = 7_310_001
_LOCK_SHARED = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"
_LOCK_EXCLUSIVE = f"SELECT pg_advisory_xact_lock({_LOCK})"

_SAVE_EDITIONS = """
INSERT INTO editions (id, state, act_number, act_decided_at)
SELECT * FROM unnest($1::text[], $2::jsonb[], $3::int[], $4::timestamptz[])
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, act_number = excluded.act_number, act_decided_at = excluded.act_decided_at
"""
_SAVE_CASES = """
INSERT INTO cases (event_id, edition_id, revision, withdrawn, act_number, event)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::boolean[], $5::int[], $6::jsonb[])
    AS news (event_id, edition_id, revision, withdrawn, act_number, event) ORDER BY event_id
ON CONFLICT (event_id) DO UPDATE
SET edition_id = excluded.edition_id, revision = excluded.revision, withdrawn = excluded.withdrawn,
    act_number = excluded.act_number, event = excluded.event
"""
# An event that an act has reached waits for the edition after that act. One that was submitted before an act that has
# not reached it comes again with new dates: by the old ones, it would be refused for nothing.
_UNDECIDED = """
FROM cases JOIN editions ON editions.id = cases.edition_id
WHERE cases.decided_revision < cases.revision AND NOT cases.withdrawn
  AND (cases.act_number = editions.act_number
       OR cases.act_number < editions.act_number
          AND (cases.event->>'submitted_at')::timestamptz >= editions.act_decided_at)
"""
_WAITING_OF_BATCH = f"""
SELECT cases.event_id {_UNDECIDED}
AND cases.event_id = ANY ($1) ORDER BY cases.event_id FOR UPDATE OF cases
"""
_WAITING_AFTER = f"""
SELECT cases.event::text {_UNDECIDED}
AND ($1::uuid IS NULL OR cases.event_id > $1) ORDER BY cases.event_id LIMIT $2 FOR UPDATE OF cases
"""
_TO_BE_MARKED = "INSERT INTO unmarked SELECT * FROM unnest($1::uuid[]) AS event_id ORDER BY 1 ON CONFLICT DO NOTHING"
_READ_EDITIONS = "SELECT state::text FROM editions WHERE id = ANY ($1)"
_INSERT_DECISIONS = """
INSERT INTO decisions (id, event_id, organiser_id, revision, charter_version, decided_by, verdict, state, appeal, told,
                       decided_at)
SELECT *, $11 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[],
                          $8::jsonb[], $9::boolean[], $10::boolean[])
ON CONFLICT (event_id, revision, charter_version) WHERE decided_by = 'charter' AND NOT appeal DO NOTHING RETURNING id
"""
_ADVANCE_CASES = """
UPDATE cases
SET sequence = sequence + 1, decided_revision = new.revision, decision_id = new.decision_id, verdict = new.verdict
FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[]) AS new (event_id, revision, decision_id, verdict)
WHERE cases.event_id = new.event_id RETURNING cases.event_id, cases.sequence
"""
_STANDING = """
SELECT event_id, verdict, event->>'time_zone' AS time_zone, (event->>'act_revision')::int = revision AS moved
FROM cases WHERE event_id = ANY ($1)
"""
_OPEN_REVIEWS = """
INSERT INTO reviews (decision_id, event_id, revision, departement, due_on, due_before, opened_at)
SELECT *, $7 FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::date[], $6::timestamptz[])
"""
_CLOSE_REVIEWS = """
UPDATE reviews SET status = 'closed', ended_at = $2 FROM cases
WHERE reviews.event_id = ANY ($1) AND reviews.status = 'open' AND cases.event_id = reviews.event_id
  AND (cases.withdrawn OR cases.revision > reviews.revision)
"""
_READ = "SELECT state::text FROM decisions WHERE id = $1"
_READ_OF_EVENT = """
SELECT state::text FROM decisions WHERE event_id = $1 AND ($2::uuid IS NULL OR organiser_id = $2)
ORDER BY decided_at DESC, id DESC LIMIT $3
"""
_TALLY = "SELECT verdict, decided_by, count(*) AS count FROM decisions GROUP BY verdict, decided_by"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The verdict that holds for an event, None where nothing is decided yet; whether an act made its revision."""

    verdict: Verdict | None
    time_zone: str
    moved: bool

    def confirmed_by(self, decision: DecisionState, *, quietly: bool) -> bool:
        """Whether a decision says what was so before, without any doing of the organiser. A new deadline is told."""
        if self.verdict != decision.verdict:
            return False
        return quietly or (self.moved and decision.verdict != "in_review")


async def lock_against_editions(connection: Connection) -> None:
    """Until the transaction ends, no edition and no charter appears."""
    await connection.execute(_LOCK_SHARED)


async def lock_against_events(connection: Connection) -> None:
    """Until the transaction ends, no event appears; wait for those that are being taken in."""
    await connection.execute(_LOCK_EXCLUSIVE)


async def save_editions(connection: Connection, editions: Sequence[EditionState]) -> None:
    await connection.execute(
        _SAVE_EDITIONS,
        [edition.id for edition in editions],
        [orjson.Fragment(edition.model_dump_json()) for edition in editions],
        [edition.act.number if edition.act else 0 for edition in editions],
        [edition.act.decided_at if edition.act else None for edition in editions],
    )


async def save_cases(connection: Connection, events: Sequence[EventState]) -> None:
    """Keep the latest state of each event; what was decided of it stays."""
    await connection.execute(
        _SAVE_CASES,
        [event.id for event in events],
        [event.edition_id for event in events],
        [event.revision for event in events],
        [event.status == "withdrawn" or event.occurrence == "cancelled" for event in events],
        [event.act_number for event in events],
        [orjson.Fragment(event.model_dump_json()) for event in events],
    )


async def read_editions(connection: Connection, ids: Sequence[str]) -> dict[str, EditionState]:
    """The editions that are here, by id."""
    editions = [EditionState.model_validate_json(row["state"]) for row in await connection.fetch(_READ_EDITIONS, ids)]
    return {edition.id: edition for edition in editions}


async def waiting_of(connection: Connection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these events have a revision that can be decided and is not. Locks their cases."""
    return {row["event_id"] for row in await connection.fetch(_WAITING_OF_BATCH, event_ids)}


async def waiting_after(connection: Connection, *, after: UUID | None, limit: int) -> list[EventState]:
    """The next undecided events whose edition is here, in order of their ids. Locks their cases."""
    rows = await connection.fetch(_WAITING_AFTER, after, limit)
    return [EventState.model_validate_json(row["event"]) for row in rows]


async def standing(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """How each event stands before what is decided now."""
    rows = await connection.fetch(_STANDING, event_ids)
    return {
        row["event_id"]: Standing(verdict=row["verdict"], time_zone=row["time_zone"], moved=bool(row["moved"]))
        for row in rows
    }


async def to_be_marked(connection: Connection, event_ids: Sequence[UUID]) -> None:
    """Have it looked at what these events are like."""
    await connection.execute(_TO_BE_MARKED, event_ids)


async def insert_decisions(
    connection: Connection, decisions: Sequence[DecisionState], *, told: Container[UUID], now: datetime
) -> dict[UUID, int]:
    """
    Keep decisions and move their cases on; answers the new sequence by event. `told`: ids of those to notify.

    A decision that was made before, by the same charter on the same revision, is left out.
    """
    ids = await connection.fetch(
        _INSERT_DECISIONS,
        [each.id for each in decisions],
        [each.event_id for each in decisions],
        [each.organiser_id for each in decisions],
        [each.revision for each in decisions],
        [each.charter_version for each in decisions],
        [each.decided_by for each in decisions],
        [each.verdict for each in decisions],
        [orjson.Fragment(each.model_dump_json()) for each in decisions],
        [each.appeal for each in decisions],
        [each.id in told for each in decisions],
        now,
    )
    inserted = {row["id"] for row in ids}
    new = [each for each in decisions if each.id in inserted]
    rows = await connection.fetch(
        _ADVANCE_CASES,
        [each.event_id for each in new],
        [each.revision for each in new],
        [each.id for each in new],
        [each.verdict for each in new],
    )
    return {row["event_id"]: row["sequence"] for row in rows}


async def open_reviews(
    connection: Connection, decisions: Sequence[DecisionState], *, standing: Mapping[UUID, Standing], now: datetime
) -> None:
    """Queue decisions that were left to the committee."""
    await connection.execute(
        _OPEN_REVIEWS,
        [each.id for each in decisions],
        [each.event_id for each in decisions],
        [each.revision for each in decisions],
        [each.departement for each in decisions],
        [_due_on(each) for each in decisions],
        [end_of(_due_on(each), time_zone=standing[each.event_id].time_zone) for each in decisions],
        now,
    )


async def close_overtaken_reviews(connection: Connection, event_ids: Sequence[UUID], *, now: datetime) -> None:
    """Take withdrawn and amended events off the queue."""
    await connection.execute(_CLOSE_REVIEWS, event_ids, now)


async def read(connection: Connection, decision_id: UUID) -> DecisionState | None:
    state = await connection.fetchval(_READ, decision_id)
    return None if state is None else DecisionState.model_validate_json(state)


async def read_of_event(
    connection: Connection, event_id: UUID, *, organiser_id: UUID | None, limit: int
) -> list[DecisionState]:
    """The decisions on an event, the latest first; those of one organiser alone, if one is given."""
    rows = await connection.fetch(_READ_OF_EVENT, event_id, organiser_id, limit)
    return [DecisionState.model_validate_json(row["state"]) for row in rows]


async def tally(connection: Connection) -> list[asyncpg.Record]:
    """How many decisions there are, by verdict and by whom."""
    return await connection.fetch(_TALLY)


def _due_on(decision: DecisionState) -> date:
    assert decision.due_on is not None
    return decision.due_on
