"""From nothing to the first labelled event, with its parts."""

import time
from pathlib import Path

from bench.contest import Reading, contest
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import Stage, attached, events_for
from bench.waiting import until
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES

NAME = "start"
ABOUT = "a cold system until its first event is labelled"
NEEDS: tuple[Path, ...] = ()
_EDITION = "2020"
_LOOK_SECONDS = 0.02


async def run(sizes: Sizes) -> list[Row]:
    samples = await contest({"ours": _start}, rounds=sizes.starts, warm_up=False)
    parts = samples["ours"].typical.reading.details
    return [
        Row(
            name="start",
            work="cold system (no database, no broker's log) to the first labelled event",
            unit="s",
            ours=samples["ours"].median,
            goal="stated",
            met=True,
            details={"parts": parts},
            samples=kept(samples),
        )
    ]


async def _start() -> Reading:
    """Seconds; parts by what was told when, since the beginning."""
    begun = time.monotonic()
    parts: dict[str, float] = {}

    def tell(line: str) -> None:
        parts[line] = time.monotonic() - begun

    async with throwaway_system(services=SERVICES, tell=tell) as system:
        ready = time.monotonic() - begun
        async with attached(system) as on:
            edition = await on.edition(_EDITION)
            await _first_label(on, next(iter(events_for(edition, events=1))).row)
            labelled = time.monotonic() - begun
    parts = {"all services are ready": ready, "the first event is labelled": labelled} | parts
    return Reading(labelled, dict(sorted(parts.items(), key=lambda part: part[1])))


async def _first_label(on: Stage, row: dict[str, object]) -> None:
    organiser = {"kind": "public_body", "name": "Bench", "email": "bench@bench.example"}
    id_ = (await on.http.post("/v1/organisers", json=organiser)).raise_for_status().json()["id"]
    event = {name: value for name, value in row.items() if name != "organiser"}
    body = {"edition_id": _EDITION, "organiser_id": id_, "event": event}
    created = (await on.http.post("/v1/events", json=body)).raise_for_status().json()

    async def labelled() -> bool:
        found = (await on.http.get(f"/v1/events/{created['id']}")).raise_for_status().json()
        return bool(found["status"] == "labelled")

    await until(labelled, every=_LOOK_SECONDS)
