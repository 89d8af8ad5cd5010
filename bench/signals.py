"""The child's side of `bench.children`. Imports nothing: it runs in the peers' environments too."""

import json
import os
import sys
import threading
from typing import Any


def ready() -> None:
    """Tell the harness that all is prepared."""
    print("ready", flush=True)


def wait_for_harness() -> None:
    """Until the harness sends a line."""
    if not sys.stdin.readline():
        sys.exit("the harness has gone")


def tell(found: dict[str, Any]) -> None:
    """The last line: what was found."""
    print(json.dumps(found), flush=True)


def leave_with_harness() -> None:
    """For a child that serves without end: it ends when its standard input does."""

    def watch() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
