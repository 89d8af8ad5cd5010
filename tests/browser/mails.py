"""Links in mails, as the tests of the journeys follow them."""

import re
from typing import Any


def link_in(mail: dict[str, Any], part: str) -> str:
    """The only link of the mail's text that contains this."""
    (found,) = {each for each in re.findall(r"https?://\S+", mail["text"]) if part in each}
    return found
