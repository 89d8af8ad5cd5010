"""Whatever the mail server, the connection or the process does, no notice is lost, and none is knowingly sent twice."""

import asyncio
import os
import sys
from dataclasses import dataclass

import asyncpg
import httpx

from semaine.system.ports import free
from tests.integration.notifications.world import eventually, person


@dataclass(frozen=True)
class _Process:
    running: asyncio.subprocess.Process
    url: str

    async def kill(self) -> None:
        """At once, as a machine fails."""
        self.running.kill()
        await self.running.wait()


async def ask_access(publisher, count: int):
    organisers = [person(kind="organiser") for _ in range(count)]
    for organiser in organisers:
        await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    return organisers


async def test_a_temporary_refusal_is_tried_again(notifications, publisher, mail_server):
    organiser = person(kind="organiser")
    mail_server.answers[organiser.email] = ["451 later", "450 greylisted", "250 OK"]
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    assert (delivery["status"], delivery["attempts"]) == ("sent", 3)
    assert len(mail_server.to(organiser.email)) == 1


async def test_a_permanent_refusal_bounces_and_the_others_go_on(notifications, publisher, mail_server):
    bad, good = person(kind="organiser"), person(kind="organiser")
    mail_server.answers[bad.email] = ["550 no such user"]
    for organiser in (bad, good):
        await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(2)
    (bounced,) = await notifications.log(recipient_id=str(bad.id))
    assert (bounced["status"], bounced["attempts"], bounced["detail"]) == ("bounced", 1, "550 no such user")
    assert mail_server.times() == {good.email: 1}


async def test_a_connection_that_breaks_on_one_mail_costs_the_others_nothing(notifications, publisher, mail_server):
    organisers = [person(kind="organiser") for _ in range(6)]
    mail_server.answers[organisers[2].email] = ["421 closing", "421 closing", "250 OK"]
    for organiser in organisers:
        await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(6)
    assert await notifications.statuses() == {"sent": 6}
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def test_while_the_server_is_away_mails_wait_and_lose_no_attempt(notifications, publisher, mail_server):
    await mail_server.stop()
    organisers = await ask_access(publisher, 20)
    await publisher.consumed()
    await asyncio.sleep(1)
    assert await notifications.statuses() == {"pending": 20}
    await mail_server.start()
    await notifications.all_finished(20)
    log = await notifications.log()
    assert {delivery["attempts"] for delivery in log} == {1}
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def test_a_server_that_closes_idle_connections_is_connected_to_again(notifications, publisher, mail_server):
    for _ in range(2):
        await ask_access(publisher, 3)
        await publisher.consumed()
        await eventually(lambda: True)
        for transport in list(mail_server._transports):
            transport.close()
    await notifications.all_finished(6)
    assert await notifications.statuses() == {"sent": 6}


async def test_connections_are_kept_for_many_mails(notifications, publisher, mail_server):
    await ask_access(publisher, 60)
    await notifications.all_finished(60)
    assert mail_server.connections <= 3


async def test_an_address_that_smtp_cannot_carry_bounces(notifications, publisher, mail_server):
    organiser = person(kind="organiser").model_copy(update={"email": "a(b)c@example.org"})
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    assert delivery["status"] in {"bounced", "sent"}


async def test_what_a_killed_process_was_sending_is_taken_up_again(settled, publisher, mail_server):
    """Killed with mails under way, some taken by the server and not written down: those alone may come again."""
    mail_server.hold = asyncio.Event()
    process = await _started(settled, lease=2.0)
    organisers = await ask_access(publisher, 30)
    try:
        await publisher.consumed()
        await eventually(lambda: len(mail_server.mails) == 3)
    finally:
        await process.kill()
    taken = {message["Message-ID"] for _, message in mail_server.mails}
    mail_server.hold.set()
    async with settled.sending(delivery_lease_seconds=2.0):
        await eventually(lambda: _none_pending(settled))
    again = [message["Message-ID"] for _, message in mail_server.mails[3:]]
    assert len(again) == len(set(again))
    assert taken <= set(again)
    assert set(mail_server.times()) == {organiser.email for organiser in organisers}
    assert sum(mail_server.times().values()) == 33


async def test_a_service_that_stops_finishes_what_it_is_sending(settled, publisher, mail_server):
    async with settled.running():
        organisers = await ask_access(publisher, 40)
        await publisher.consumed()
        await eventually(lambda: len(mail_server.mails) > 5)
    async with settled.sending():
        await eventually(lambda: _none_pending(settled))
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def test_two_processes_share_the_work(settled, publisher, mail_server):
    async with settled.running() as notifications, settled.sending(), settled.sending():
        organisers = await ask_access(publisher, 40)
        await notifications.all_finished(40)
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def test_while_nothing_can_be_written_down_few_mails_are_handed_over(settled, publisher, mail_server):
    """They would be sent again by whoever takes over when the lease has run out."""
    mail_server.hold = asyncio.Event()
    connection = await asyncpg.connect(settled.values["database_url"])
    async with settled.running() as notifications:
        organisers = await ask_access(publisher, 60)
        await publisher.consumed()
        await eventually(lambda: len(mail_server.mails) == 3)
        async with connection.transaction():
            await connection.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
            mail_server.hold.set()
            await eventually(lambda: len(mail_server.mails) >= 12)
            await asyncio.sleep(1)
            assert len(mail_server.mails) < 12 + 3
        await notifications.all_finished(60)
    await connection.close()
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def test_a_process_whose_clock_is_off_puts_nothing_off(settled, publisher, mail_server):
    """What it queued and took is due, and free again, by the time that all share."""
    mail_server.hold = asyncio.Event()
    process = await _started(settled, lease=2.0, ahead=3600)
    organisers = await ask_access(publisher, 20)
    try:
        await publisher.consumed()
        await eventually(lambda: len(mail_server.mails) > 0)
    finally:
        await process.kill()
    mail_server.hold.set()
    async with settled.sending(delivery_lease_seconds=2.0):
        await eventually(lambda: _none_pending(settled))
    assert set(mail_server.times()) == {organiser.email for organiser in organisers}


async def test_a_process_whose_clock_is_off_takes_no_mail_from_another(settled, publisher, mail_server):
    mail_server.hold = asyncio.Event()
    async with settled.running() as notifications:
        organisers = await ask_access(publisher, 20)
        await publisher.consumed()
        await eventually(lambda: len(mail_server.mails) > 0)
        process = await _started(settled, lease=120, ahead=1800)
        try:
            await eventually(lambda: _works(process))
            await asyncio.sleep(1)  # it looks for mails ten times a second
            mail_server.hold.set()
            await notifications.all_finished(20)
        finally:
            await process.kill()
    assert mail_server.times() == {organiser.email: 1 for organiser in organisers}


async def _none_pending(settled) -> bool:
    connection = await asyncpg.connect(settled.values["database_url"])
    try:
        return await connection.fetchval("SELECT count(*) FROM deliveries WHERE status = 'pending'") == 0
    finally:
        await connection.close()


async def _works(process: _Process) -> bool:
    """Whether the process answers, and so looks for mails: the senders begin before the HTTP server."""
    assert process.running.returncode is None, "the process has ended"
    try:
        async with httpx.AsyncClient(base_url=process.url) as http:
            return (await http.get("/health/live")).is_success
    except httpx.TransportError:
        return False


async def _started(settled, *, lease: float, ahead: float = 0) -> _Process:
    """`ahead`: seconds by which its clock is fast."""
    module = ["semaine.faults.shifted", str(ahead), "notifications"] if ahead else ["notifications"]
    port = free()["notifications"]
    values = {**settled.values, "delivery_lease_seconds": lease, "http_port": port}
    environment = {f"SEMAINE_{name}".upper(): str(value) for name, value in values.items()}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *module, env={**_inherited(), **environment}, stderr=asyncio.subprocess.DEVNULL
    )
    return _Process(running, f"http://127.0.0.1:{port}")


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SEMAINE_")}
