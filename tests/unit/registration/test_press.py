"""The press release: what it says, and that anybody's software can read it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from registration.press.document import pdf
from registration.press.store import Figures
from registration.press.words import range_in_words, release
from shared.contracts.base import Bilingual, Language
from shared.contracts.registration import Act, ActKind, EditionState, RegionalWindow, Window

FIGURES = Figures(events=4763, in_programme=4210, organisers=2987, departements=103, people=801_234)
TODAY = date(2020, 4, 3)
JANUARY = "1 January 2021"


def window(first: str, last: str) -> Window:
    return Window(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def edition(kind: ActKind | None) -> EditionState:
    spring, autumn = window("2020-03-30", "2020-04-05"), window("2020-11-16", "2020-11-22")
    act = kind and Act(
        id=UUID(int=1),
        number=1,
        kind=kind,
        policy="confirmation" if kind == "postponed" else "kept",
        respond_by=date(2020, 10, 1) if kind == "postponed" else None,
        previous_dates=spring,
        previous_label_window=window("2020-03-16", "2020-04-19"),
        previous_submission_deadline=date(2020, 3, 20),
        terms=Bilingual(fr="Les modalités *suivront* #bientôt.", en="The terms *follow* #soon."),
        decided_at=datetime(2020, 4, 3, 9, tzinfo=UTC),
    )
    return EditionState(
        id="2020",
        number=10,
        name=Bilingual(fr="Semaine de l’Industrie 2020", en="Industry Week 2020"),
        dates=autumn if kind == "postponed" else spring,
        label_window=window("2020-11-02", "2020-12-06"),
        submission_deadline=date(2020, 11, 6),
        regional_windows=(
            RegionalWindow(
                territory="974",
                dates=window("2020-11-23", "2020-11-29"),
                label_window=window("2020-11-09", "2020-12-13"),
            ),
        ),
        status="open",
        act=act,
    )


@pytest.mark.parametrize(
    ("first", "last", "french", "english"),
    [
        ("2020-11-16", "2020-11-22", "du 16 au 22 novembre 2020", "from 16 to 22 November 2020"),
        ("2020-03-30", "2020-04-05", "du 30 mars au 5 avril 2020", "from 30 March to 5 April 2020"),
        (
            "2020-12-28",
            "2021-01-01",
            "du 28 décembre 2020 au 1er janvier 2021",
            "from 28 December 2020 to 1 January 2021",
        ),
        ("2020-06-01", "2020-06-07", "du 1er au 7 juin 2020", "from 1 to 7 June 2020"),
        ("2020-06-01", "2020-06-01", "le 1er juin 2020", "on 1 June 2020"),
    ],
)
def test_dates_in_words(first: str, last: str, french: str, english: str):
    assert range_in_words(window(first, last), language="fr") == french
    assert range_in_words(window(first, last), language="en") == english


def test_it_says_what_was_decided():
    said = release(edition("postponed"), FIGURES, language="fr", today=TODAY)
    assert said["title"] == "Semaine de l’Industrie 2020 : l’édition est reportée du 16 au 22 novembre 2020"
    assert "Initialement prévue du 30 mars au 5 avril 2020" in said["lead"]
    assert "Les organisateurs confirment leurs événements jusqu’au 1er octobre 2020." in said["paragraphs"]
    assert ("La Réunion", "–", "du 23 au 29 novembre 2020") in said["calendar"]["rows"]
    assert ("Dépôt des événements jusqu’au", "20 mars 2020", "6 novembre 2020") in said["calendar"]["rows"]
    assert said["figures"]["rows"][-1] == ("Personnes inscrites", "801\N{NARROW NO-BREAK SPACE}234")


def test_it_says_so_in_english():
    said = release(edition("postponed"), FIGURES, language="en", today=TODAY)
    assert said["title"] == "Industry Week 2020 is postponed: it will run from 16 to 22 November 2020"
    assert said["lead"].startswith(
        "First planned from 30 March to 5 April 2020, the edition will take place from 16 to"
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", [None, "postponed", "postponed_undated", "cancelled"])
def test_every_release_is_a_tagged_pdf_in_its_language(kind: ActKind | None, language: Language):
    """The compiler refuses what PDF/UA-1 does not allow; here is that it was asked to."""
    content = pdf(release(edition(kind), FIGURES, language=language, today=TODAY))
    assert content.startswith(b"%PDF-")
    assert b"/MarkInfo" in content
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid" in content
    assert b"/Lang(%b" % language.encode() in content


def test_what_staff_write_is_text_and_no_markup():
    """`#` and `*` of the terms are printed, not run: the data is a string of the template."""
    said = release(edition("postponed"), FIGURES, language="en", today=TODAY)
    hostile = {**said, "terms": {"title": "Terms", "text": '#read("/etc/hostname") *bold* $x$ ] #panic()'}}
    assert pdf(hostile).startswith(b"%PDF-")
