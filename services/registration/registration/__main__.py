"""The process: `python -m registration`."""

from registration.app import build
from registration.settings import Settings
from shared.runtime.service import run
from shared.runtime.settings import load

if __name__ == "__main__":
    run(lambda: build(load(Settings)))
