"""
A service whose clock is off: `python -m semaine.faults.shifted SECONDS MODULE`.

Every reading of the time of day in the process is shifted, from before its first import; the monotonic clock is not,
as on a machine whose clock was set wrongly.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    seconds, module = float(sys.argv[1]), sys.argv[2]
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True).start()
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
