"""How many events a second the charter decides."""

import asyncio
from itertools import count
from pathlib import Path

from bench.contest import Reading, contest
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import Stage, stage
from bench.waiting import until
from semaine.generation import generate_events

NAME = "labelling"
ABOUT = "labelling decisions of one process"
NEEDS: tuple[Path, ...] = ()
_GOAL = 5_000
_LOOK_SECONDS = 0.01
_DECIDED = "SELECT count(*) FROM decisions"
_seeds = count(1)


async def run(sizes: Sizes) -> list[Row]:
    async with stage(services=("registration", "labelling")) as on:

        async def decide() -> Reading:
            return await _decide(on, events=sizes.decisions)

        samples = await contest({"ours": decide}, rounds=sizes.rounds, warm_up=False)
    return [
        Row(
            name="labelling",
            work=f"{sizes.decisions:,} labelling decisions, in batch, one process",
            unit="decisions/s",
            ours=samples["ours"].median,
            goal=f"≥ {_GOAL:,}/s",
            met=samples["ours"].median >= _GOAL,
            samples=kept(samples),
        )
    ]


async def _decide(on: Stage, *, events: int) -> Reading:
    """Submit while nobody decides; then, alone, from the first batch decided to the last, by what is committed."""
    seed = next(_seeds)
    id_ = f"label-{seed}"
    edition = await on.edition(id_)
    await on.settled()
    await on.stop(["labelling"])
    rows = (event.row for event in generate_events(events=events, seed=seed, edition=edition))
    await on.import_events(rows, edition=id_)
    await on.published()
    await on.stop(["registration"])
    async with on.connected("labelling") as labelling:
        before = await labelling.fetchval(_DECIDED)
        starting = asyncio.create_task(on.start_again(["labelling"]))
        counts: list[int] = [0]

        async def at_least(number: int) -> bool:
            counts.append(await labelling.fetchval(_DECIDED) - before)
            return counts[-1] >= number

        begun = await until(lambda: at_least(1), every=_LOOK_SECONDS)
        first = counts[-1]
        seconds = await until(lambda: at_least(events), every=_LOOK_SECONDS) - begun
        await starting
    await on.start_again(["registration"])
    await on.settled()
    return Reading((events - first) / max(seconds, 1e-9), {"seconds": seconds, "first_batch": first})
