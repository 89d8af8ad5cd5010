"""Peak resident memory of processes."""

from collections.abc import Iterator
from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


def peak(pid: int) -> int:
    """
    Bytes: the largest peak of any single process among `pid` and its descendants, 0 when there is none.

    Shared memory counts in each process that touched it, so a sum over PostgreSQL's processes would say nothing.
    """
    return max((_peak_of(process) for process in _family(pid)), default=0)


def _family(pid: int) -> Iterator[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        yield parent
        yield from parent.children(recursive=True)
    except psutil.Error:
        return


def _peak_of(process: psutil.Process) -> int:
    """What the kernel recorded (Linux), else what it holds now."""
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
