"""Mails say what people need, in their language, as text and as HTML."""

import re
import shutil
from html.parser import HTMLParser
from typing import get_args
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from notifications.mails import rendering
from notifications.mails.domain import ConfirmationContent, DecisionContent, ReceiptContent
from notifications.mails.samples import samples
from shared.contracts.base import Language
from shared.contracts.notifications import MailKind

KINDS = get_args(MailKind)
LANGUAGES = get_args(Language)


class _Text(HTMLParser):
    """What a reader sees of HTML, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self._parts: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.text = " ".join("".join(self._parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag == "title"
        if tag in {"br", "p", "li", "h1", "h2", "div"}:
            self._parts.append(" ")
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "title"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_is_complete_in_both_forms(writer, mail, kind, language):
    written = writer.write(mail(kind, language))
    seen = _Text(written.html)
    hello = {"fr": "Bonjour Zoé,", "en": "Hello Zoé,"}[language]
    for form in (in_one_line(written.text), seen.text):
        assert hello in form
        assert "https://semaine.example" in form
        assert "{" not in form
        assert "None" not in form
    if kind in {"act", "answer_reminder", "lapsed"}:
        assert {"fr": "Semaine de l’industrie 2020", "en": "Industry Week 2020"}[language] in written.subject
    elif kind not in {"access", "own_data", "digest", "partner_digest", "digest_confirmation"}:
        for form in (in_one_line(written.text), seen.text, written.subject):
            assert "Visite de l'atelier <soudure> & usinage" in form
    assert "\n" not in written.subject
    assert f'lang="{language}"' in written.html
    assert all(len(line) < 120 for line in written.text.splitlines() if "http" not in line)


@pytest.mark.parametrize("kind", KINDS)
def test_text_says_as_much_as_html(writer, mail, kind):
    """Every figure of one form is in the other, and so are each link, each reason and each line of the address."""
    written = writer.write(mail(kind, "fr"))
    seen = _Text(written.html)
    figures = re.compile(r"\d+")
    shown = f"{seen.text} {' '.join(seen.links)}"
    assert set(figures.findall(written.text)) - {"1", "2"} == set(figures.findall(shown)) - {"1", "2"}
    assert all(link in written.text for link in seen.links)
    for words in ("Chaudronnerie de l'Estuaire", "Montoir-de-Bretagne", "L’entrée coûte 5 €.", "Décrivez l’atelier."):
        assert (words in written.text) == (words in seen.text)


def test_every_sample_says_in_text_what_it_says_in_html(writer):
    """Each act for each role, too: what changes, for which events, and every link."""
    for language in LANGUAGES:
        for sample in samples(language=language):
            written = writer.write(sample.mail)
            seen = _Text(written.html)
            text = in_one_line(written.text)
            assert all(link in text for link in seen.links), sample.name
            shown = {*seen.links, *re.findall(r"https?://\S+", seen.text)}
            assert set(re.findall(r"https?://\S+", text)) <= shown, sample.name
            words = {word.lower() for word in re.findall(r"\w{4,}", f"{written.subject} {seen.text}")}
            missing = words - {word.lower() for word in re.findall(r"\w{4,}", f"{written.subject} {text}")}
            assert len(missing) <= 12, (sample.name, missing)


@pytest.mark.parametrize(("name", "said"), [
    ("act", ("aura lieu du lundi 16 novembre 2020", "sans réponse", "suit l’événement", "et 40 autres")),
    ("act-kept", ("restent au programme", "rouvrent jusqu’au 16 octobre")),
    ("act-undated", ("n’aura pas lieu du lundi 30 mars 2020", "reste valable", "nouvelles dates à venir")),
    ("act-cancelled", ("est annulée", "annulé.", "retire l’événement de votre agenda")),
    ("answer_reminder", ("2 de vos événements attendent", "au plus tard le vendredi 16 octobre 2020")),
    ("lapsed-attendee", ("a été retiré du programme", "n’aura pas lieu dans ce cadre")),
])  # fmt: skip
def test_an_act_tells_each_role_what_it_means(writer, name, said):
    (mail,) = [sample.mail for sample in samples(language="fr") if sample.name == name]
    written = writer.write(mail)
    for form in (in_one_line(written.text), _Text(written.html).text):
        for words in said:
            assert words in form.replace("\N{NO-BREAK SPACE}", " ").replace("Annulé", "annulé").replace("Sans", "sans")


def test_who_is_told_of_an_act_gets_one_link_for_each_sign_up(writer):
    (mail,) = [sample.mail for sample in samples(language="en") if sample.name == "act-attendee"]
    written = writer.write(mail)
    for sign_up in mail.content.sign_ups:
        link = f"https://semaine.example/a/{sign_up.participation_id}"
        assert written.text.count(link) == 1
        assert _Text(written.html).links.count(link) == 1
    assert "Your events" not in written.text


@pytest.mark.parametrize("kind", KINDS)
def test_styles_are_inlined(writer, mail, kind):
    html = writer.write(mail(kind)).html
    assert "<style" not in html
    assert re.search(
        r'<a class="button"[^>]* style="[^"]*background-color|<(span class="code"|p class="fact") style="', html
    )


def test_dates_and_places_are_in_words(writer, mail):
    text = writer.write(mail("receipt", "fr")).text.replace("\N{NO-BREAK SPACE}", "~")
    assert "mardi 31 mars 2020, 9~h – 12~h, 14~h~30 – 17~h\n" in text
    assert "mercredi 1er avril 2020, 9~h – 12~h\n" in text
    assert "44550 Montoir-de-Bretagne" in text
    assert "Tuesday 31 March 2020, 9:00 – 12:00, 14:30 – 17:00" in writer.write(mail("receipt", "en")).text


def test_a_receipt_tells_a_change_from_a_submission(writer, mail):
    first = writer.write(mail("receipt", "fr"))
    again = writer.write(mail("receipt", "fr", ReceiptContent(amended=True)))
    assert first.subject.startswith("Proposition reçue")
    assert again.subject.startswith("Modification reçue")
    assert "dimanche 1er mars 2020" in first.text


def test_labelled_leads_to_the_kit(writer, mail, event):
    written = writer.write(mail("labelled", "en"))
    assert f"https://semaine.example/v1/kits/{event.id}" in written.text
    assert f"https://semaine.example/v1/kits/{event.id}" in _Text(written.html).links


def test_refused_gives_each_reason_and_what_to_do(writer, mail):
    for language, reasons, todo, advice in (
        ("fr", ("Le 12 mai est hors de la période.", "L’entrée coûte 5 €."), "Corrigez chacun", "Décrivez l’atelier."),
        ("en", ("12 May is outside the window.", "Entry costs 5 €."), "Correct each", "Describe the workshop."),
    ):
        written = writer.write(mail("refused", language))
        for form in (written.text, _Text(written.html).text):
            assert all(reason in form for reason in reasons)
            assert todo in form
            assert advice in form


def test_a_referents_words_are_told_even_without_a_reason(writer, mail):
    written = writer.write(mail("refused", "fr", DecisionContent(note="Déjà labellisé\nsous un autre nom.")))
    assert "Déjà labellisé\nsous un autre nom." in written.text
    assert "La raison" not in written.text


def test_in_review_names_the_deadline(writer, mail):
    assert "au plus tard le vendredi 6 mars 2020" in in_one_line(writer.write(mail("in_review", "fr")).text)
    assert "by Friday 6 March 2020" in in_one_line(writer.write(mail("in_review", "en")).text)


def test_confirmation_speaks_to_a_person_and_to_a_group(writer, mail):
    assert "groupe de 24\N{NO-BREAK SPACE}personnes" in writer.write(mail("confirmation", "fr")).html.replace(
        "&nbsp;", "\N{NO-BREAK SPACE}"
    )
    alone = writer.write(mail("confirmation", "en", ConfirmationContent(kind="person", people=1))).text
    assert "You are signed up." in alone
    assert "group" not in alone


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_confirmation_says_where_to_cancel(writer, mail, language):
    link = f"https://semaine.example/a/{UUID(int=7)}"
    content = ConfirmationContent(kind="person", people=1, participation_id=UUID(int=7))
    written = writer.write(mail("confirmation", language, content))
    assert link in written.text
    assert f'href="{link}"' in written.html
    queued_before = writer.write(mail("confirmation", language, ConfirmationContent(kind="person", people=1)))
    assert "/a/" not in queued_before.text


def test_access_gives_code_and_end(writer, mail):
    written = writer.write(mail("access", "fr"))
    assert "kq3vA1x0T9mB7cWd" in written.text
    assert "kq3vA1x0T9mB7cWd" in _Text(written.html).text
    assert "samedi 1er février 2020 à 13\N{NO-BREAK SPACE}h" in in_one_line(written.text).replace(
        " h ", "\N{NO-BREAK SPACE}h "
    )


def test_a_name_cannot_bring_markup_into_html(writer, mail):
    written = writer.write(mail("access", "fr", name="<script>alert(1)</script>\r\nBcc: x@example.org"))
    assert "<script>" not in written.html
    assert "Bonjour <script>alert(1)</script> Bcc: x@example.org," in written.text


@pytest.mark.parametrize("part", ["subject.txt", "txt", "html"])
def test_a_variable_that_is_missing_is_an_error(tmp_path, links, mail, part):
    shutil.copytree(rendering.TEMPLATES, tmp_path, dirs_exist_ok=True)
    broken = tmp_path / f"receipt.fr.{part}"
    broken.write_text(re.sub(r"\{\{ (title|deadline) \}\}", "{{ titel }}", broken.read_text()))
    broken_writer = rendering.Writer(public_url="https://semaine.example", links=links, templates=tmp_path)
    with pytest.raises(UndefinedError, match="titel"):
        broken_writer.write(mail("receipt"))
