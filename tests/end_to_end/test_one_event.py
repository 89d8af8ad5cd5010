"""One organiser, one event, one visitor: from registration to mails, counters and webhooks, through the gateway."""

import asyncio
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import icalendar
import pytest

from tests.end_to_end.conftest import Whole, eventually

DESCRIPTION = (
    "Découvrez notre atelier de chaudronnerie industrielle : soudure, usinage à commande numérique, contrôle "
    "qualité et maintenance des machines. Nos opérateurs, techniciens et ingénieurs présentent leurs métiers et "
    "la fabrication de pièces métalliques pour la construction navale et l'aéronautique. Visite commentée de "
    "l'usine et échanges sur l'apprentissage dans l'industrie."
)
LATER = timedelta(weeks=33)


@pytest.fixture
async def edition_id(whole: Whole, edition) -> str:
    id_ = f"e{uuid4().hex[:12]}"
    response = await whole.http.put(f"/v1/editions/{id_}", json=edition, headers=whole.staff)
    assert response.status_code == 201, response.text
    return id_


def event(edition, **changes):
    day = date.fromisoformat(edition["dates"]["first_day"])
    return {
        "reference": "VISITE-1",
        "title": "Visite de l'atelier de chaudronnerie",
        "description": DESCRIPTION,
        "type": "company_visit",
        "themes": ["recruitment"],
        "audience": ["general_public"],
        "slots": [{"begin": f"{day}T14:00", "end": f"{day}T16:00"}],
        "place": {
            "mode": "onsite",
            "name": "Atelier",
            "address": "2 rue des Chantiers",
            "postcode": "44600",
            "city": "Saint-Nazaire",
        },
        "capacity": 20,
        **changes,
    }


def later(slot: dict[str, str]) -> dict[str, str]:
    return {end: (datetime.fromisoformat(moment) + LATER).isoformat() for end, moment in slot.items()}


def calendar_in(mail) -> dict[str, icalendar.Event]:
    """Entries of the attached calendar by their UID."""
    (attached,) = [each for each in mail["attachments"] if each["content_type"].startswith("text/calendar")]
    return {str(entry["UID"]): entry for entry in icalendar.Calendar.from_ical(attached["text"]).walk("VEVENT")}


async def sign_up(whole: Whole, event_id: str, email: str) -> None:
    person = {"name": "Camille Moreau", "email": email, "language": "fr"}
    signed = await whole.http.post(f"/v1/events/{event_id}/participations", json=person)
    assert signed.status_code == 201, signed.text


async def postpone(whole: Whole, *command: object) -> dict[str, Any]:
    """What `semaine postpone` prints as JSON."""
    return await semaine(whole, "postpone", *command)


async def semaine(whole: Whole, *command: object) -> dict[str, Any]:
    """What a command that calls the API prints as JSON."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("semaine"),
        *(*map(str, command), "--url", whole.system.public_url, "--json"),
        env={**os.environ, "SEMAINE_TOKEN": whole.staff["Authorization"].removeprefix("Bearer ")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return json.loads(output)


async def sign_in(whole: Whole) -> tuple[str, str, dict[str, str]]:
    """Register an organiser and exchange the code that is mailed for a token."""
    email = f"{uuid4().hex[:10]}@atelier.example"
    body = {"kind": "association", "name": f"Atelier {uuid4().hex[:6]}", "email": email, "contact_name": "Claude"}
    registered = await whole.http.post("/v1/organisers", json=body)
    assert registered.status_code == 201, registered.text
    mail = await eventually(lambda: whole.mails(to=email))
    link = next(line.strip() for line in mail[0]["text"].splitlines() if line.startswith("  "))
    code = link.rpartition("/signin/code#")[2]
    answer = await whole.http.post("/v1/organisers/token", json={"code": code})
    assert answer.status_code == 200, answer.text
    again = await whole.http.post("/v1/organisers/token", json={"code": code})
    assert again.status_code == 403
    return email, answer.json()["organiser_id"], {"Authorization": f"Bearer {answer.json()['token']}"}


async def status_is(whole: Whole, event_id: str, headers: dict[str, str], wanted: str) -> dict[str, object]:
    async def look():
        found = (await whole.http.get(f"/v1/events/{event_id}", headers=headers)).json()
        return found if found["status"] == wanted else None

    return await eventually(look)


async def test_a_submission_is_labelled_mailed_counted_and_published(whole, edition, edition_id):
    email, _, organiser = await sign_in(whole)
    created = await whole.http.post(
        "/v1/events", json={"edition_id": edition_id, "event": event(edition)}, headers=organiser
    )
    assert created.status_code == 201, created.text
    id_ = created.json()["id"]
    await status_is(whole, id_, organiser, "labelled")
    receipt = await whole.mail(to=email, subject="reçu")
    labelled = await whole.mail(to=email, subject="Labellisé")
    assert receipt["message_id"] != labelled["message_id"]
    assert "Visite de l'atelier de chaudronnerie" in labelled["text"]
    link = next(word for word in labelled["text"].split() if "/v1/kits/" in word)
    kit = await whole.http.get(urlsplit(link).path)
    assert kit.status_code == 200, kit.text
    assert "affiche-fr.pdf" in zipfile.ZipFile(io.BytesIO(kit.content)).namelist()
    await whole.settle()
    counters = await whole.counters(edition_id)
    assert counters["status"]["labelled"]["events"] == 1
    assert counters["departement"]["44"]["events"] == 1
    public = await whole.http.get("/v1/events", params={"edition": edition_id})
    assert [each["id"] for each in public.json()["events"]] == [id_]


async def test_a_visitor_gets_a_calendar_entry_and_is_counted_until_the_sign_up_is_cancelled(
    whole, edition, edition_id
):
    _, _, organiser = await sign_in(whole)
    created = await whole.http.post(
        "/v1/events", json={"edition_id": edition_id, "event": event(edition)}, headers=organiser
    )
    id_ = created.json()["id"]
    await status_is(whole, id_, organiser, "labelled")
    email = f"{uuid4().hex[:10]}@example.org"
    signed = await whole.http.post(
        f"/v1/events/{id_}/participations", json={"name": "Camille Moreau", "email": email, "language": "en"}
    )
    assert signed.status_code == 201, signed.text
    (mail,) = await eventually(lambda: whole.mails(to=email))
    (entry,) = calendar_in(mail).values()
    assert str(entry["SUMMARY"]) == "Visite de l'atelier de chaudronnerie"
    assert entry["DTSTART"].dt.hour == 14
    await whole.settle()
    assert (await whole.counters(edition_id))["total"]["all"]["announced"] == 1
    participation = signed.json()["participation"]["id"]
    cancelled = await whole.http.post(f"/v1/events/{id_}/participations/{participation}/cancellation")
    assert cancelled.status_code == 200
    attendance = await whole.http.put(f"/v1/events/{id_}/attendance", json={"people": 17}, headers=organiser)
    assert attendance.status_code == 200
    await whole.settle()
    total = (await whole.counters(edition_id))["total"]["all"]
    assert (total["announced"], total["actual"]) == (0, 17)


async def test_a_paid_event_is_refused_with_the_reason_and_labelled_once_it_is_free(whole, edition, edition_id):
    email, _, organiser = await sign_in(whole)
    created = await whole.http.post(
        "/v1/events", json={"edition_id": edition_id, "event": event(edition, price_cents=500)}, headers=organiser
    )
    id_ = created.json()["id"]
    await status_is(whole, id_, organiser, "refused")
    refused = await whole.mail(to=email, subject="Non labellisé")
    assert "gratuit" in refused["text"]
    amended = await whole.http.put(f"/v1/events/{id_}", json=event(edition), headers=organiser)
    assert amended.status_code == 200, amended.text
    found = await status_is(whole, id_, organiser, "labelled")
    assert found["revision"] == 2
    decisions = await whole.http.get("/v1/decisions", params={"event_id": id_}, headers=organiser)
    assert decisions.status_code == 200, decisions.text
    assert [each["verdict"] for each in decisions.json()["decisions"]] in (
        ["refused", "labelled"],
        ["labelled", "refused"],
    )


async def test_a_withdrawn_event_leaves_the_programme_and_the_counters(whole, edition, edition_id):
    _, _, organiser = await sign_in(whole)
    created = await whole.http.post(
        "/v1/events", json={"edition_id": edition_id, "event": event(edition)}, headers=organiser
    )
    id_ = created.json()["id"]
    await status_is(whole, id_, organiser, "labelled")
    withdrawn = await whole.http.post(f"/v1/events/{id_}/withdrawal", headers=organiser)
    assert withdrawn.json()["status"] == "withdrawn"
    await whole.settle()
    assert (await whole.http.get(f"/v1/events/{id_}")).status_code == 404
    counters = await whole.counters(edition_id)
    assert counters["status"]["withdrawn"]["events"] == 1
    assert "all" not in counters["total"] or counters["total"]["all"]["events"] == 0


async def test_a_postponement_is_decided_counted_published_and_told_once_to_each_person(
    whole, edition, edition_id, tmp_path
):
    email, _, organiser = await sign_in(whole)
    guest = f"{uuid4().hex[:10]}@example.org"
    before = {}
    for day in edition["dates"].values():
        content = event(
            edition,
            reference=f"VISITE-{day}",
            title=f"Visite de l'atelier du {day}",
            slots=[{"begin": f"{day}T14:00", "end": f"{day}T16:00"}],
        )
        created = await whole.http.post(
            "/v1/events", json={"edition_id": edition_id, "event": content}, headers=organiser
        )
        id_ = created.json()["id"]
        before[id_] = await status_is(whole, id_, organiser, "labelled")
        await sign_up(whole, id_, guest)
    await sign_up(whole, id_, email)
    await whole.settle()
    confirmed = {uid: entry for mail in await whole.mails(to=guest) for uid, entry in calendar_in(mail).items()}

    act = {
        "kind": "postponed",
        "dates": {name: str(date.fromisoformat(day) + LATER) for name, day in edition["dates"].items()},
        "terms": {"fr": "Les propositions rouvrent.", "en": "Submissions are open again."},
    }
    (tmp_path / "act.json").write_text(json.dumps(act))
    shown = await postpone(whole, "preview", edition_id, tmp_path / "act.json", "--samples", tmp_path)
    assert shown["people"] == {"people": 2, "organisers": 1, "guests": 2, "waiting": 0, "both": 1}
    sample = (tmp_path / "act-both.fr.txt").read_text(encoding="utf-8")
    assert all(words in sample for words in ("VOS ÉVÉNEMENTS", "VOS INSCRIPTIONS", act["terms"]["fr"]))
    done = await postpone(whole, "confirm", edition_id, tmp_path / "act.json", "--preview", shown["token"])
    assert (done["phase"], done["reached"], done["told"]) == ("settled", 2, 2)
    assert await whole.differences() == []
    for id_, event_before in before.items():
        public = (await whole.http.get(f"/v1/events/{id_}")).json()
        assert (public["status"], public["occurrence"]) == ("labelled", "rescheduled")
        assert public["previous_slots"] == event_before["slots"]
        assert [later(slot) for slot in event_before["slots"]] == public["slots"]
    counters = await whole.counters(edition_id)
    assert {value: tally["events"] for value, tally in counters["occurrence"].items()} == {"rescheduled": 2}
    assert (counters["status"]["labelled"]["events"], counters["total"]["all"]["announced"]) == (2, 3)
    for address, events, sign_ups in ((email, 2, 1), (guest, 0, 2)):
        (told,) = [mail for mail in await whole.mails(to=address) if "nouvelles dates" in mail["subject"]]
        assert told["text"].count("Avant :") == told["text"].count("Désormais :") == events + sign_ups
        assert ("VOS ÉVÉNEMENTS" in told["text"]) == (events > 0)
        assert told["text"].count("/a/") == len(calendar_in(told)) == sign_ups
        for uid, entry in calendar_in(told).items():
            assert entry["SEQUENCE"] > confirmed[uid]["SEQUENCE"]
            assert entry["DTSTART"].dt.date() == confirmed[uid]["DTSTART"].dt.date() + LATER
    for language in ("fr", "en"):
        release = await whole.http.get(f"/v1/editions/{edition_id}/press-release", params={"language": language})
        assert (release.status_code, release.headers["content-type"]) == (200, "application/pdf")


async def test_an_unknown_path_is_a_problem(whole):
    assert (await whole.http.get("/v1/nothing")).headers["content-type"] == "application/problem+json"


async def test_a_freed_place_is_offered_by_mail_and_who_took_it_is_erased_by_command(whole, edition, edition_id):
    _, _, organiser = await sign_in(whole)
    body = {"edition_id": edition_id, "event": event(edition, capacity=1)}
    event_id = (await whole.http.post("/v1/events", json=body, headers=organiser)).json()["id"]
    await status_is(whole, event_id, organiser, "labelled")
    first, second, third = (f"{uuid4().hex[:10]}@example.org" for _ in range(3))
    signed_up = await whole.http.post(f"/v1/events/{event_id}/participations", json={"name": "Camille", "email": first})
    assert signed_up.status_code == 201, signed_up.text
    for email in (second, third):
        waits = {"name": "Dominique", "email": email, "if_full": "wait"}
        assert (await whole.http.post(f"/v1/events/{event_id}/participations", json=waits)).status_code == 202
    assert "Votre rang : 2" in (await whole.mail(to=third, subject="Liste d’attente"))["text"].replace("\xa0", " ")
    place = signed_up.json()["participation"]["id"]
    await whole.http.post(f"/v1/events/{event_id}/participations/{place}/cancellation")
    offer = await whole.mail(to=second, subject="Une place s’est libérée")
    page = next(urlsplit(word).path for word in offer["text"].split() if "/a/attente/" in word)
    assert (await whole.http.get(page)).status_code == 200
    taken = await whole.http.post(f"/v1/events/{event_id}/waiting/{page.rpartition('/')[2]}/acceptance")
    assert taken.status_code == 200, taken.text
    await whole.mail(to=second, subject="Inscription confirmée")
    assert await whole.differences() == []
    before = await whole.counters(edition_id)
    assert before["total"]["all"]["announced"] == 1

    found = await semaine(whole, "persons", "export", second)
    assert [each["status"] for each in found["waiting"]] == ["accepted"]
    assert {each["kind"] for each in found["mails"]} == {"waiting", "offer", "confirmation"}
    assert await semaine(whole, "persons", "erase", second, "--yes") == {"persons": 1, "organisers": 0, "digests": 0}
    assert await semaine(whole, "persons", "erase", second, "--yes") == {"persons": 0, "organisers": 0, "digests": 0}
    assert await whole.differences() == []
    assert await whole.counters(edition_id) == before
    assert [mail["subject"] for mail in await whole.mails(to=third)] == [
        next(mail["subject"] for mail in await whole.mails(to=third))
    ]  # nothing was offered to the one behind
