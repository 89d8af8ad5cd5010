import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import feed as feeds
from stats.domain import NOTHING, Tally
from stats.feed import Feed, entity_tag

NOW = datetime(2020, 11, 16, 9, tzinfo=UTC)


def regions(**events: int):
    return {"region": {value: Tally(count, 0, 0) for value, count in events.items()}}


def update(feed: Feed, **events: int) -> None:
    feed.update(figures=regions(**events), as_of=NOW)


def parsed(chunk: bytes) -> list[tuple[str, str, dict[str, int]]]:
    """Name, id and regions of each event of a chunk."""
    found = []
    for text in chunk.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in text.splitlines())
        tallies = orjson.loads(fields["data"])["counters"].get("region", [])
        found.append((fields["event"], fields["id"], {tally["value"]: tally["events"] for tally in tallies}))
    return found


async def opened(feed: Feed, last_event_id: str | None = None):
    """A stream that has said how soon to come back, and nothing else."""
    events = feed.events(last_event_id=last_event_id)
    assert (await anext(events)).startswith(b"retry: ")
    return events


async def test_a_viewer_gets_a_snapshot_and_then_what_changes():
    feed = Feed("2020")
    update(feed, a=1, b=2)
    async with aclosing(await opened(feed)) as events:
        [(name, first, regions_)] = parsed(await anext(events))
        assert (name, regions_) == ("snapshot", {"a": 1, "b": 2})
        update(feed, a=1, b=3)
        [(name, second, regions_)] = parsed(await anext(events))
        assert (name, regions_) == ("change", {"b": 3})
        assert first != second


async def test_figures_that_stay_the_same_are_no_news(monkeypatch):
    monkeypatch.setattr(feeds, "HEARTBEAT_SECONDS", 0.01)
    feed = Feed("2020")
    update(feed, a=1)
    async with aclosing(await opened(feed)) as events:
        await anext(events)
        update(feed, a=1)
        assert (await anext(events)).startswith(b":")


async def test_a_viewer_that_comes_back_gets_what_it_missed():
    feed = Feed("2020")
    update(feed, a=1, b=1, c=1, d=1, e=1, f=1)
    async with aclosing(await opened(feed)) as events:
        [(_, seen, _)] = parsed(await anext(events))
    update(feed, a=2, b=1, c=1, d=1, e=1, f=1)
    update(feed, a=2, b=1, c=1, d=1, e=1)
    async with aclosing(await opened(feed, seen)) as events:
        missed = parsed(await anext(events))
    assert [(name, regions_) for name, _, regions_ in missed] == [("change", {"a": 2}), ("change", {"f": 0})]


async def test_a_viewer_that_missed_nothing_gets_nothing(monkeypatch):
    monkeypatch.setattr(feeds, "HEARTBEAT_SECONDS", 0.01)
    feed = Feed("2020")
    update(feed, a=1)
    async with aclosing(await opened(feed)) as events:
        [(_, seen, _)] = parsed(await anext(events))
    async with aclosing(await opened(feed, seen)) as events:
        assert (await anext(events)).startswith(b":")


@pytest.mark.parametrize(
    "stranger", ["", "-", "0", "nonsense", "f00dcafe-1", "1-1-1", "{epoch}-", "{epoch}-99", "{epoch}--1"]
)
async def test_an_id_that_is_not_of_this_feed_gets_a_snapshot(stranger: str):
    feed = Feed("2020")
    update(feed, a=1)
    async with aclosing(await opened(feed)) as events:
        [(_, seen, _)] = parsed(await anext(events))
    update(feed, a=2)
    async with aclosing(await opened(feed, stranger.format(epoch=seen.split("-")[0]))) as events:
        [(name, _, regions_)] = parsed(await anext(events))
    assert (name, regions_) == ("snapshot", {"a": 2})


async def test_after_a_restart_an_old_id_gets_a_snapshot():
    before, after = Feed("2020"), Feed("2020")
    update(before, a=1)
    update(after, a=1)
    async with aclosing(await opened(before)) as events:
        [(_, seen, _)] = parsed(await anext(events))
    async with aclosing(await opened(after, seen)) as events:
        [(name, _, _)] = parsed(await anext(events))
    assert name == "snapshot"


async def test_a_slow_viewer_gets_the_latest_state_and_no_backlog():
    feed = Feed("2020")
    update(feed, a=0, b=1)
    async with aclosing(await opened(feed)) as events:
        await anext(events)
        for number in range(1, 5 * feeds.KEPT_CHANGES):
            update(feed, a=number, b=1)
        [(name, _, regions_)] = parsed(await anext(events))
        assert (name, regions_) == ("snapshot", {"a": 5 * feeds.KEPT_CHANGES - 1, "b": 1})


async def test_all_viewers_share_the_bytes():
    feed = Feed("2020")
    update(feed, **{f"r{number}": 1 for number in range(50)})
    streams = [await opened(feed) for _ in range(3)]
    snapshots = [await anext(stream) for stream in streams]
    update(feed, r1=2, **{f"r{number}": 1 for number in range(2, 50)}, r0=1)
    changes = [await anext(stream) for stream in streams]
    assert all(chunk is snapshots[0] for chunk in snapshots)
    assert all(chunk is changes[0] for chunk in changes)
    for stream in streams:
        await stream.aclose()


async def test_every_one_of_many_viewers_is_woken():
    feed = Feed("2020")
    update(feed, a=1)
    streams = [await opened(feed) for _ in range(350)]
    for stream in streams:
        await anext(stream)
    waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
    await asyncio.sleep(0)
    update(feed, a=2)
    async with asyncio.timeout(10):
        assert {parsed(chunk)[0][2]["a"] for chunk in await asyncio.gather(*waiting)} == {2}
    for stream in streams:
        await stream.aclose()


async def test_streams_end_when_the_feed_closes():
    feed = Feed("2020")
    update(feed, a=1)
    stream = await opened(feed)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    feed.close()
    async with asyncio.timeout(10):
        assert await waiting is None


REGIONS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5))


@given(st.lists(st.tuples(REGIONS, st.sampled_from(("read", "away", "back", "stranger")))))
async def test_whatever_a_viewer_misses_it_ends_with_the_figures(history):
    feed = Feed("2020")
    update(feed)
    shown: dict[str, int] = {}
    last: str | None = None
    stream = None
    for figures, act in [*history, ({"a": 9}, "back"), ({"a": 9, "b": 9}, "read")]:
        update(feed, **figures)
        if act == "away" or (act == "stranger" and stream):
            if stream:
                await stream.aclose()
            stream = None
        elif stream is None:
            stream = await opened(feed, "f00dcafe-3" if act == "stranger" else last)
        if stream and (last is None or not last.endswith(f"-{feed.number}")):
            for name, seen, regions_ in parsed(await anext(stream)):
                shown = regions_ if name == "snapshot" else shown | regions_
                last = seen
    if stream:
        await stream.aclose()
    assert {value: events for value, events in shown.items() if events} == {"a": 9, "b": 9}


def test_the_entity_tag_tells_figures_apart_and_nothing_else():
    one = entity_tag(edition_id="2020", figures=regions(a=1))
    assert one == entity_tag(edition_id="2020", figures={"region": {"a": Tally(1, 0, 0)}})
    assert one != entity_tag(edition_id="2021", figures=regions(a=1))
    assert one != entity_tag(edition_id="2020", figures={"region": {"a": NOTHING}})
