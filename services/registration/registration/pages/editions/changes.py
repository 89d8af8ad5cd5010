"""The dates of an edition before an act and after it, side by side."""

from dataclasses import dataclass

from shared import territory
from shared.contracts.registration import EditionState, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`what`: dates, label_window or submission_deadline; `place`: the territory whose window it is."""

    what: str
    place: str | None
    before: Window | None
    after: Window | None


def changes(before: EditionState, after: EditionState) -> list[Change]:
    """Of the edition, then of each territory that has windows of its own. Without new dates, nothing follows."""
    known = after.act is not None and after.act.kind == "postponed"
    found = [
        Change(what=what, place=None, before=old, after=new if known else None)
        for what, old, new in (
            ("dates", before.dates, after.dates),
            ("label_window", before.label_window, after.label_window),
            ("submission_deadline", _day(before), _day(after)),
        )
    ]
    old_windows = {each.territory: each for each in before.regional_windows}
    new_windows = {each.territory: each for each in after.regional_windows if known}
    for place in {**old_windows, **new_windows}:
        earlier, later = old_windows.get(place), new_windows.get(place)
        name = territory.name_of(place) or place
        found += [
            Change(
                what="dates",
                place=name,
                before=earlier.dates if earlier else None,
                after=later.dates if later else None,
            ),
            Change(
                what="label_window",
                place=name,
                before=earlier.label_window if earlier else None,
                after=later.label_window if later else None,
            ),
        ]
    return found


def _day(edition: EditionState) -> Window:
    return Window(first_day=edition.submission_deadline, last_day=edition.submission_deadline)
