"""Both languages say everything, with the same placeholders; templates ask for nothing else."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from fastapi import FastAPI

from shared import pages
from shared.contracts.topics import SERVICES
from shared.pages import formats
from shared.pages.languages import MissingTranslationError, Texts, catalogue

PACKAGES = ("shared.pages", *(f"{service}.pages" for service in SERVICES))
_FIGURES = re.compile(r"ui\.figures\((.+?)\) \}\}", re.DOTALL)
_UNCOUNTED = re.compile(r"""\bt\("([a-z0-9_.]+)"[,)]""")
_INVARIABLE = {"mine.count.waiting", "mine.unlimited", "mine.no_limit"}
_ASKED = re.compile(r"""\bt(?:\.count)?\("([a-z0-9_.]+)"[,)]""")


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_say_the_same(package):
    french, english = catalogue(package, "fr"), catalogue(package, "en")
    assert french.keys() == english.keys()
    for key, text in french.items():
        assert placeholders(text) == placeholders(english[key]), key


@pytest.mark.parametrize("service", SERVICES)
def test_templates_compile_and_ask_for_texts_that_exist(service):
    app = FastAPI()
    pages.install(app, package=f"{service}.pages", public_url="https://semaine.example", routers=[])
    texts = Texts("fr", ("shared.pages", f"{service}.pages"))
    for package in ("shared.pages", f"{service}.pages"):
        folder = Path(str(files(package) / "templates"))
        for file in folder.rglob("*.html"):
            app.state.site.environments["fr"].get_template(str(file.relative_to(folder)))
            for key in _ASKED.findall(file.read_text(encoding="utf-8")):
                assert key in texts or f"{key}.one" in texts, (file.name, key)


def test_figures_are_counted_in_words_that_agree():
    found = 0
    for package in PACKAGES:
        for file in Path(str(files(package) / "templates")).rglob("*.html"):
            for figures in _FIGURES.findall(file.read_text(encoding="utf-8")):
                found += 1
                assert set(_UNCOUNTED.findall(figures)) <= _INVARIABLE, file.name
    assert found > 5


def test_a_text_that_is_missing_is_named():
    with pytest.raises(MissingTranslationError, match=r"nothing\.at\.all"):
        Texts("fr", ("shared.pages",))("nothing.at.all")


def test_zero_is_singular_in_french_alone():
    french, english = (Texts(language, ("shared.pages",)) for language in ("fr", "en"))
    assert french.count("form.faults", 1) == "Une réponse est à corriger"
    assert english.count("form.faults", 0) == "0 answers need correcting"


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_days_are_written_out():
    days = formats.filters("fr")["days"]
    assert days(date(2020, 11, 16), date(2020, 11, 22)) == "16–22 novembre 2020"
    assert days(date(2020, 3, 30), date(2020, 4, 5)) == "30 mars – 5 avril 2020"
    assert days(date(2020, 12, 28), date(2021, 1, 3)) == "28 décembre 2020 – 3 janvier 2021"
    assert days(date(2020, 11, 16), date(2020, 11, 16)) == "16 novembre 2020"
