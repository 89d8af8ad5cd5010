"""`semaine notices`: the mails that people get, with made-up data."""

from pathlib import Path
from typing import Annotated

import typer

from semaine.commands.options import AsJson
from semaine.failure import Failure

notices = typer.Typer(no_args_is_help=True, help="Look at what people are told.")


@notices.command("preview")
def preview(
    kind: Annotated[str | None, typer.Argument(help="A kind of notice; without it, all of them.")] = None,
    language: Annotated[str | None, typer.Option(help="fr or en; without it, both.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write each as .txt, .html and .eml there.")
    ] = None,
    public_url: Annotated[str, typer.Option(help="Where links lead to.")] = "https://semaine.example",
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """Show each notice with sample data: its words, or with --out the files that a browser or mail program opens."""
    import json
    from typing import get_args

    from notifications.mails.preview import previews
    from shared.contracts.base import Language
    from shared.contracts.notifications import MailKind

    if kind not in {None, *get_args(MailKind)}:
        raise Failure(f"there is no notice {kind}: take one of {', '.join(get_args(MailKind))}")
    if language not in {None, *get_args(Language)}:
        raise Failure(f"notices are not written in {language}: take one of {', '.join(get_args(Language))}")
    found = [
        each
        for one in get_args(Language)
        if language in {None, one}
        for each in previews(public_url=public_url, language=one, kind=kind)
    ]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for each in found:
            for suffix, data in _files(each.written.text, each.written.html, each.message):
                (out / f"{each.name}.{each.language}.{suffix}").write_bytes(data)
    if as_json:
        print(json.dumps([
            {"name": each.name, "kind": each.kind, "language": each.language, "subject": each.written.subject,
             "text": each.written.text, "html": each.written.html}
            for each in found
        ], ensure_ascii=False))  # fmt: skip
    elif out is not None:
        print(f"{len(found)} notices are in {out}, each as .txt, .html and .eml")
    else:
        for each in found:
            print(f"== {each.name} ({each.language}): {each.written.subject}\n\n{each.written.text}")


def _files(text: str, html: str, message: bytes) -> tuple[tuple[str, bytes], ...]:
    return ("txt", text.encode()), ("html", html.encode()), ("eml", message)
