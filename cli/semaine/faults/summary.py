"""The report of the ledger test for a terminal; its last line is the verdict."""

from collections import Counter

from semaine.faults.report import Report

_MOST_SHOWN = 50


def summary(report: Report) -> str:
    """Plain text."""
    faults = Counter(each.kind for each in report.disturbances)
    ended = Counter(death.name for death in report.deaths)
    return "\n".join([
        f"Faults injected   {_listed(faults)}",
        *([f"Not as planned    {len(report.missed)}: others came in between"] if report.missed else []),
        f"Operations        {_listed(report.operations)}",
        f"Compared          {_listed(report.compared)}",
        f"Ended by itself   {_listed(ended) or 'nothing'}",
        f"At rest after     {report.settle_seconds:.1f} s",
        *_violations(report),
        *(f"Never healed      {what}" for what in report.hung),
        report.verdict(),
    ])  # fmt: skip


def _violations(report: Report) -> list[str]:
    lines = []
    for violation in report.violations[:_MOST_SHOWN]:
        lines.append(f"{violation.kind:8}  {violation.where}  {violation.key}  {violation.detail}")
        if violation.message_ids:
            lines.append(f"{'':10}messages {' '.join(violation.message_ids)}")
    if len(report.violations) > _MOST_SHOWN:
        lines.append(f"… and {len(report.violations) - _MOST_SHOWN} more: --report FILE has them all")
    return lines


def _listed(figures: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in figures.items())
