"""The edition that the browser sees: a few weeks ahead, so that organisers may still propose events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from semaine.generation import Profile
from semaine.generation.editions import Edition

DESCRIPTION = (
    "Découvrez notre atelier de chaudronnerie industrielle : soudure, usinage à commande numérique, contrôle "
    "qualité et maintenance des machines. Nos opérateurs, techniciens et ingénieurs présentent leurs métiers et "
    "la fabrication de pièces métalliques pour la construction navale et l’aéronautique."
)


def coming(*, weeks: int = 5) -> Edition:
    """An edition that takes events now; a week later in La Réunion."""
    today = datetime.now(UTC).date()
    first = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return {
        "id": str(first.year),
        "number": 16,
        "name": {"fr": f"Semaine de l’Industrie {first.year}", "en": f"Industry Week {first.year}"},
        "dates": _days(first, 0, 6),
        "label_window": _days(first, -14, 20),
        "submission_deadline": (today + timedelta(days=14)).isoformat(),
        "regional_windows": [
            {"territory": "974", "dates": _days(first, 7, 13), "label_window": _days(first, -7, 27)},
        ],
        "status": "open",
    }


def _days(first: date, begin: int, end: int) -> dict[str, str]:
    return {
        "first_day": (first + timedelta(days=begin)).isoformat(),
        "last_day": (first + timedelta(days=end)).isoformat(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming(Profile):
    """A small programme of the coming edition."""

    def edition(self) -> Edition:
        return coming()


def event(edition: Edition, *, title: str = "Visite de l’atelier de chaudronnerie", **changes: Any) -> dict[str, Any]:
    """An event that the charter labels; no two with different titles say the same."""
    day = edition["dates"]["first_day"]
    return {
        "title": title,
        "description": f"{title}. {DESCRIPTION}",
        "type": "company_visit",
        "themes": ["recruitment"],
        "audience": ["general_public"],
        "accessibility": ["mi"],
        "slots": [{"begin": f"{day}T14:00", "end": f"{day}T16:00"}],
        "place": {
            "mode": "onsite",
            "name": "Atelier de l’Estuaire",
            "address": "2 rue des Chantiers",
            "postcode": "44600",
            "city": "Saint-Nazaire",
        },
        "capacity": 40,
        **changes,
    }
