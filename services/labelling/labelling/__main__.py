"""The process: `python -m labelling`."""

from labelling.app import build
from labelling.settings import Settings
from shared.runtime.service import run
from shared.runtime.settings import load

if __name__ == "__main__":
    run(lambda: build(load(Settings)))
