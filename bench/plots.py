"""The plots of the page."""

from collections.abc import Sequence
from typing import Any

from bench.svg import Bar, bars

_STEP = "{step}, {case}"
Run = dict[str, Any]


def plots(rows: Sequence[Run]) -> dict[str, str]:
    """SVG by name: those for which there are figures."""
    found = {"ratios": _ratios(rows), "latency": _latency(rows), "growth": _growth(rows)}
    return {name: content for name, content in found.items() if content}


def _ratios(rows: Sequence[Run]) -> str:
    """Rates alone: of times and memory, less is better."""
    found = [row for row in rows if "ratio" in row and row["unit"].endswith("/s")]
    if not found:
        return ""
    return bars(
        "Ours to the peer's rate (the tick is the goal)",
        [
            Bar(
                label=row["name"],
                value=row["ratio"],
                shown=f"{row['ratio']:.2f}×",
                goal=float(row["goal"].split("×", maxsplit=1)[0].removeprefix("≥ ")),
                kind="bar" if row["met"] else "missed",
            )
            for row in found
        ],
        logarithmic=True,
    )


def _latency(rows: Sequence[Run]) -> str:
    found = []
    for row in rows:
        if not row["name"].startswith("latency"):
            continue
        case = row["name"].partition(", ")[2]
        for step, times in row["details"]["milliseconds"].items():
            label = _STEP.format(step=step, case=case)
            found.append(Bar(label=f"{label}, p50", value=times["p50"], shown=f"{times['p50']:.0f} ms", kind="other"))
            found.append(Bar(label="p99", value=times["p99"], shown=f"{times['p99']:.0f} ms"))
    return bars("From sending the submission", found) if found else ""


def _growth(rows: Sequence[Run]) -> str:
    for row in rows:
        if row["name"] == "growth, cost":
            return bars(
                "Processor time per message, all processes",
                [
                    Bar(
                        label=f"{size['sign_ups']:,} sign-ups held",
                        value=size["cpu_us_per_message"],
                        shown=f"{size['cpu_us_per_message']:.0f} µs",
                    )
                    for size in row["details"]["sizes"]
                ],
            )
    return ""
