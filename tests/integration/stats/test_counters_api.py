"""What callers may ask of /v1/counters, and what they are told when they ask wrongly."""

import pytest

from tests.integration.stats.world import Registration, Stats, event, guest_list, tallies

pytestmark = pytest.mark.servers


@pytest.fixture
async def two_events(stats: Stats, registration: Registration, edition_id: str) -> str:
    """An edition with a visit in Loire-Atlantique at 9 and 14, and a forum in La Réunion at 9."""
    visit = await registration.event(event(edition_id, hours=(9, 14), themes=("recruitment", "gender_mix")))
    forum = await registration.event(
        event(edition_id, type="trades_forum", departement="974", region="04", status="submitted",
              audience=("jobseekers",), themes=())
    )  # fmt: skip
    await registration.guests(guest_list(edition_id, visit, announced=30))
    await registration.guests(guest_list(edition_id, forum, announced=12))
    await stats.until(edition_id, total={"all": (2, 42, 0)})
    return edition_id


VISIT, FORUM, BOTH, NONE = (1, 30, 0), (1, 12, 0), (2, 42, 0), (0, 0, 0)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "labelled"}, VISIT),
        ({"status": "refused"}, NONE),
        ({"region": "04"}, FORUM),
        ({"region": ["04", "52"]}, BOTH),
        ({"departement": "44"}, VISIT),
        ({"departement": "69"}, NONE),
        ({"type": "trades_forum"}, FORUM),
        ({"theme": "gender_mix"}, VISIT),
        ({"theme": ["gender_mix", "recruitment"]}, VISIT),
        ({"audience": "jobseekers"}, FORUM),
        ({"hour": "09"}, BOTH),
        ({"hour": "14"}, VISIT),
        ({"hour": "09", "region": "04", "type": "trades_forum"}, FORUM),
        ({"hour": "14", "region": "04"}, NONE),
    ],
)
async def test_filters_narrow_what_is_counted(stats: Stats, two_events: str, filters, expected):
    assert (await stats.counters(two_events, **filters))["total"] == {"all": expected}


async def test_a_filter_holds_for_every_dimension(stats: Stats, two_events: str):
    found = await stats.counters(two_events, region="04")
    assert found["departement"] == {"974": FORUM}
    assert found["status"] == {"submitted": FORUM}
    assert found["theme"] == {}


async def test_filtered_answers_follow_changes(stats: Stats, registration: Registration, two_events: str):
    assert (await stats.counters(two_events, region="04"))["total"] == {"all": FORUM}
    await registration.event(event(two_events, region="04", departement="974"))
    await stats.until(two_events, total={"all": (3, 42, 0)})
    assert (await stats.counters(two_events, region="04"))["total"] == {"all": (2, 12, 0)}


async def test_only_the_dimensions_asked_for_are_answered(stats: Stats, two_events: str):
    assert set(await stats.counters(two_events, dimension="region")) == {"region"}
    assert set(await stats.counters(two_events, dimension=["hour", "total"])) == {"hour", "total"}


async def test_an_answer_that_is_known_is_not_sent_again(stats: Stats, registration: Registration, two_events: str):
    parameters = {"edition": two_events, "region": "04"}
    first = await stats.http.get("/v1/counters", params=parameters)
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', "*"):
        again = await stats.http.get("/v1/counters", params=parameters, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await registration.event(event(two_events, region="04", departement="974"))
    await stats.until(two_events, total={"all": (3, 42, 0)})
    changed = await stats.http.get("/v1/counters", params=parameters, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert tallies(changed.json())["total"] == {"all": (2, 12, 0)}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"status": "postponed"}, "status"),
        ({"region": "99"}, "region"),
        ({"departement": "20"}, "departement"),
        ({"type": "party"}, "type"),
        ({"theme": "sport"}, "theme"),
        ({"audience": "cats"}, "audience"),
        ({"hour": "9"}, "hour"),
        ({"hour": "24"}, "hour"),
        ({"dimension": "colour"}, "dimension"),
        ({"edition": "no such"}, "edition"),
        ({"edition": "1789"}, "edition"),
        ({"colour": "red"}, "colour"),
        ({"region": ["52"] * 30}, "region"),
    ],
)
async def test_what_is_not_known_is_named(stats: Stats, two_events: str, parameters, field):
    answer = await stats.http.get("/v1/counters", params={"edition": two_events} | parameters)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert field in error["field"].split(".")
    assert error["detail"]
    assert error["remedy"]


async def test_a_stream_of_an_unknown_edition_is_refused_too(stats: Stats):
    answer = await stats.http.get("/v1/counters/stream", params={"edition": "1789"})
    assert answer.status_code == 422
    assert "edition" in answer.json()["errors"][0]["field"]


async def test_the_api_is_described_with_examples(stats: Stats):
    document = (await stats.http.get("/openapi.json")).json()
    counters, stream = (document["paths"][f"/v1/counters{path}"]["get"] for path in ("", "/stream"))
    assert {parameter["name"] for parameter in counters["parameters"] if parameter["in"] == "query"} == {
        "edition", "dimension", "status", "region", "departement", "type", "theme", "audience", "hour", "occurrence",
    }  # fmt: skip
    assert "event: change" in stream["responses"]["200"]["content"]["text/event-stream"]["example"]
    assert document["components"]["schemas"]["Counters"]["properties"]["counters"]["examples"]
