"""Many at once, over HTTP: places, withdrawals, resizing. Nothing is sold twice, nothing is told wrongly."""

import asyncio
from collections import Counter

from shared.contracts.topics import EVENTS, PARTICIPATIONS
from tests.integration.registration.world import event_content


async def _list_row(registration, event_id):
    row = "SELECT row(parties, announced, cancelled, sequence) FROM guest_lists WHERE event_id = $1"
    return tuple(await registration.value(row, event_id))


async def _active(registration, event_id):
    query = """
        SELECT row(count(*)::int, coalesce(sum(people), 0)::int) FROM participations
        WHERE event_id = $1 AND status = 'active'
    """
    return tuple(await registration.value(query, event_id))


async def test_a_hundred_requests_for_the_last_ten_places_give_ten(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=60)
    await registration.sign_up(event_id, kind="group", people=50)
    answers = await asyncio.gather(*(registration.sign_up(event_id) for _ in range(100)))
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 90}
    assert {answer.json()["title"] for answer in answers if answer.status_code == 409} == {"No places left"}
    assert sorted(answer.json()["places_left"] for answer in answers if answer.status_code == 201) == list(range(10))
    assert await _list_row(registration, event_id) == (11, 60, 0, 11)
    assert await _active(registration, event_id) == (11, 60)
    told = await registration.lists_told(event_id, count=11)
    assert [announced for _, _, announced, _ in told] == [50, *range(51, 61)]


async def test_groups_of_all_sizes_and_cancellations_never_exceed_the_capacity(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser, capacity=25)

    async def come_and_go(people):
        answer = await registration.sign_up(event_id, kind="group", people=people)
        if answer.status_code == 201 and people % 2:
            cancelled = await registration.cancel(event_id, answer.json()["participation"]["id"])
            assert cancelled.status_code == 200
        return answer.status_code

    codes = Counter(await asyncio.gather(*(come_and_go(1 + number % 8) for number in range(60))))
    assert set(codes) <= {201, 409}
    parties, announced, cancelled, sequence = await _list_row(registration, event_id)
    assert (parties, announced) == await _active(registration, event_id)
    assert announced <= 25
    assert sequence == codes[201] + cancelled
    told = await registration.messages(PARTICIPATIONS, event_id, count=sequence)
    assert max(each.body.guest_list.announced for each in told) <= 25
    assert told[-1].body.guest_list.announced == announced


async def test_nobody_is_signed_up_after_a_withdrawal(registration, edition, organiser):
    """Both hold the guest list while they write, so ids of their messages tell which came first."""
    for _ in range(3):
        event_id = await registration.labelled(edition, organiser, capacity=None)
        withdrawal = f"/v1/events/{event_id}/withdrawal"
        *answers, withdrawn = await asyncio.gather(
            *(registration.sign_up(event_id) for _ in range(30)),
            registration.http.post(withdrawal, headers=organiser.headers),
        )
        assert withdrawn.status_code == 200
        assert {answer.status_code for answer in answers} <= {201, 409}
        signed_up = sum(answer.status_code == 201 for answer in answers)
        assert await _active(registration, event_id) == (signed_up, signed_up)
        last = (await registration.messages(EVENTS, event_id, count=3))[-1]
        assert last.change == "withdrawn"
        told = await registration.messages(PARTICIPATIONS, event_id, count=signed_up)
        assert all(each.id < last.id for each in told)
        assert (await registration.sign_up(event_id)).status_code == 409


async def test_a_list_is_never_made_smaller_than_who_comes_at_the_same_time(registration, edition, organiser):
    content = event_content(capacity=40)
    event_id = await registration.labelled(edition, organiser, **content)
    answers = await asyncio.gather(
        *(registration.sign_up(event_id) for _ in range(30)),
        *(registration.amend(event_id, organiser.headers, content | {"capacity": size}) for size in (30, 20, 10, 5, 1)),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    capacity = await registration.value("SELECT capacity FROM guest_lists WHERE event_id = $1", event_id)
    _, announced, _, sequence = await _list_row(registration, event_id)
    assert announced <= capacity
    seen = (await registration.http.get(f"/v1/events/{event_id}")).json()
    assert seen["capacity"] == capacity
    told = await registration.messages(PARTICIPATIONS, event_id, count=sequence)
    assert all(each.body.guest_list.announced <= each.body.guest_list.capacity for each in told)
