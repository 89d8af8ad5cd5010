"""The committee's pages over HTTP: who sees what, forms that only they can send, and nothing that is typed is lost."""

import re
from html import unescape
from uuid import uuid4

import pytest

REASON = "La visite passe par l’atelier de production."


@pytest.fixture
def ana(sign_in):
    return sign_in("referent", subject="ana", departement="67")


@pytest.fixture
def ben(sign_in):
    return sign_in("referent", subject="ben", departement="67")


@pytest.fixture
def staff(sign_in):
    return sign_in("staff")


@pytest.fixture
def in_review(labelling, edition, new_event):
    """`await in_review(title=…)`: an event whose audience is not stated."""

    async def made(*, departement="67", **changes):
        event = new_event(**{"audience": (), "departement": departement, **changes})
        assert (await labelling.decided(event)).decision.verdict == "in_review"
        return event

    return made


def at(event, act: str = "") -> str:
    return f"/comite/evenements/{event.id}{act}"


def queue_of(event) -> str:
    return f"/comite?edition={event.edition_id}"


async def verdict_of(labelling, event) -> str:
    return await labelling.value("SELECT verdict FROM cases WHERE event_id = $1", event.id)


async def test_who_may_see_what(sign_in, ana, staff, in_review):
    event = await in_review(title="Visite de la fonderie")
    for path in (queue_of(event), at(event), "/comite/delais", "/comite/doublons"):
        assert (await sign_in().get(path)).url.path == "/signin"
        assert (await sign_in("organiser", subject=str(event.organiser.id)).get(path)).status_code == 403
        assert (await sign_in("partner", subject="paper").get(path)).status_code == 403
        assert (await ana.get(path)).status_code == (await staff.get(path)).status_code == 200
    elsewhere = sign_in("referent", subject="cleo", departement="974")
    assert "Visite de la fonderie" not in await elsewhere.page(queue_of(event))
    assert (await elsewhere.get(f"{queue_of(event)}&departement=67")).status_code == 403
    assert (await elsewhere.get(at(event))).status_code == 403
    token_page = at(await in_review(departement="974", time_zone="Indian/Reunion"))
    for act in ("/decision", "/prise", "/liberation", "/transmission", "/commentaires"):
        fields = {"verdict": "labelled", "reason": REASON, "to": "cleo", "word": "Voilà", "comment": "Vu"}
        assert (await elsewhere.send(at(event, act), token_page, **fields)).status_code == 403
    assert "Visite de la fonderie" in await elsewhere.page(at(event, "/decisions"))


async def test_a_form_of_another_site_is_refused(labelling, ana, in_review):
    event = await in_review()
    for path, fields in (
        (at(event, "/decision"), {"verdict": "labelled", "reason": REASON}),
        (at(event, "/prise"), {}),
        (at(event, "/commentaires"), {"comment": "Vu"}),
        ("/comite/decisions", {"event_ids": str(event.id), "verdict": "labelled", "reason": REASON}),
    ):
        assert (await ana.forged(path, **fields)).status_code == 403
    assert await verdict_of(labelling, event) == "in_review"


async def test_the_queue_tells_late_from_due(labelling, ana, in_review):
    late, today, later = [await in_review(title=title) for title in ("Très en retard", "Pour ce soir", "Plus tard")]
    async with labelling.service.database.transaction() as connection:
        for event, due in ((late, "-49 hours"), (today, "5 hours"), (later, "60 hours")):
            await connection.execute(
                f"UPDATE reviews SET due_before = now() + interval '{due}' WHERE event_id = $1", event.id
            )
    page = await ana.page(queue_of(late))
    rows = page.split("data-row>")[1:]
    for row, title, badge in zip(
        rows,
        ("Très en retard", "Pour ce soir", "Plus tard"),
        ("En retard de 3 jours", "Dernier jour", "Encore 2 jours"),
        strict=True,
    ):
        assert title in row
        assert badge in row
    assert 'class="row row-late"' in page
    assert (await ana.page(f"{queue_of(late)}&whose=mine")).count("data-row") == 0


async def test_an_event_is_decided_and_the_next_one_is_shown(labelling, ana, in_review):
    first, second = await in_review(title="La première visite"), await in_review(title="La seconde visite")
    page = await ana.page(at(first))
    for expected in (first.description, "Non précisé", "À vérifier", "Ce qu’il faudrait"):
        assert expected in re.sub(r"<[^>]+>", "", page)
    assert '<mark class="speaks-for">soudure</mark>' in page
    answer = await ana.send(at(first, "/decision"), at(first), verdict="labelled", reason=REASON, revision=1)
    assert answer.status_code == 200
    assert "« La première visite » est labellisé." in unescape(answer.text)
    (_, message) = (await labelling.decisions_on(first, count=2))[-1]
    assert (message.decision.verdict, message.decision.note) == ("labelled", REASON)
    assert (message.decision.referent, await verdict_of(labelling, second)) == ("ana", "in_review")
    history = await ana.page(at(first, "/decisions"))
    assert REASON in history
    assert history.index("L’événement est labellisé.") < history.index("Le comité examine l’événement.")
    assert "déjà décidé" in await ana.page(at(first))


async def test_nothing_that_is_typed_is_lost(labelling, ana, ben, in_review):
    event = await in_review()
    blank = await ana.send(at(event, "/decision"), at(event), verdict="refused", reason=" ")
    assert blank.status_code == 422
    assert "elle est envoyée à l’organisateur" in unescape(blank.text)
    await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    amended = await ana.send(at(event, "/decision"), at(event), verdict="labelled", reason=REASON, revision=1)
    assert amended.status_code == 409
    assert "relisez-le" in amended.text
    assert f">{REASON}</textarea>" in unescape(amended.text)
    await ben.send(at(event, "/prise"), at(event))
    taken = await ana.send(at(event, "/decision"), queue_of(event), verdict="labelled", reason=REASON)
    assert taken.status_code == 409
    assert f"<blockquote>{REASON}</blockquote>" in unescape(taken.text)
    assert "ben s’en occupe jusqu’au" in unescape(taken.text)
    word = await ben.send(at(event, "/transmission"), at(event), to="", word="Il rappelle demain.")
    assert word.status_code == 422
    assert ">Il rappelle demain.</textarea>" in unescape(word.text)
    assert await verdict_of(labelling, event) == "in_review"


async def test_a_review_is_claimed_handed_over_commented_and_left(ana, ben, in_review):
    event = await in_review()
    assert "À vous jusqu’au" in unescape((await ana.send(at(event, "/prise"), at(event))).text)
    assert "data-row" in await ana.page(f"{queue_of(event)}&whose=mine")
    word = await ana.send(at(event, "/transmission"), at(event), to="ben", word="Il rappelle demain.")
    assert "ben s’en occupe jusqu’au" in unescape(word.text)
    assert "Il rappelle demain." in await ben.page(at(event))
    said = await ana.send(at(event, "/commentaires"), at(event), comment="<b>Site classé</b>")
    assert "&lt;b&gt;Site classé&lt;/b&gt;" in said.text
    assert "Personne ne s’en occupe" in unescape((await ben.send(at(event, "/liberation"), at(event))).text)


async def test_many_are_decided_with_one_reason_and_a_result_each(labelling, ana, ben, in_review):
    first, second, taken = [await in_review(title=f"Atelier numéro {number}") for number in range(3)]
    await ben.send(at(taken, "/prise"), at(taken))
    ids = [str(event.id) for event in (first, second, taken)]
    path = f"/comite/decisions?edition={first.edition_id}"
    nothing = await ana.send(path, queue_of(first), verdict="refused", reason="Déjà au programme.")
    assert nothing.status_code == 422
    assert "Cochez au moins un événement." in nothing.text
    assert ">Déjà au programme.</textarea>" in unescape(nothing.text)
    unreasoned = await ana.send(path, queue_of(first), event_ids=ids[:2], verdict="refused", reason="")
    assert unreasoned.status_code == 422
    assert re.findall(r'value="([^"]+)" checked', unreasoned.text) == ids[:2]
    done = unescape((await ana.send(path, queue_of(first), event_ids=ids, verdict="refused", reason=REASON)).text)
    for expected in ("2 événements refusés", "1 événement n’a pas été décidé", "Quelqu’un d’autre s’en occupe"):
        assert expected in done
    assert [await verdict_of(labelling, event) for event in (first, second, taken)] == [
        "refused",
        "refused",
        "in_review",
    ]


async def test_an_appeal_is_read_with_its_reason_and_decided_by_somebody_else(labelling, ana, ben, in_review):
    event = await in_review()
    await ana.send(at(event, "/decision"), at(event), verdict="refused", reason="Rien sur l’industrie.")
    (_, refusal) = (await labelling.decisions_on(event, count=2))[-1]
    organiser = labelling.bearer("organiser", subject=str(event.organiser.id))
    path = f"/v1/decisions/{refusal.decision.id}/appeal"
    assert (await labelling.http.post(path, json={"reason": "L’atelier est au fond."}, headers=organiser)).is_success
    assert "L’atelier est au fond." in await ben.page(at(event))
    own = await ana.send(at(event, "/decision"), at(event), verdict="refused", reason=REASON)
    assert own.status_code == 403
    assert "l’appel vise votre propre décision" in unescape(own.text)
    assert (await ben.send(at(event, "/decision"), at(event), verdict="labelled", reason=REASON)).status_code == 200
    assert await verdict_of(labelling, event) == "labelled"


async def test_possible_duplicates_stand_side_by_side(labelling, ana, in_review):
    event = await in_review(title="Visite de la scierie")
    twin = await in_review(title="Visite de la scierie !", organiser=event.organiser)

    async def marked() -> bool:
        return not await labelling.value("SELECT count(*) FROM unmarked WHERE event_id = ANY ($1)", [event.id, twin.id])

    await labelling.eventually(marked)
    assert "Même organisateur, même lieu et même heure" in await ana.page(at(event))
    assert at(twin) in await ana.page(at(event))
    page = await ana.page(f"/comite/doublons?edition={event.edition_id}")
    assert "2 événements qui n’en font peut-être qu’un" in page
    assert all(at(each) in page for each in (event, twin))


async def test_the_service_level_is_shown_by_territory(ana, staff, in_review):
    event = await in_review()
    overseas = await in_review(departement="974", time_zone="Indian/Reunion")
    assert event.edition_id == overseas.edition_id
    mine = await ana.page(f"/comite/delais?edition={event.edition_id}")
    assert "67 – Bas-Rhin" in mine
    assert "La Réunion" not in mine
    everything = await staff.page(f"/comite/delais?edition={event.edition_id}")
    assert "67 – Bas-Rhin" in everything
    assert "974 – La Réunion" in everything


async def test_every_page_stands_in_english_too(staff, in_review):
    event = await in_review()
    for path in (queue_of(event), f"{at(event)}?a=b", f"/comite/doublons?edition={event.edition_id}", "/comite/delais"):
        page = await staff.page(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert '<html lang="en">' in page
        assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page)


async def draft_of(staff, since="2020-1") -> tuple[str, str]:
    """The editor's text under a version that no other test has, and that version."""
    page = await staff.page(f"/comite/brouillon?since={since}")
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    version = f"essai-{uuid4().hex[:12]}"
    return found[1].replace("2020-1", version, 1), version


async def test_charters_are_read_by_members_and_written_by_staff(sign_in, ana, staff):
    assert "2020-1" in await ana.page("/comite/chartes")
    assert "Charte de labellisation" in await ana.page("/comite/chartes/2020-1")
    assert (await ana.get("/comite/brouillon")).status_code == 403
    assert (await sign_in().get("/comite/brouillon")).url.path == "/signin"
    for path in ("/comite/brouillon", "/comite/brouillon/publication"):
        assert (await ana.send(path, "/comite/chartes", text="x")).status_code == 403
        assert (await staff.forged(path, text="x")).status_code == 403
    assert (await staff.get("/comite/chartes/nowhere")).status_code == 404


async def test_a_wrong_charter_says_where_and_keeps_the_text(staff):
    text, _ = await draft_of(staff)
    unreadable = text.replace("review_working_days: 4", "review_working_days: : 4")
    answer = await staff.send("/comite/brouillon", "/comite/brouillon", text=unreadable, edition="2020")
    line = next(number for number, each in enumerate(unreadable.splitlines(), 1) if "days: : 4" in each)
    assert answer.status_code == 422
    assert f'data-line="{line}"' in answer.text
    assert "review_working_days: : 4" in answer.text
    wrong = text.replace("weight: must", "weight: maybe", 1).replace("review_working_days: 4", "review_days: 4")
    page = unescape((await staff.send("/comite/brouillon", "/comite/brouillon", text=wrong, edition="2020")).text)
    assert "<code>criteria.label_window.weight</code>" in page
    assert "<code>weight: maybe</code>" in page
    assert "Ce champ n’existe pas" in page
    assert "Ce champ manque." in page
    assert "weight: maybe" in page.partition("<textarea")[2]


async def test_a_charter_is_simulated_then_published(labelling, staff, in_review):
    event = await in_review(title="Visite de la tannerie")
    text, version = await draft_of(staff)
    text = re.sub(r"editions:\n(- .*\n)+", f"editions:\n- {event.edition_id}\n", text)
    text = re.sub(r"- criterion: audience\n(?:  .*\n)+", "", text).replace("days: 4", "days: 5")
    fields = {"text": text, "edition": event.edition_id, "since": "2020-1"}
    hasty = await staff.send("/comite/brouillon/publication", "/comite/brouillon", **fields, redecide="all")
    assert hasty.status_code == 422
    assert "simulez-le à nouveau" in unescape(hasty.text)
    answer = await staff.send("/comite/brouillon", "/comite/brouillon", **fields)
    page = unescape(answer.text)
    assert answer.status_code == 200, page
    for expected in (
        "Visite de la tannerie",
        "délai du comité en jours ouvrés : « 4 » devient « 5 »",
        "Critère « Public »",
    ):
        assert expected in page
    simulated = re.search(r'name="simulated" value="(\w+)"', page)[1]
    assert await verdict_of(labelling, event) == "in_review"
    done = await staff.send(
        "/comite/brouillon/publication", "/comite/brouillon", **fields, simulated=simulated, redecide="open"
    )
    assert done.url.path == f"/comite/chartes/{version}"
    assert "jugés à nouveau" in done.text

    async def labelled() -> bool:
        return await verdict_of(labelling, event) == "labelled"

    await labelling.eventually(labelled)
    again = await staff.send(
        "/comite/brouillon/publication", "/comite/brouillon", **fields, simulated=simulated, redecide="none"
    )
    assert again.status_code == 422
    assert f"<code>version: {version}</code>" in again.text
    compared = await staff.page(f"/comite/chartes/{version}/differences?since=2020-1")
    assert "« 4 » devient « 5 »" in compared
