"""The page of benchmarks is what its figures say."""

import pytest

from bench import page
from bench.children import ROOT
from bench.conditions import Conditions
from bench.contest import Reading, Sample, Samples
from bench.results import Row, kept


def conditions(*, other_cores):
    return Conditions(seconds=1, load_average=0.5, own_cores=1, other_cores=other_cores, stolen_cores=0)


def samples(*values):
    return Samples([Sample(Reading(value), conditions(other_cores=others)) for value, others in values])


@pytest.fixture
def run():
    """What is kept: a goal that is met, and one that is missed."""
    contenders = {"ours": samples((1_200.0, 0.1), (700.0, 1.5)), "loop": samples((1_000.0, 0.0))}
    ours, other = contenders["ours"].median, contenders["loop"].median
    rows = [
        Row(
            name="mails",
            work="4,000 mails",
            unit="mails/s",
            ours=ours,
            peer_name="a loop",
            peer=other,
            ratio=ours / other,
            goal="≥ 0.8×",
            met=True,
            samples=kept(contenders),
        ),
        Row(name="labelling", work="decisions", unit="decisions/s", ours=4_000, goal="≥ 5,000/s", met=False),
    ]
    machine = {
        "date": "2026-11-25",
        "processor": "a processor",
        "cores": 2,
        "memory_gb": 8,
        "system": "Linux 6.1",
        "python": "3.13.1",
        "packages": {"asyncpg": "0.32.0"},
    }
    return {"machine": machine, "rows": [row.as_json() for row in rows]}


def test_page_names_peer_ratio_and_goal(run):
    text = page.files(run)[ROOT / "docs/benchmarks.md"]
    assert "| 4,000 mails | 1,200 mails/s | 1,000 (a loop) | 1.20× | ≥ 0.8× | met |" in text


def test_page_tells_what_misses_its_goal(run):
    text = page.files(run)[ROOT / "docs/benchmarks.md"]
    assert "| ≥ 5,000/s | **missed** |" in text
    assert "- **labelling**: " in text


def test_disturbed_samples_are_shown_but_do_not_count(run):
    text = page.files(run)[ROOT / "docs/benchmarks.md"]
    assert "| mails | ours | 1,200, (700) mails/s |" in text


def test_ratios_are_drawn_with_their_goals(run):
    drawn = page.files(run)[ROOT / "docs/images/bench-ratios.svg"]
    assert "1.20×" in drawn
    assert 'class="goal"' in drawn
