"""What is wrong with an event's form, each fault beside the field to correct."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from registration.events.content import EventContent, SlotContent
from registration.pages.organiser.entered import slots_in
from shared.pages import Fault, faults_of
from shared.runtime.http.problems import Problem


def faults_in(content: Mapping[str, Any]) -> list[Fault]:
    """All that keeps the content from being submitted."""
    try:
        EventContent.model_validate(content)
    except ValidationError as error:
        placed = [_beside_its_field(fault, content) for fault in faults_of(error)]
        return list({(fault.field, fault.kind): fault for fault in placed}.values())
    return []


def faults_by(problem: Problem) -> list[Fault]:
    """What a use case refuses: a reference that is taken, fewer places than people signed up."""
    return [Fault(field=error.field, kind="refused") for error in problem.errors if error.field != "event"]


def checkable(content: Mapping[str, Any], *, organiser: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the content that can be checked against the charter; what has a wrong form is left out."""
    faulty = {fault.field.split(".")[0] for fault in faults_in(content)} & {"type", "price_cents", "audience"}
    names = {"title", "description", "type", "audience", "price_cents"} - faulty
    place, slots = content.get("place"), content.get("slots")
    return {name: content[name] for name in names if name in content} | {
        "slots": [slot for slot in slots if _is_slot(slot)] if isinstance(slots, list) else [],
        "place": place if isinstance(place, Mapping) else {},
        "organiser": dict(organiser),
    }


def _is_slot(slot: object) -> bool:
    try:
        SlotContent.model_validate(slot)
    except ValidationError:
        return False
    return True


def _beside_its_field(fault: Fault, content: Mapping[str, Any]) -> Fault:
    first, *rest = fault.field.split(".")
    if first == "slots":
        return _beside_its_slot(fault, rest, slots_in(content))
    if fault.field == "place":
        place = content.get("place") or {}
        return Fault(field="place.city" if place.get("postcode") else "place.postcode", kind="missing")
    return fault


def _beside_its_slot(fault: Fault, rest: list[str], slots: list[dict[str, str]]) -> Fault:
    if not rest:
        return Fault(field="slots.0.day", kind="missing") if not slots else Fault(field="slots", kind=fault.kind)
    place = f"slots.{rest[0]}"
    if len(rest) == 1:
        return Fault(field=f"{place}.end", kind="order")
    slot = slots[int(rest[0])]
    day = slot["last"] if rest[1] == "end" and slot["last"] else slot["day"]
    if not day:
        return Fault(field=f"{place}.day", kind="missing")
    if not slot[rest[1]]:
        return Fault(field=f"{place}.{rest[1]}", kind="missing")
    if fault.kind == "value_error" or not _is_day(day):
        return Fault(field=f"{place}.day", kind="invalid")
    return Fault(field=f"{place}.{rest[1]}", kind="invalid")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
