"""A report as a table for people."""

from rich.console import Group
from rich.table import Table

from semaine.audit.differences import Difference
from semaine.rehearsal.report import Postponement, Report

_SHOWN = 20


def summary(report: Report) -> Group:
    """Figures, memory, and what the audit found."""
    figures = Table("What", "Figure", title="What happened", title_justify="left")
    rows = {
        "events submitted": report.submitted,
        "labelled": report.labelled,
        "refused": report.refused,
        "in review": report.in_review,
        "people signed up": report.people,
        "sign-ups (messages)": report.messages,
        "e-mails sent": report.emails,
        "webhooks delivered": report.webhooks,
    }
    for what, figure in rows.items():
        figures.add_row(what, f"{figure:,}")
    figures.add_row(
        "seconds",
        f"{report.import_seconds:.1f} import, {report.settle_seconds:.1f} to settle, "
        f"{report.total_seconds:.1f} with the audit",
    )
    if report.postponement is not None:
        _add_postponement(figures, report.postponement)
    for name, megabytes in sorted(report.peak_rss_mb.items()):
        figures.add_row(f"memory of {name}", f"{megabytes:.0f} MB at most")
    return Group(figures, verdict(report.differences))


def _add_postponement(figures: Table, done: Postponement) -> None:
    figures.add_row("postponed", f"{done.events:,} events, {done.people:,} people to tell")
    figures.add_row("labels", f"{done.kept:,} kept, {done.lost:,} lost, {done.regained:,} regained")
    figures.add_row("told", f"{done.emails:,} e-mails, {done.webhooks:,} webhooks")
    seconds = (
        f"{done.moved_seconds:.1f} moved, {done.decided_seconds:.1f} decided and counted, "
        f"{done.settled_seconds:.1f} all told"
    )
    figures.add_row("seconds from the act", seconds)


def verdict(differences: list[Difference]) -> str:
    """What the audit found, in words."""
    if not differences:
        return "The audit is clean: nothing lost, nothing double, every figure as it should be."
    lines = [f"{each.kind}: {each.where}, {each.key}: {each.detail}" for each in differences[:_SHOWN]]
    more = len(differences) - _SHOWN
    return "\n".join(
        [f"The audit found {len(differences)} differences:", *lines, *([f"… and {more} more"] * (more > 0))]
    )
