"""
Measure, side by side, in one run on one machine.

    make bench                                  # everything: the better part of an hour on two cores
    make bench ARGS="--quick"                   # small sizes, one round: does it all work?
    make bench ARGS="--only pipeline"           # one measurement; may be repeated
    make bench ARGS="--json FILE --page"        # keep the figures; write docs/benchmarks.md from them
"""

import argparse
import asyncio
import json
import resource
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench import machine, page
from bench.children import ROOT, ChildError, needed
from bench.measures import MEASURES
from bench.results import Row
from bench.sizes import FULL, QUICK, Sizes
from semaine.failure import Failure

_DEFAULT = ROOT / "docs/benchmarks.json"
_QUICK = ROOT / "artefacts/benchmarks.json"


def main() -> int:
    given = _arguments()
    given.json = given.json or (_QUICK if given.quick else _DEFAULT)
    if given.only_page:
        page.write(json.loads(given.json.read_text()))
        return 0
    sizes = QUICK if given.quick else FULL
    if given.growth:
        sizes = replace(sizes, growth=tuple(given.growth))
    if given.sign_ups:
        sizes = replace(sizes, sign_ups=given.sign_ups)
    if given.rounds:
        sizes = replace(sizes, rounds=given.rounds)
    _allow_open_files()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends, as after Ctrl-C
    names = given.only or list(MEASURES)
    try:
        needed(path for name in names for path in MEASURES[name].NEEDS)
        run = asyncio.run(_run(names, sizes))
    except (ChildError, Failure) as error:
        print(error, file=sys.stderr)
        return 1
    if given.only and given.json.exists():
        run = _merged(json.loads(given.json.read_text()), run)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    if given.page:
        page.write(run)
    print(f"\nThe figures are in {given.json}")
    return 0


def _allow_open_files() -> None:
    """As many as may be, for every child too: thousands of connections are a file each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    about = ", ".join(MEASURES)
    parser.add_argument("--only", action="append", choices=MEASURES, metavar="NAME", help=f"one of: {about}")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: says nothing about speed")
    parser.add_argument("--rounds", type=int, help="rounds of each contest")
    parser.add_argument("--sign-ups", type=int, help="through the pipeline, ours and the bare one")
    parser.add_argument("--growth", type=int, nargs="+", metavar="SIGN_UPS", help="sizes at which growth is measured")
    parser.add_argument("--json", type=Path, help="where the figures go; --only replaces its own")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks.md and its plots too")
    parser.add_argument("--only-page", action="store_true", help="write the page from --json, measure nothing")
    return parser.parse_args()


async def _run(names: list[str], sizes: Sizes) -> dict[str, object]:
    described = machine.describe()
    begun = time.monotonic()
    rows: list[Row] = []
    for name in names:
        print(f"\n{name}: {MEASURES[name].ABOUT}", flush=True)
        at = time.monotonic()
        found = await MEASURES[name].run(sizes)
        seconds = time.monotonic() - at
        for row in found:
            row.measure, row.seconds, row.small = name, seconds, sizes.small or None
            print(f"  {page.told(row.as_json())}", flush=True)
        print(f"  ({seconds:.0f} s)", flush=True)
        rows += found
    return {
        "machine": described,
        "sizes": sizes.as_json(),
        "seconds": round(time.monotonic() - begun),
        "rows": [row.as_json() for row in rows],
    }


def _merged(before: dict[str, list[dict[str, object]]], now: dict[str, object]) -> dict[str, object]:
    """An earlier run with the measurements of this one in place of its own."""
    new: list[dict[str, object]] = now["rows"]  # type: ignore[assignment]
    again = {row["measure"] for row in new}
    rows = [row for row in before["rows"] if row["measure"] not in again] + new
    order = list(MEASURES)
    rows.sort(key=lambda row: order.index(str(row["measure"])))
    return {**before, "rows": rows}


if __name__ == "__main__":
    sys.exit(main())
