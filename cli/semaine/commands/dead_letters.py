"""`semaine dead-letters list | show | replay | discard`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from semaine.commands.options import DATA, AsJson, Data

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from shared.runtime.letters import Letter, Letters

Answer = TypeVar("Answer")
ServiceName = Literal["registration", "labelling", "notifications", "stats"]
ForService = Annotated[ServiceName | None, typer.Option("--service", help="Only those of this service.")]
_SHOWN_BYTES = 4000

dead_letters = typer.Typer(
    no_args_is_help=True, help="Look at messages that were laid aside, send them again, or discard them."
)


@dead_letters.command("list")
def list_(service: ForService = None, data: Data = DATA, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List dead letters, oldest first. KAFKA_BOOTSTRAP_SERVERS names a broker elsewhere."""
    found = _read(service, data)
    if as_json:
        print(json.dumps([_described(letter) for letter in found], indent=2))
        return
    for letter in found:
        print(f"{letter.id}  {letter.service}, {letter.at[:19]}{_became(letter)}")
        print(f"    {letter.topic} {letter.partition}/{letter.offset}")
        print(f"    {letter.reason}: {_printable(letter.detail, lines=False)}")
    still = sum(letter.state == "open" for letter in found)
    print(f"{len(found)} dead letters, {still} of them open" if found else "There are no dead letters.")


@dead_letters.command("show")
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    data: Data = DATA,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """Show one dead letter with its headers and value."""
    letter = _one(_read(None, data), id_)
    if as_json:
        print(json.dumps(_described(letter) | {"headers": _headers(letter), "value": _text(letter.value)}, indent=2))
        return
    for name, value in _described(letter).items():
        print(f"{name:12} {_printable(str(value), lines=False)}")
    for name, text in _headers(letter):
        print(f"header       {_printable(f'{name}: {text}', lines=False)}")
    print(_printable((_text(letter.value) or "(no value)")[:_SHOWN_BYTES]))


@dead_letters.command("replay")
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Which; or all, with --all.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,  # noqa: FBT002
    service: ForService = None,
    data: Data = DATA,
) -> None:
    """Send dead letters to the topic they came from, for the service that laid them aside alone."""
    from semaine.failure import Failure

    if bool(ids) == all_:
        raise typer.BadParameter("name the letters, or say --all")
    found = _read(service, data)
    chosen = [letter for letter in found if letter.state == "open"] if all_ else [_one(found, id_) for id_ in ids or []]
    letters = _letters(data)
    refused = _run(letters, letters.replay(chosen))
    print(f"{len(chosen) - len(refused)} sent again; what fails again is laid aside again")
    if refused:
        raise Failure("the broker refused " + "; ".join(f"{id_}: {why}" for id_, why in refused.items()))


@dead_letters.command("discard")
def discard(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Which.")],
    why: Annotated[str, typer.Option(help="Why nothing is to be done about them; kept with who said so, and when.")],
    by: Annotated[str, typer.Option(help="Who says so.", envvar="USER")],
    data: Data = DATA,
) -> None:
    """Note that nothing is to be done about these dead letters. They stay, and can still be replayed by their ids."""
    if not (why.strip() and by.strip()):
        raise typer.BadParameter("say who discards them and why: --by and --why")
    found = _read(None, data)
    chosen = [letter for letter in (_one(found, id_) for id_ in ids) if letter.state == "open"]
    letters = _letters(data)
    _run(letters, letters.discard(chosen, by=by.strip(), why=why.strip()))
    print(f"{len(chosen)} discarded")


def _became(letter: "Letter") -> str:
    if letter.replayed_at:
        return f", replayed {letter.replayed_at[:19]}"
    if letter.discarded is None:
        return ""
    said = f"discarded {letter.discarded.at[:19]} by {letter.discarded.by}: {letter.discarded.why}"
    return f", {_printable(said, lines=False)}"


def _letters(data: object) -> "Letters":
    import os
    from pathlib import Path

    from semaine.addresses import addresses
    from semaine.system.system import KAFKA_BOOTSTRAP_SERVERS
    from shared.runtime.letters import Letters

    assert isinstance(data, Path)
    given = os.environ.get(KAFKA_BOOTSTRAP_SERVERS)
    return Letters(bootstrap_servers=given or addresses(data).bootstrap_servers)


def _run(letters: "Letters", asked: "Coroutine[Any, Any, Answer]") -> "Answer":
    """Ask the broker; one that does not answer is said in plain words."""
    import asyncio

    from aiokafka.errors import KafkaError

    from semaine.failure import Failure

    try:
        return asyncio.run(asked)
    except KafkaError as error:
        raise Failure(
            f"Kafka at {letters.bootstrap_servers} does not answer ({error!r}): "
            "is it running, and does KAFKA_BOOTSTRAP_SERVERS name it?"
        ) from None


def _read(service: ServiceName | None, data: object) -> "list[Letter]":
    from shared.contracts.topics import SERVICES

    letters = _letters(data)

    async def read_all() -> "list[Letter]":
        return [letter for each in SERVICES if service in {None, each} for letter in await letters.read(each)]

    return _run(letters, read_all())


def _one(letters: "list[Letter]", id_: str) -> "Letter":
    from semaine.failure import Failure

    for letter in letters:
        if letter.id == id_:
            return letter
    raise Failure(f"there is no dead letter {id_}: `semaine dead-letters list` shows them all")


def _described(letter: "Letter") -> dict[str, object]:
    return {
        "id": letter.id,
        "service": letter.service,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "key": _text(letter.key),
        "reason": letter.reason,
        "detail": letter.detail,
        "at": letter.at,
        "state": letter.state,
        "replayed_at": letter.replayed_at,
        "discarded": asdict(letter.discarded) if letter.discarded else None,
    }


def _headers(letter: "Letter") -> list[tuple[str, str | None]]:
    return [(name, _text(value)) for name, value in letter.headers]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")


def _printable(text: str, *, lines: bool = True) -> str:
    """Without what a terminal would take for a command: whoever wrote it need not be a friend."""
    kept = "\n\t" if lines else ""
    return "".join(
        each if each.isprintable() or each in kept else each.encode("unicode_escape").decode() for each in text
    )
