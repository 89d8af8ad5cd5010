"""Rules of editions."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared import territory
from shared.contracts.registration import EditionState
from shared.runtime.http.problems import FieldError


def faults(edition: EditionState) -> list[FieldError]:
    """What contradicts itself in an edition."""
    found = []
    windows = [("dates", edition.dates), ("label_window", edition.label_window)]
    for number, regional in enumerate(edition.regional_windows):
        windows.append((f"regional_windows.{number}.dates", regional.dates))
        windows.append((f"regional_windows.{number}.label_window", regional.label_window))
        if territory.name_of(regional.territory) is None:
            found.append(
                FieldError(
                    f"regional_windows.{number}.territory",
                    f"{regional.territory} is no territory",
                    "Use a département's code (44) or a region's with an R (R52).",
                )
            )
    for field, window in windows:
        if window.last_day < window.first_day:
            found.append(FieldError(f"{field}.last_day", "It is before the first day", "Exchange the two days."))
    if not _contains(edition):
        found.append(
            FieldError("label_window", "It does not contain the edition's dates", "Begin earlier or end later.")
        )
    return found


def _contains(edition: EditionState) -> bool:
    inner, outer = edition.dates, edition.label_window
    return outer.first_day <= inner.first_day and inner.last_day <= outer.last_day


def accepts_submissions(edition: EditionState, *, now: datetime, time_zone: str) -> str | None:
    """None while events may be submitted; otherwise why not. The deadline's day counts whole, in local time."""
    if edition.status != "open":
        return f"The edition {edition.id} is {edition.status}: events can be submitted while it is open."
    if now.astimezone(ZoneInfo(time_zone)).date() > edition.submission_deadline:
        return f"Submissions to the edition {edition.id} ended on {edition.submission_deadline}."
    return None
