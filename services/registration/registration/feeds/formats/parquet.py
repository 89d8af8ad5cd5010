"""A whole edition as Apache Parquet, one row per event of the programme."""

import io
from collections.abc import Sequence
from typing import Any

from registration.feeds.domain import Entry
from shared.contracts.registration import Slot


def parquet(entries: Sequence[Entry]) -> bytes:
    """Times of slots are local (see `time_zone`); instants are UTC."""
    import pyarrow as pa
    from pyarrow import parquet as format_

    text, texts, count = pa.string(), pa.list_(pa.string()), pa.int32()
    slots = pa.list_(pa.struct([("begin", pa.timestamp("s")), ("end", pa.timestamp("s"))]))
    instant = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [
            ("id", text), ("edition", text), ("organiser_id", text), ("organiser", text), ("organiser_kind", text),
            ("siret", text), ("reference", text), ("title", text), ("description", text), ("type", text),
            ("themes", texts), ("audience", texts), ("price_cents", count), ("occurrence", text), ("slots", slots),
            ("previous_slots", slots), ("time_zone", text), ("mode", text), ("place", text), ("address", text),
            ("postcode", text), ("city", text), ("commune", text), ("departement", text), ("region", text),
            ("url", text), ("latitude", pa.float64()), ("longitude", pa.float64()), ("capacity", count),
            ("announced", count), ("actual", count), ("accessibility", texts), ("submitted_at", instant),
            ("changed_at", instant),
        ]
    )  # fmt: skip
    written = io.BytesIO()
    rows = pa.Table.from_pylist([_row(each) for each in entries], schema=schema)
    format_.write_table(rows, written, compression="zstd")
    return written.getvalue()


def _row(entry: Entry) -> dict[str, Any]:
    event, place, organiser = entry.event, entry.event.place, entry.event.organiser
    return {
        "id": str(event.id), "edition": event.edition_id, "organiser_id": str(organiser.id),
        "organiser": organiser.name, "organiser_kind": organiser.kind, "siret": organiser.siret,
        "reference": event.reference, "title": event.title, "description": event.description, "type": event.type,
        "themes": event.themes, "audience": event.audience, "price_cents": event.price_cents,
        "occurrence": event.occurrence, "slots": _slots(event.slots), "previous_slots": _slots(event.previous_slots),
        "time_zone": event.time_zone, "mode": place.mode, "place": place.name, "address": place.address,
        "postcode": place.postcode, "city": place.city, "commune": place.commune, "departement": place.departement,
        "region": place.region, "url": place.url, "latitude": place.latitude, "longitude": place.longitude,
        "capacity": entry.places.capacity, "announced": entry.places.announced, "actual": entry.actual,
        "accessibility": event.accessibility, "submitted_at": event.submitted_at, "changed_at": event.changed_at,
    }  # fmt: skip


def _slots(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    return [{"begin": slot.begin, "end": slot.end} for slot in slots]
