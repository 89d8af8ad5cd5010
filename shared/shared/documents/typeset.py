"""Typst templates filled in: all that one says comes in as JSON, which it reads from `sys.inputs.data`."""

from functools import lru_cache

import orjson
import typst

_INCH = 72.0
"""Points; so one point of a page is one pixel of its image."""


def packed(data: object) -> bytes:
    """The same content has the same bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=64)
def pdf(template: bytes, data: bytes) -> bytes:
    """A tagged PDF (PDF/UA-1). The last ones are remembered, as `png` does: what they say changes seldom."""
    said = {"data": data.decode()}
    found = typst.compile(template, format="pdf", sys_inputs=said, pdf_standards=["ua-1"], ignore_system_fonts=True)
    assert isinstance(found, bytes)
    return found


@lru_cache(maxsize=256)
def png(template: bytes, data: bytes) -> bytes:
    """An image of the template's one page, a pixel for each point."""
    said = {"data": data.decode()}
    found = typst.compile(template, format="png", ppi=_INCH, sys_inputs=said, ignore_system_fonts=True)
    assert isinstance(found, bytes)
    return found
