"""A person's data: exported whole, erased everywhere, while the counters stay."""

import pytest

from shared.contracts.topics import CONTACTS
from tests.integration.registration.world import Organiser, Registration, unique

pytestmark = pytest.mark.servers


async def ask(registration: Registration, what: str, email: str) -> dict:
    answer = await registration.http.post(f"/v1/persons/{what}", json={"email": email}, headers=registration.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_export_has_every_role_of_the_person(registration: Registration, edition: str):
    email = f"{unique('Role')}@example.org"
    organiser = await registration.organiser(email=email, phone="01 02 03 04 05")
    event_id = await registration.labelled(edition, organiser)
    await registration.sign_up(event_id, email=email.upper(), name="Camille Moreau")
    found = await ask(registration, "export", email.lower())
    assert [each["name"] for each in found["persons"]] == ["Camille Moreau"]
    assert [(each["event_id"], each["people"], each["status"]) for each in found["sign_ups"]] == [
        (event_id, 1, "active")
    ]
    assert [(each["id"], each["phone"]) for each in found["organisers"]] == [(organiser.id, "01 02 03 04 05")]
    assert await ask(registration, "export", f"{unique('nobody')}@example.org") | {"email": ""} == {
        "email": "", "persons": [], "sign_ups": [], "waiting": [], "organisers": [],
    }  # fmt: skip


async def test_an_erasure_leaves_numbers_and_a_tombstone(
    registration: Registration, edition: str, organiser: Organiser
):
    email = f"{unique('gone')}@example.org"
    event_id = await registration.labelled(edition, organiser)
    contact = (await registration.sign_up(event_id, email=email, name="Camille Moreau", people=1)).json()
    contact_id = contact["participation"]["contact_id"]
    assert await ask(registration, "erasure", email.upper()) == {"persons": 1, "organisers": 0}
    assert await ask(registration, "erasure", email) == {"persons": 0, "organisers": 0}
    told = await registration.messages(CONTACTS, contact_id, count=2)
    assert [each.change for each in told] == ["created", "tombstone"]
    guests = await registration.http.get(f"/v1/events/{event_id}/participations", headers=organiser.headers)
    (guest,) = guests.json()["guests"]
    assert (guest["name"], guest["email"], guest["people"], guest["status"]) == ("", None, 1, "active")
    assert guests.json()["guest_list"]["announced"] == 1
    assert (await ask(registration, "export", email))["sign_ups"] == []
    again = await registration.sign_up(event_id, email=email)  # a new person, as if never seen
    assert again.status_code == 201
    assert again.json()["participation"]["contact_id"] != contact_id


async def test_an_erased_organiser_is_told_nothing_and_keeps_its_events(registration: Registration, edition: str):
    email = f"{unique('contact')}@example.org"
    organiser = await registration.organiser(email=email, contact_name="Claude Martin", phone="01 02 03 04 05")
    event_id = await registration.labelled(edition, organiser)
    assert await ask(registration, "erasure", email) == {"persons": 0, "organisers": 1}
    told = await registration.messages(CONTACTS, organiser.id, count=3)
    assert told[-1].change == "tombstone"
    assert (await registration.http.get(f"/v1/events/{event_id}")).status_code == 200
    await registration.postponed(edition)
    await registration.all_told()
    assert registration.notices(edition) == []


async def test_personal_data_is_for_staff(registration: Registration, organiser: Organiser):
    body = {"email": "nobody@example.org"}
    for what in ("export", "erasure"):
        for headers, status in ((organiser.headers, 403), ({}, 401)):
            answer = await registration.http.post(f"/v1/persons/{what}", json=body, headers=headers)
            assert answer.status_code == status
