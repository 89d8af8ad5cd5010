"""Between the form of an act and its content. The fields have the names that the content gives them, with dots."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError
from starlette.datastructures import FormData

from registration.acts.content import ActContent
from registration.pages.fields import iso_day, text_of
from shared import pages
from shared.contracts.registration import ActKind, Policy
from shared.pages import Fault
from shared.runtime.http.problems import Problem

KINDS: tuple[str, ...] = get_args(ActKind)
POLICIES: tuple[str, ...] = get_args(Policy)
FIELDS = (
    "kind",
    "dates.first_day",
    "dates.last_day",
    "label_window.first_day",
    "label_window.last_day",
    "submission_deadline",
    "policy",
    "respond_by",
    "terms.fr",
    "terms.en",
)
_DAYS = ("dates", "label_window")
_FIRST_FIELD = {"dates": "dates.first_day", "label_window": "label_window.first_day"}
"""Where a fault of the whole is shown."""
NEW: Mapping[str, str] = {"kind": "postponed", "policy": "kept"}


def values_of(form: FormData) -> dict[str, str]:
    """What was entered, by field; days as the content wants them, where they are days."""
    return {
        name: iso_day(text_of(form, name)) if name.endswith(("_day", "deadline", "respond_by")) else text_of(form, name)
        for name in FIELDS
    }


def content_of(values: Mapping[str, str]) -> dict[str, Any]:
    """For `ActContent`. Without new dates, what the form says of dates is left out."""
    content: dict[str, Any] = {
        "kind": values["kind"],
        "terms": {language: values[f"terms.{language}"] for language in ("fr", "en")},
    }
    if values["kind"] != "postponed":
        return content
    content["policy"] = values["policy"]
    for name in _DAYS:
        window = {day: values[f"{name}.{day}"] for day in ("first_day", "last_day") if values[f"{name}.{day}"]}
        if window or name == "dates":
            content[name] = window
    for name in ("submission_deadline", "respond_by"):
        if values[name] and (name != "respond_by" or values["policy"] == "confirmation"):
            content[name] = values[name]
    return content


def read(values: Mapping[str, str]) -> ActContent | list[Fault]:
    """The act, or what is wrong with it, each fault at its field."""
    try:
        return ActContent.model_validate(content_of(values))
    except ValidationError as error:
        found = [_placed(fault.field, fault.kind, fault.values) for fault in pages.faults_of(error)]
        return list({(fault.field, fault.kind): fault for fault in found}.values())


def faults_by(problem: Problem) -> list[Fault]:
    """What contradicts itself: dates that are the same, windows that do not contain them."""
    return [_placed(error.field, "refused", {}) for error in problem.errors]


def _placed(field: str, kind: str, values: Mapping[str, object]) -> Fault:
    return Fault(field=_FIRST_FIELD.get(field, field), kind=kind, values=values)
