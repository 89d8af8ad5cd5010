"""A draft against an edition: what would change, and nothing does."""

from importlib.resources import files

import pytest

from tests.integration.labelling.committee import staff

_FILE = files("labelling.charters").joinpath("2020.yaml").read_text(encoding="utf-8")


@pytest.fixture
def free(edition):
    """The charter of 2020, under another version, by which nothing costs."""
    head, _, rest = _FILE.replace('version: "2020-1"', f"version: {edition.id}-draft").partition(
        "  - criterion: free_of_charge\n"
    )
    return head + rest[rest.index("  - criterion: completeness") :]


async def _simulate(labelling, draft, edition_id, **parameters):
    return await labelling.http.post(
        f"/v1/charters/{edition_id}/simulation",
        params=parameters,
        content=draft,
        headers={**labelling.bearer("staff"), "Content-Type": "application/yaml"},
    )


async def _tables(labelling):
    counts = "SELECT (SELECT count(*) FROM charters), (SELECT count(*) FROM decisions), (SELECT count(*) FROM outbox)"
    async with labelling.service.database.reading() as connection:
        return tuple(await connection.fetchrow(counts))


async def test_what_would_change_is_told_and_nothing_does(labelling, edition, new_event, free):
    costs, open_, both, good = (
        new_event(price_cents=500), new_event(audience=()), new_event(audience=(), price_cents=500), new_event()
    )  # fmt: skip
    gone = new_event(price_cents=500)
    for event in (costs, open_, both, good, gone):
        await labelling.decided(event)
    await labelling.send_event(gone.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.handled(gone.id, sequence=2)
    before = await _tables(labelling)
    answer = await _simulate(labelling, free, edition.id)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["charter_version"] == f"{edition.id}-draft"
    totals = found["totals"]
    assert (totals["events"], totals["changed"], totals["undecided"]) == (4, 2, 0)
    assert (totals["open"], totals["open_changed"]) == (1, 0)
    assert {(each["before"], each["after"]): each["events"] for each in totals["verdicts"]} == {
        ("refused", "labelled"): 1,
        ("refused", "in_review"): 1,
        ("in_review", "in_review"): 1,
        ("labelled", "labelled"): 1,
    }
    assert {(each["criterion"], each["before"], each["after"]): each["events"] for each in totals["criteria"]} == {
        ("free_of_charge", "met", None): 2,
        ("free_of_charge", "unmet", None): 2,
    }
    changes = {each["event_id"]: each for each in found["changes"]}
    assert set(changes) == {str(costs.id), str(both.id)}
    change = changes[str(costs.id)]
    assert (change["before"], change["after"], change["decided_by"], change["open"]) == (
        "refused", "labelled", "charter", False
    )  # fmt: skip
    assert [each["criterion"] for each in change["criteria"]] == ["free_of_charge"]
    assert await _tables(labelling) == before


async def test_changes_come_page_by_page_and_totals_are_of_the_whole(labelling, edition, new_event, free):
    events = [new_event(price_cents=500) for _ in range(5)]
    for event in events:
        await labelling.decided(event)
    ids, after = [], {}
    while True:
        found = (await _simulate(labelling, free, edition.id, limit=2, **after)).json()
        assert found["totals"]["changed"] == 5
        ids += [each["event_id"] for each in found["changes"]]
        if found["next"] is None:
            break
        after = {"after": found["next"]}
    assert ids == sorted(str(event.id) for event in events)


async def test_what_a_referent_decided_is_marked(labelling, edition, new_event, free):
    event = new_event(audience=())
    await labelling.decided(event)
    await staff(labelling).decide(event, "labelled")
    found = (await _simulate(labelling, free, edition.id)).json()
    (change,) = found["changes"]
    assert (change["decided_by"], change["before"], change["after"]) == ("referent", "labelled", "in_review")


async def test_publishing_does_what_the_simulation_said(labelling, edition, new_event, free):
    events = [new_event(price_cents=500 * (number % 2)) for number in range(6)]
    for event in events:
        await labelling.decided(event)
    said = (await _simulate(labelling, free, edition.id)).json()["totals"]
    charter = free.replace('editions: ["2020", "*"]', f"editions: [{edition.id}]")
    answer = await labelling.http.post(
        "/v1/charters",
        params={"redecide": "all"},
        content=charter,
        headers={**labelling.bearer("staff"), "Content-Type": "application/yaml"},
    )
    assert answer.status_code == 201, answer.text

    async def finished():
        done = (await labelling.http.get(f"/v1/charters/{edition.id}-draft/redecision")).json()
        return done if done["finished_at"] else None

    done = await labelling.eventually(finished)
    assert (done["decided"], done["changed"]) == (said["events"], said["changed"]) == (6, 3)
    again = (await _simulate(labelling, free, edition.id)).json()
    assert (again["totals"]["changed"], again["changes"]) == (0, [])


async def test_who_may_simulate_what(labelling, edition, free):
    assert (await _simulate(labelling, free, "no-such-edition")).status_code == 404
    answer = await _simulate(labelling, "title: [", edition.id)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")
    path = f"/v1/charters/{edition.id}/simulation"
    for role in ("referent", "organiser", "partner"):
        answer = await labelling.http.post(path, content=free, headers=labelling.bearer(role))
        assert answer.status_code == 403
    assert (await labelling.http.post(path, content=free)).status_code == 401


async def test_two_versions_are_compared(labelling, edition):
    charter = (await labelling.http.get("/v1/charters/2020-1")).json()
    charter |= {"version": f"{edition.id}-1", "editions": [edition.id], "review_working_days": 6}
    await labelling.http.post("/v1/charters", json=charter, headers=labelling.bearer("staff"))
    path = f"/v1/charters/{edition.id}-1/differences"
    found = (await labelling.http.get(path, params={"since": "2020-1"})).json()
    assert (found["before"], found["after"]) == ("2020-1", f"{edition.id}-1")
    fields = {each["field"]: each for each in found["differences"] if each["field"] != "editions"}
    assert set(fields) == {"review_working_days"}
    assert (fields["review_working_days"]["before"], fields["review_working_days"]["after"]) == (4, 6)
    assert "« 4 » devient « 6 »" in fields["review_working_days"]["words"]["fr"]
    for wrong in (("/v1/charters/none/differences", "2020-1"), (path, "none")):
        assert (await labelling.http.get(wrong[0], params={"since": wrong[1]})).status_code == 404
