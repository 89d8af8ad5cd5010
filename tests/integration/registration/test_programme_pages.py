"""The public programme as visitors see it: search, filters, the event's page, signing up and cancelling."""

import json
import re

import httpx
import icalendar
import pytest

from tests.integration.registration import world

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser(registration):
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


@pytest.fixture
async def programme(registration, browser):
    """Titles that a search finds, in an edition above all others, so that it is the one shown."""
    number = 1 + await registration.value("SELECT coalesce(max(number), 0) FROM editions")
    edition = await registration.edition(number=min(number, 1000))

    class Programme:
        id = edition

        async def add(self, organiser, **changes):
            event_id = await registration.labelled(edition, organiser, **changes)
            await world.eventually(
                lambda: registration.value("SELECT true FROM programme WHERE event_id = $1::uuid", event_id)
            )
            return event_id

        async def found(self, **parameters):
            page = await browser.get("/programme", params=parameters)
            assert page.status_code == 200
            return re.findall(r'class="event-title"><a href="/evenements/([^"]+)"', page.text)

    return Programme()


@pytest.mark.parametrize(
    "text",
    [
        "découverte de la fonderie",
        "decouverte fonderie",
        "DÉCOUVERTES",
        "découvrir fonderies",
        "fonderei",
        "decouvrte fondrie",
        "Sant-Nazaire",
        "fonderie -piscine",
    ],
)
async def test_a_search_forgives_accents_forms_and_typos(programme, organiser, text):
    wanted = await programme.add(
        organiser,
        title="Découverte de la fonderie",
        description="La coulée du métal, expliquée par celles et ceux qui la font.",
        place={"city": "Saint-Nazaire", "postcode": "44600"},
    )
    await programme.add(organiser, title="Portes ouvertes à la laiterie", description="Du lait au fromage.")
    assert await programme.found(q=text) == [wanted]


async def test_each_filter_narrows(programme, organiser):
    here = await programme.add(organiser)
    there = await programme.add(
        organiser,
        type="workshop",
        themes=["gender_mix"],
        audience=["jobseekers"],
        accessibility=["hi"],
        slots=[{"begin": "2090-03-30T20:00", "end": "2090-03-30T22:00"}],
        place={"postcode": "97400", "city": "Saint-Denis"},
    )
    assert set(await programme.found()) == {here, there}
    for name, value, excluded in (
        ("type", "workshop", "company_visit"),
        ("theme", "gender_mix", "recruitment"),
        ("audience", "jobseekers", "young_people"),
        ("accessibility", "hi", "mi"),
        ("day", "2090-03-30", "2090-03-28"),
        ("territory", "974", "44"),
        ("territory", "R04", "R52"),
    ):
        assert await programme.found(**{name: value}) == [there], name
        assert await programme.found(**{name: excluded}) == [here], name
    assert set(await programme.found(type="nonsense", day="yesterday", territory="99", page="-3")) == {here, there}


async def test_the_map_counts_what_the_filters_let_through_wherever_it_is(programme, organiser, browser):
    await programme.add(organiser)
    await programme.add(organiser)
    await programme.add(organiser, type="workshop")
    await programme.add(organiser, type="workshop", place={"postcode": "97400", "city": "Saint-Denis"})
    page = (await browser.get("/programme", params={"type": "workshop", "territory": "44"})).text
    assert "<title>Loire-Atlantique – 1 événement</title>" in page
    assert re.search(r'data-area-number="974">1<', page)
    assert "/programme?territory=974&amp;type=workshop" in page


async def test_places_left_are_told_and_searched(registration, programme, organiser):
    full = await programme.add(organiser, capacity=1)
    free = await programme.add(organiser, capacity=2)
    assert (await registration.sign_up(full)).status_code == 201
    assert await programme.found(free="yes") == [free]


async def test_an_event_leaves_the_search_when_it_leaves_the_programme(registration, programme, organiser):
    id_ = await programme.add(organiser)
    await registration.http.post(f"/v1/events/{id_}/withdrawal", headers=organiser.headers)
    assert await programme.found() == []


async def test_while_an_amendment_waits_the_search_knows_the_event_as_it_is_shown(registration, programme, organiser):
    content = world.event_content(title="Visite de la tannerie")
    id_ = await programme.add(organiser, **content)
    await registration.amend(id_, organiser.headers, content | {"title": "Visite de la verrerie"})
    assert await programme.found(q="tannerie") == [id_]
    assert await programme.found(q="verrerie") == []


async def test_pages_follow_each_other(programme, organiser):
    ids = {await programme.add(organiser) for _ in range(23)}
    first, second = await programme.found(), await programme.found(page="2")
    assert (len(first), len(second)) == (20, 3)
    assert {*first, *second} == ids


async def test_an_event_says_what_who_and_when_also_to_machines(programme, organiser, browser):
    id_ = await programme.add(
        organiser, title="Visite <b>& atelier", place={"postcode": "97400", "city": "Saint-Denis"}
    )
    page = await browser.get(f"/evenements/{id_}")
    assert "Visite &lt;b&gt;&amp; atelier" in page.text
    assert "mardi 28 mars 2090, de 09:00 à 12:00" in page.text.replace("Mardi", "mardi")
    assert "Indian/Reunion" in page.text
    (said,) = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)[1])
    assert (said["name"], said["startDate"]) == ("Visite <b>& atelier", "2090-03-28T09:00:00+04:00")
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    calendar = icalendar.Calendar.from_ical((await browser.get(f"/evenements/{id_}/agenda.ics")).content)
    (entry,) = calendar.walk("VEVENT")
    assert entry["uid"].startswith(f"{id_}.1@")
    assert entry.decoded("dtstart").isoformat() == "2090-03-28T09:00:00+04:00"


async def test_a_person_signs_up_and_cancels(registration, programme, organiser, browser):
    id_ = await programme.add(organiser, capacity=40)
    email = f"{world.unique('camille')}@example.org"
    done = await send(browser, f"/evenements/{id_}", kind="person", name="Camille Moreau", email=email)
    assert "C’est noté" in done.text
    assert email not in str(done.url) + done.text
    assert "39 places libres" in (await browser.get(f"/evenements/{id_}")).text
    again = await send(browser, f"/evenements/{id_}", kind="person", name="Camille Moreau", email=email)
    assert again.status_code == 409
    assert "Cette adresse est déjà inscrite" in again.text
    assert f'value="{email}"' in again.text
    cancelled = await send(browser, done.url.path)
    assert "Votre inscription est annulée" in cancelled.text
    assert await registration.value("SELECT announced FROM guest_lists WHERE event_id = $1::uuid", id_) == 0


async def test_a_group_that_is_too_large_is_told_what_is_left(programme, organiser, browser):
    id_ = await programme.add(organiser, capacity=10)
    answer = await send(browser, f"/evenements/{id_}", kind="group", people="25", name="Classe", email="a@example.org")
    assert answer.status_code == 409
    assert "il en reste 10" in answer.text
    assert 'value="25"' in answer.text


async def test_what_is_wrong_stands_at_the_top_and_beside_its_field(programme, organiser, browser):
    id_ = await programme.add(organiser)
    answer = await send(browser, f"/evenements/{id_}", kind="group", people="vingt", name="", email="personne")
    assert answer.status_code == 422
    for field in ("people", "name", "email"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-fault-1"' in answer.text
    assert 'aria-describedby="email-help email-fault-1" aria-invalid="true"' in answer.text


async def test_what_is_not_in_the_programme_is_its_organisers_alone(registration, programme, organiser, browser):
    event = await registration.submit(programme.id, organiser)
    address = f"/evenements/{event['id']}"
    hidden = await browser.get(address)
    unknown = await browser.get("/evenements/00000000-0000-7000-8000-000000000000")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace(event["id"], "") == unknown.text.replace("00000000-0000-7000-8000-000000000000", "")
    token = organiser.headers["Authorization"].removeprefix("Bearer ")
    own = await browser.get(address, headers={"Cookie": f"session={token}"})
    assert own.status_code == 200
    assert "Soumis" in own.text


async def test_the_home_page_shows_the_edition_its_figures_and_its_map(registration, programme, organiser, browser):
    await programme.add(organiser)
    page = (await browser.get("/")).text
    assert "27 mars – 2 avril 2090" in page
    assert re.search(r'data-other="événements">événement</dt><dd data-figure="total/all/events">1</dd>', page)
    assert "<dt>département</dt><dd>1</dd>" in page
    assert f'hx-sse:connect="/v1/counters/stream?edition={programme.id}"' in page
    assert "<title>Loire-Atlantique – 1 événement</title>" in page


async def send(browser, path, **fields):
    page = await browser.get(path)
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    return await browser.post(path, data={"csrf": token, **fields})
