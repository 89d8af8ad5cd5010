"""Waiting lists under many at once, several processes and kills: each freed place is offered to one, and sold once."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from registration.waiting.worker import Worker
from shared.contracts.topics import WAITING
from tests.integration.registration import world
from tests.integration.registration.process import started
from tests.integration.registration.world import Organiser, Registration, event_content, eventually

pytestmark = pytest.mark.servers
_OFFERED = "SELECT count(*) FROM waiting_list WHERE event_id = $1 AND status = 'offered'"


async def filled(registration: Registration, edition: str, organiser: Organiser, *, places: int, waiting: int):
    """An event with as many people on its list as it has places, and others who wait."""
    event_id = await registration.labelled(edition, organiser, **event_content(capacity=places))
    signed_up = await asyncio.gather(*(registration.sign_up(event_id) for _ in range(places)))
    entries = [await registration.wait(event_id) for _ in range(waiting)]
    return event_id, [each.json()["participation"]["id"] for each in signed_up], entries


async def sums(registration: Registration, event_id: str) -> tuple[int, int, int, int]:
    """People on the list, held, waiting or with an offer by the list's row; people by the sign-ups themselves."""
    query = """
        SELECT row(announced, held, waiting, (SELECT coalesce(sum(people), 0)::int FROM participations p
                   WHERE p.event_id = g.event_id AND p.status = 'active'))
        FROM guest_lists g WHERE event_id = $1
    """
    return tuple(await registration.value(query, event_id))


async def test_places_freed_at_once_are_each_offered_and_sold_once(
    registration: Registration, edition: str, organiser: Organiser
):
    event_id, places, entries = await filled(registration, edition, organiser, places=8, waiting=12)
    others = [
        Worker(database=registration.service.database, longest=timedelta(hours=1), poll=timedelta(seconds=0.01))
        for _ in range(3)
    ]
    tasks = [asyncio.create_task(each.run()) for each in others]
    try:
        answers = await asyncio.gather(
            *(registration.cancel(event_id, id_) for id_ in places),
            *(registration.sign_up(event_id) for _ in range(30)),
        )
        assert Counter(each.status_code for each in answers) == {200: 8, 409: 30}

        async def all_offered() -> bool:
            return await registration.value(_OFFERED, event_id) == 8

        await eventually(all_offered)
        assert await sums(registration, event_id) == (0, 8, 12, 0)
        taken = await asyncio.gather(*(registration.accept(entry) for entry in entries for _ in range(2)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert [each.status_code for each in taken] == [200] * 16 + [409] * 8  # in turn: the first eight
    assert await sums(registration, event_id) == (8, 0, 4, 8)
    await registration.all_told()
    for entry in entries[:8]:
        changes = [each.change for each in await registration.messages(WAITING, entry["id"], count=3)]
        assert changes == ["joined", "offered", "accepted"]
    told = await registration.lists_told(event_id, count=24)
    assert max(announced for _, _, announced, _ in told) == 8


async def test_a_process_that_is_killed_while_it_offers_offers_once(settings_and_key):
    made, key = settings_and_key
    async with started(made) as first, world.outside(made, key, first.url) as registration:
        organiser = await registration.organiser()
        edition = await registration.edition()
        events = [await filled(registration, edition, organiser, places=2, waiting=3) for _ in range(6)]
        await asyncio.gather(
            *(registration.cancel(event_id, place) for event_id, places, _ in events for place in places)
        )
        await first.kill()
        async with started(made) as second:
            registration.http.base_url = second.url
            for event_id, _, entries in events:
                for entry in entries[:2]:
                    await registration.waits_until(entry, "offered")
                assert (await registration.waiting(entries[2]))["status"] == "waiting"
                assert await sums(registration, event_id) == (0, 2, 3, 0)
            await registration.all_told()
    for _, _, entries in events:
        for entry in entries[:2]:  # a crash may send a message again, under the same id
            offers = {each.id for each in registration.told[WAITING.name, entry["id"]] if each.change == "offered"}
            assert len(offers) == 1
