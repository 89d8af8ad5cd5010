"""The page: docs/benchmarks.md and its plots, out of a run's JSON."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.children import ROOT
from bench.plots import plots
from bench.reasons import REASONS
from bench.words import BEFORE_TABLE, HOW, MEASURED, SMALL

_PAGE = ROOT / "docs/benchmarks.md"
_IMAGES = ROOT / "docs/images"

Run = dict[str, Any]


def write(run: Run) -> None:
    """Write the page and its plots."""
    for file, content in files(run).items():
        file.write_text(content)


def files(run: Run) -> dict[Path, str]:
    """The page and its plots."""
    images = {_IMAGES / f"bench-{name}.svg": content for name, content in plots(run["rows"]).items()}
    return {_PAGE: "\n".join(_page(run)), **images}


def told(row: Run) -> str:
    """A row in a line, for the terminal."""
    peer = f", {row['peer_name']} {figure(row['peer'])}" if "peer" in row else ""
    ratio = f": {row['ratio']:.2f}×" if "ratio" in row else ""
    met = "met" if row["met"] else "MISSED"
    return f"{row['work']}: {figure(row['ours'])} {row['unit']}{peer}{ratio} (goal {row['goal']}: {met})"


def figure(value: float) -> str:
    """Three significant figures, thousands apart."""
    if abs(value) >= 100:  # noqa: PLR2004
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def _page(run: Run) -> Iterator[str]:
    machine = run["machine"]
    yield BEFORE_TABLE.format(
        date=machine["date"],
        processor=machine["processor"],
        cores=machine["cores"],
        memory_gb=machine["memory_gb"],
        system=machine["system"],
        python=machine["python"],
        packages=", ".join(f"{name} {version}" for name, version in machine["packages"].items()),
    )
    if any(row.get("small") for row in run["rows"]):
        yield SMALL
    yield from _table(run["rows"])
    yield "\n![Ours to the peer's rate, with the goal of each](images/bench-ratios.svg)\n"
    yield from _missed(run["rows"])
    yield MEASURED
    yield from _latency(run["rows"])
    yield from _growth(run["rows"])
    yield from _start(run["rows"])
    yield from _conditions(run["rows"])
    yield HOW


def _table(rows: Iterable[Run]) -> Iterator[str]:
    yield "| work | ours | peer | ratio | goal | |"
    yield "|---|---:|---:|---:|---|---|"
    for row in rows:
        peer = f"{figure(row['peer'])} ({row['peer_name']})" if "peer" in row else "–"
        ratio = f"{row['ratio']:.2f}×" if "ratio" in row else "–"
        extra = f", p99 {row['details']['p99_ratio']:.2f}×" if "p99_ratio" in row.get("details", {}) else ""
        met = "met" if row["met"] else "**missed**"
        ours = f"{figure(row['ours'])} {row['unit']}"
        small = " (small)" if row.get("small") else ""
        yield f"| {row['work']}{small} | {ours} | {peer} | {ratio}{extra} | {row['goal']} | {met} |"


def _missed(rows: Iterable[Run]) -> Iterator[str]:
    missed = [row for row in rows if not row["met"]]
    if not missed:
        return
    yield "\n## What misses its goal, and why\n"
    for row in missed:
        yield f"- **{row['name']}**: {REASONS.get(row['name'], 'not explained yet.')}"


def _row(rows: Iterable[Run], name: str) -> Run | None:
    return next((row for row in rows if row["name"] == name), None)


def _latency(rows: list[Run]) -> Iterator[str]:
    found = [row for name in ("latency, idle", "latency, paced") if (row := _row(rows, name))]
    if not found:
        return
    yield "\n## Latency\n\n![Latency of each step](images/bench-latency.svg)\n"
    yield "Milliseconds from sending the submission.\n"
    yield "| | step | p50 | p90 | p99 | worst |"
    yield "|---|---|---:|---:|---:|---:|"
    for row in found:
        for step, times in row["details"]["milliseconds"].items():
            cells = " | ".join(figure(times[name]) for name in ("p50", "p90", "p99", "worst"))
            yield f"| {row['name'].partition(', ')[2]} | {step} | {cells} |"


def _growth(rows: list[Run]) -> Iterator[str]:
    row = _row(rows, "growth, cost")
    if not row:
        return
    yield "\n## Growth\n\n![Cost per message by the number of sign-ups held](images/bench-growth.svg)\n"
    yield "| sign-ups held | processor, µs/message | messages/s | stop | start | catch-up | registration | stats |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    for size in row["details"]["sizes"]:
        yield (
            f"| {size['sign_ups']:,} | {figure(size['cpu_us_per_message'])} | {figure(size['messages_a_second'])} "
            f"| {size['stop_seconds']:.1f} s | {size['start_seconds']:.1f} s "
            f"| {size['catch_up_seconds']:.1f} s for {size['catch_up_messages']:,} "
            f"| {size['registration_rss_mb']:.0f} MB | {size['stats_rss_mb']:.0f} MB |"
        )


def _start(rows: list[Run]) -> Iterator[str]:
    row = _row(rows, "start")
    if not row:
        return
    yield "\n## Start\n\n| seconds | what |\n|---:|---|"
    for what, seconds in row["details"]["parts"].items():
        yield f"| {seconds:.1f} | {what} |"


def _conditions(rows: Iterable[Run]) -> Iterator[str]:
    yield "\n## Every sample\n"
    yield "`others` and `stolen`: cores that other processes and the host used meanwhile. Samples in brackets were"
    yield "disturbed (more than 0.3 cores) and do not count where there are quiet ones.\n"
    yield "| measurement | of | samples | load before | others | stolen |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        for name, samples in row.get("samples", {}).items():
            values = ", ".join(
                figure(each["value"]) if each.get("quiet", True) else f"({figure(each['value'])})" for each in samples
            )
            cells = " | ".join(
                ", ".join(f"{each[key]:.1f}" for each in samples)
                for key in ("load_average", "other_cores", "stolen_cores")
            )
            yield f"| {row['name']} | {name} | {values} {row['unit']} | {cells} |"
