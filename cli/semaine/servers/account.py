"""PostgreSQL refuses to run as root: who it runs as then, and from where."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from semaine.failure import Failure
from semaine.system.process import Account

_CANDIDATES = ("postgres", "nobody")
_OTHERS_MAY_ENTER = stat.S_IXOTH


class NoAccountError(Failure):
    """PostgreSQL does not run as root, and there is nobody to run it as."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where PostgreSQL's programs and data lie, and who runs it. `account` is None for the present user."""

    programs: Path
    folder: Path
    account: Account | None


def home(*, programs: Path, folder: Path) -> Home:
    """
    Where to run PostgreSQL, and as whom.

    As root, everything must be in reach of an unprivileged user: what lies in a closed folder (as /root often is)
    gets a place of its own under the machine's folder for lasting temporary files.
    """
    if os.geteuid() != 0:
        return Home(programs=programs, folder=folder, account=None)
    account = _unprivileged()
    place = outside(folder)
    data = folder if _reachable(folder.parent) else place / "data"
    if not _reachable(programs):
        programs = _copied(programs, place / "install")
    return Home(programs=programs, folder=data, account=account)


def outside(folder: Path) -> Path:
    """The place of what cannot lie in `folder`; always the same one for the same folder."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    base = Path("/var/tmp")  # noqa: S108 - survives a restart, and the folder below it is closed to others
    return (base if base.is_dir() else Path(tempfile.gettempdir())) / f"semaine-{name}"


def own_folder(path: Path, account: Account | None) -> None:
    """Make a folder that belongs to the account and is closed to all others."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    own(path, account)


def own(path: Path, account: Account | None) -> None:
    """Give a file or folder to the account."""
    if account:
        os.chown(path, account.uid, account.gid)


def _unprivileged() -> Account:
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=name)
    raise NoAccountError(
        f"PostgreSQL does not run as root, and no user {' or '.join(_CANDIDATES)} is known here: run as another user, "
        "or point DATABASE_ADMIN_URL at a PostgreSQL that runs already."
    )


def _reachable(path: Path) -> bool:
    return all(folder.stat().st_mode & _OTHERS_MAY_ENTER for folder in (path.resolve(), *path.resolve().parents))


def _copied(programs: Path, target: Path) -> Path:
    """A copy of the installation (the folder above `programs`) that everybody may read."""
    if not (target / programs.name).is_dir():
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent))
        shutil.copytree(programs.parent, unfinished, dirs_exist_ok=True, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    return target / programs.name
