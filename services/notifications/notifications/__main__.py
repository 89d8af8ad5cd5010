"""The process: `python -m notifications`."""

from notifications.app import build
from notifications.settings import Settings
from shared.runtime.service import run
from shared.runtime.settings import load

if __name__ == "__main__":
    run(lambda: build(load(Settings)))
