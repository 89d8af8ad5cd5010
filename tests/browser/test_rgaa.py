"""That what looks for broken criteria of RGAA finds them, and that the skip link and the keyboard work."""

import re
from pathlib import Path

import pytest

from tests.browser.rgaa import CRITERIA, LOOK

GOOD = """<!doctype html><html lang="fr"><head><title>Bonne page</title>
<style>a:focus { outline: 3px solid red }</style></head>
<body><a href="#m">Aller au contenu</a><header>Semaine</header><main id="m" tabindex="-1"><h1>Titre</h1>PART</main>
<footer>Pied</footer></body></html>"""


def with_a(part: str) -> str:
    return GOOD.replace("PART", part)


BROKEN = {
    "1.1": "<svg viewBox='0 0 1 1' width='9' height='9'></svg>",
    "1.2": "<svg aria-hidden='true'><title>Image</title></svg>",
    "2.1": "<iframe></iframe>",
    "4.1": "<video></video>",
    "5.4": "<table><tr><th scope='col'>Jour</th></tr></table>",
    "5.6": "<table><caption>Jours</caption><tr><td>Lundi</td></tr></table>",
    "5.7": "<table><caption>Jours</caption><tr><th>Lundi</th></tr></table>",
    "6.1": "<a href='/x'>Cliquez</a>",
    "6.2": "<a href='/x'><svg aria-hidden='true' width='9' height='9'></svg></a>",
    "8.7": "<p lang='fr'>This is the list of events that you have with the names of all.</p>",
    "8.8": "<p lang='français'>Bonjour</p>",
    "8.9": "<p></p>",
    "9.1": "<h3>Trop bas</h3>",
    "9.2": "<nav><a href='/a'>Un</a></nav><nav><a href='/b'>Deux</a></nav>",
    "10.2": "<style>b::before { content: 'Complet' }</style><b>!</b>",
    "10.4": "<p style='width: 9rem; height: 20px; overflow: hidden'>Une ligne qui en prend deux ou trois</p>",
    "10.7": "<style>button:focus { outline: none }</style><button>Aller</button>",
    "10.12": "<p style='width: max-content; max-width: 6em; overflow: hidden; white-space: nowrap'>Onze lettres</p>",
    "11.1": "<input>",
    "11.5": "<label><input type='radio' name='r'> Oui</label>",
    "11.8": "<select aria-label='Choix'><optgroup label=''><option>Un</option></optgroup></select>",
    "11.9": "<button></button>",
    "11.10": "<form><label>Jour <input aria-invalid='true'></label></form>",
    "11.13": "<label>Adresse <input type='email'></label>",
    "12.8": "<a href='/x' tabindex='3'>Avant tous</a>",
    "13.1": "<meta http-equiv='refresh' content='60'>",
}
"""What breaks each criterion that a part of a page can break."""
WHOLE = {
    "8.1": GOOD.removeprefix("<!doctype html>"),
    "8.3": GOOD.replace(' lang="fr"', ""),
    "8.4": with_a("<p>This is the list of events that you have with the names of all of them.</p>"),
    "8.5": GOOD.replace("Bonne page", ""),
    "12.7": GOOD.replace('href="#m"', 'href="#elsewhere"'),
}
ELSEWHERE = {"8.2", "8.6"}


@pytest.fixture
async def found(site):
    async def find(html: str) -> set[str]:
        async with site.page() as page:
            await page.set_content(html)
            return {criterion for criterion, _ in await page.evaluate(LOOK)}

    return find


def test_each_criterion_is_broken_once():
    assert BROKEN.keys() | WHOLE.keys() | ELSEWHERE == CRITERIA


async def test_a_good_page_breaks_nothing(found):
    assert await found(with_a("<p>Bonjour</p>")) == set()


async def test_what_breaks_a_criterion_is_found(found):
    missed = {}
    for criterion, html in {**{name: with_a(part) for name, part in BROKEN.items()}, **WHOLE}.items():
        seen = await found(html)
        if criterion not in seen:
            missed[criterion] = seen
    assert missed == {}


async def test_broken_html_is_found_and_attributes_of_htmx_are_none(site):
    assert await site.checker.faults(with_a("<p>Bonjour</p><button hx-get='/x' type=button>Aller</button>")) == []
    for broken in (
        "<p id=a></p><p id=a></p>",
        "<ul><p>x</p></ul>",
        "<div><b></div>",
        "<center>x</center>",
        "<p bad=x>",
    ):
        assert await site.checker.faults(with_a(broken)) != [], broken


def test_two_pages_with_one_title_are_found(site):
    titles = type(site.titles)()
    first, again, other = "/evenements/12", "/evenements/34", "/programme"
    assert titles.faults(title="Forge", path=first) == titles.faults(title="Forge", path=again) == []
    assert titles.faults(title="Forge", path=other) != []


async def test_the_skip_link_comes_first_and_leads_past_the_navigation(site):
    async with site.page() as page:
        await page.goto("/programme")
        await page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert await skip.get_attribute("href") == "#content"
        assert await skip.evaluate("each => each.getBoundingClientRect().top >= 0")  # it has come into sight
        await page.keyboard.press("Enter")
        await page.locator("main#content:focus").wait_for()
        await page.keyboard.press("Tab")
        await page.locator("main :focus").wait_for()


def test_the_table_of_criteria_names_what_is_tested():
    table = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
    named = {
        number
        for line in table.splitlines()
        if line.startswith("| ") and "rgaa" in line
        for number in re.findall(r"\b\d+\.\d+\b", line)
    }
    assert named == CRITERIA
