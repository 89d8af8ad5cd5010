"""Who only waits for a place hears what becomes of the event: once, by the notice of an act where there is one."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts.topics import WAITING
from tests.integration.registration.test_answers import ASKED, date_act
from tests.integration.registration.test_waiting import full, told
from tests.integration.registration.world import Organiser, Registration, event_content, eventually, unique

pytestmark = pytest.mark.servers
DAY = timedelta(days=1)
UNDATED: dict[str, Any] = {"kind": "postponed_undated", "dates": None}
CANCELLED: dict[str, Any] = {"kind": "cancelled", "dates": None}


async def heard(registration: Registration, edition: str, entry: dict[str, Any]) -> list[tuple[str, bool]]:
    """(change, closed) of each notice that names this entry."""
    await registration.all_told()
    return [
        (change, waits.closed)
        for change, notice in registration.notices(edition)
        for waits in notice.waiting
        if str(waits.entry_id) == entry["id"]
    ]


async def notified(registration: Registration, entry: dict[str, Any], *, count: int) -> bool:
    """Whether the last of so many messages on the entry makes a mail of its own."""
    messages = await registration.messages(WAITING, entry["id"], count=count)
    last: bool = messages[-1].body.notify
    return last


@pytest.mark.parametrize(("act", "closed"), [({}, False), (UNDATED, False), (CANCELLED, True)])
async def test_an_act_tells_who_waits_by_one_notice_for_all(
    registration: Registration, edition: str, organiser: Organiser, act: dict[str, Any], *, closed: bool
):
    goes = await registration.labelled(edition, organiser)
    first, _ = await full(registration, edition, organiser)
    second, _ = await full(registration, edition, organiser)
    email = f"{unique('both')}@example.org"
    await registration.sign_up(goes, email=email)
    both = await registration.wait(first, email=email)
    alone = f"{unique('alone')}@example.org"
    waits = [await registration.wait(event_id, email=alone) for event_id in (first, second)]
    left = await registration.wait(second)
    await registration.leave(left)

    people = (await registration.preview(edition, **act)).json()["people"]
    assert people == {"people": 5, "organisers": 1, "guests": 3, "both": 0, "waiting": 2}
    done = await registration.postponed(edition, **act)
    assert (done["recipients"], done["told"]) == (5, 5)
    await registration.all_told()
    notices = [notice for _, notice in registration.notices(edition) if notice.waiting]
    assert sorted((notice.sign_ups_total, notice.waiting_total) for notice in notices) == [(0, 2), (1, 1)]
    for entry in (both, *waits):
        assert await heard(registration, edition, entry) == [("act", closed)]
        assert (await registration.waiting(entry))["status"] == ("closed" if closed else "waiting")
        if closed:
            assert await notified(registration, entry, count=2) is False
    assert await heard(registration, edition, left) == []


@pytest.mark.parametrize("act", [UNDATED, CANCELLED])
async def test_an_offer_ends_with_the_act_whose_notice_says_so(
    registration: Registration, edition: str, organiser: Organiser, act: dict[str, Any]
):
    event_id, signed_up = await full(registration, edition, organiser, capacity=1)
    offered, next_ = await registration.wait(event_id), await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(offered, "offered")
    await registration.postponed(edition, **act)
    change = "closed" if act is CANCELLED else "suspended"
    await registration.waits_until(offered, "closed" if act is CANCELLED else "waiting")
    assert (await registration.accept(offered)).status_code == 409
    assert await told(registration, offered, count=3) == ["joined", "offered", change]
    assert await notified(registration, offered, count=3) is False
    for entry in (offered, next_):
        assert await heard(registration, edition, entry) == [("act", act is CANCELLED)]


async def test_an_offer_that_an_amendment_takes_back_is_told_by_itself(
    registration: Registration, edition: str, organiser: Organiser
):
    content = event_content(capacity=1)
    event_id = await registration.labelled(edition, organiser, **content)
    signed_up = (await registration.sign_up(event_id)).json()["participation"]["id"]
    await registration.postponed(edition)
    await registration.decide(event_id, "labelled", revision=2)
    entry = await registration.wait(event_id)
    await registration.cancel(event_id, signed_up)
    await registration.waits_until(entry, "offered")
    await registration.decide(event_id, "refused", revision=2)
    await registration.waits_until(entry, "waiting")
    assert await told(registration, entry, count=3) == ["joined", "offered", "suspended"]
    assert await notified(registration, entry, count=3) is True


async def test_of_an_event_withdrawn_by_itself_each_who_waits_is_told(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id, _ = await full(registration, edition, organiser)
    entry = await registration.wait(event_id)
    for _ in ("once", "again"):
        answer = await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=organiser.headers)
        assert answer.status_code == 200
    assert (await registration.waiting(entry))["status"] == "closed"
    await registration.all_told()
    assert await told(registration, entry, count=2) == ["joined", "closed"]
    assert await notified(registration, entry, count=2) is True


@pytest.mark.parametrize("how", ["declined", "lapsed"])
async def test_what_is_withdrawn_after_an_act_is_told_by_its_notice_and_once(
    registration: Registration, edition: str, organiser: Organiser, how: str
):
    event_id, _ = await full(registration, edition, organiser)
    entry = await registration.wait(event_id)
    act = await registration.postponed(edition, **ASKED)
    if how == "declined":
        assert (await registration.answer(event_id, organiser.headers, "withdraw", act=1)).status_code == 200
    else:
        decided = datetime.fromisoformat(act["act"]["decided_at"])
        await date_act(registration, edition, respond_by=decided - 3 * DAY, decided=decided - 10 * DAY)

    async def lapsed() -> bool:
        return ("lapsed", True) in await heard(registration, edition, entry)

    await eventually(lapsed)
    assert await notified(registration, entry, count=2) is False
    await registration.postponed(edition, dates={"first_day": "2090-11-20", "last_day": "2090-11-26"})
    assert await heard(registration, edition, entry) == [("act", False), ("lapsed", True)]


async def test_what_an_act_has_ended_is_said_once_whatever_act_follows(
    registration: Registration, edition: str, organiser: Organiser
):
    """The second act may come before the notices of the first are published, or even before it reaches the event."""
    event_id, _ = await full(registration, edition, organiser)
    entry = await registration.wait(event_id)
    await registration.act(edition, **CANCELLED)
    await registration.postponed(edition)
    await registration.postponed(edition, dates={"first_day": "2090-11-20", "last_day": "2090-11-26"})
    said = [closed for _, closed in await heard(registration, edition, entry)]
    ended = (await registration.waiting(entry))["status"] == "closed"
    assert said.count(True) == ended
    assert not ended or said[-1] is True
