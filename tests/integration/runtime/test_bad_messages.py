"""Issue 3, section 7: what cannot be processed is laid aside untouched, and the partition goes on."""

import base64
from dataclasses import dataclass
from typing import Literal

import pytest

from shared.contracts.topics import Topic
from tests.integration.runtime.world import Effects, Headers, eventually, figure, headers, running, total

Kind = Literal["states", "changes"]


@dataclass(frozen=True)
class Bad:
    """A record as it is sent, and the reason that is expected."""

    reason: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    topic_settings: dict[str, str] | None = None


def _bad(topic: Topic) -> dict[str, Bad]:
    def record(
        reason: str, value: bytes | None = figure(1), key: bytes | None = b"bad", **instead: bytes | None
    ) -> Bad:
        return Bad(reason, key, value, headers(topic, "bad", **instead))

    def without(name: str) -> Bad:
        return Bad(
            "missing_header", b"bad", figure(1), [header for header in headers(topic, "bad") if header[0] != name]
        )

    return {
        "not JSON": record("not_json", b"{'count': 1"),
        "not UTF-8": record("not_json", b'{"count": "\xff\xfe"}'),
        "header not UTF-8": record("not_utf8", x_origin=b"\xff\xfe\x00"),
        "key not UTF-8": record("not_utf8", key=b"\xff"),
        "no ce_id": without("ce_id"),
        "no ce_type": without("ce_type"),
        "no ce_sequence": without("ce_sequence"),
        "no ce_time": without("ce_time"),
        "no headers at all": Bad("missing_header", b"bad", figure(1), []),
        "a header without value": record("missing_header", ce_time=None),
        "wrong type": record("unknown_type", ce_type=b"semaine.decision.v1"),
        "unknown version": record("unknown_type", ce_type=b"semaine.figure.v2"),
        "ce_id no UUID": record("bad_header", ce_id=b"\x00one"),
        "negative sequence": record("bad_header", ce_sequence=b"-1"),
        "endless sequence": record("bad_header", ce_sequence=b"9" * 30),
        "time without offset": record("bad_header", ce_time=b"2020-03-31T09:00:00"),
        "negative number": record("violates_contract", b'{"count": -1}'),
        "missing field": record("violates_contract", b"{}"),
        "2-MB value": record("too_large", b'{"count": 1, "text": "' + b"x" * 2_000_000 + b'"}'),
        "empty key": record("bad_key", key=b""),
        "no key": record("bad_key", key=None),
        "no value": record("empty", None),
        "NUL in a header's name": Bad("unknown_type", b"bad", figure(1), [("x\x00y", b"1"), ("ce_type", b"other")]),
        "NUL in the key": record("bad_key", key=b"a\x00b"),
        "refused": record("refused", key=b"refused"),
        "operation raises": record("failed", key=b"crash"),
    }


@pytest.mark.parametrize("kind", ["states", "changes"])
async def test_each_bad_message_is_laid_aside_once_untouched_and_the_partition_goes_on(system, broker, kind: Kind):
    topic = await broker.topic(settings={"max.message.bytes": "4000000"})
    bad = _bad(topic)
    effects = Effects(refuse={"refused"}, crash={"crash"})
    for name, record in bad.items():
        await broker.raw(topic, record.key, record.value, record.headers)
        await broker.send(topic, f"good behind {name}", 1, 1)

    async with running(system, topic=topic, kind=kind, effects=effects) as runtime:

        async def all_laid_aside() -> bool:
            return len(await broker.dead_letters("stats", topic)) >= len(bad)

        await eventually(all_laid_aside)
        handled = await (effects.states if kind == "states" else effects.changes)(runtime.database)
        assert sorted(dict(handled)) == sorted(f"good behind {name}" for name in bad)

        # The same records again, as after an offset that was not committed
        consumer = runtime.consumers.topics[0].subscriber.consumer
        await consumer.seek_to_beginning()
        await broker.send(topic, "good at last", 1, 1)

        async def good_at_last() -> bool:
            return "good at last" in dict(
                await (effects.states if kind == "states" else effects.changes)(runtime.database)
            )

        await eventually(good_at_last)
        letters = await broker.dead_letters("stats", topic)

    assert len(letters) == len(bad)
    by_offset = {int(dict(letter.headers)["dead_letter_offset"]): letter for letter in letters}
    for number, (name, record) in enumerate(bad.items()):
        letter = by_offset[2 * number]
        about = dict(letter.headers)
        assert about["dead_letter_reason"].decode() == record.reason, (name, about["dead_letter_detail"])
        assert about["dead_letter_detail"], name
        assert letter.value == record.value, name
        assert [header for header in letter.headers if not header[0].startswith("dead_letter_")] == record.headers, name
        key = about.get("dead_letter_key")
        assert (None if key is None else base64.b64decode(key)) == record.key, name
    for reason in {record.reason for record in bad.values()}:
        expected = sum(record.reason == reason for record in bad.values())
        assert total("semaine_dead_letters_total", topic=topic.name, reason=reason) == expected, reason


@pytest.mark.parametrize("kind", ["states", "changes"])
async def test_one_bad_message_among_many_costs_few_transactions(system, broker, kind: Kind):
    topic = await broker.topic()
    for number in range(500):
        key = "refused" if number == 321 else f"good {number}"
        await broker.producer.send(topic.name, figure(1), key.encode(), headers=headers(topic, key, 1))
    await broker.producer.flush()
    effects = Effects(refuse={"refused"})
    async with running(system, topic=topic, kind=kind, effects=effects) as runtime:

        async def all_handled() -> bool:
            return len(await (effects.states if kind == "states" else effects.changes)(runtime.database)) == 499

        await eventually(all_handled)
    assert len(await broker.dead_letters("stats", topic)) == 1
    assert len(effects.calls) < 100
