"""Feeds of the programme: read by the formats' own libraries, conditional, losing nothing while data changes."""

import asyncio
import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import feedparser
import icalendar
import pyarrow.parquet as pq
import pytest
from pyld import jsonld

from registration.feeds.store import give_positions
from tests.integration.registration.world import event_content, organiser_content

_NANTES = ZoneInfo("Europe/Paris")


async def _get(registration, name, edition, *, status=200, headers=None, **query):
    answer = await registration.http.get(
        f"/v1/feeds/events.{name}", params={"edition": edition, **query}, headers=headers or {}
    )
    assert answer.status_code == status, answer.text
    return answer


async def _titles(registration, edition, **query):
    page = (await _get(registration, "json", edition, **query)).json()
    return [row.get("title_fr", "gone") for row in page["events"]], page


# Formats


async def test_a_calendar_to_subscribe_to(registration, edition, organiser):
    here = await registration.labelled(edition, organiser, title="Visite, de l’atelier; ouverte")
    await registration.labelled(edition, organiser, title="Ailleurs", place={"postcode": "67000", "city": "Strasbourg"})
    await registration.submit(edition, organiser, title="Pas encore décidée")
    answer = await _get(registration, "ics", edition, territory="44")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert str(calendar["name"]) == str(calendar["x-wr-calname"]) == "Semaine de l'Industrie 2090"
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["summary"]) == "Visite, de l’atelier; ouverte"
    assert entry["uid"].startswith(here)
    assert entry["dtstart"].dt == datetime(2090, 3, 28, 9, tzinfo=_NANTES)
    assert entry["status"] == "CONFIRMED"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    alone = icalendar.Calendar.from_ical((await registration.http.get(f"/evenements/{here}/agenda.ics")).content)
    assert alone.walk("VEVENT")[0]["uid"] == entry["uid"]


async def test_a_withdrawn_event_stays_in_the_calendar_as_cancelled(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    await registration.labelled(edition, organiser)
    before = icalendar.Calendar.from_ical((await _get(registration, "ics", edition)).content)
    sequences = {str(each["uid"]): int(each["sequence"]) for each in before.walk("VEVENT")}
    await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=organiser.headers)
    after = icalendar.Calendar.from_ical((await _get(registration, "ics", edition)).content)
    states = {str(each["uid"]): (str(each["status"]), int(each["sequence"])) for each in after.walk("VEVENT")}
    gone = next(uid for uid in states if uid.startswith(event_id))
    assert states.pop(gone) == ("CANCELLED", sequences.pop(gone) + 1)
    assert states == {uid: ("CONFIRMED", sequence) for uid, sequence in sequences.items()}


async def test_of_an_organiser_alone(registration, edition, organiser):
    other = await registration.organiser()
    mine = await registration.labelled(edition, organiser, title="La mienne")
    await registration.labelled(edition, other, title="Une autre")
    calendar = icalendar.Calendar.from_ical((await _get(registration, "ics", edition, organiser=organiser.id)).content)
    assert [str(each["uid"]).split(".")[0] for each in calendar.walk("VEVENT")] == [mine]
    titles, _ = await _titles(registration, edition, organiser=organiser.id)
    assert titles == ["La mienne"]


@pytest.mark.parametrize(("name", "version"), [("atom", "atom10"), ("rss", "rss20")])
async def test_syndication(registration, edition, organiser, name, version):
    await registration.labelled(edition, organiser, title="Première <visite> & fin")
    last = await registration.labelled(edition, organiser, title="Dernière")
    answer = await _get(registration, name, edition, language="en")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == version
    assert feed.feed.title == "Industry Week 2090"
    assert [each.title for each in feed.entries] == ["Dernière", "Première <visite> & fin"]
    assert feed.entries[0].link.endswith(f"/evenements/{last}")
    assert "28/03/2090 09:00–12:00" in feed.entries[0].summary
    assert feed.entries[0].id != feed.entries[1].id


async def test_structured_data(registration, edition, organiser):
    slots = [{"begin": f"2090-03-{day}T09:00", "end": f"2090-03-{day}T12:00"} for day in (25, 26)]
    await registration.labelled(edition, organiser, title="Deux fois", slots=slots)

    def schema_org(_url, _options):
        return {"document": {"@context": {"@vocab": "https://schema.org/"}}, "documentUrl": None, "contextUrl": None}

    document = (await _get(registration, "jsonld", edition)).json()
    nodes = jsonld.expand(document, {"documentLoader": schema_org})
    assert [node["@type"] for node in nodes] == [["https://schema.org/Event"]] * 2
    starts = [node["https://schema.org/startDate"][0]["@value"] for node in nodes]
    assert starts == ["2090-03-25T09:00:00+01:00", "2090-03-26T09:00:00+02:00"], "the clocks change that night"


async def test_a_whole_edition_as_parquet(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, title="En colonnes", capacity=12)
    assert (await registration.sign_up(event_id)).status_code == 201
    table = pq.read_table(io.BytesIO((await _get(registration, "parquet", edition)).content))
    (row,) = table.to_pylist()
    assert (row["id"], row["title"], row["capacity"], row["announced"]) == (event_id, "En colonnes", 12, 1)
    assert row["slots"] == [{"begin": datetime(2090, 3, 28, 9), "end": datetime(2090, 3, 28, 12)}]  # noqa: DTZ001
    assert (row["departement"], row["region"], row["themes"]) == ("44", "52", ["recruitment"])


async def test_the_export_can_be_imported_elsewhere(registration, edition, organiser):
    """OpenAgenda's columns as our own import reads them: everything comes back."""
    content = event_content(
        title="Job dating de la soudure",
        type="job_dating",
        slots=[
            {"begin": "2090-03-28T09:00", "end": "2090-03-28T12:00"},
            {"begin": "2090-03-29T14:00", "end": "2090-03-29T18:30"},
        ],
        place={"latitude": 47.3, "longitude": -2.15, "name": "Atelier 4"},
        description='Un texte, "entre guillemets",\nsur deux lignes.',
    )  # fmt: skip
    await registration.labelled(edition, organiser, **content)
    exported = (await _get(registration, "csv", edition)).content
    (row,) = csv.DictReader(io.StringIO(exported.decode()))
    assert (row["status"], row["conditions_fr"], row["location_region"]) == ("1", "Gratuit", "Pays de la Loire")
    elsewhere, other = await registration.edition(), await registration.organiser(**organiser_content())
    report = await registration.import_("events", elsewhere, exported, other.headers, type_="text/csv")
    assert (report.json()["created"], report.json()["refused"]) == (1, 0), report.text
    found = (await registration.http.get("/v1/events", params={"organiser": other.id}, headers=other.headers)).json()
    (event,) = found["events"]
    assert (event["title"], event["type"]) == ("Job dating de la soudure", "job_dating")
    assert [slot["begin"] for slot in event["slots"]] == ["2090-03-28T09:00:00", "2090-03-29T14:00:00"]
    assert (event["place"]["latitude"], event["accessibility"]) == (47.3, ["mi"])
    assert event["description"].endswith("sur deux lignes.")


async def test_what_is_asked_for_must_exist(registration, edition):
    answer = await _get(registration, "ics", "never-was", status=422)
    assert answer.json()["errors"][0]["field"] == "query.edition"
    answer = await _get(registration, "json", edition, territory="99", status=422)
    assert answer.json()["errors"][0]["field"] == "query.territory"
    titles, page = await _titles(registration, edition)
    assert (titles, page["next"]) == ([], None)
    assert not feedparser.parse((await _get(registration, "atom", edition)).content).bozo


# What is known already


@pytest.mark.parametrize("name", ["ics", "atom", "rss", "jsonld", "parquet", "json", "csv"])
async def test_what_has_not_changed_is_not_sent_again(registration, edition, organiser, name):
    event_id = await registration.labelled(edition, organiser)
    first = await _get(registration, name, edition)
    known = {"If-None-Match": first.headers["etag"]}
    again = await _get(registration, name, edition, headers=known, status=304)
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    await registration.labelled(edition, organiser)
    assert (await _get(registration, name, edition, headers=known)).headers["etag"] != first.headers["etag"]
    await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=organiser.headers)
    await _get(registration, name, edition, headers=known)


# What has changed


async def test_who_follows_learns_each_change_and_what_has_left(registration, edition, organiser):
    first = await registration.labelled(edition, organiser, title="Première")
    second = await registration.labelled(edition, organiser, title="Deuxième")
    titles, page = await _titles(registration, edition)
    assert titles == ["Première", "Deuxième"]
    assert (await _titles(registration, edition, after=page["position"]))[0] == []
    await registration.http.post(f"/v1/events/{first}/withdrawal", headers=organiser.headers)
    amended = event_content(title="Deuxième", capacity=55)
    await registration.amend(second, organiser.headers, amended)
    await registration.decide(second, "labelled", revision=2)
    _, since = await _titles(registration, edition, after=page["position"])
    assert {row["uid"]: row["deletedat"] is not None for row in since["events"]} == {first: True, second: False}
    begun = (await _titles(registration, edition))[0]
    assert begun == ["Deuxième"], "who begins is not told of what is gone"
    last_read = page["events"][-1]["updatedat"]
    _, by_time = await _titles(registration, edition, updated_after=last_read)
    assert by_time["events"] == since["events"]


async def test_an_event_that_moves_away_is_gone_for_who_follows_its_territory(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    _, page = await _titles(registration, edition, territory="44")
    await registration.amend(
        event_id, organiser.headers, event_content(place={"postcode": "67000", "city": "Strasbourg"})
    )
    await registration.decide(event_id, "labelled", revision=2)
    _, since = await _titles(registration, edition, territory="44", after=page["position"])
    assert [(row["uid"], bool(row["deletedat"])) for row in since["events"]] == [(event_id, True)]


async def test_pages_lose_nothing_while_the_programme_changes(registration, edition, organiser):
    """Readers page through while others label and withdraw: what they hold at the end is the programme."""
    ids = [await registration.labelled(edition, organiser, title=f"N° {number}") for number in range(12)]
    stop = asyncio.Event()

    async def read() -> dict[str, str]:
        held, position, more = {}, 0, True
        while more or not stop.is_set():
            last = stop.is_set()
            _, page = await _titles(registration, edition, after=position, limit=3)
            for row in page["events"]:
                held.pop(row["uid"], None) if row["deletedat"] else held.update({row["uid"]: row["title_fr"]})
            position = page["position"]
            more = page["next"] is not None or not last
        return held

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.gather(
        *(registration.http.post(f"/v1/events/{each}/withdrawal", headers=organiser.headers) for each in ids[::3])
    )
    new = [await registration.labelled(edition, organiser, title=f"Nouveau {number}") for number in range(6)]
    stop.set()
    expected = {each for each in ids if each not in ids[::3]} | set(new)
    for held in await asyncio.gather(*readers):
        assert set(held) == expected


async def test_a_link_leads_to_the_next_page(registration, edition, organiser):
    for number in range(3):
        await registration.labelled(edition, organiser, title=f"N° {number}")
    answer, titles = await _get(registration, "csv", edition, limit=2), []
    while True:
        titles += [row["title_fr"] for row in csv.DictReader(io.StringIO(answer.text))]
        if "next" not in answer.links:
            break
        address = answer.links["next"]["url"].split("/v1/", 1)[1]
        answer = await registration.http.get(f"/v1/{address}")
    assert titles == ["N° 0", "N° 1", "N° 2"]


@pytest.mark.parametrize("unwanted", ["nestloop", "hashjoin", "mergejoin"])
async def test_positions_are_in_the_order_of_ids_however_the_database_joins(registration, edition, organiser, unwanted):
    ids = [await registration.labelled(edition, organiser, title=f"N° {number}") for number in range(5)]
    for each in ids[:3]:
        await registration.execute("UPDATE feed SET changed_at = NULL WHERE event_id = $1", each)  # now last on disk
    async with registration.service.database.transaction() as connection:
        await connection.execute(f"SET LOCAL enable_{unwanted} = off; SET LOCAL enable_indexscan = off")
        await give_positions(connection, edition)
    titles, _ = await _titles(registration, edition)
    assert titles == [f"N° {number}" for number in range(5)]
