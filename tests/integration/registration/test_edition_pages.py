"""Staff postpone an edition on pages, over HTTP: what is shown first, what is wrong, and that it happens once."""

import re
from html import unescape

import httpx
import pytest

from tests.integration.registration.world import event_content

pytestmark = pytest.mark.servers
HTML = {"Accept": "text/html,application/xhtml+xml"}
POSTPONED = {
    "kind": "postponed",
    "dates.first_day": "13/11/2090",
    "dates.last_day": "2090-11-19",
    "policy": "kept",
    "terms.fr": "Les propositions rouvrent.\r\nLes labels suivent.",
    "terms.en": "Submissions are open again.",
}
REUNION = {"postcode": "97400", "city": "Saint-Denis", "address": "1 rue du Port"}
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', re.DOTALL)


class Browser:
    """Somebody signed in; forms have the token that the pages put there."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def send(self, path: str, page: str, **fields: str) -> httpx.Response:
        text = (await self.http.get(page)).text
        token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
        return await self.http.post(path, data={"csrf": token, **fields})

    async def press(self, path: str, shown: httpx.Response) -> httpx.Response:
        """The button of a page's form that leads to `path`."""
        forms = re.findall(r"<form[^>]*>.*?</form>", shown.text, re.DOTALL)
        (form,) = [each for each in forms if f'action="{path}"' in each]
        return await self.http.post(path, data=hidden_in(form))


def hidden(shown: httpx.Response) -> dict[str, str]:
    return hidden_in(shown.text)


def hidden_in(html: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in FIELD.findall(html)}


@pytest.fixture
async def sign_in(registration):
    opened = []

    def signed_in(caller):
        cookies = {"session": caller["Authorization"].removeprefix("Bearer ")} if caller else {}
        http = httpx.AsyncClient(
            base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True, cookies=cookies
        )
        opened.append(http)
        return Browser(http)

    yield signed_in
    for each in opened:
        await each.aclose()


@pytest.fixture
def staff(registration, sign_in):
    return sign_in(registration.bearer("staff", "alex"))


@pytest.fixture
def here(edition):
    return f"/programmation/{edition}"


async def previewed(browser, here, **changes):
    return await browser.send(f"{here}/apercu", here, **(POSTPONED | changes))


async def test_what_would_happen_is_shown_before_it_happens(registration, staff, edition, organiser, here):
    inside = await registration.labelled(edition, organiser)
    await registration.submit(
        edition, organiser, slots=[{"begin": "2090-03-14T09:00", "end": "2090-03-14T12:00"}], title="Trop <tôt>"
    )
    await registration.sign_up(inside)
    shown = await previewed(staff, here)
    assert shown.status_code == 200, shown.text
    text = unescape(re.sub(r"<[^>]+>", " ", shown.text))
    words = " ".join(text.split())
    assert "2 événements concernés" not in words  # the figure stands after its words
    assert "Rien n’est encore décidé" in words
    assert "1 événement tomberait hors des nouvelles dates" in words
    assert "Trop <tôt>" in words
    assert "2 événements dont les vacances scolaires ne sont pas connues. Où : Loire-Atlantique." in words
    assert "14/03/2090 09:00 → devient 31/10/2090 09:00" in words
    assert "27 mars – 2 avril 2090" in words
    assert "13–19 novembre 2090" in words
    assert re.search(r"personnes prévenues</dt><dd>2<", shown.text)
    assert (await registration.event(inside))["act_number"] == 0
    assert (await registration.http.get(f"/v1/editions/{edition}")).json()["dates"]["first_day"] == "2090-03-27"


async def test_what_was_shown_is_confirmed_once_and_followed(registration, staff, edition, organiser, here):
    event = await registration.labelled(edition, organiser)
    shown = await previewed(staff, here, policy="confirmation", respond_by="1/11/2090")
    done = await staff.press(f"{here}/actes", shown)
    assert done.url.path == f"{here}/actes/1", done.text
    assert "alex" in done.text
    again = await staff.press(f"{here}/actes", shown)  # a double click
    assert again.url.path == f"{here}/actes/1"
    settled = await registration.settled(edition, 1)
    assert (settled["reached"], settled["told"]) == (1, 1)
    assert settled["act"]["terms"] == {
        "fr": "Les propositions rouvrent.\nLes labels suivent.",
        "en": "Submissions are open again.",
    }
    assert settled["act"]["respond_by"] == "2090-11-01"
    assert (await registration.event(event))["slots"][0]["begin"] == "2090-11-14T09:00:00"
    page = (await staff.get(f"{here}/actes/1")).text
    assert "hx-trigger" not in page  # all is done: nothing is asked any more
    assert "Terminé" in page
    assert re.search(r"événement sans réponse</dt><dd>1<", page)
    for language in ("fr", "en"):
        press = f"/v1/editions/{edition}/press-release?language={language}"
        assert press in page
        assert (await staff.get(press)).headers["content-type"] == "application/pdf"
    assert f"{here}/actes/1" in (await staff.get("/programmation")).text


async def test_what_has_changed_since_is_shown_again_and_not_done(registration, staff, edition, organiser, here):
    shown = await previewed(staff, here)
    event = await registration.labelled(edition, organiser)
    answer = await staff.press(f"{here}/actes", shown)
    assert answer.status_code == 409
    assert "n’est plus exact" in answer.text
    assert (await registration.event(event))["act_number"] == 0
    done = await staff.press(f"{here}/actes", answer)  # what is shown now may be confirmed
    assert done.url.path == f"{here}/actes/1"
    await registration.settled(edition, 1)


async def test_nothing_that_was_written_is_lost_on_the_way_back(staff, here):
    shown = await previewed(
        staff, here, **{"label_window.first_day": "1/11/2090", "label_window.last_day": "2090-12-01"}
    )
    back = await staff.http.post(here, data=hidden(shown))
    assert back.status_code == 200
    assert "Les propositions rouvrent.\nLes labels suivent." in back.text
    for value in ("2090-11-13", "2090-11-19", "2090-11-01", "2090-12-01"):
        assert f'value="{value}"' in back.text


@pytest.mark.parametrize("kind", ["postponed_undated", "cancelled"])
async def test_without_new_dates_what_the_form_says_of_them_does_not_count(registration, staff, edition, here, kind):
    await registration.labelled(edition, await registration.organiser())
    shown = await previewed(staff, here, kind=kind, policy="confirmation", respond_by="nothing")
    assert shown.status_code == 200
    assert "pas encore connu" in shown.text
    await staff.press(f"{here}/actes", shown)
    done = await registration.settled(edition, 1)
    assert (done["act"]["kind"], done["act"]["policy"]) == (kind, "kept")


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"dates.first_day": "", "dates.last_day": ""}, "dates.first_day", "Donnez les nouvelles dates"),
        ({"dates.last_day": ""}, "dates.last_day", "Remplissez ce champ"),
        ({"dates.first_day": "le 13"}, "dates.first_day", "corrigez-la"),
        ({"dates.first_day": "2090-11-25"}, "dates.last_day", "avant le premier"),
        ({"dates.first_day": "2090-03-27", "dates.last_day": "2090-04-02"}, "dates.first_day", "déjà les dates"),
        ({"policy": "confirmation"}, "respond_by", "jusqu’à quel jour"),
        ({"policy": "confirmation", "respond_by": "2090-12-01"}, "respond_by", "avant la fin"),
        (
            {"label_window.first_day": "2090-11-15", "label_window.last_day": "2090-11-16"},
            "label_window.first_day",
            "ne contient pas",
        ),
        ({"submission_deadline": "2091-11-15"}, "submission_deadline", "plus tôt"),
        ({"terms.en": ""}, "terms.en", "en anglais"),
        ({"kind": "forgotten"}, "kind", "Choisissez"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(staff, here, changes, field, said):
    answer = await previewed(staff, here, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert said in answer.text
    assert "Les propositions rouvrent." in answer.text
    assert "/actes/" not in (await staff.get(here)).text  # nothing was decided


async def test_the_pages_are_for_staff(registration, sign_in, edition, organiser, here):
    for caller in (organiser.headers, registration.bearer("referent"), registration.bearer("partner", organiser.id)):
        browser = sign_in(caller)
        for path in ("/programmation", here, f"{here}/actes/1"):
            assert (await browser.get(path)).status_code == 403
        # refused before anything is read of the form
        assert (await browser.send(f"{here}/actes", "/signin", **POSTPONED)).status_code in {403, 404}
    nobody = await sign_in(None).get(here)
    assert nobody.url.path == "/signin"


async def test_what_does_not_exist_is_a_page_that_says_so(staff, here):
    for path in ("/programmation/none", f"{here}/actes/7", "/programmation/none/actes/1"):
        answer = await staff.get(path)
        assert answer.status_code == 404
        assert "Page introuvable" in answer.text


async def test_a_form_of_another_site_decides_nothing(registration, staff, edition, here):
    shown = await previewed(staff, here)
    fields = hidden(shown) | {"csrf": "none"}
    assert (await staff.http.post(f"{here}/actes", data=fields)).status_code == 403
    acts = await registration.http.get(f"/v1/editions/{edition}/acts", headers=registration.staff)
    assert acts.json() == []


@pytest.fixture
async def overseas(registration, organiser):
    """An edition that takes place a week later in La Réunion, with an event there and one in mainland France."""
    own = window("974", dates=("2090-04-03", "2090-04-09"), label_window=("2090-03-20", "2090-04-23"))
    edition = await registration.edition(regional_windows=[own])
    there = [{"begin": "2090-04-04T09:00", "end": "2090-04-04T12:00"}]
    await registration.submit(edition, organiser, **event_content(slots=there, place=REUNION))
    await registration.submit(edition, organiser)
    return edition


def window(territory, **windows):
    return {"territory": territory} | {
        name: dict(zip(("first_day", "last_day"), days, strict=True)) for name, days in windows.items()
    }


def row(number, territory, first_day="", last_day="", /, **label_window):
    place = f"regional_windows.{number}"
    return {
        f"{place}.territory": territory,
        f"{place}.dates.first_day": first_day,
        f"{place}.dates.last_day": last_day,
        f"{place}.label_window.first_day": label_window.get("first_day", ""),
        f"{place}.label_window.last_day": label_window.get("last_day", ""),
    }


def words_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def rows_in(answer):
    """The territory chosen in each row of the form."""
    found = re.findall(r'<select id="regional_windows[^>]*>(.*?)</select>', answer.text, re.DOTALL)
    return [re.findall(r'<option value="([^"]*)" selected', each) for each in found]


async def decided(registration, staff, edition, shown):
    """The windows of territories, once what is shown has been confirmed."""
    done = await staff.press(f"/programmation/{edition}/actes", shown)
    assert done.url.path == f"/programmation/{edition}/actes/1", done.text
    await registration.settled(edition, 1)
    return (await registration.http.get(f"/v1/editions/{edition}")).json()["regional_windows"]


MOVED = window("974", dates=("2090-11-20", "2090-11-26"), label_window=("2090-11-06", "2090-12-10"))


@pytest.mark.parametrize("fields", [{}, row(0, "974") | row(1, "")], ids=["no rows", "as the form comes"])
async def test_windows_of_a_territory_move_with_the_edition(registration, staff, overseas, fields):
    assert rows_in(await staff.get(f"/programmation/{overseas}")) == [["974"], []]
    shown = await previewed(staff, f"/programmation/{overseas}", **fields)
    words = words_of(shown)
    assert "La Réunion 3–9 avril 2090 20–26 novembre 2090" in words
    assert "0 événement tomberait hors des nouvelles dates" in words
    assert await decided(registration, staff, overseas, shown) == [MOVED]


async def test_territories_get_dates_of_their_own(registration, staff, overseas):
    """What a row leaves out follows: a territory that says nothing new moves, a label window keeps its distance."""
    fields = row(0, "974") | row(1, "") | row(2, "R52", "4/12/2090", "2090-12-08")
    shown = await previewed(staff, f"/programmation/{overseas}", **fields)
    words = words_of(shown)
    assert "Pays de la Loire comme l’édition 4–8 décembre 2090" in words
    assert "Partout ailleurs 0 0 0" in words
    assert "La Réunion 1 0 0 Pays de la Loire 1 0 0" in words
    own = window("R52", dates=("2090-12-04", "2090-12-08"), label_window=("2090-11-20", "2090-12-22"))
    assert await decided(registration, staff, overseas, shown) == [MOVED, own]


async def test_the_preview_says_per_territory_how_many_fall_outside(registration, staff, overseas):
    short = {"first_day": "2090-11-20", "last_day": "2090-11-20"}
    shown = await previewed(staff, f"/programmation/{overseas}", **row(0, "974", "2090-11-20", "2090-11-20", **short))
    assert "Partout ailleurs 1 0 0 La Réunion 1 1 1" in words_of(shown)
    api = await registration.preview(
        overseas, regional_windows=[window("974", dates=short.values(), label_window=short.values())]
    )
    assert api.json()["places"] == [
        {"territory": None, "events": 1, "outside_dates": 0, "outside_label_window": 0},
        {"territory": "974", "events": 1, "outside_dates": 1, "outside_label_window": 1},
    ]


async def test_a_territory_whose_row_is_emptied_follows_the_edition(registration, staff, overseas):
    shown = await previewed(staff, f"/programmation/{overseas}", **row(0, ""))
    assert "La Réunion 3–9 avril 2090 comme l’édition" in words_of(shown)
    back = await staff.http.post(f"/programmation/{overseas}", data=hidden(shown))
    assert rows_in(back) == [[]]  # and is not filled in again on the way back
    assert await decided(registration, staff, overseas, shown) == []


async def test_another_row_is_added_and_nothing_entered_is_lost(staff, overseas):
    here = f"/programmation/{overseas}"
    fields = POSTPONED | row(0, "974") | row(1, "2A", "le 4") | {"add_row": "yes"}
    more = await staff.send(here, here, **fields)
    assert more.status_code == 200
    assert rows_in(more) == [["974"], ["2A"], []]
    assert 'value="le 4"' in more.text
    assert '<details id="regional_windows" open>' in more.text
    assert "Les propositions rouvrent." in more.text
    full = {name: value for number in range(60) for name, value in row(number, "").items()}
    assert len(rows_in(await staff.send(here, here, **POSTPONED, **full, add_row="yes"))) == 51


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        (row(0, "") | row(1, "R52", "4/12/2090"), "0.dates.last_day", "Remplissez ce champ"),
        (row(0, "R52"), "0.dates.first_day", "Donnez les dates de ce territoire"),
        (row(0, "R52", "le 4", "2090-12-08"), "0.dates.first_day", "corrigez-la"),
        (row(0, "R52", "2090-12-08", "2090-12-04"), "0.dates.last_day", "avant le premier"),
        (row(0, "", "2090-12-04", "2090-12-08"), "0.territory", "Choisissez le territoire"),
        (row(0, "974") | row(1, "974"), "1.territory", "déjà dans une autre ligne"),
        (
            row(0, "R52", "2090-12-04", "2090-12-08", first_day="2090-12-05", last_day="2090-12-08"),
            "0.label_window.first_day",
            "ne contient pas",
        ),
        (row(0, "R52", "2090-12-04", "2090-12-08", last_day="2090-12-08"), "0.label_window.first_day", "Remplissez"),
    ],
)
async def test_what_is_wrong_with_a_territory_stands_in_its_row(staff, overseas, fields, field, said):
    answer = await previewed(staff, f"/programmation/{overseas}", **fields)
    assert answer.status_code == 422
    name = f"regional_windows.{field}"
    assert f'href="#{name}"' in answer.text
    assert re.search(rf'id="{re.escape(name)}"[^>]*aria-describedby="{re.escape(name)}-fault-1"', answer.text)
    assert said in re.search(rf'id="{re.escape(name)}-fault-1">(.*?)</p>', answer.text)[1]
    assert answer.text.count('class="fault"') == (1 if said != "Donnez les dates de ce territoire" else 2)
    assert '<details id="regional_windows" open>' in answer.text


async def test_more_territories_than_there_may_be_are_refused(staff, overseas):
    fields = {name: value for number in range(51) for name, value in row(number, f"{number + 1:02}").items()}
    answer = await previewed(staff, f"/programmation/{overseas}", **fields)
    assert answer.status_code == 422
    assert "cinquante territoires au plus" in answer.text
