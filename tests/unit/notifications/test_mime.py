"""A mail's bytes are read back by the standard library as what was written."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.deliveries.domain import Bounced
from notifications.mails.letters import Postroom
from notifications.mails.mime import Attachment, Letter, serialise

NOW = datetime(2020, 1, 14, 9, 30, tzinfo=UTC)
LETTER = Letter(
    message_id="abc@semaine.example",
    sender="Semaine <no-reply@semaine.example>",
    recipient="zoe@example.org",
    recipient_name="Zoé Çelik",
    language="fr",
    subject="Labellisé : portes ouvertes",
    text="Bonjour,\n\n.\nFrom x\nfin\n",
    html="<p>é</p>\n",
)


def parsed(data: bytes):
    return email.message_from_bytes(data, policy=email.policy.default)


def test_headers():
    message = parsed(serialise(LETTER, now=NOW))
    assert message["Message-ID"] == "<abc@semaine.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message["Date"].datetime == NOW
    assert message["Subject"] == LETTER.subject
    assert message["To"].addresses[0].display_name == "Zoé Çelik"
    assert message["To"].addresses[0].addr_spec == "zoe@example.org"


def test_both_forms_and_the_attachment():
    letter = replace(LETTER, attachments=(Attachment(content_type="text/calendar", filename="a.ics", data=b"x" * 500),))
    message = parsed(serialise(letter, now=NOW))
    assert message.get_content_type() == "multipart/mixed"
    body, attachment = message.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    contents = [part.get_content().replace("\r\n", "\n").rstrip("\n") for part in body.iter_parts()]
    assert contents == [LETTER.text.rstrip("\n"), LETTER.html.rstrip("\n")]
    assert attachment.get_filename() == "a.ics"
    assert attachment.get_payload(decode=True) == b"x" * 500


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(subject=words, name=words, text=words)
def test_whatever_people_write_arrives_and_injects_nothing(subject, name, text):
    data = serialise(replace(LETTER, subject=subject, recipient_name=name, text=text, html=text), now=NOW)
    head = data.split(b"\r\n\r\n")[0]
    assert data.isascii()
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names == [b"Date", b"From", b"To", b"Subject", b"Message-ID", b"Auto-Submitted", b"Content-Language",
                     b"MIME-Version", b"Content-Type"]  # fmt: skip
    message = parsed(data)
    assert [address.addr_spec for address in message["To"].addresses] == ["zoe@example.org"]
    plain = next(message.iter_parts())
    assert plain.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n") == (
        text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    )


def test_the_same_notice_is_the_same_message(writer, links, mail):
    postroom = Postroom(writer=writer, links=links, sender="Semaine de l’industrie <no-reply@semaine.example>")
    first, second = (postroom.prepare(mail("confirmation"), now=NOW) for _ in range(2))
    assert first.data == second.data
    message = parsed(first.data)
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@semaine.example>"
    assert message["From"].addresses[0].display_name == "Semaine de l’industrie"
    calendar = next(message.iter_attachments())
    assert calendar.get_content_type() == "text/calendar"
    assert len(icalendar.Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")) == 3


def test_only_confirmations_have_an_attachment(writer, links, mail):
    postroom = Postroom(writer=writer, links=links, sender="no-reply@semaine.example")
    assert not list(parsed(postroom.prepare(mail("labelled"), now=NOW).data).iter_attachments())


@pytest.mark.parametrize(("address", "on_the_wire"), [
    ("zoe@exämple.org", "zoe@xn--exmple-cua.org"),
    ("zoe@example.org", "zoe@example.org"),
    ("zoe@" + "a" * 70 + ".org", "zoe@" + "a" * 70 + ".org"),
])  # fmt: skip
def test_a_domain_goes_out_in_ascii(writer, links, mail, address, on_the_wire):
    letter = mail("access")
    letter = replace(letter, contact=replace(letter.contact, email=address))
    prepared = Postroom(writer=writer, links=links, sender="no-reply@semaine.example").prepare(letter, now=NOW)
    assert prepared.recipient == on_the_wire


def test_an_answer_that_repeats_the_address_loses_it(writer, links, mail):
    prepared = Postroom(writer=writer, links=links, sender="no-reply@semaine.example").prepare(mail("access"), now=NOW)
    answer = prepared.without_address(Bounced(detail="550 5.1.1 <zoe@example.org>: unknown"))
    assert answer == Bounced(detail="550 5.1.1 <(recipient)>: unknown")


@pytest.mark.parametrize("kind", ["receipt", "labelled", "confirmation"])
def test_what_can_be_switched_off_says_how_in_one_click(writer, links, mail, kind):
    notice = mail(kind)
    data = Postroom(writer=writer, links=links, sender="no-reply@semaine.example").prepare(notice, now=NOW).data
    message = parsed(data)
    assert message["List-Unsubscribe"] == f"<{links.unsubscription(notice.contact.id, kind)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("kind", ["access", "refused", "in_review"])
def test_what_people_must_know_cannot_be_switched_off(writer, links, mail, kind):
    prepared = Postroom(writer=writer, links=links, sender="no-reply@semaine.example").prepare(mail(kind), now=NOW)
    assert parsed(prepared.data)["List-Unsubscribe"] is None


def test_one_click_is_offered_over_https_alone():
    """RFC 8058 wants it, so that nobody on the way learns the link."""
    message = parsed(serialise(replace(LETTER, unsubscription="http://127.0.0.1:8080/x"), now=NOW))
    assert message["List-Unsubscribe"] == "<http://127.0.0.1:8080/x>"
    assert message["List-Unsubscribe-Post"] is None
