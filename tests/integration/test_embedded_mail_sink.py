"""The mail sink: over real SMTP in, over HTTP out."""

import asyncio
import os
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest
import pytest_asyncio

from semaine.servers.mail_sink import MailSink
from semaine.system.ports import free
from semaine.system.processes import Processes


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sink(tmp_path_factory):
    folder, ports, processes = tmp_path_factory.mktemp("mails"), free(), Processes()
    sink = MailSink(mails=folder / "mails.sqlite", smtp_port=ports["smtp"], http_port=ports["mail"])
    await processes.start(sink.program(log=folder / "log", environment=os.environ))
    yield sink, processes
    await processes.stop_all()


@pytest.fixture
async def view(sink):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{sink[0].http_port}") as client:
        await client.delete("/api/messages")
        yield client


@pytest.fixture
async def smtp(sink):
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink[0].smtp_port) as client:
        yield client


def mail(number=1, *, to="camille@example.fr"):
    message = EmailMessage()
    message["From"] = "Semaine <no-reply@semaine.localhost>"
    message["To"] = to
    message["Subject"] = f"Votre événement n° {number} est labellisé"
    message["Message-ID"] = f"<{number}@semaine.localhost>"
    message.set_content("Bonjour, à bientôt.\n")
    message.add_alternative('<p>Bonjour, <a href="x">à bientôt</a>.</p><script>alert(1)</script>', subtype="html")
    message.add_attachment("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", filename="semaine.ics")
    return message


async def test_a_mail_can_be_found_and_read(smtp, view):
    await smtp.send_message(mail())
    [found] = (await view.get("/api/messages", params={"to": "camille@", "subject": "labellis"})).json()["messages"]
    assert found["recipients"] == ["camille@example.fr"]
    assert found["subject"] == "Votre événement n° 1 est labellisé"
    assert found["message_id"] == "<1@semaine.localhost>"
    read = (await view.get(f"/api/messages/{found['id']}")).json()
    assert read["text"] == "Bonjour, à bientôt.\n"
    assert "<p>Bonjour" in read["html"]
    [attachment] = read["attachments"]
    assert (attachment["name"], attachment["content_type"]) == ("semaine.ics", "text/calendar")
    assert "BEGIN:VCALENDAR" in attachment["text"]
    assert ["Subject", found["subject"]] in read["headers"]


async def test_what_does_not_match_is_not_found(smtp, view):
    await smtp.send_message(mail())
    for question in ({"to": "someone@else.fr"}, {"subject": "refusé"}):
        assert (await view.get("/api/messages", params=question)).json() == {"messages": []}
        assert (await view.get("/api/count", params=question)).json() == {"messages": 0, "message_ids": 0}
    assert (await view.get("/api/messages/999999")).status_code == 404
    assert (await view.get("/api/messages", params={"limit": "many"})).status_code == 400


async def test_the_newest_come_first_and_older_ones_by_pages(smtp, view):
    for number in range(5):
        await smtp.send_message(mail(number))
    first = (await view.get("/api/messages", params={"limit": 2})).json()["messages"]
    second = (await view.get("/api/messages", params={"limit": 2, "before": first[-1]["id"]})).json()["messages"]
    assert [m["message_id"][1] for m in first + second] == ["4", "3", "2", "1"]


async def test_a_mail_sent_twice_counts_twice_with_one_message_id(smtp, view):
    await smtp.send_message(mail(7))
    await smtp.send_message(mail(7))
    assert (await view.get("/api/count")).json() == {"messages": 2, "message_ids": 1}
    assert (await view.delete("/api/messages")).json() == {"deleted": 2}


async def test_many_connections_at_once(sink, view):
    async def send(start):
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink[0].smtp_port) as client:
            for number in range(start, start + 50):
                await client.send_message(mail(number, to=f"{number}@example.fr"))

    await asyncio.gather(*(send(start) for start in range(0, 400, 50)))
    assert (await view.get("/api/count")).json() == {"messages": 400, "message_ids": 400}


async def test_accepted_mails_survive_a_kill(sink, view):
    server, processes = sink
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=server.smtp_port) as client:
        await client.send_message(mail())
    await processes.kill("mail_sink")
    await processes.start_again("mail_sink")
    assert (await view.get("/api/count")).json()["messages"] == 1


async def test_the_pages_show_it_and_its_html_runs_nothing(smtp, view):
    await smtp.send_message(mail())
    page = (await view.get("/")).text
    assert "Votre événement n° 1 est labellisé" in page
    assert "camille@example.fr" in page
    number = (await view.get("/api/messages")).json()["messages"][0]["id"]
    page = (await view.get(f"/messages/{number}")).text
    assert "semaine.ics" in page
    assert "<script>" not in page
    html = await view.get(f"/messages/{number}/html")
    assert "default-src 'none'" in html.headers["content-security-policy"]
    attachment = await view.get(f"/messages/{number}/attachments/0")
    assert attachment.headers["content-type"].startswith("text/calendar")
    assert (await view.get(f"/messages/{number}/attachments/1")).status_code == 404


async def test_a_subject_with_markup_stays_text(smtp, view):
    message = mail()
    del message["Subject"]
    message["Subject"] = "<script>alert(1)</script>"
    await smtp.send_message(message)
    assert "<script>alert" not in (await view.get("/")).text
