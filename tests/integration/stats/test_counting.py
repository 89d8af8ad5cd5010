"""Messages through real Kafka into exact figures."""

from uuid import uuid4

import pytest

from shared.contracts.topics import EVENTS, PARTICIPATIONS
from tests.integration.stats.world import Registration, Stats, edition, event, eventually, guest_list, headers

pytestmark = pytest.mark.servers


async def test_every_dimension_counts_events_announced_and_actual(
    stats: Stats, registration: Registration, edition_id: str
):
    visit = await registration.event(event(edition_id, hours=(9, 14), themes=("recruitment", "gender_mix")))
    forum = await registration.event(
        event(edition_id, type="trades_forum", departement="974", region="04", status="in_review",
              audience=("jobseekers", "young_people"), themes=())
    )  # fmt: skip
    await registration.guests(guest_list(edition_id, visit, announced=30, actual=25))
    await registration.guests(guest_list(edition_id, forum, announced=12))
    found = await stats.until(edition_id, total={"all": (2, 42, 25)})
    assert found == {
        "total": {"all": (2, 42, 25)},
        "status": {"in_review": (1, 12, 0), "labelled": (1, 30, 25)},
        "region": {"04": (1, 12, 0), "52": (1, 30, 25)},
        "departement": {"44": (1, 30, 25), "974": (1, 12, 0)},
        "type": {"company_visit": (1, 30, 25), "trades_forum": (1, 12, 0)},
        "theme": {"gender_mix": (1, 30, 25), "recruitment": (1, 30, 25)},
        "audience": {"general_public": (1, 30, 25), "jobseekers": (1, 12, 0), "young_people": (1, 12, 0)},
        "hour": {"09": (2, 42, 25), "14": (1, 30, 25)},
        "occurrence": {"scheduled": (2, 42, 25)},
    }


async def test_refused_and_withdrawn_events_count_under_their_status_alone(
    stats: Stats, registration: Registration, edition_id: str
):
    ids = {}
    for status in ("submitted", "in_review", "labelled", "refused", "withdrawn"):
        ids[status] = await registration.event(event(edition_id, status=status))
        await registration.guests(guest_list(edition_id, ids[status], announced=10))
    found = await stats.until(
        edition_id,
        status=dict.fromkeys(ids, (1, 10, 0)),
        total={"all": (3, 30, 0)},
    )
    assert found["type"] == {"company_visit": (3, 30, 0)}
    refused = await stats.counters(edition_id, status="refused")
    assert refused["total"] == {"all": (1, 10, 0)}
    assert refused["departement"] == {"44": (1, 10, 0)}


async def test_counters_follow_an_act_on_the_edition(stats: Stats, registration: Registration, edition_id: str):
    messages = {name: event(edition_id) for name in ("moved", "undated", "cancelled")}
    for message in messages.values():
        await registration.event(message)
        await registration.guests(guest_list(edition_id, message.event.id, announced=10))
    await stats.until(edition_id, occurrence={"scheduled": (3, 30, 0)}, hour={"09": (3, 30, 0)})
    for name, occurrence in (("moved", "rescheduled"), ("undated", "postponed"), ("cancelled", "cancelled")):
        reached = messages[name].event.model_copy(update={"occurrence": occurrence})
        await registration.event(messages[name].model_copy(update={"event": reached}), sequence=2)
    found = await stats.until(
        edition_id,
        occurrence={"rescheduled": (1, 10, 0), "postponed": (1, 10, 0), "cancelled": (1, 10, 0)},
        total={"all": (2, 20, 0)},
    )
    assert found["hour"] == {"09": (1, 10, 0)}
    assert found["type"] == {"company_visit": (2, 20, 0)}
    assert found["status"] == {"labelled": (3, 30, 0)}
    assert (await stats.counters(edition_id, occurrence="cancelled"))["total"] == {"all": (1, 10, 0)}


async def test_an_event_that_is_withdrawn_leaves_the_programme_with_its_people(
    stats: Stats, registration: Registration, edition_id: str
):
    message = event(edition_id)
    id_ = await registration.event(message)
    await registration.guests(guest_list(edition_id, id_, announced=10))
    await stats.until(edition_id, total={"all": (1, 10, 0)})
    withdrawn = message.model_copy(update={"event": message.event.model_copy(update={"status": "withdrawn"})})
    await registration.event(withdrawn, sequence=2)
    found = await stats.until(edition_id, total={"all": (0, 0, 0)})
    assert found["status"] == {"withdrawn": (1, 10, 0)}
    assert found["region"] == {}


async def test_a_guest_list_waits_for_its_event(stats: Stats, registration: Registration, edition_id: str):
    later, witness = uuid4(), event(edition_id)
    await registration.guests(guest_list(edition_id, later, announced=7, actual=6))
    await registration.guests(guest_list(edition_id, witness.event.id, announced=1))
    await registration.event(witness)
    await stats.until(edition_id, total={"all": (1, 1, 0)})
    await registration.event(event(edition_id, id_=later))
    await stats.until(edition_id, total={"all": (2, 8, 6)})


async def test_a_place_of_no_known_commune_is_counted_as_unknown(
    stats: Stats, registration: Registration, edition_id: str
):
    await registration.event(event(edition_id, departement=None, region=None))
    await stats.until(edition_id, region={"unknown": (1, 0, 0)}, departement={"unknown": (1, 0, 0)})
    assert (await stats.counters(edition_id, region="unknown"))["total"] == {"all": (1, 0, 0)}
    assert (await stats.counters(edition_id, region="52"))["total"] == {"all": (0, 0, 0)}


async def test_figures_follow_an_event_that_moves(stats: Stats, registration: Registration, edition_id: str):
    id_ = await registration.event(event(edition_id))
    await stats.until(edition_id, region={"52": (1, 0, 0)})
    await registration.event(event(edition_id, id_=id_, departement="69", region="84", hours=(10,)), sequence=2)
    await stats.until(edition_id, region={"84": (1, 0, 0)}, departement={"69": (1, 0, 0)}, hour={"10": (1, 0, 0)})


async def test_what_arrives_again_or_late_counts_once(stats: Stats, registration: Registration, edition_id: str):
    id_ = await registration.event(event(edition_id), sequence=5)
    for sequence, announced in ((3, 30), (1, 10), (3, 30), (2, 20)):
        await registration.guests(guest_list(edition_id, id_, announced=announced), sequence=sequence)
    await registration.event(event(edition_id, id_=id_, status="withdrawn"), sequence=4)
    witness = await registration.event(event(edition_id))
    await stats.until(edition_id, total={"all": (2, 30, 0)}, status={"labelled": (2, 30, 0)})
    # A message of each partition has passed behind the stale ones.
    await registration.guests(guest_list(edition_id, id_, announced=31), sequence=4)
    await registration.guests(guest_list(edition_id, witness, announced=1))
    await stats.until(edition_id, total={"all": (2, 32, 0)})


async def test_figures_of_one_edition_are_not_anothers(stats: Stats, registration: Registration, edition_id: str):
    other = f"{edition_id}-other"
    await registration.event(event(edition_id))
    id_ = await registration.event(event(other))
    await registration.guests(guest_list(other, id_, announced=3))
    await stats.until(edition_id, total={"all": (1, 0, 0)})
    await stats.until(other, total={"all": (1, 3, 0)})


async def test_bad_messages_are_laid_aside_and_the_others_counted(
    stats: Stats, registration: Registration, edition_id: str, database
):
    good, key = event(edition_id), str(uuid4())
    negative = (
        guest_list(edition_id, good.event.id, announced=1).model_dump_json().replace('"announced":1', '"announced":-1')
    )
    await registration.raw(EVENTS, key, b"\xff\xfe", headers(EVENTS, key, 1))
    await registration.raw(PARTICIPATIONS, str(good.event.id), negative.encode(), headers(PARTICIPATIONS, "", 1))
    await registration.send(EVENTS, key, 1, event(edition_id))  # another event's key
    await registration.event(good)
    await registration.guests(guest_list(edition_id, good.event.id, announced=2), sequence=2)
    await stats.until(edition_id, total={"all": (1, 2, 0)})

    async def reasons():
        rows = await database.fetch("SELECT reason FROM dead_letters ORDER BY at DESC LIMIT 3")
        found = {row["reason"].split(":")[0] for row in rows}
        return found if {"refused", "violates_contract", "not_json"} <= found else None

    await eventually(reasons)


async def test_the_edition_meant_without_name_is_the_open_one(
    stats: Stats, registration: Registration, edition_id: str
):
    await registration.edition(edition(edition_id, number=1_000_000, status="open"))
    await registration.event(event(edition_id))
    await stats.until(edition_id, total={"all": (1, 0, 0)})

    async def answered():
        answer = (await stats.http.get("/v1/counters")).json()
        return answer if answer["edition"] == edition_id else None

    await eventually(answered)
    await registration.edition(edition(edition_id, number=1, status="closed"), sequence=2)


async def test_gauges_show_the_figures(stats: Stats, registration: Registration, edition_id: str):
    id_ = await registration.event(event(edition_id))
    await registration.event(event(edition_id, status="refused"))
    await registration.guests(guest_list(edition_id, id_, announced=9, actual=8))
    await stats.until(edition_id, total={"all": (1, 9, 8)}, status={"labelled": (1, 9, 8), "refused": (1, 0, 0)})
    lines = (await stats.http.get("/metrics")).text.splitlines()
    for line in (
        f'semaine_events{{edition="{edition_id}",status="labelled"}} 1.0',
        f'semaine_events{{edition="{edition_id}",status="refused"}} 1.0',
        f'semaine_people_announced{{edition="{edition_id}"}} 9.0',
        f'semaine_people_actual{{edition="{edition_id}"}} 8.0',
        f'semaine_departement_events{{departement="44",edition="{edition_id}"}} 1.0',
        f'semaine_departement_people_announced{{departement="44",edition="{edition_id}"}} 9.0',
    ):
        assert line in lines
