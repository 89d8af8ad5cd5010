"""Staff, who postpone the edition again and again: previewed, confirmed as shown, now and then twice in a row."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from semaine.faults.ledger import Operation
from semaine.faults.writers.acts import STAFF
from semaine.faults.writers.programme import Programme
from semaine.faults.writers.requests import Requests
from semaine.generation import Edition

_PAUSE_SECONDS = (25.0, 40.0)
_AGAIN_SECONDS = (0.05, 0.5)
_FIRST_ROUND = ("postponed", "postponed", "postponed")
_ROUNDS: Sequence[tuple[str, ...]] = (("postponed",), ("postponed", "postponed"), ("postponed_undated", "postponed"))
"""Acts in a row: each comes at once on top of the one before."""
_DISTANCES = tuple(timedelta(weeks=10 * number) for number in range(6))
"""From the first dates: so far apart that no label window reaches into another."""
_ANSWERS_END = timedelta(days=20)
"""Before the new dates: months from now, so that no answer lapses."""
_TERMS = {
    "fr": "Les événements sont reportés avec l’édition et réexaminés pour les nouvelles dates.",
    "en": "Events are postponed with the edition, and examined again for the new dates.",
}


@dataclass(kw_only=True)
class Staff:
    """One member of staff; everybody hears of what was decided by `programme`."""

    edition: Edition
    requests: Requests
    programme: Programme
    random: Random
    begin_after: float
    """Seconds, about, until the first act."""

    async def run(self, stop: asyncio.Event) -> None:
        """
        Act on the edition until `stop` is set.

        Each act is told to everybody, and there are more and more: so acts become rarer.
        """
        rounds, pause = 0, self.begin_after * self.random.uniform(0.7, 1.3)
        while not await _set_within(stop, pause):
            for kind in self.random.choice(_ROUNDS) if rounds else _FIRST_ROUND:
                await self._decide(kind, stop)
            rounds += 1
            pause = self.random.uniform(*_PAUSE_SECONDS) * (1 + rounds) / 2

    async def _decide(self, kind: str, stop: asyncio.Event) -> None:
        """Preview and confirm, anew whenever events have changed in between."""
        path = f"/v1/editions/{self.edition['id']}/acts"
        distance = self.random.choice([each for each in _DISTANCES if each != self.programme.moved])
        act = self._act(kind, distance)
        while not stop.is_set():
            shown = await self.requests.look(f"{path}/preview", caller=STAFF, body=act)
            if shown is not None:
                clicks = (self._confirm(path, act, shown["token"]) for _ in range(self.random.choice((1, 1, 2))))
                done = [each.answer["act"]["number"] for each in await asyncio.gather(*clicks) if each.acknowledged]
                if done:
                    self.programme.act = done[0]
                    self.programme.moved = distance if kind == "postponed" else self.programme.moved
                    return
            await _set_within(stop, self.random.uniform(*_AGAIN_SECONDS))

    async def _confirm(self, path: str, act: dict[str, Any], token: str) -> Operation:
        return await self.requests.send(
            Operation(kind="postpone", method="POST", path=path, body=act | {"token": token}, caller=STAFF)
        )

    def _act(self, kind: str, distance: timedelta) -> dict[str, Any]:
        if kind != "postponed":
            return {"kind": kind, "status": "open", "terms": _TERMS}
        dates = {end: date.fromisoformat(day) + distance for end, day in self.edition["dates"].items()}
        act = {"kind": kind, "dates": {end: day.isoformat() for end, day in dates.items()}, "terms": _TERMS}
        if self.random.random() < 0.5:  # noqa: PLR2004
            act |= {"policy": "confirmation", "respond_by": (dates["first_day"] - _ANSWERS_END).isoformat()}
        return act


async def _set_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await stop.wait()
    except TimeoutError:
        return False
