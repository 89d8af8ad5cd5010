"""
France's territory: postcode and city → commune → département → region → time zone.

Codes are INSEE's. Reference data: `shared/data/territory`, read on first use (about
50 ms and 8 MB) and kept. The functions are pure; what is not known is None, never an error.
"""

from shared.territory.areas import (
    PARIS,
    Departement,
    Region,
    covers,
    departement,
    departements,
    name_of,
    region,
    regions,
    time_zone,
)
from shared.territory.communes import Commune, commune, communes
from shared.territory.location import Location, locate

__all__ = [
    "PARIS",
    "Commune",
    "Departement",
    "Location",
    "Region",
    "commune",
    "communes",
    "covers",
    "departement",
    "departements",
    "locate",
    "name_of",
    "region",
    "regions",
    "time_zone",
]
