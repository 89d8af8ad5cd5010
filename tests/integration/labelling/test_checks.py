"""What would be missing for the label, asked while the event is being written."""

import pytest

_WHOLE = {
    "title": "Visite de l'atelier de soudure",
    "description": "Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité, et les métiers"
    " de la chaudronnerie industrielle.",
    "audience": ["general_public"],
    "slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"}],
    "place": {"mode": "onsite", "address": "2 rue des Chantiers", "postcode": "44000", "city": "Nantes"},
    "organiser": {"kind": "company", "siret": "73282932000074"},
    "capacity": 40,
}


@pytest.fixture
def check(labelling, edition):
    async def check(content, *, edition_id=edition.id):
        answer = await labelling.http.post(f"/v1/charters/{edition_id}/check", json=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return check


async def test_nothing_is_missing_from_a_good_event(check):
    found = await check(_WHOLE)
    assert (found["verdict"], found["missing"], found["not_checked"]) == ("labelled", [], ["duplicates"])
    assert found["charter_version"] == "2020-1"


async def test_an_empty_form_says_all_that_is_missing(check):
    found = await check({})
    missing = {each["criterion"]: each for each in found["missing"]}
    assert found["verdict"] == "refused"
    assert set(missing) == {"label_window", "audience", "relevance", "completeness", "territory"}
    assert missing["completeness"]["remedy"]["fr"].startswith("Allongez le titre : au moins 5 caractères")
    assert set(found["not_checked"]) == {"duplicates", "organiser_number"}


async def test_it_says_what_the_decision_would_say(check, labelling, new_event):
    found = await check({**_WHOLE, "price_cents": 550, "audience": ["staff_only"]})
    event = new_event(price_cents=550, audience=("staff_only",))
    decision = (await labelling.decided(event)).decision
    decided = {each.criterion: each.model_dump(mode="json") for each in decision.criteria}
    assert found["verdict"] == decision.verdict == "refused"
    for each in found["criteria"]:
        if each["criterion"] in {"free_of_charge", "audience"}:
            assert each == decided[each["criterion"]]


async def test_nothing_is_kept(check, labelling):
    counts = "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM decisions) + (SELECT count(*) FROM reviews)"
    before = await labelling.value(counts)
    await check({**_WHOLE, "audience": []})
    assert await labelling.value(counts) == before


async def test_the_territory_is_found(check):
    found = await check({**_WHOLE, "place": {**_WHOLE["place"], "postcode": "97400", "city": "Saint-Denis"}})
    reason = next(each for each in found["criteria"] if each["criterion"] == "territory")["reason"]
    assert "département 974" in reason["fr"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"price_cents": "free"}, "price_cents"),
        ({"slots": [{"begin": "2020-03-31T09:00+02:00", "end": "2020-03-31T12:00"}]}, "slots.0.begin"),
        ({"slots": [{"begin": "0001-01-01T00:00", "end": "2020-03-31T12:00"}]}, "slots.0.begin"),
        ({"audience": ["cats"]}, "audience.0"),
        ({"organiser": {"kind": "person"}}, "organiser.kind"),
    ],
)
async def test_what_is_wrong_is_named(labelling, edition, content, field):
    answer = await labelling.http.post(f"/v1/charters/{edition.id}/check", json=content)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_an_unknown_edition_is_not_found(labelling):
    assert (await labelling.http.post("/v1/charters/no-such/check", json=_WHOLE)).status_code == 404
