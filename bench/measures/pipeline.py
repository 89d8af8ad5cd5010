"""A whole edition's sign-ups from their import to the counters, beside a bare pipeline."""

from pathlib import Path

from bench.children import PEERS
from bench.contest import contest
from bench.pipelines import Pipelines
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import stage

NAME = "pipeline"
ABOUT = "sign-ups through outbox, relay, Kafka and counters, beside a bare pipeline"
NEEDS: tuple[Path, ...] = (PEERS,)
_WHOLE_EDITION = 800_000
_GOAL_SECONDS = 40
_GOAL = 0.8


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on:
        await Pipelines(on, events=sizes.pipeline_events, lines=sizes.usual_sign_ups).ours()
        pipelines = Pipelines(on, events=sizes.pipeline_events, lines=sizes.sign_ups)
        contenders = {"ours": pipelines.ours, "bare": pipelines.bare}
        samples = await contest(contenders, rounds=sizes.rounds, warm_up=False)
        memory = on.system.processes.peak_rss_mb()
    ours, other = samples["ours"].median, samples["bare"].median
    return [
        Row(
            name="pipeline, bare",
            work=f"{sizes.sign_ups:,} sign-ups through outbox, relay, Kafka, counters",
            unit="messages/s",
            ours=ours,
            peer_name="asyncpg COPY + aiokafka + orjson",
            peer=other,
            ratio=ours / other,
            goal=f"≥ {_GOAL}×",
            met=ours / other >= _GOAL,
            details={"peak_rss_mb": memory},
            samples=kept(samples),
        ),
        Row(
            name="pipeline, whole edition",
            work=f"{sizes.sign_ups:,} sign-ups, HTTP import included",
            unit="s",
            ours=sizes.sign_ups / ours,
            goal=f"≤ {_GOAL_SECONDS} s for {_WHOLE_EDITION:,}",
            met=_WHOLE_EDITION / ours <= _GOAL_SECONDS,
        ),
    ]
