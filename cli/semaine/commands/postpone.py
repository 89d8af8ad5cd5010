"""`semaine postpone`: postpone or cancel an edition, first as a preview."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semaine.commands.calling import Token, Url, called
from semaine.commands.options import DATA, AsJson, Data

if TYPE_CHECKING:
    from semaine.rehearsal.programme import Programme

postpone = typer.Typer(
    no_args_is_help=True, help="Postpone an edition to known dates, without dates yet, or cancel it; preview it first."
)
Edition = Annotated[str, typer.Argument(help="The edition's id, like 2020.")]
ActFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The act as JSON, as the API takes it.")
]


@postpone.command("preview")
def preview(  # noqa: PLR0917 - options of a command are given by name
    edition: Edition,
    act: ActFile,
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    samples: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write there what people would be told, in both languages."),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Show what the act would do: events that move, collide with holidays or fall outside, people and partners to be told.

    Changes nothing. The token at the end confirms exactly this, for two hours, unless an event changes meanwhile.
    """
    import json

    async def show(programme: "Programme") -> dict[str, Any]:
        shown = await programme.preview_act(_read(act), edition=edition)
        told = await programme.act_samples(shown["edition"])
        if samples is not None:
            _write(told["samples"], folder=samples)
        return shown | {"partners": told["partners"]}

    shown = called(show, url=url, token=token, data=data)
    if as_json:
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    _print_preview(shown)
    if samples is not None:
        print(f"What people would be told is in {samples}, as .txt and .html")
    print(f"Confirm with: semaine postpone confirm {edition} {act} --preview {shown['token']}")


@postpone.command("confirm")
def confirm(  # noqa: PLR0917 - options of a command are given by name
    edition: Edition,
    act: ActFile,
    shown: Annotated[str, typer.Option("--preview", metavar="TOKEN", help="The token that the preview gave.")],
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    wait: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option(help="Wait until all events have moved and all notices are on their way.")
    ] = True,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """Do what the preview showed. Confirming twice does it once; killing this command stops nothing."""
    import json

    from semaine.live import LiveLine

    content = {**_read(act), "token": shown}
    with LiveLine() as line:

        async def carry_out(programme: "Programme") -> dict[str, Any]:
            done = await programme.confirm_act(content, edition=edition)
            if not wait:
                return done
            return await _follow(programme, edition=edition, number=done["act"]["number"], line=line)

        done = called(carry_out, url=url, token=token, data=data)
    if as_json:
        print(json.dumps(done, indent=2, ensure_ascii=False))
    else:
        print(f"Act {done['act']['number']} on {edition}: {_sentence(done)}.")


async def _follow(programme: "Programme", *, edition: str, number: int, line: Any) -> dict[str, Any]:
    import asyncio

    while True:
        done = await programme.act(edition=edition, number=number)
        line.show(_sentence(done))
        if done["phase"] in {"settled", "superseded"}:
            return done
        await asyncio.sleep(0.5)


def _sentence(done: dict[str, Any]) -> str:
    return (
        f"{done['phase']}, {done['reached']} of {done['events']} events reached, "
        f"{done['told']} of {done['recipients']} people told"
    )


def _read(act: Path) -> dict[str, Any]:
    import json

    from semaine.failure import Failure

    try:
        content = json.loads(act.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{act} is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise Failure(f"{act} is no JSON object: see `POST /v1/editions/{{id}}/acts/preview` in docs/openapi")
    return content


def _write(samples: list[dict[str, Any]], *, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for each in samples:
        text = f"{each['subject']}\n\n{each['text']}"
        for suffix, content in (("txt", text), ("html", each["html"])):
            (folder / f"{each['name']}.{each['language']}.{suffix}").write_text(content, encoding="utf-8")


def _print_preview(shown: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from shared import territory

    table = Table("What", "Events", "For example", title=f"What would happen to {shown['edition']['id']}")
    table.title_justify = "left"
    table.add_row("events that are not withdrawn", f"{shown['events']:,}", "")
    table.add_row("in the public programme", f"{shown['in_catalogue']:,}", "")
    table.add_row("moved to other dates", f"{shown['moved']:,}", "")
    for name, words in _CONCERNS.items():
        concerned = shown[name]
        example = concerned["samples"][0] if concerned["samples"] else None
        table.add_row(words, f"{concerned['events']:,}", _example(example) if example else "")
    for place in shown["places"]:
        if code := place["territory"]:
            words = f"outside the dates of {code}, of {place['events']:,} events there"
            table.add_row(words, f"{place['outside_dates']:,}", "")
    unknown_in = ", ".join(territory.name_of(each) or each for each in shown["school_holidays_unknown_in"])
    table.add_row("in places whose school holidays are not known", f"{shown['school_holidays_unknown']:,}", unknown_in)
    people = shown["people"]
    for name, words in _PEOPLE.items():
        table.add_row(words, f"{people[name]:,}", "")
    table.add_row("partners’ endpoints to be told", f"{shown['partners']:,}", "")
    Console(highlight=False).print(table)


_CONCERNS = {
    "other_distance": "moved by another distance, to keep their weekday or with their region",
    "public_holiday": "on a public holiday of their place",
    "school_holiday": "in school holidays of their zone",
    "outside_dates": "outside the new dates",
    "outside_label_window": "outside the new label window",
}


_PEOPLE = {
    "people": "people to be told, each once",
    "organisers": "… of them organisers",
    "guests": "… of them guests",
    "both": "… of them both",
    "waiting": "… of them waiting for a place",
}


def _example(sample: dict[str, Any]) -> str:
    return f"{sample['title'][:40]}: {sample['slots'][0]['begin'][:16]} → {sample['new_slots'][0]['begin'][:16]}"
