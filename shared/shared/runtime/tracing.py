"""W3C trace context: carried from an HTTP request through the outbox and Kafka to the last effect."""

import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current() -> str | None:
    """The traceparent of the work under way, if any."""
    return _current.get()


def follow(traceparent: str | None) -> str:
    """Continue a caller's trace, or begin one where there is none or it is malformed."""
    if traceparent is None or not _TRACEPARENT.match(traceparent):
        traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    _current.set(traceparent)
    return traceparent
