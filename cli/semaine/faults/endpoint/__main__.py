"""The process: `python -m semaine.faults.endpoint --port N --file FILE --secret-file FILE [--seed N]`."""

import argparse
from pathlib import Path

import uvicorn

from semaine.faults.endpoint.application import application
from semaine.faults.endpoint.receipts import Receipts
from semaine.system.ports import HOST


def main() -> None:
    parser = argparse.ArgumentParser(prog="semaine.faults.endpoint", description="A partner's endpoint with moods.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="Append-only file of what was acknowledged")
    parser.add_argument("--secret-file", type=Path, required=True, help="Read when webhooks come")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    app = application(Receipts(given.file), secret_file=given.secret_file, seed=given.seed)
    uvicorn.run(app, host=HOST, port=given.port, lifespan="off", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
