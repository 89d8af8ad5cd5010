"""The platform's own event format as CSV: the JSON format laid flat."""

import re
from decimal import Decimal
from typing import Any

from registration.imports.reading import Cells, Layout
from registration.imports.rows.mapped import Mapped
from shared.contracts.base import Bilingual

_PLAIN = ("reference", "title", "description", "type", "capacity")
_LISTS = ("themes", "audience", "accessibility")
_PLACE = {
    "place_mode": "mode",
    "place_name": "name",
    "address": "address",
    "postcode": "postcode",
    "city": "city",
    "url": "url",
    "latitude": "latitude",
    "longitude": "longitude",
}
_ORGANISER = {
    f"organiser_{name}": name
    for name in ("kind", "name", "siret", "uai", "rna", "email", "contact_name", "phone", "language")
}
_COLUMNS = {
    "price_cents": "price",
    **{f"place.{name}": column for column, name in _PLACE.items()},
    **{f"organiser.{name}": column for column, name in _ORGANISER.items()},
    "place": "postcode",
}

LAYOUT = Layout(
    columns=frozenset({*_PLAIN, *_LISTS, *_PLACE, *_ORGANISER, "price", "slots"}),
    required=frozenset({"reference", "title", "description", "type", "slots"}),
)

_EUROS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*€?")


def mapped(cells: Cells) -> Mapped:
    """A row of the file. Empty cells count as absent."""
    given = {column: text for column, cell in cells.items() if (text := cell.strip())}
    content: dict[str, Any] = {column: given[column] for column in _PLAIN if column in given}
    content |= {column: _listed(given[column]) for column in _LISTS if column in given}
    content["place"] = {name: given[column] for column, name in _PLACE.items() if column in given}
    for axis in {"latitude", "longitude"} & content["place"].keys():
        content["place"][axis] = content["place"][axis].replace(",", ".")
    if "slots" in given:
        content["slots"] = [_slot(text) for text in _listed(given["slots"])]
    organiser = {name: given[column] for column, name in _ORGANISER.items() if column in given}
    result = Mapped(content=content, organiser=organiser or None, column_of=_column_of)
    if "price" in given:
        _add_price(given["price"], result)
    return result


def _column_of(field: str) -> str:
    return _COLUMNS.get(field, field)


def _listed(text: str) -> list[str]:
    return [part for each in text.split("|") if (part := each.strip())]


def _slot(text: str) -> dict[str, str]:
    begin, separator, end = (part.strip() for part in text.partition("/"))
    return {"begin": begin, "end": end} if separator else {"begin": begin}


def _add_price(text: str, result: Mapped) -> None:
    match = _EUROS.fullmatch(text)
    if match is None:
        result.faults["price"] = Bilingual(
            fr="ce n’est pas un montant en euros : écrivez 0, 5.50 ou 5,50",
            en="it is not an amount in euros: write it as 0, 5.50 or 5,50",
        )
    else:
        result.content["price_cents"] = int(Decimal(f"{match[1]}.{match[2] or 0}") * 100)
