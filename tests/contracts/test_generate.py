"""`scripts/generate`: what is committed is what the code says, and each file that is not is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The script and what it has written, to be spoilt."""
    for folder in ("scripts", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, root / "scripts" / "generate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)  # noqa: S603


def test_each_file_that_drifted_is_named_with_the_remedy_and_no_other(copy: Path):
    (copy / "docs/schemas/semaine.event.v1.json").unlink()
    (copy / "docs/schemas/semaine.event.v0.json").write_text("{}")
    with (copy / "docs/asyncapi.yaml").open("a") as document:
        document.write("# by hand\n")

    found = generate(copy, "--check")
    assert found.returncode == 1
    assert sorted(found.stderr.splitlines()) == [
        "Run `make generate` and commit what it writes.",
        "docs/asyncapi.yaml: not what the code says",
        "docs/schemas/semaine.event.v0.json: no longer generated",
        "docs/schemas/semaine.event.v1.json: missing",
    ]
