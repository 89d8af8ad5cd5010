"""Where the servers' packages put their files."""

import shutil
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from semaine.failure import Failure


class NotInstalledError(Failure):
    """A package that brings a server is not installed; `make setup` installs all."""


def folder(package: str) -> Path:
    """A package's folder, found without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise NotInstalledError(f"the package {package} is not installed: run `make setup`")
    return Path(spec.origin).parent


def program(name: str) -> Path:
    """A program that a package put beside `python`."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = beside if beside.exists() else shutil.which(name)
    if found is None:
        raise NotInstalledError(f"the program {name} is not installed: run `make setup`")
    return Path(found)
