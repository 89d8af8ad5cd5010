"""The charter finds in generated editions exactly the faults that were put there."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from semaine.generation import edition_2020, generate_events
from shared.contracts.registration import EditionState, EventState
from shared.territory import locate, time_zone

_NAMESPACE = UUID(int=2020)


def as_published(number: int, generated) -> EventState:
    """As registration would publish it."""
    row = generated.row
    organiser, place = row["organiser"], row["place"]
    location = locate(postcode=place["postcode"], city=place["city"])
    assert location is not None
    return EventState.model_validate(
        {
            **row,
            "id": uuid5(_NAMESPACE, row["reference"]),
            "edition_id": "2020",
            "organiser": {**organiser, "id": uuid5(_NAMESPACE, organiser["email"])},
            "revision": 1,
            "status": "submitted",
            "time_zone": time_zone(departement=location.departement),
            "place": {
                **place,
                "commune": location.commune and location.commune.code,
                "departement": location.departement,
                "region": location.region,
            },
            "duplicate_of": UUID(int=number) if generated.fault == "duplicate" else None,
            "submitted_at": datetime(2020, 2, 3, tzinfo=UTC),
            "changed_at": datetime(2020, 2, 3, tzinfo=UTC),
        },
        strict=False,
    )


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_every_verdict_is_the_expected_one(seed, decided, charter):
    edition = EditionState.model_validate(edition_2020(), strict=False)
    assert edition.id in charter.editions
    wrong = [
        (generated.fault, decision.verdict, generated.row["title"], generated.row["description"])
        for number, generated in enumerate(generate_events(events=600, seed=seed, edition=edition_2020()))
        if (decision := decided(as_published(number, generated))).verdict != generated.expected
    ]
    assert wrong == []
