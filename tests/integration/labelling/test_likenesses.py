"""Possible duplicates are grouped for one look, wherever their events stand."""

import pytest

from tests.integration.labelling.committee import referent, staff

_TEXT = (
    "Cet atelier pratique fait découvrir l'industrie par les mains : mesurer, régler, assembler, contrôler. Notre"
    " bureau d'études et notre production travaillent à deux pas. Une soudure de composant lourd demande"
    " des jours de travail et autant de contrôles."
)
_OTHER = (
    "Une exposition de machines à vapeur, avec des démonstrations par les membres de l'association, qui les ont remises"
    " en état à l'usine pendant de longues années de travail patient : chaudières, pistons, régulateurs."
)


@pytest.fixture
def groups(labelling, edition):
    """`await groups(member)`: ids of the events of each group, once every event is marked."""

    async def groups(member, **parameters):
        await labelling.eventually(lambda: labelling.value("SELECT NOT EXISTS (SELECT FROM unmarked)"))
        answer = await member.get("/v1/reviews/likenesses", edition_id=edition.id, **parameters)
        return [({each["event_id"] for each in group["events"]}, group) for group in answer["groups"]]

    return groups


async def test_nearly_the_same_text_is_grouped(labelling, groups, new_event):
    first = new_event(description=_TEXT)
    second = new_event(description=_TEXT.replace("des jours", "beaucoup"), departement="67")
    third = new_event(description=f"Bienvenue ! {_TEXT}")
    for event in (first, second, third, new_event(description=_OTHER)):
        await labelling.decided(event)
    ((ids, group),) = await groups(staff(labelling))
    assert ids == {str(event.id) for event in (first, second, third)}
    assert {link["because"] for link in group["links"]} == {"text"}
    assert all(0.5 <= link["likeness"] < 1 for link in group["links"])
    assert {each["verdict"] for each in group["events"]} == {"labelled"}
    one = await referent(labelling, "ana").get(f"/v1/reviews/{second.id}/likenesses")
    assert str(second.id) in {each["event_id"] for each in one["groups"][0]["events"]}


async def test_the_same_place_and_time_is_grouped(labelling, groups, new_event):
    first = new_event(description=_TEXT, title="Soudure")
    second = new_event(description=_OTHER, title="Vapeur", organiser=first.organiser)
    for event in (first, second):
        await labelling.decided(event)
    ((ids, group),) = await groups(staff(labelling))
    assert ids == {str(first.id), str(second.id)}
    assert [link["because"] for link in group["links"]] == ["same_place_and_time"]


async def test_territories_see_groups_with_an_event_of_theirs(labelling, groups, new_event):
    here, there = new_event(description=_TEXT, departement="67"), new_event(description=_TEXT, departement="68")
    for event in (here, there):
        await labelling.decided(event)
    for departement, count in (("67", 1), ("68", 1), ("69", 0)):
        assert len(await groups(referent(labelling, "ana", departement=departement))) == count
    answer = await labelling.http.get(
        f"/v1/reviews/{here.id}/likenesses", headers=labelling.bearer("referent", departement="68")
    )
    assert answer.status_code == 404


async def test_groups_with_something_to_decide_are_decided_together(labelling, groups, new_event):
    waiting = [new_event(description=_TEXT, audience=()) for _ in range(2)]
    decided = [new_event(description=_OTHER) for _ in range(2)]
    for event in (*waiting, *decided):
        await labelling.decided(event)
    member = staff(labelling)
    assert len(await groups(member)) == 2
    ((ids, _),) = await groups(member, in_review=True)
    assert ids == {str(event.id) for event in waiting}
    answer = await member.post("/v1/reviews", event_ids=sorted(ids), verdict="refused", reason="Doublon.")
    assert answer.json()["decided"] == 2
    assert await groups(member, in_review=True) == []


async def test_who_amends_or_withdraws_leaves_the_group(labelling, groups, new_event):
    first, second, third = (new_event(description=_TEXT) for _ in range(3))
    for event in (first, second, third):
        await labelling.decided(event)
    assert len((await groups(staff(labelling)))[0][0]) == 3
    await labelling.decided(second.model_copy(update={"description": _OTHER, "revision": 2}), sequence=2)
    await labelling.send_event(third.model_copy(update={"status": "withdrawn"}), sequence=2)
    await labelling.handled(third.id, sequence=2)
    assert await groups(staff(labelling)) == []
