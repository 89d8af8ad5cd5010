"""The words that editions are made of: `data/*.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def material(name: str) -> dict[str, Any]:
    """One of `sectors`, `types`, `sentences`, `off_topic`, `names`, as its file says."""
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))
