"""Official criterion 1: the event takes place inside the label window, the region's own where it has one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar, Literal

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState, Place, Slot, Window

_SHOWN_DAYS = 10


class InsideLabelWindow(Criterion):
    """Every slot inside: met. Some outside: doubtful. All outside, or none at all: unmet."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset({"window"}),
        "partly_outside": frozenset({"window", "outside"}),
        "outside": frozenset({"window", "outside"}),
        "no_date": frozenset({"window"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "partly_outside": Bilingual(
            fr="Déplacez ou retirez les horaires de ces jours : {outside} ; tous doivent être dans la période"
            " {window}.",
            en="Move or remove the times of these days: {outside}; all must be in the period {window}.",
        ),
        "outside": Bilingual(
            fr="Choisissez des dates dans la période {window}.",
            en="Choose dates in the period {window}.",
        ),
        "no_date": Bilingual(
            fr="Donnez au moins un horaire dans la période {window}.",
            en="Give at least one time in the period {window}.",
        ),
    }

    criterion: Literal["label_window"]

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:
        window = label_window(place=event.place, edition=edition)
        values = {"window": wording.window(window)}
        if not event.slots:
            return Finding(outcome="unmet", message="no_date", values=values)
        outside = [slot for slot in event.slots if not _inside(slot, window)]
        if not outside:
            return Finding(outcome="met", message="met", values=values)
        days = sorted({slot.begin.date() for slot in outside} | {_last_day(slot) for slot in outside})
        days = [day for day in days if not window.first_day <= day <= window.last_day]
        partly = len(outside) < len(event.slots)
        return Finding(
            outcome="doubtful" if partly else "unmet",
            message="partly_outside" if partly else "outside",
            values=values | {"outside": wording.listing([wording.day(day) for day in days])},
            found=tuple(day.isoformat() for day in days[:_SHOWN_DAYS]),
        )


def label_window(*, place: Place, edition: EditionState) -> Window:
    """The label window at a place: its département's own, else its region's, else the national one."""
    for territory in (place.departement, place.region and f"R{place.region}"):
        for regional in edition.regional_windows:
            if regional.territory == territory:
                return regional.label_window
    return edition.label_window


def _last_day(slot: Slot) -> date:
    """The last day that has a part of the slot: an end at midnight belongs to the day before."""
    return max(slot.begin, slot.end - timedelta(microseconds=1)).date()


def _inside(slot: Slot, window: Window) -> bool:
    return window.first_day <= slot.begin.date() and _last_day(slot) <= window.last_day
