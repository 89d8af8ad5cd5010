"""`semaine dead-letters`: listed, shown, and sent again for the one service that laid the message aside."""

import asyncio
import json
import os
import sys

from tests.integration.runtime.world import Effects, eventually, headers, running


async def _semaine(bootstrap_servers: str, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "semaine.main", "dead-letters", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "COLUMNS": "80"},
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_letter_is_listed_shown_and_sent_again_to_its_service_alone(system, broker):
    topic = await broker.topic(settings={"cleanup.policy": "compact"})
    of_stats, of_labelling = Effects(refuse={"one", "two"}), Effects(refuse={"one", "two"})
    async with (
        running(system, topic=topic, kind="states", service="stats", effects=of_stats) as stats,
        running(system, topic=topic, kind="changes", service="labelling", effects=of_labelling) as labelling,
    ):
        await broker.send(topic, "one", 1, 11)
        await broker.send(topic, "two", 1, 22)
        await broker.raw(topic, b"bytes", b"\xff\x00\x1b[2J", headers(topic, "bytes", x_origin=None))

        async def all_laid_aside() -> bool:
            return all([len(await broker.dead_letters(name, topic)) == 3 for name in ("stats", "labelling")])

        await eventually(all_laid_aside)
        code, out, _ = await _semaine(system.bootstrap_servers, "list", "--json", "--service", "stats")
        letters = {letter["key"]: letter for letter in json.loads(out) if letter["topic"] == topic.name}
        assert code == 0
        assert {key: letter["reason"] for key, letter in letters.items()} == {
            "one": "refused", "two": "refused", "bytes": "not_json",
        }  # fmt: skip
        assert letters["one"]["offset"] == 0
        assert letters["one"]["detail"] == "one is refused, whatever \\0 it says"

        code, out, _ = await _semaine(system.bootstrap_servers, "show", letters["bytes"]["id"], "--json")
        shown = json.loads(out)
        assert (code, shown["value"]) == (0, "\\xff\x00\x1b[2J")
        assert ["ce_type", "semaine.figure.v1"] in shown["headers"]
        assert ["x_origin", None] in shown["headers"]
        await _shown_to_people(system.bootstrap_servers, topic, letters)

        of_stats.refuse.clear()
        of_labelling.refuse.clear()
        code, out, err = await _semaine(system.bootstrap_servers, "replay", letters["one"]["id"])
        assert (code, err) == (0, "")
        assert out.startswith("1 sent again")

        async def stats_has_one() -> bool:
            return await of_stats.states(stats.database) == {"one": 11}

        await eventually(stats_has_one)
        # All that have not been sent yet: those bytes cannot be read any better, and are laid aside once more.
        code, out, err = await _semaine(system.bootstrap_servers, "replay", "--all", "--service", "stats")
        assert (code, err) == (0, "")

        async def stats_has_two() -> bool:
            return len(await broker.dead_letters("stats", topic)) == 4 and await of_stats.states(stats.database) == {
                "one": 11,
                "two": 22,
            }

        await eventually(stats_has_two)
        # The same letter a second time: the mark is there already.
        await _semaine(system.bootstrap_servers, "replay", letters["one"]["id"])
        await broker.send(topic, "last", 1, 1)

        async def both_have_the_last() -> bool:
            return "last" in await of_stats.states(stats.database) and ("last", 1) in await of_labelling.changes(
                labelling.database
            )

        await eventually(both_have_the_last)
        assert await of_stats.times(stats.database) == {"one": 1, "two": 1, "last": 1}
        assert await of_labelling.changes(labelling.database) == [("last", 1)]
        assert len(await broker.dead_letters("labelling", topic)) == 3

    # Compaction keeps the last record of each key: a replay must not stand in place of a newer state.
    records = await broker.read(topic.name)
    replayed = [record for record in records if record.key.startswith(b"replay/")]
    assert [record.offset for record in records if record.key == b"one"] == [0]
    assert {record.key: record.value for record in replayed} == dict.fromkeys({each.key for each in replayed})

    code, out, _ = await _semaine(system.bootstrap_servers, "list", "--json", "--service", "stats")
    listed = [letter for letter in json.loads(out) if letter["topic"] == topic.name]
    assert {letter["key"]: bool(letter["replayed_at"]) for letter in listed[:3]} == dict.fromkeys(letters, True)
    assert listed[3]["key"] == "bytes"
    assert not listed[3]["replayed_at"]
    await _discarded(system.bootstrap_servers, listed[3]["id"])


async def _discarded(bootstrap_servers, id_):
    """Once, with who said so and why; and then it is open no more, and not among all that are replayed."""
    reason = ("--by", "kim", "--why", "no \x1b[2J message")
    for expected in ("1 discarded\n", "0 discarded\n"):
        assert await _semaine(bootstrap_servers, "discard", id_, *reason) == (0, expected, "")
    _, out, _ = await _semaine(bootstrap_servers, "list", "--json", "--service", "stats")
    (letter,) = [each for each in json.loads(out) if each["id"] == id_]
    assert letter["state"] == "discarded"
    assert (letter["discarded"]["by"], letter["discarded"]["why"]) == ("kim", "no \x1b[2J message")
    _, out, _ = await _semaine(bootstrap_servers, "list", "--service", "stats")
    assert " by kim: no \\x1b[2J message\n" in out
    code, _, err = await _semaine(bootstrap_servers, "discard", id_, "--by", "kim", "--why", " ")
    assert code != 0
    assert "say who discards them and why" in err


async def _shown_to_people(bootstrap_servers, topic, letters):
    """The id can be copied from a narrow terminal, and no byte of a message commands the terminal."""
    _, out, _ = await _semaine(bootstrap_servers, "list", "--service", "stats")
    assert all(f"{letter['id']}  stats, " in out for letter in letters.values())
    assert f"    {topic.name} 0/0\n    refused: one is refused, whatever \\0 it says\n" in out
    _, out, _ = await _semaine(bootstrap_servers, "show", letters["bytes"]["id"])
    assert out.endswith("\n\\xff\\x00\\x1b[2J\n")


async def test_what_is_not_there_is_said_in_words(system):
    code, out, err = await _semaine(system.bootstrap_servers, "show", "no-such-id")
    assert (code, out) == (1, "")
    assert err == "semaine: there is no dead letter no-such-id: `semaine dead-letters list` shows them all\n"
    code, _, err = await _semaine("127.0.0.1:9", "list")
    assert code == 1
    assert "Kafka at 127.0.0.1:9 does not answer" in err
    assert "Traceback" not in err
