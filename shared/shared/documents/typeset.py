"""Typst templates filled in: all that one says comes in as JSON, which it reads from `sys.inputs.data`."""

from functools import lru_cache
from importlib.resources.abc import Traversable

import orjson
import typst

_INCH = 72.0
"""Points; so one point of a page is one pixel of its image."""


def packed(data: object) -> bytes:
    """The same content has the same bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=64)
def pdf(template: Traversable, data: bytes) -> bytes:
    """A tagged PDF (PDF/UA-1). The last ones are remembered, as `png` does: what they say changes seldom."""
    return _compiled(template, data, format="pdf", pdf_standards=["ua-1"])


@lru_cache(maxsize=256)
def png(template: Traversable, data: bytes) -> bytes:
    """An image of the template's one page, a pixel for each point."""
    return _compiled(template, data, format="png", ppi=_INCH)


def _compiled(template: Traversable, data: bytes, **how: object) -> bytes:
    found = typst.compile(
        template.read_bytes(),
        sys_inputs={"data": data.decode()},
        ignore_system_fonts=True,
        **how,  # type: ignore[arg-type]
    )
    assert isinstance(found, bytes)
    return found
