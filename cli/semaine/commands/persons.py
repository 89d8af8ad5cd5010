"""`semaine persons`: what is kept about a person, exported or erased."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semaine.commands.calling import Token, Url, called
from semaine.commands.options import DATA, AsJson, Data

if TYPE_CHECKING:
    from semaine.rehearsal.programme import Programme

persons = typer.Typer(no_args_is_help=True, help="Export or erase what is kept about a person.")
Email = Annotated[
    str | None,
    typer.Argument(metavar="[EMAIL]", help="The address; without it, read from standard input, away from histories."),
]


@persons.command("export")
def export(  # noqa: PLR0917 - options of a command are given by name
    email: Email = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write it there, for nobody else to read.")
    ] = None,
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Show all that is kept under an address: who it is, sign-ups, waiting lists, organisations, digests, and mails sent.

    Ends with 0 also where nothing is kept. It is personal data: hand it to that person alone.
    """
    import json

    address = _address(email)

    async def ask(programme: "Programme") -> dict[str, Any]:
        found = await programme.export_person(address)
        ids = [each["id"] for each in (*found["persons"], *found["organisers"])]
        return found | {"mails": [mail for id_ in ids for mail in await programme.mails_to(id_)]}

    found = called(ask, url=url, token=token, data=data)
    written = json.dumps(found, indent=2, ensure_ascii=False)
    if out is not None:
        out.unlink(missing_ok=True)
        out.touch(mode=0o600, exist_ok=False)
        out.write_text(f"{written}\n", encoding="utf-8")
    if as_json:
        print(written)
    else:
        print("\n".join(_lines(found)))
        if out is not None:
            print(f"All of it is in {out}")


@persons.command("erase")
def erase(  # noqa: PLR0917 - options of a command are given by name
    email: Email = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - an option
    url: Url = None,
    token: Token = None,
    data: Data = DATA,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Erase what is kept under an address, in every service, for good. Erasing again finds nothing, and ends with 0 too.

    Sign-ups stay as numbers, so that no counter changes; organisations and their events stay.
    """
    import json

    address = _address(email)
    if not yes:
        typer.confirm("Erase all that is kept under this address, for good?", abort=True, err=True)

    async def ask(programme: "Programme") -> dict[str, Any]:
        return await programme.erase_person(address)

    done = called(ask, url=url, token=token, data=data)
    if as_json:
        print(json.dumps(done, indent=2))
    elif any(done.values()):
        told = "{persons} persons who signed up, {organisers} contacts of organisers, {digests} digests"
        print(f"Erased: {told.format(**done)}")
    else:
        print("Nothing is kept under this address")


def _address(email: str | None) -> str:
    import sys

    address = (email if email is not None else sys.stdin.readline()).strip()
    if "@" not in address:
        raise typer.BadParameter("give an e-mail address", param_hint="EMAIL")
    return address


def _lines(found: dict[str, Any]) -> list[str]:
    if not found["persons"] and not found["organisers"] and not found["digests"]:
        return ["Nothing is kept under this address"]
    return [
        *(f"Person {each['id']}: {each['name']}, {each['language']}" for each in found["persons"]),
        *(
            f"Organiser {each['id']}: {each['name']}, contact {each['contact_name'] or '–'}, {each['phone'] or '–'}"
            for each in found["organisers"]
        ),
        *(f"Sign-up {each['signed_up_at'][:10]} {each['status']}: {each['event']}" for each in found["sign_ups"]),
        *(f"Waiting list {each['joined_at'][:10]} {each['status']}: {each['event']}" for each in found["waiting"]),
        *(f"Digest of {_whose(each)}, each {each['every']}" for each in found["digests"]),
        *(f"Mail {each['created_at'][:10]} {each['status']}: {each['kind']}" for each in found["mails"]),
    ]


def _whose(digest: dict[str, Any]) -> str:
    return f"partner {digest['partner_id']}" if digest["partner_id"] else "a member of the committee"
