"""Which charter is in force: by the days on which the edition takes place now, wherever it has been moved to."""

from datetime import date

import pytest

from shared.contracts.registration import Window
from shared.contracts.topics import EDITIONS


@pytest.fixture
def publish(labelling, new_edition):
    """`publish("autumn", validity={…}, without=…)`: a charter for the test's edition alone; its version."""

    async def publish(name, *, validity=None, without=(), editions=None, redecide="none"):
        charter = (await labelling.http.get("/v1/charters/2020-1")).json()
        charter |= {"version": f"{new_edition.id}-{name}", "editions": editions or [new_edition.id]}
        charter["criteria"] = [one for one in charter["criteria"] if one["criterion"] not in without]
        if validity is not None:
            charter["validity"] = validity
        answer = await labelling.http.post(
            "/v1/charters", params={"redecide": redecide}, json=charter, headers=labelling.bearer("staff")
        )
        assert answer.status_code == 201, answer.text
        return charter["version"]

    return publish


_AUTUMN = Window(first_day=date(2020, 11, 16), last_day=date(2020, 11, 22))


async def _move(labelling, edition, dates, *, sequence):
    moved = edition.model_copy(update={"dates": dates})
    await labelling.send_edition(moved, sequence=sequence)
    await labelling.handled(edition.id, topic=EDITIONS, sequence=sequence)


async def _version(labelling, event, **sent):
    return (await labelling.decided(event, **sent)).decision.charter_version


async def test_a_charter_holds_for_editions_that_begin_in_its_validity(labelling, edition, new_event, publish):
    whole = await publish("whole")
    autumn = await publish("autumn", validity={"first_day": "2020-09-01"})
    assert await _version(labelling, new_event()) == whole
    await _move(labelling, edition, _AUTUMN, sequence=2)
    assert await _version(labelling, new_event()) == autumn
    await _move(labelling, edition, edition.dates, sequence=3)
    assert await _version(labelling, new_event()) == whole


async def test_both_days_of_a_validity_belong_to_it(labelling, edition, new_event, publish):
    first = edition.dates.first_day.isoformat()
    that_day = await publish("that-day", validity={"first_day": first, "last_day": first})
    await publish("day-before", validity={"last_day": "2020-03-29"})
    await publish("day-after", validity={"first_day": "2020-03-31"})
    assert await _version(labelling, new_event()) == that_day


async def test_where_no_charter_of_its_own_is_valid_the_one_for_any_edition_holds(
    labelling, edition, new_event, publish
):
    await publish("old", validity={"last_day": "2019-12-31"})
    assert await _version(labelling, new_event()) == "2020-1"


async def test_a_moved_event_is_decided_by_the_charter_of_the_new_dates(labelling, edition, new_event, publish):
    await publish("whole")
    autumn = await publish("autumn", validity={"first_day": "2020-09-01"}, without={"free_of_charge"})
    event = new_event(price_cents=500)
    assert (await labelling.decided(event)).decision.verdict == "refused"
    await _move(labelling, edition, _AUTUMN, sequence=2)
    again = await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    assert (again.decision.charter_version, again.decision.verdict) == (autumn, "labelled")
    assert (again.before, again.notify) == ("refused", True)


async def test_the_list_says_for_which_editions_a_charter_is_in_force(labelling, edition, publish):
    whole = await publish("whole")
    autumn = await publish("autumn", validity={"first_day": "2020-09-01", "last_day": None})
    listed = {each["version"]: each for each in (await labelling.http.get("/v1/charters")).json()}
    assert listed[autumn]["validity"] == {"first_day": "2020-09-01", "last_day": None}
    assert (listed[whole]["in_force_for"], listed[autumn]["in_force_for"]) == ([edition.id], [])


async def test_a_validity_that_ends_before_it_begins_is_refused(labelling, new_edition):
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {"version": f"{new_edition.id}-1", "editions": [new_edition.id]}
    charter["validity"] = {"first_day": "2020-12-31", "last_day": "2020-01-01"}
    answer = await labelling.http.post("/v1/charters", json=charter, headers=labelling.bearer("staff"))
    assert answer.status_code == 422
    assert "exchange them" in answer.json()["errors"][0]["detail"]
