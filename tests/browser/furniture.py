"""What pages show, made by the public HTTP API: an organiser with events in every state, guests, an endpoint…"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.browser.edition import coming, event
from tests.end_to_end.conftest import Whole, eventually

_FILE = (
    "reference;title;description;type;slots;price;place_name;address;postcode;city;capacity\n"
    "PORTES-1;Journée portes ouvertes;Soudure, usinage et maintenance industrielle dans nos ateliers.;open_day;"
    "{day}T09:00/{day}T12:00;0;Atelier;2 rue des Chantiers;44550;Montoir-de-Bretagne;40\n"
    "PORTES-2;Journée portes ouvertes;Soudure, usinage et maintenance industrielle dans nos ateliers.;fête;"
    "{day}T12:00/{day}T09:00;gratuit;Atelier;2 rue des Chantiers;445;Montoir-de-Bretagne;40\n"
)


@dataclass(frozen=True, kw_only=True)
class Organiser:
    id: str
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """Ids of what there is."""

    organiser: Organiser
    event: str
    """Labelled, with guests."""
    sign_up: str
    full: str
    waiting: str
    """An entry of the waiting list of the event that is full."""
    refused: str
    draft: str
    review: str
    """Waits for the committee."""
    file: str
    """The report of an import with good rows and bad ones."""
    endpoint: str
    decision: str
    """The refusal of the event that is refused."""
    edition: str
    """One of its own that was cancelled by its first act; pages show another one."""

    def path(self, template: str) -> str:
        return template.format(**vars(self))


async def furnish(whole: Whole) -> Furniture:
    organiser = await register(whole)
    event_id = await labelled(whole, organiser)
    sign_up_id = await sign_up(whole, event_id, name="Camille Moreau")
    await sign_up(whole, event_id, name="Collège Jean-Moulin, classe de 3e B", kind="group", people=24)
    full, _, waiting = await with_somebody_waiting(whole, organiser, title="Une matinée au laboratoire")
    refused = await propose(whole, organiser, title="Le soir à la forge", price_cents=500)
    await status_is(whole, refused, "refused")
    review = await in_review(whole, organiser)
    file = await whole.http.post(
        "/v1/imports/events",
        params={"edition": coming()["id"]},
        content=bad_file(),
        headers={**whole.token("organiser", organiser.id), "Content-Type": "text/csv"},
    )
    assert file.status_code == 200, file.text
    partner = await whole.http.post(
        "/v1/partners",
        json={"name": "Région sans réponse", "url": f"{whole.system.public_url}/nothing", "territories": ["974"]},
        headers=whole.staff,
    )
    assert partner.status_code == 201, partner.text
    endpoint = partner.json()["id"]
    tested = await whole.http.post(f"/v1/partners/{endpoint}/test", headers=whole.staff)
    assert tested.status_code < 300, tested.text
    return Furniture(
        organiser=organiser,
        event=event_id,
        sign_up=sign_up_id,
        full=full,
        waiting=waiting,
        refused=refused,
        draft=await propose(whole, organiser, status="draft", title="Atelier de soudure", slots=[]),
        review=review,
        file=file.json()["id"],
        endpoint=endpoint,
        decision=await decision_on(whole, refused),
        edition=await cancelled_edition(whole),
    )


def bad_file() -> bytes:
    """One row that can be taken in, one that cannot."""
    return _FILE.format(day=coming()["dates"]["first_day"]).encode()


async def register(whole: Whole) -> Organiser:
    """A new organiser, to whom a first link has been mailed."""
    name, email = f"Chaudronnerie {uuid4().hex[:6]}", f"{uuid4().hex[:10]}@atelier.example"
    body = {"kind": "association", "name": name, "email": email, "contact_name": "Claude Martin"}
    answer = await whole.http.post("/v1/organisers", json=body)
    assert answer.status_code == 201, answer.text
    return Organiser(id=answer.json()["id"], name=name, email=email)


async def propose(
    whole: Whole,
    organiser: Organiser,
    *,
    edition: dict[str, Any] | None = None,
    status: str = "submitted",
    **changes: Any,
) -> str:
    """A new event, like `event` but for `changes`."""
    edition = edition or coming()
    answer = await whole.http.post(
        "/v1/events",
        json={"edition_id": edition["id"], "status": status, "event": event(edition, **changes)},
        headers=whole.token("organiser", organiser.id),
    )
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


async def labelled(whole: Whole, organiser: Organiser, **changes: Any) -> str:
    id_ = await propose(whole, organiser, **changes)
    await status_is(whole, id_, "labelled")
    return id_


async def in_review(whole: Whole, organiser: Organiser, **changes: Any) -> str:
    """One that the charter leaves to the committee: it does not say for whom it is."""
    id_ = await propose(
        whole, organiser, audience=[], **{"title": "Rencontre avec les opérateurs de la ligne", **changes}
    )
    await status_is(whole, id_, "in_review")
    return id_


async def with_somebody_waiting(
    whole: Whole, organiser: Organiser, *, title: str, email: str | None = None
) -> tuple[str, str, str]:
    """An event whose only place is taken: its id, that of the sign-up, and that of who waits, under `email`."""
    event_id = await labelled(whole, organiser, title=title, capacity=1)
    taken = await sign_up(whole, event_id, name="Camille Moreau")
    person = {"name": "Dominique Petit", "email": email or f"{uuid4().hex[:10]}@example.org", "language": "fr"}
    answer = await whole.http.post(f"/v1/events/{event_id}/participations", json={**person, "if_full": "wait"})
    assert answer.status_code == 202, answer.text
    return event_id, taken, answer.json()["id"]


async def status_is(whole: Whole, event_id: str, wanted: str) -> None:
    async def look() -> bool:
        found = (await whole.http.get(f"/v1/events/{event_id}", headers=whole.staff)).json()
        assert found["status"] in {"submitted", wanted}
        return bool(found["status"] == wanted)

    await eventually(look)


async def decision_on(whole: Whole, event_id: str) -> str:
    """The id of the one that holds."""
    answer = await whole.http.get("/v1/decisions", params={"event_id": event_id}, headers=whole.staff)
    assert answer.status_code == 200, answer.text
    id_: str = answer.json()["decisions"][0]["id"]
    return id_


async def old_edition(whole: Whole) -> dict[str, Any]:
    """An edition of its own, which pages do not show: the coming one is open too, and has the higher number."""
    edition = {**coming(), "id": f"essai-{uuid4().hex[:8]}", "number": 1}
    content = {name: value for name, value in edition.items() if name != "id"}
    answer = await whole.http.put(f"/v1/editions/{edition['id']}", json=content, headers=whole.staff)
    assert answer.status_code == 201, answer.text
    return edition


async def cancelled_edition(whole: Whole) -> str:
    """Its id, once its act has been carried through."""
    address = f"/v1/editions/{(await old_edition(whole))['id']}/acts"
    content = {"kind": "cancelled", "terms": {"fr": "Elle n’aura pas lieu.", "en": "It will not take place."}}
    shown = await whole.http.post(f"{address}/preview", json=content, headers=whole.staff)
    assert shown.status_code == 200, shown.text
    done = await whole.http.post(address, json={**content, "token": shown.json()["token"]}, headers=whole.staff)
    assert done.status_code == 201, done.text

    async def look() -> bool:
        return bool((await whole.http.get(f"{address}/1", headers=whole.staff)).json()["phase"] == "settled")

    await eventually(look)
    return address.split("/")[3]


async def sign_up(whole: Whole, event_id: str, *, name: str, **more: Any) -> str:
    """The id of the sign-up."""
    person = {"name": name, "email": f"{uuid4().hex[:10]}@example.org", "language": "fr", **more}
    answer = await whole.http.post(f"/v1/events/{event_id}/participations", json=person)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["participation"]["id"]
    return id_
