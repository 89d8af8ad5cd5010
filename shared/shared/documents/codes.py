"""QR codes, which lead from paper to a page."""

from io import BytesIO

import segno

_QUIET_ZONE = 4
"""Modules of white around it, as ISO/IEC 18004 asks for."""


def qr_code(address: str) -> str:
    """An SVG that leads to this address; a quarter of it may be covered or dirty."""
    written = BytesIO()
    code = segno.make_qr(address, error="q")
    code.save(written, kind="svg", border=_QUIET_ZONE, light="#fff", omitsize=True, xmldecl=False, nl=False)
    return written.getvalue().decode()
