"""Between the form of an act and its content. The fields have the names that the content gives them, with dots."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError
from starlette.datastructures import FormData

from registration.acts.content import ActContent
from registration.pages.editions import regions
from registration.pages.fields import iso_day, text_of
from shared import pages
from shared.contracts.registration import ActKind, EditionState, Policy
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
_WINDOWS = ("dates", "label_window")


def new_values(edition: EditionState) -> dict[str, str]:
    """Of a form that nobody has filled in yet."""
    return {"kind": "postponed", "policy": "kept", **regions.new_values(edition)}


def values_of(form: FormData) -> dict[str, str]:
    """What was entered, by field; days as the content wants them, where they are days."""
    return {
        name: iso_day(text_of(form, name)) if name.endswith(("_day", "deadline", "respond_by")) else text_of(form, name)
        for name in FIELDS
    } | regions.values_of(form)


def content_of(values: Mapping[str, str], edition: EditionState) -> dict[str, Any]:
    """For `ActContent`. Without new dates, what the form says of dates is left out."""
    content: dict[str, Any] = {
        "kind": values["kind"],
        "terms": {language: values[f"terms.{language}"] for language in ("fr", "en")},
    }
    if values["kind"] != "postponed":
        return content
    content["policy"] = values["policy"]
    for name in _WINDOWS:
        window = {day: values[f"{name}.{day}"] for day in ("first_day", "last_day") if values[f"{name}.{day}"]}
        if window or name == "dates":
            content[name] = window
    for name in ("submission_deadline", "respond_by"):
        if values[name] and (name != "respond_by" or values["policy"] == "confirmation"):
            content[name] = values[name]
    if (own := regions.content_of(values, edition)) is not None:
        content[regions.FIELD] = own
    return content


def read(values: Mapping[str, str], edition: EditionState) -> ActContent | list[Fault]:
    """The act, or what is wrong with it, each fault at its field."""
    try:
        return ActContent.model_validate(content_of(values, edition))
    except ValidationError as error:
        found = [_placed(fault.field, fault.kind, fault.values) for fault in pages.faults_of(error)]
        return list({(fault.field, fault.kind): fault for fault in found}.values())


def faults_by(problem: Problem) -> list[Fault]:
    """What contradicts itself: dates that are the same, windows that do not contain them."""
    return [_placed(error.field, "refused", {}) for error in problem.errors]


def _placed(field: str, kind: str, values: Mapping[str, object]) -> Fault:
    """A fault of a whole window is shown at its first day."""
    whole = field.rpartition(".")[2] in _WINDOWS
    return Fault(field=f"{field}.first_day" if whole else field, kind=kind, values=values)
