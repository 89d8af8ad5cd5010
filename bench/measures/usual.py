"""Sign-ups from their import to the counters, beside the way such a system is usually written."""

from pathlib import Path

from bench.children import PEERS
from bench.contest import contest
from bench.pipelines import Pipelines
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import stage

NAME = "usual"
ABOUT = "sign-ups through outbox, relay, Kafka and counters, beside handlers that take message by message"
NEEDS: tuple[Path, ...] = (PEERS,)
_GOAL = 5


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on:
        pipelines = Pipelines(on, events=sizes.pipeline_events, lines=sizes.usual_sign_ups)
        await pipelines.ours()
        contenders = {"ours": pipelines.ours, "usual": pipelines.usual}
        samples = await contest(contenders, rounds=sizes.rounds, warm_up=False)
    ours, other = samples["ours"].median, samples["usual"].median
    return [
        Row(
            name="pipeline, usual",
            work=f"{sizes.usual_sign_ups:,} sign-ups, the same way",
            unit="messages/s",
            ours=ours,
            peer_name="FastStream one by one + faststream-outbox",
            peer=other,
            ratio=ours / other,
            goal=f"≥ {_GOAL}×",
            met=ours / other >= _GOAL,
            samples=kept(samples),
        )
    ]
