"""`make bench` works: one measurement, small, on a system of its own."""

import json
import subprocess
import sys

import pytest

from bench.children import ROOT


@pytest.mark.timeout(300)
def test_one_measurement_is_taken_and_kept(tmp_path):
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "--quick", "--only", "start", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = json.loads(file.read_text())["rows"]
    assert row["measure"] == "start"
    assert list(row["details"]["parts"])[-1] == "the first event is labelled"
    assert row["work"] in done.stdout
