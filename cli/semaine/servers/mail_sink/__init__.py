"""A mail sink: takes every mail, delivers none, and shows them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semaine.system import probe
from semaine.system.process import Program

NAME = "mail_sink"


@dataclass(frozen=True, kw_only=True)
class MailSink:
    """Takes mails on `smtp_port`, shows them on `http_port`, keeps them in the SQLite file `mails`."""

    mails: Path
    smtp_port: int
    http_port: int

    def program(self, *, log: Path, environment: Mapping[str, str]) -> Program:
        """How to run it, as a process of its own."""
        return Program(
            name=NAME,
            command=[
                sys.executable,
                *("-m", "semaine.servers.mail_sink"),
                *("--mails", self.mails),
                *("--smtp-port", str(self.smtp_port)),
                *("--http-port", str(self.http_port)),
            ],
            folder=self.mails.parent,
            log=log,
            environment=environment,
            missing=self._missing,
        )

    async def _missing(self) -> str | None:
        return await probe.missing(self.http_port, "/api/count")
