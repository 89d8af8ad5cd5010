"""What `semaine up` shows."""

import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console, RenderableType
from rich.table import Table

from semaine.system.system import System
from shared.contracts.topics import SERVICES

_WHAT = {
    "gateway": "the public API, all services under one address",
    "mail_sink": "every mail that was sent, delivered nowhere",
    "postgresql": "one database per service",
    "kafka": "the topics",
    "registration": "editions, organisers, events, guest lists",
    "labelling": "charters, decisions, reviews",
    "notifications": "mails and webhooks",
    "stats": "live counters",
}


class Screen:
    """Lines with the seconds since the start, and a table of what runs where."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._begun = time.monotonic()

    def tell(self, line: str) -> None:
        """Show a line."""
        seconds = time.monotonic() - self._begun
        self._console.print(f"{seconds:7.1f} s  {line}", markup=False, soft_wrap=True)

    def print(self, what: RenderableType) -> None:
        """Show a table."""
        self._console.print()
        self._console.print(what)

    def show(self, system: System) -> None:
        """Show what runs, where it answers, and what to do next."""
        table = Table("Part", "Address", "What", title="Semaine runs", title_justify="left")
        for name, address in _addresses(system).items():
            table.add_row(name, address, _WHAT[name])
        self.print(table)
        self._console.print(
            f"Look at {system.public_url} and {system.mail_url}",
            f"Logs are in {system.folder.logs}. A token: {_command()} token --role staff --subject me",
            "Ctrl-C stops everything; the data stays.",
            sep="\n",
            soft_wrap=True,
        )


def _command() -> str:
    """As it can be typed again: it need not be on the user's path."""
    return sys.argv[0] if Path(sys.argv[0]).name == "semaine" else "semaine"


def _addresses(system: System) -> dict[str, str]:
    return {
        "gateway": system.public_url,
        **{name: system.service_url(name) for name in SERVICES},
        "mail_sink": system.mail_url,
        "postgresql": urlsplit(system.admin_url).netloc.rpartition("@")[2],
        "kafka": system.bootstrap_servers,
    }
