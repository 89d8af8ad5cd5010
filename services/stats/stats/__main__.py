"""The process: `python -m stats`."""

import resource

from shared.runtime.service import run
from shared.runtime.settings import load
from stats.app import build
from stats.settings import Settings

_OTHER_FILES = 500
"""Open files besides the viewers' connections."""


def main() -> None:
    settings = load(Settings)
    _allow_open_files(settings.viewers_limit + _OTHER_FILES)
    run(lambda: build(settings))


def _allow_open_files(wanted: int) -> None:
    """Many systems allow a process 1,024 open files, and more on request."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    main()
