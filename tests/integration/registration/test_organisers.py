"""Organisers: who may register, and how they get in."""

import asyncio

import pytest

from shared.contracts.topics import CONTACTS
from tests.integration.registration.world import new_siret, organiser_content, unique


async def _register(registration, **changes):
    return await registration.http.post("/v1/organisers", json=organiser_content(**changes))


async def _exchange(registration, code, **headers):
    return await registration.http.post("/v1/organisers/token", json={"code": code}, headers=headers)


async def test_an_organiser_registers_and_its_contact_is_published(registration):
    content = organiser_content(phone="02 40 00 00 00", language="en")
    answer = await registration.http.post("/v1/organisers", json=content)
    assert answer.status_code == 201, answer.text
    id_ = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/organisers/{id_}"
    created, access = await registration.messages(CONTACTS, id_, count=2)
    assert (created.change, access.change) == ("created", "access_requested")
    assert created.body.contact.model_dump(mode="json") == {
        "id": id_,
        "kind": "organiser",
        "email": content["email"],
        "name": "Claude Martin",
        "phone": "02 40 00 00 00",
        "language": "en",
    }
    assert created.body.access is None
    seen = await registration.http.get(answer.headers["location"], headers=registration.bearer("organiser", id_))
    assert seen.json() == answer.json()
    assert seen.json()["siret"] == content["siret"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"siret": None}, "siret"),
        ({"siret": "73282932000075"}, "siret"),
        ({"siret": "7328293200007"}, "siret"),
        ({"kind": "school", "siret": "73282932000075"}, "siret"),
        ({"kind": "school", "siret": None, "uai": "0440001"}, "uai"),
        ({"kind": "school", "siret": None, "uai": "0440001A"}, "uai"),
        ({"kind": "school", "siret": None, "uai": "٠٤٤٠٠٠١A"}, "uai"),
        ({"kind": "association", "siret": None, "rna": "W44"}, "rna"),
        ({"kind": "club"}, "kind"),
        ({"name": "x"}, "name"),
        ({"name": "Forges\x00"}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "no\x00body@example.org"}, "email"),
        ({"language": "de"}, "language"),
        ({"sirett": "1"}, "sirett"),
    ],
)
async def test_what_is_not_possible_is_refused_with_the_field(registration, changes, field):
    answer = await _register(registration, **changes)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert all(error["detail"] and error["remedy"] for error in answer.json()["errors"])


async def test_a_siret_is_understood_with_spaces(registration):
    siret = new_siret()
    answer = await _register(registration, siret=f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}")
    assert answer.json()["siret"] == siret


async def test_the_post_has_sirets_of_its_own_kind(registration):
    """La Poste's establishments share one SIREN and have another check digit."""
    siret = f"356000000{new_siret()[4:8]}"
    siret += str(-sum(map(int, siret)) % 5)
    answer = await _register(registration, siret=siret)
    assert answer.status_code == 201, answer.text
    wrong = await _register(registration, siret=siret[:-1] + str((int(siret[-1]) + 1) % 10))
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("kind", "number"),
    [("school", {"uai": "{:07}{}"}), ("association", {"rna": "w{:09}"}), ("school", {}), ("public_body", {})],
)
async def test_schools_and_associations_need_no_siret(registration, kind, number):
    digits = int(new_siret()[:7])
    letter = "abcdefghjklmnprstuvwxyz"[digits % 23]
    numbers = {name: form.format(digits, letter) for name, form in number.items()}
    content = organiser_content(kind=kind, siret=None, **numbers)
    answer = await registration.http.post("/v1/organisers", json=content)
    assert answer.status_code == 201, answer.text
    assert {name: answer.json()[name] for name in numbers} == {name: each.upper() for name, each in numbers.items()}


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ({"siret": "552 100 554 00013"}, {"siret": "55210055400013", "name": "Autre"}, "siret"),
        (
            {"kind": "school", "siret": None, "uai": "0440001M"},
            {"kind": "school", "siret": None, "uai": "0440001m"},
            "uai",
        ),
        (
            {"kind": "association", "siret": None, "rna": "W442000001"},
            {"kind": "association", "siret": None, "rna": "w442000001"},
            "rna",
        ),
        (
            {"kind": "school", "siret": None, "name": "Lycée Livet", "email": "Bureau@livet.example"},
            {"kind": "school", "siret": None, "name": "LYCÉE LIVET", "email": "bureau@livet.example"},
            "email",
        ),
    ],
)
async def test_the_same_organiser_cannot_register_twice(registration, first, second, field):
    await _register(registration, **first)
    again = await _register(registration, **second)
    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == field


async def test_one_of_many_who_register_the_same_organiser_at_once_succeeds(registration):
    siret = new_siret()
    answers = await asyncio.gather(*(_register(registration, siret=siret) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_code_is_exchanged_for_a_token_that_works_once(registration, edition):
    id_ = (await _register(registration)).json()["id"]
    code = await registration.access_code(id_, message=2)
    answers = await asyncio.gather(*(_exchange(registration, code) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403, 403]
    token = next(answer.json() for answer in answers if answer.status_code == 200)
    assert token["organiser_id"] == id_
    headers = {"Authorization": f"Bearer {token['token']}"}
    body = {"edition_id": edition, "status": "draft", "event": {}}
    draft = await registration.http.post("/v1/events", json=body, headers=headers)
    assert draft.status_code == 201
    assert draft.json()["organiser_id"] == id_
    forged = {"Authorization": f"Bearer {token['token'][:-4]}AAAA"}
    assert (await registration.http.post("/v1/events", json=body, headers=forged)).status_code == 401


async def test_a_code_expires(registration):
    id_ = (await _register(registration)).json()["id"]
    code = await registration.access_code(id_, message=2)
    expires_at = await registration.value("SELECT expires_at - now() FROM access_codes WHERE organiser_id = $1", id_)
    assert 3500 < expires_at.total_seconds() <= 3600
    await registration.execute("UPDATE access_codes SET expires_at = now() WHERE organiser_id = $1", id_)
    assert (await _exchange(registration, code)).status_code == 403


async def test_the_database_holds_no_code_that_could_be_used(registration):
    id_ = (await _register(registration)).json()["id"]
    code = await registration.access_code(id_, message=2)
    digest = await registration.value("SELECT digest FROM access_codes WHERE organiser_id = $1", id_)
    assert code.encode() not in digest


async def test_a_lost_answer_to_the_exchange_is_given_again(registration):
    id_ = (await _register(registration)).json()["id"]
    code = await registration.access_code(id_, message=2)
    key = {"Idempotency-Key": unique("key")}
    first, again = [await _exchange(registration, code, **key) for _ in range(2)]
    assert first.status_code == 200
    assert again.json() == first.json()
    assert (await _exchange(registration, "x" * 32, **key)).status_code == 422


async def test_access_is_mailed_to_each_organiser_of_an_address_and_to_nobody_else(registration):
    email = f"{unique('contact')}@example.org"
    one = (await _register(registration, email=email)).json()["id"]
    two = (await _register(registration, email=email.upper())).json()["id"]
    other = (await _register(registration)).json()["id"]
    answers = [
        await registration.http.post("/v1/organisers/access", json={"email": address})
        for address in (email, f"{unique('nobody')}@example.org")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b""), (202, b"")]
    codes = {await registration.access_code(one, message=4), await registration.access_code(two, message=3)}
    assert len(codes) == 2
    for code in codes:
        assert (await _exchange(registration, code)).json()["organiser_id"] in {one, two}
    await registration.messages(CONTACTS, other, count=2)


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": "a\x00b@example.org"}, {"email": "a@b.fr", "more": 1}])
async def test_a_request_for_access_needs_an_address(registration, body):
    answer = await registration.http.post("/v1/organisers/access", json=body)
    assert answer.status_code == 422, answer.text


async def test_an_organiser_is_seen_by_itself_and_staff(registration, organiser):
    other = await registration.organiser()
    path = f"/v1/organisers/{organiser.id}"
    expected = [
        (organiser.headers, 200),
        (registration.staff, 200),
        (other.headers, 404),
        ({}, 401),
        (registration.bearer("partner", organiser.id), 403),
        (registration.bearer("organiser", "no-id"), 404),
    ]
    for headers, status in expected:
        assert (await registration.http.get(path, headers=headers)).status_code == status
