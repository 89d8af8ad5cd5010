"""Topics: per key gapless and in order, repeated only where a fault can have caused it, and never with other words."""

from collections.abc import Iterator, Mapping, Sequence

from semaine.faults.disturbances import Disturbance
from semaine.faults.reach import repeats_publisher
from semaine.faults.streams import Appearance, by_key
from semaine.faults.violation import Violation
from shared.contracts.topics import BY_NAME


def judge_streams(
    appearances: Sequence[Appearance],
    *,
    sequences: Mapping[str, Mapping[str, int]],
    disturbances: Sequence[Disturbance],
) -> Iterator[Violation]:
    """`sequences`: the last one that each key must have on each topic, by what its publisher holds."""
    grouped = by_key(appearances)
    for (topic, key), group in grouped.items():
        yield from _key(topic, key, group, disturbances)
        yield from _end(topic, key, group, sequences[topic].get(key))
    for topic, last in sequences.items():
        for key, sequence in last.items():
            if (topic, key) not in grouped:
                detail = f"{sequence} changes committed, none published"
                yield Violation(kind="lost", where=topic, key=key, detail=detail)
    yield from _one_message_an_id(appearances)


def _key(topic: str, key: str, group: Sequence[Appearance], disturbances: Sequence[Disturbance]) -> Iterator[Violation]:
    first: dict[int, Appearance] = {}
    highest = 0
    for each in group:
        before = first.setdefault(each.sequence, each)
        if before is not each:
            yield from _repeated(before, each, disturbances)
        elif each.sequence < highest:
            detail = f"sequence {each.sequence} first appears after {highest}, at {_place(each)}"
            yield Violation(kind="order", where=topic, key=key, detail=detail, message_ids=(each.id,))
        highest = max(highest, each.sequence)
    missing = [number for number in range(1, highest) if number not in first]
    if missing:
        after = first[min(number for number in first if number > missing[0])]
        detail = f"sequences {missing[:10]} never appear, {highest} does"
        yield Violation(kind="gap", where=topic, key=key, detail=detail, message_ids=(after.id,))


def _repeated(before: Appearance, again: Appearance, disturbances: Sequence[Disturbance]) -> Iterator[Violation]:
    where, ids = again.topic, tuple(dict.fromkeys((before.id, again.id)))
    if again.content != before.content:
        detail = f"sequence {again.sequence} appears with different content at {_place(before)} and {_place(again)}"
        yield Violation(kind="differs", where=where, key=again.key, detail=detail, message_ids=ids)
    elif not repeats_publisher(disturbances, service=BY_NAME[again.topic].publisher, at=again.appended or again.time):
        detail = f"sequence {again.sequence} appears at {_place(before)} and {_place(again)}, without a fault near it"
        yield Violation(kind="double", where=where, key=again.key, detail=detail, message_ids=ids)


def _end(topic: str, key: str, group: Sequence[Appearance], committed: int | None) -> Iterator[Violation]:
    last = max(group, key=lambda each: each.sequence)
    if committed is None:
        detail = f"published up to {last.sequence}, its publisher knows no such key"
        yield Violation(kind="double", where=topic, key=key, detail=detail, message_ids=(last.id,))
    elif last.sequence != committed:
        detail = f"published up to {last.sequence}, committed up to {committed}"
        yield Violation(
            kind="lost" if last.sequence < committed else "double",
            where=topic,
            key=key,
            detail=detail,
            message_ids=(last.id,),
        )


def _one_message_an_id(appearances: Sequence[Appearance]) -> Iterator[Violation]:
    first: dict[str, Appearance] = {}
    for each in appearances:
        before = first.setdefault(each.id, each)
        if (before.topic, before.content) != (each.topic, each.content):
            detail = f"one id on two messages, at {before.topic} {_place(before)} and {_place(each)}"
            yield Violation(kind="differs", where=each.topic, key=each.key, detail=detail, message_ids=(each.id,))


def _place(each: Appearance) -> str:
    return f"partition {each.partition} offset {each.offset}"
