"""Contenders take turns; what others disturbed is measured again and does not count."""

from bench import contest as contests
from bench.conditions import Conditions
from bench.contest import Reading, Sample, contest


def conditions(*, other_cores):
    return Conditions(seconds=1, load_average=0, own_cores=1, other_cores=other_cores, stolen_cores=0)


def taking(others, order):
    """Rounds in these conditions, the last ones for ever; the figure of each is how many there have been."""
    left = list(others)

    async def take(contender):
        reading = await contender()
        order.append(reading.details["who"])
        return Sample(reading, conditions(other_cores=left.pop(0) if len(left) > 1 else left[0]))

    return take


def contender(who):
    rounds = 0

    async def run():
        nonlocal rounds
        rounds += 1
        return Reading(float(rounds), {"who": who})

    return run


async def test_every_other_round_is_in_reverse(monkeypatch):
    order = []
    monkeypatch.setattr(contests, "take", taking([0.0], order))
    await contest({"ours": contender("ours"), "peer": contender("peer")}, rounds=3, warm_up=False)
    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]


async def test_warm_up_counts_for_nobody(monkeypatch):
    monkeypatch.setattr(contests, "take", taking([0.0], []))
    found = await contest({"ours": contender("ours")}, rounds=1, warm_up=True)
    assert found["ours"].median == 2.0


async def test_disturbed_rounds_are_taken_again_and_do_not_count(monkeypatch):
    monkeypatch.setattr(contests, "take", taking([1.5, 1.5, 0.0], []))
    found = await contest({"ours": contender("ours")}, rounds=2, warm_up=False)
    assert [sample.conditions.quiet for sample in found["ours"].all] == [False, False, True]
    assert found["ours"].median == 3.0


async def test_where_it_is_never_quiet_all_rounds_count(monkeypatch):
    monkeypatch.setattr(contests, "take", taking([1.5], []))
    found = await contest({"ours": contender("ours")}, rounds=2, warm_up=False)
    assert len(found["ours"].counted) == 4


async def test_one_round_is_one_round(monkeypatch):
    monkeypatch.setattr(contests, "take", taking([1.5], []))
    found = await contest({"ours": contender("ours")}, rounds=1, warm_up=False)
    assert len(found["ours"].all) == 1
