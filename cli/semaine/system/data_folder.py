"""The folder that holds everything a system keeps, and the secrets in it."""

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from semaine.failure import Failure
from semaine.servers.account import outside
from shared.contracts.topics import Service

DEFAULT = Path(".semaine")


class NotWritableError(Failure):
    """The data folder cannot be written to."""


@dataclass(frozen=True)
class DataFolder:
    """Where things lie below `root`, which becomes absolute: programs run elsewhere."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgresql(self) -> Path:
        return self.root / "postgresql"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def gateway(self) -> Path:
        return self.root / "gateway"

    @property
    def mails(self) -> Path:
        return self.root / "mails.sqlite"

    @property
    def record(self) -> Path:
        """Which processes run, and where they answer."""
        return self.root / "running.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def played(self) -> Path:
        """There once the first edition has been played."""
        return self.root / "played"

    @property
    def private_key(self) -> Path:
        return self._secrets / "token-private.jwk"

    @property
    def public_key(self) -> Path:
        return self._secrets / "token-public.jwk"

    @property
    def _secrets(self) -> Path:
        return self.root / "secrets"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def password_file(self, owner: Service | str) -> Path:
        """The database password of a service, or of the administrator (`postgres`)."""
        return self._secrets / f"{owner}.password"

    def password(self, owner: Service | str) -> str:
        """Made up on first use."""
        file = self.password_file(owner)
        if not file.exists():
            write_secret(file, secrets.token_urlsafe(24))
        return file.read_text()

    def create(self) -> None:
        """Make the folders and the signing keys. Raises `NotWritableError`."""
        try:
            for folder in (self.root, self.logs, self.gateway):
                folder.mkdir(parents=True, exist_ok=True)
            self._secrets.mkdir(mode=0o700, exist_ok=True)
            self._create_keys()
            self.lock.touch()
        except OSError as error:
            raise NotWritableError(
                f"cannot write to the data folder {self.root}: {error.strerror}. "
                "Give yourself the right to write there or choose another folder with --data."
            ) from error

    def delete(self) -> None:
        """Delete what a system has put here, and what had to lie outside; nothing else. Raises `OSError`."""
        for folder in (outside(self.postgresql), self.postgresql, self.kafka, self.gateway, self.logs, self._secrets):
            if folder.exists():
                shutil.rmtree(folder)
        for file in (*self.root.glob(f"{self.mails.name}*"), self.record, self.played, self.lock):
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.root.rmdir()

    def _create_keys(self) -> None:
        from shared.runtime.tokens import new_key

        if self.private_key.exists() and self.public_key.exists():
            return
        key = new_key()
        write_secret(self.private_key, _jwk(key.as_dict(private=True)))
        self.public_key.write_text(_jwk(key.as_dict(private=False)))


def write_secret(file: Path, content: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(content)
    unfinished.rename(file)


def _jwk(key: object) -> str:
    import json

    return json.dumps(key, indent=2) + "\n"
