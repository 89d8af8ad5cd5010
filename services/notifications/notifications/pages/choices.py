"""The form of what a partner wants to hear of, and where."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from notifications.partners.domain import AnnouncementType, Partner
from notifications.webhooks.addresses import NotAnEndpointError, parse_endpoint
from shared import pages
from shared.contracts.registration import EventType
from shared.pages import Fault, Form

OFFERED: Mapping[str, tuple[str, ...]] = {"types": get_args(AnnouncementType), "event_types": get_args(EventType)}


def values_of(entered: Form) -> dict[str, Any]:
    """For the models of the API. Codes of territories stand in one field, apart by spaces or commas."""
    return {
        "name": str(entered.value("name")).strip(),
        "url": str(entered.value("url")).strip(),
        "types": entered.chosen("types"),
        "event_types": entered.chosen("event_types"),
        "territories": str(entered.value("territories")).replace(",", " ").upper().split(),
        "batch": str(entered.value("batch")).strip() or "1",
    }


def form_of(partner: Partner) -> Form:
    """With what is stored."""
    return Form(
        {
            "name": partner.name,
            "url": partner.url,
            "types": partner.types,
            "event_types": partner.event_types,
            "territories": " ".join(partner.territories),
            "batch": partner.batch,
        }
    )


def faults_of(error: ValidationError) -> list[Fault]:
    """One for each field and kind, however many of its values are wrong."""
    found = {}
    for each in pages.faults_of(error):
        field = each.field.partition(".")[0]
        found[field, each.kind] = Fault(field=field, kind=each.kind, values=each.values)
    return list(found.values())


def faults_of_address(url: str, *, allow_private: bool) -> list[Fault]:
    """What keeps us from posting there."""
    try:
        parse_endpoint(url, allow_private=allow_private)
    except NotAnEndpointError:
        return [Fault(field="url", kind="not_an_endpoint")]
    return []
