"""An edition, its charter, and events that differ from a good one in what a test says."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from labelling.charters.shipped import shipped
from labelling.domain.charter import Charter, charter_from
from labelling.domain.decision import decide
from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import (
    EditionState,
    EventState,
    OrganiserIdentity,
    Place,
    RegionalWindow,
    Slot,
    Window,
)

_NOW = datetime(2020, 2, 3, 9, 0, tzinfo=UTC)
_GOOD = EventState(
    id=UUID(int=1),
    edition_id="2020",
    organiser=OrganiserIdentity(id=UUID(int=2), kind="company", name="Forges de Nantes", siret="73282932000074"),
    revision=1,
    status="submitted",
    title="Visite de l'atelier de soudure",
    description="Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité, et les métiers de"
    " la chaudronnerie industrielle. Nos équipes montrent leurs machines.",
    type="company_visit",
    audience=("general_public",),
    slots=(Slot(begin=datetime(2020, 3, 31, 9), end=datetime(2020, 3, 31, 12)),),  # noqa: DTZ001 - local, as the contract says
    time_zone="Europe/Paris",
    place=Place(
        mode="onsite",
        address="2 rue des Chantiers",
        postcode="44000",
        city="Nantes",
        commune="44109",
        departement="44",
        region="52",
    ),
    submitted_at=_NOW,
    changed_at=_NOW,
)


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The charter of 2020 as its YAML file says it; copy it before changing it."""
    return next(content for name, content in shipped() if name == "2020.yaml")


@pytest.fixture(scope="session")
def charter(document: dict[str, Any]) -> Charter:
    return charter_from(document, source="2020.yaml")


@pytest.fixture(scope="session")
def edition() -> EditionState:
    def days(first: date, last: date) -> Window:
        return Window(first_day=first, last_day=last)

    return EditionState(
        id="2020",
        number=10,
        name=Bilingual(fr="Semaine de l'Industrie 2020", en="Industry Week 2020"),
        dates=days(date(2020, 3, 30), date(2020, 4, 5)),
        label_window=days(date(2020, 3, 16), date(2020, 4, 19)),
        submission_deadline=date(2020, 3, 20),
        regional_windows=(
            RegionalWindow(
                territory="974",
                dates=days(date(2020, 4, 6), date(2020, 4, 12)),
                label_window=days(date(2020, 3, 23), date(2020, 4, 26)),
            ),
            RegionalWindow(
                territory="R02",
                dates=days(date(2020, 5, 4), date(2020, 5, 10)),
                label_window=days(date(2020, 4, 27), date(2020, 5, 17)),
            ),
        ),
        status="open",
    )


@pytest.fixture(scope="session")
def event() -> Callable[..., EventState]:
    """`event(title=…, place={…}, organiser={…})`: the good event with these changes."""

    def changed(*, place: dict[str, Any] | None = None, organiser: dict[str, Any] | None = None, **fields: Any):
        if place is not None:
            fields["place"] = _GOOD.place.model_copy(update=place)
        if organiser is not None:
            fields["organiser"] = _GOOD.organiser.model_copy(update=organiser)
        return _GOOD.model_copy(update=fields)

    return changed


@pytest.fixture(scope="session")
def decided(charter: Charter, edition: EditionState) -> Callable[[EventState], DecisionState]:
    def by_charter(event: EventState) -> DecisionState:
        return decide(event=event, edition=edition, charter=charter, id_=UUID(int=3), now=_NOW)

    return by_charter


@pytest.fixture(scope="session")
def judged(decided: Callable[[EventState], DecisionState]) -> Callable[[str, EventState], CriterionResult]:
    """`judged("audience", event)`: the result of one criterion."""

    def by_criterion(criterion: str, event: EventState) -> CriterionResult:
        return next(result for result in decided(event).criteria if result.criterion == criterion)

    return by_criterion
