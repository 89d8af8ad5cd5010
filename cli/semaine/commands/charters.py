"""`semaine charters`: what changes between two charters, and what a draft would change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semaine.commands.calling import Token, Url, called
from semaine.commands.options import DATA, AsJson, Data

if TYPE_CHECKING:
    from semaine.rehearsal.programme import Programme

charters = typer.Typer(
    no_args_is_help=True, help="Compare charters, and try a draft on an edition before it is published."
)
Language = Annotated[str, typer.Option("--language", help="Of the words: fr or en.")]
_VERDICTS = {"labelled": "labelled", "refused": "refused", "in_review": "in review", None: "not decided"}
_OUTCOMES = {"met": "met", "doubtful": "to be checked", "unmet": "not met", None: "–"}


@charters.command("diff")
def diff(  # noqa: PLR0917 - options of a command are given by name
    before: Annotated[str, typer.Argument(help="A published version, like 2020-1.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    language: Language = "en",
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Say what AFTER says otherwise than BEFORE, criterion by criterion, in words.

    Ends with 0 whether they differ or not, with 1 when there is no such version or no system runs.
    """
    import json

    _check(language)

    async def ask(programme: "Programme") -> dict[str, Any]:
        return await programme.charter_differences(after, since=before)

    found = called(ask, url=url, token=token, data=data)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if not found["differences"]:
        print(f"{after} says the same as {before}.")
    for each in found["differences"]:
        print(f"{each['criterion'] or 'charter'}: {each['words'][language]}")


@charters.command("simulate")
def simulate(  # noqa: PLR0917 - options of a command are given by name
    draft: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The draft, YAML or JSON.")
    ],
    edition: Annotated[str, typer.Argument(help="The edition's id, like 2020; past or present.")],
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    most: Annotated[int, typer.Option("--events", min=0, help="How many events that would change are listed.")] = 20,
    language: Language = "en",
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Say what a draft charter would decide otherwise of an edition's events. Nothing is published.

    With --json all events that would change are there. Ends with 0 whatever would change, with 1 when the draft has
    errors, there is no such edition or no system runs.
    """
    import json

    _check(language)

    async def ask(programme: "Programme") -> dict[str, Any]:
        return await programme.simulate_charter(draft.read_bytes(), edition=edition, most=None if as_json else most)

    found = called(ask, url=url, token=token, data=data)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    _print_totals(found)
    for each in found["changes"]:
        print(f"\n{each['event_id']}  {each['title']}{_place(each)}")
        print(f"    {_VERDICTS[each['before']]} (by {each['decided_by']}) → {_VERDICTS[each['after']]}")
        for criterion in each["criteria"]:
            reason = criterion["reason"][language] if criterion["reason"] else "the draft has no such criterion"
            print(f"    {criterion['criterion']}: {reason}")
    if found["totals"]["changed"] > len(found["changes"]):
        print(f"\n… and {found['totals']['changed'] - len(found['changes']):,} more: see --events and --json")


def _print_totals(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    totals = found["totals"]
    print(f"{found['charter_version']} on {found['edition_id']}, of {totals['events']:,} events:")
    print(f"    {totals['changed']:,} would have another verdict, {totals['open_changed']:,} of them open cases")
    console = Console(highlight=False)
    verdicts = Table("Now", "Then", "Events", title="Verdicts", title_justify="left")
    for each in totals["verdicts"]:
        verdicts.add_row(_VERDICTS[each["before"]], _VERDICTS[each["after"]], f"{each['events']:,}")
    criteria = Table("Criterion", "Now", "Then", "Events", title="Criteria", title_justify="left")
    for each in totals["criteria"]:
        criteria.add_row(each["criterion"], _OUTCOMES[each["before"]], _OUTCOMES[each["after"]], f"{each['events']:,}")
    for table in (verdicts, criteria):
        if table.row_count:
            console.print(table)


def _place(change: dict[str, Any]) -> str:
    return f" ({change['departement']})" if change["departement"] else ""


def _check(language: str) -> None:
    if language not in {"fr", "en"}:
        raise typer.BadParameter("words are in fr and en", param_hint="--language")
