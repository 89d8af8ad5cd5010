"""Peak resident memory of processes."""

from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


def peak(pid: int, *, family: bool) -> int:
    """
    Bytes: the peak of a process, 0 when it is gone; of the largest of it and its descendants if `family`.

    Shared memory counts in each process that touched it, so a sum over PostgreSQL's processes would say nothing.
    """
    return max(map(_peak_of, _family(pid) if family else [pid]))


def _family(pid: int) -> list[int]:
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return [pid]


def _peak_of(pid: int) -> int:
    """What the kernel recorded (Linux), else what it holds now."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
