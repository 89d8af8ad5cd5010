"""Carries a schedule out on a cluster."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from semaine.faults.cluster import Cluster
from semaine.faults.disturbances import Disturbance
from semaine.faults.nemesis.actions import ACTIONS
from semaine.faults.nemesis.fault import Fault
from semaine.faults.nemesis.rewinding import NotRewoundError


class Nemesis:
    """Injects faults when their time has come, each on its own; `done` is what it did."""

    def __init__(self, cluster: Cluster, *, tell: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._tell = tell
        self.done: list[Disturbance] = []
        self.missed: list[int] = []
        """Numbers of faults that could not be injected as planned, for what others did at the same time."""

    async def run(self, faults: Sequence[Fault]) -> None:
        """Until all is injected, held and taken back. Cancelled, it takes back what holds."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                await asyncio.sleep(begun + fault.at - time.monotonic())
                group.create_task(self._commit(fault))

    async def _commit(self, fault: Fault) -> None:
        self._tell(f"fault {fault.number}: {fault.sentence()}")
        begun = datetime.now(UTC)
        try:
            async with ACTIONS[fault.kind](self._cluster, fault):
                await asyncio.sleep(fault.hold)
        except NotRewoundError:
            self.missed.append(fault.number)
        self.done.append(
            Disturbance(
                number=fault.number, kind=fault.kind, targets=fault.targets, begun=begun, healed=datetime.now(UTC)
            )
        )
