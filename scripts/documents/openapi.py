"""
The OpenAPI documents, from the services' own applications.

Run as a program it prints them all as one JSON object, by service: in a process of its own, because the application
must be built as a service builds it. Building connects to nothing; the keys are thrown away.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.contracts.topics import SERVICES, Service
from shared.runtime.settings import PREFIX, ServiceSettings
from shared.runtime.tokens import new_key


def documents() -> dict[str, dict[str, Any]]:
    """All of them, by file name below docs/. Exits with what went wrong."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, __file__]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)  # noqa: S603
    if answer.returncode:
        sys.exit("generate: the OpenAPI documents cannot be made, see above")
    return {f"openapi/{service}.json": document for service, document in json.loads(answer.stdout).items()}


def _document(service: Service, *, folder: Path) -> dict[str, Any]:
    key = new_key()
    public, private = folder / "public.json", folder / "private.json"
    public.write_text(json.dumps(key.as_dict(private=False)))
    private.write_text(json.dumps(key.as_dict(private=True)))
    settings: type[ServiceSettings] = import_module(f"{service}.settings").Settings
    needed: dict[str, Any] = {
        "database_url": f"postgres://{service}@127.0.0.1/{service}",
        "kafka_bootstrap_servers": "127.0.0.1:9092",
        "smtp_host": "127.0.0.1",
        "token_public_key_file": public,
        "token_private_key_file": private,
    }
    known = {name: value for name, value in needed.items() if name in settings.model_fields}
    document: dict[str, Any] = import_module(f"{service}.app").build(settings(**known)).http.openapi()
    return document


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        json.dump({service: _document(service, folder=Path(folder)) for service in SERVICES}, sys.stdout)
