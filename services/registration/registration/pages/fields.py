"""What was written into a form's fields."""

import re

from starlette.datastructures import FormData

_FRENCH_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")


def text_of(form: FormData, name: str) -> str:
    """Browsers end lines by CR and LF; here they end by LF."""
    return str(form.get(name) or "").replace("\x00", "").replace("\r\n", "\n").strip()


def iso_day(text: str) -> str:
    """31/03/2020 as 2020-03-31; what is no day stays as it is."""
    match = _FRENCH_DAY.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
