"""
Two organisers: what neither may read or change of the other's, route by route.

The table names every route of the API. A new one has to be added to it, with what protects it. Pages have tests of
their own.
"""

import pytest
from fastapi.routing import iter_route_contexts

from tests.integration.registration.world import edition_content, event_content, organiser_content

PROTECTED = {
    "GET /v1/organisers/{organiser_id}": None,
    "GET /v1/events/{event_id}": None,
    "PUT /v1/events/{event_id}": event_content,
    "POST /v1/events/{event_id}/submission": None,
    "POST /v1/events/{event_id}/withdrawal": None,
    "POST /v1/events/{event_id}/answer": lambda: {"answer": "confirm", "act": 1},
    "GET /v1/events/{event_id}/participations": None,
    "PUT /v1/events/{event_id}/attendance": lambda: {"people": 10},
    "GET /v1/imports/{import_id}": None,
    "GET /v1/imports/{import_id}/problems": None,
}
"""Routes about something that has an owner, and the body that they take. To others it does not exist: 404."""
ON_BEHALF = {"POST /v1/events", "POST /v1/imports/events", "POST /v1/imports/participations"}
"""Routes that make something in the name of an organiser: tried one by one below."""
STAFF = {
    "PUT /v1/editions/{edition_id}",
    "POST /v1/editions/{edition_id}/acts/preview",
    "POST /v1/editions/{edition_id}/acts",
    "GET /v1/editions/{edition_id}/acts",
    "GET /v1/editions/{edition_id}/acts/{number}",
    "POST /v1/persons/export",
    "POST /v1/persons/erasure",
}
PUBLIC = {
    "GET /v1/editions",
    "GET /v1/editions/{edition_id}",
    "GET /v1/editions/{edition_id}/press-release",
    *(f"GET /v1/feeds/events.{form}" for form in ("ics", "atom", "rss", "jsonld", "json", "csv", "parquet")),
    "GET /v1/events",  # filtered; tried below
    "POST /v1/persons/own/access",
    "POST /v1/persons/own/export",  # by a mailed code
    "POST /v1/persons/own/erasure",
    "POST /v1/organisers",
    "POST /v1/organisers/access",
    "POST /v1/organisers/token",
    "POST /v1/events/{event_id}/participations",
    "POST /v1/events/{event_id}/participations/{participation_id}/cancellation",  # its id is the key
    "GET /v1/events/{event_id}/waiting/{entry_id}",  # so is this one's
    "POST /v1/events/{event_id}/waiting/{entry_id}/acceptance",
    "POST /v1/events/{event_id}/waiting/{entry_id}/departure",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
}


_API = ("/v1/", "/health/", "/metrics", "/openapi.json")


def test_every_route_is_in_the_table(registration):
    routes = list(iter_route_contexts(registration.service.http.routes))
    found = {f"{method} {route.path_format}" for route in routes for method in route.methods or () if method != "HEAD"}
    found = {each for each in found if each.split()[1].startswith(_API)}
    assert found == PROTECTED.keys() | ON_BEHALF | STAFF | PUBLIC


@pytest.fixture
def others(registration, edition, organiser):
    """Ids of what one organiser has outside the programme, by kind."""

    async def made():
        draft = await registration.draft(edition, organiser, {"title": "À venir"})
        submitted = await registration.submit(edition, organiser)
        refused = await registration.submit(edition, organiser)
        await registration.decide(refused["id"], "refused")
        report = await registration.import_("events", edition, [{"reference": "?"}], organiser.headers)
        assert report.json()["refused"] == 1, report.text
        return {
            "event_id": [draft["id"], submitted["id"], refused["id"]],
            "organiser_id": [organiser.id],
            "import_id": [report.json()["id"]],
        }

    return made


async def _everything(registration, organiser):
    """All that the service holds of an organiser, to see that nothing of it changes."""
    tables = {
        "organisers": "id",
        "drafts": "organiser_id",
        "events": "organiser_id",
        "guest_lists": "event_id IN (SELECT id FROM events WHERE organiser_id",
    }
    return [
        await registration.value(
            f"SELECT coalesce(json_agg(t ORDER BY t::text)::text, '') FROM {table} t"
            f" WHERE {column} = $1" + (")" if "(" in column else ""),
            organiser.id,
        )
        for table, column in tables.items()
    ]


@pytest.mark.parametrize("route", PROTECTED)
async def test_what_is_anothers_does_not_exist(registration, organiser, others, route):
    method, path = route.split()
    owned = await others()
    (name,) = [name for name in owned if f"{{{name}}}" in path]
    other = await registration.organiser()
    before = await _everything(registration, organiser)
    body = PROTECTED[route]
    for id_ in owned[name]:
        for headers, statuses in (
            (other.headers, {404}),
            (registration.bearer("partner", organiser.id), {403, 404}),
            (registration.bearer("referent", organiser.id), {403, 404}),
            ({}, {401, 404}),
            ({"Authorization": "Bearer nothing"}, {401}),
        ):
            answer = await registration.http.request(
                method, path.format(**{name: id_}), json=body() if body else None, headers=headers
            )
            assert answer.status_code in statuses, (headers, answer.text)
            assert "À venir" not in answer.text
    assert await _everything(registration, organiser) == before


@pytest.mark.parametrize("route", PROTECTED)
async def test_the_owner_and_staff_get_through(registration, organiser, others, route):
    """The other half of the matrix: what refuses everybody would pass the test above."""
    method, path = route.split()
    owned = await others()
    (name,) = [name for name in owned if f"{{{name}}}" in path]
    body = PROTECTED[route]
    drafts_too = route in {"GET /v1/events/{event_id}", "PUT /v1/events/{event_id}"}
    ids = owned[name] if drafts_too else owned[name][-2:]
    for headers in (organiser.headers, registration.staff):
        for id_ in ids:
            answer = await registration.http.request(
                method, path.format(**{name: id_}), json=body() if body else None, headers=headers
            )
            assert answer.status_code in {200, 409}, answer.text


async def test_a_guest_list_in_the_programme_is_its_organisers_own(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    await registration.sign_up(event_id)
    other = await registration.organiser()
    for headers, status in ((organiser.headers, 200), (registration.staff, 200), (other.headers, 404), ({}, 401)):
        for method, path, body in (("GET", "participations", None), ("PUT", "attendance", {"people": 1})):
            answer = await registration.http.request(
                method, f"/v1/events/{event_id}/{path}", json=body, headers=headers
            )
            assert answer.status_code == status


async def test_an_event_in_the_programme_is_changed_by_its_organiser_alone(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    other = await registration.organiser()
    before = await _everything(registration, organiser)
    assert (await registration.amend(event_id, other.headers, event_content())).status_code == 404
    withdrawal = await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=other.headers)
    assert withdrawal.status_code == 404
    assert await _everything(registration, organiser) == before


async def test_nobody_acts_in_anothers_name(registration, edition, organiser):
    other = await registration.organiser()
    before = await _everything(registration, organiser)
    for status in ("draft", "submitted"):
        body = {"edition_id": edition, "organiser_id": organiser.id, "status": status, "event": event_content()}
        assert (await registration.http.post("/v1/events", json=body, headers=other.headers)).status_code == 403
    rows = [event_content(reference="R")]
    named = await registration.import_("events", edition, rows, other.headers, organiser_id=organiser.id)
    assert named.status_code == 403
    rows[0]["organiser"] = organiser_content(
        siret=(await registration.value("SELECT siret FROM organisers WHERE id = $1", organiser.id))
    )
    report = (await registration.import_("events", edition, rows, other.headers)).json()
    assert report["created"] == 1
    owner = await registration.value("SELECT organiser_id::text FROM events WHERE edition_id = $1", edition)
    assert owner == other.id
    assert await _everything(registration, organiser) == before


@pytest.mark.parametrize("role", ["partner", "referent", None])
async def test_who_is_neither_organiser_nor_staff_makes_nothing(registration, edition, organiser, role):
    headers = registration.bearer(role, organiser.id) if role else {}
    expected = 403 if role else 401
    body = {"edition_id": edition, "event": event_content()}
    assert (await registration.http.post("/v1/events", json=body, headers=headers)).status_code == expected
    for kind in ("events", "participations"):
        assert (await registration.import_(kind, edition, [{}], headers)).status_code == expected
    answer = await registration.http.put(f"/v1/editions/{edition}", json=edition_content(), headers=headers)
    assert answer.status_code == expected


async def test_a_token_that_names_no_organiser_makes_nothing(registration, edition):
    headers = registration.bearer("organiser", "somebody")
    body = {"edition_id": edition, "event": event_content()}
    assert (await registration.http.post("/v1/events", json=body, headers=headers)).status_code == 403
    for kind in ("events", "participations"):
        assert (await registration.import_(kind, edition, [{}], headers)).status_code == 403


async def test_sign_ups_are_imported_to_ones_own_events_alone(registration, edition, organiser):
    other = await registration.organiser()
    shown = await registration.labelled(edition, organiser, reference="A")
    hidden = (await registration.submit(edition, organiser, reference="B"))["id"]
    rows = [{"event": event, "reference": "1", "people": 1} for event in (shown, "A", hidden, "B", "C")]
    before = await _everything(registration, organiser)
    report = (await registration.import_("participations", edition, rows, other.headers)).json()
    assert (report["created"], report["refused"]) == (0, 5)
    reasons = [problem["reason"] for problem in report["problems"]]
    assert "another organiser's" in reasons[0]
    assert reasons[0] == reasons[1]
    assert reasons[2] == reasons[3] == reasons[4]
    assert "no such event" in reasons[2]
    assert await _everything(registration, organiser) == before


async def test_anothers_reference_does_not_stand_in_ones_way(registration, edition, organiser):
    """Both call their event A: each means their own."""
    other = await registration.organiser()
    own = await registration.labelled(edition, organiser, reference="A")
    await registration.labelled(edition, other, reference="A")
    rows = [{"event": "A", "reference": "1", "people": 1}]
    report = (await registration.import_("participations", edition, rows, organiser.headers)).json()
    assert (report["created"], report["problems"]) == (1, [])
    assert await registration.lists_told(own, count=1) == [("signed_up", 1, 1, 0)]
    by_staff = (await registration.import_("participations", edition, rows, registration.staff)).json()
    assert "several events" in by_staff["problems"][0]["reason"]
