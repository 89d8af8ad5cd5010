"""A press release as PDF, from the typst template. Nothing but the template is read, and no network is asked."""

from functools import lru_cache
from importlib.resources import files

import orjson
import typst

_TEMPLATE = files(__package__) / "release.typ"


@lru_cache(maxsize=32)
def pdf(data: bytes) -> bytes:
    """The PDF (PDF/UA-1, tagged) of a release given as JSON. The last ones are remembered: figures change seldom."""
    found = typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": data.decode()}, pdf_standards=["ua-1"]
    )
    assert isinstance(found, bytes)
    return found


def packed(data: dict[str, object]) -> bytes:
    """The same release has the same bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
