"""Rules of editions."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared import territory
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EditionStatus, Window
from shared.runtime.http.problems import FieldError

_STATES: Mapping[EditionStatus, str] = {
    "planned": "n’est pas encore ouverte",
    "open": "est ouverte",
    "closed": "est close",
}


def faults(edition: EditionState) -> list[FieldError]:
    """What contradicts itself in an edition."""
    found = _window_faults("", edition.dates, edition.label_window)
    for number, regional in enumerate(edition.regional_windows):
        place = f"regional_windows.{number}."
        found += _window_faults(place, regional.dates, regional.label_window)
        if territory.name_of(regional.territory) is None:
            remedy = "Use a département's code (44) or a region's with an R (R52)."
            found.append(FieldError(f"{place}territory", f"{regional.territory} is no territory", remedy))
        if regional.territory in {other.territory for other in edition.regional_windows[:number]}:
            detail = f"{regional.territory} has windows already"
            found.append(FieldError(f"{place}territory", detail, "Give each territory one pair of windows."))
    last_day = max(window.last_day for window in _label_windows(edition))
    if edition.submission_deadline > last_day:
        detail = f"It is after the last day of all label windows, {last_day}"
        found.append(FieldError("submission_deadline", detail, "Choose an earlier day."))
    return found


def _window_faults(place: str, dates: Window, label_window: Window) -> list[FieldError]:
    reversed_ = [
        FieldError(f"{place}{field}.last_day", "It is before the first day", "Exchange the two days.")
        for field, window in (("dates", dates), ("label_window", label_window))
        if window.last_day < window.first_day
    ]
    if label_window.first_day <= dates.first_day and dates.last_day <= label_window.last_day:
        return reversed_
    return [
        *reversed_,
        FieldError(f"{place}label_window", "It does not contain the dates", "Begin earlier or end later."),
    ]


def _label_windows(edition: EditionState) -> list[Window]:
    return [edition.label_window, *(regional.label_window for regional in edition.regional_windows)]


def accepts_submissions(edition: EditionState, *, now: datetime, time_zone: str) -> Bilingual | None:
    """None while events may be submitted; otherwise why not. The deadline's day counts whole, in local time."""
    if edition.status != "open":
        return Bilingual(
            fr=f"L’édition {edition.id} {_STATES[edition.status]} : "
            "on y propose des événements tant qu’elle est ouverte.",
            en=f"The edition {edition.id} is {edition.status}: events can be submitted while it is open.",
        )
    if now.astimezone(ZoneInfo(time_zone)).date() > edition.submission_deadline:
        return Bilingual(
            fr=f"On pouvait proposer des événements à l’édition {edition.id} jusqu’au "
            f"{edition.submission_deadline:%d/%m/%Y}.",
            en=f"Submissions to the edition {edition.id} ended on {edition.submission_deadline}.",
        )
    return None
