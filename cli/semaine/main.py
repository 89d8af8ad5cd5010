"""The `semaine` command. Each subcommand is a module of `semaine.commands` and imports what it needs when it runs."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from semaine.commands import (
    audit,
    charters,
    dead_letters,
    down,
    faults,
    migrate,
    notices,
    persons,
    postpone,
    provision,
    rebuild,
    rehearse,
    reset,
    status,
    token,
    up,
)
from semaine.failure import Failure


class _Commands(TyperGroup):
    """Says an expected failure in plain words and ends with its exit code."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except Failure as failure:
            print(f"semaine: {failure}", file=sys.stderr)
            raise typer.Exit(failure.exit_code) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Run, inspect and repair the whole Semaine system.",
)
app.command("up")(up.up)
app.command("status")(status.status)
app.command("down")(down.down)
app.command("reset")(reset.reset)
app.command("audit")(audit.audit)
app.add_typer(charters.charters, name="charters")
app.add_typer(dead_letters.dead_letters, name="dead-letters")
app.add_typer(notices.notices, name="notices")
app.command("rebuild")(rebuild.rebuild)
app.command("rehearse")(rehearse.rehearse)
app.command("faults")(faults.faults)
app.add_typer(postpone.postpone, name="postpone")
app.add_typer(persons.persons, name="persons")
app.command("token")(token.token)
app.command("migrate")(migrate.migrate)
app.command("provision")(provision.provision)

if __name__ == "__main__":
    app()
