"""The ledger test can fail: each promise is broken on purpose, one at a time, and each time it is found."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from semaine.faults import members
from semaine.faults.cluster import Command
from semaine.faults.nemesis.fault import Fault
from semaine.faults.report import Report
from semaine.faults.run import run
from semaine.faults.summary import summary
from semaine.live import LiveLine

pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.timeout(900)]

SEED = 20201116
PATIENCE_SECONDS = 20
_MOST_RUNS = 3
"""A broken promise shows when a fault meets it: nothing may be on its way just as a link is cut."""
REGISTRATION, NOTIFICATIONS = members.replicas("registration"), members.replicas("notifications")


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A promise to be broken, the faults under which that shows, and what is found then."""

    name: str
    seconds: float
    faults: Sequence[Fault]
    kinds: frozenset[str]
    where: str


MUTATIONS = [
    Mutation(
        name="offset_before_transaction",
        seconds=18,
        faults=[
            Fault(kind="cut", targets=("link:postgresql", *NOTIFICATIONS), at=5, hold=10, number=1),
            Fault(kind="kill", targets=NOTIFICATIONS, at=11, hold=0.5, number=2),
        ],
        kinds=frozenset({"lost"}),
        where="notifications deliveries",
    ),
    Mutation(
        name="no_high_water_mark",
        seconds=28,
        faults=[Fault(kind="rewind", targets=REGISTRATION, at=24, hold=0.1, number=1, topic="labelling.decisions.v1")],
        kinds=frozenset({"double"}),
        where="registration.events.v1",
    ),
    Mutation(
        name="relay_deletes_first",
        seconds=11,
        faults=[
            Fault(kind="cut", targets=("link:kafka", *REGISTRATION), at=3, hold=7, number=1),
            Fault(kind="kill", targets=REGISTRATION, at=8, hold=0.2, number=2),
        ],
        kinds=frozenset({"lost", "gap"}),
        where="registration.",
    ),
    Mutation(name="two_relays", seconds=5, faults=[], kinds=frozenset({"double", "order"}), where="registration."),
    Mutation(
        name="sends_not_awaited",
        seconds=24,
        faults=[Fault(kind="cut", targets=("link:kafka", *REGISTRATION), at=5, hold=16, number=1)],
        kinds=frozenset({"lost", "gap"}),
        where="registration.",
    ),
    Mutation(
        name="mail_before_row",
        seconds=28,
        faults=[
            Fault(
                kind="rewind", targets=NOTIFICATIONS, at=24, hold=0.1, number=1, topic="registration.participations.v1"
            )
        ],
        kinds=frozenset({"double"}),
        where="received by mail",
    ),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
async def test_a_broken_promise_is_found(mutation):
    verdicts = []
    for _ in range(_MOST_RUNS):
        report = await played(mutation.faults, seconds=mutation.seconds, command=broken(mutation.name))
        if {each.kind for each in report.violations if each.where.startswith(mutation.where)} & mutation.kinds:
            return
        verdicts.append(report.verdict())
    pytest.fail(f"not found: {verdicts}")


async def played(faults: Sequence[Fault], *, seconds: float, command: Command) -> Report:
    kinds = list(dict.fromkeys(fault.kind for fault in faults))
    report = Report(seed=SEED, minutes=seconds / 60, kinds=kinds)
    with LiveLine() as line:
        await run(report, faults=faults, command=command, patience=PATIENCE_SECONDS, tell=line.tell, show=line.show)
        line.tell(summary(report))
    return report


def broken(mutation: str) -> Command:
    """A service under a mutation."""
    return lambda service: [sys.executable, str(Path(__file__).with_name("mutated.py")), mutation, service]
