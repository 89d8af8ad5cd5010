"""The gateway's own configuration, run by a real Caddy before one small server for each service."""

import json
import re
import subprocess
import sysconfig
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from semaine.system import ports
from shared.contracts.topics import SERVICES
from shared.pages.addresses import PAGES

ROOT = Path(__file__).resolve().parents[3]
CADDYFILE = ROOT / "deploy/caddy/Caddyfile"
PATHS = {
    service: sorted(
        path.replace("{", "").replace("}", "")
        for path in json.loads((ROOT / f"docs/openapi/{service}.json").read_text())["paths"]
    )
    for service in SERVICES
}


def named(service):
    """A server that answers with its name and the path that it was asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{service} {self.path}".encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """The address of the gateway; `stats` is away."""
    servers = {service: named(service) for service in SERVICES if service != "stats"}
    free = list(ports.free().values())
    address, health, away = (f"127.0.0.1:{port}" for port in free[:3])
    text = CADDYFILE.read_text().replace("lb_try_duration 10s", "lb_try_duration 0s")
    for service in SERVICES:
        real = f"127.0.0.1:{servers[service].server_port}" if service in servers else away
        text = re.sub(rf"\b{service}:\d+", real, text)
    text = text.replace("\n:8080 {", f"\nhttp://{address} {{").replace("\n:8081 {", f"\nhttp://{health} {{")
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "Caddyfile").write_text(text)
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    command = [caddy, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    environment = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log, subprocess.Popen(command, env=environment, stderr=log) as process:  # noqa: S603
        try:
            for _ in range(200):
                try:
                    httpx.get(f"http://{health}/health").raise_for_status()
                    break
                except httpx.TransportError:
                    assert process.poll() is None, (folder / "log").read_text()
                    time.sleep(0.05)
            yield f"http://{address}"
        finally:
            process.terminate()
            for server in servers.values():
                server.shutdown()
                server.server_close()


@pytest.mark.parametrize("service", [service for service in SERVICES if service != "stats"])
def test_every_path_of_a_service_reaches_it_unchanged(gateway, service):
    for path in PATHS[service]:
        if path.startswith("/v1/"):
            assert httpx.get(f"{gateway}{path}?a=b").text == f"{service} {path}?a=b"


@pytest.mark.parametrize("service", [service for service in SERVICES if service != "stats"])
def test_every_page_of_a_service_reaches_it_unchanged(gateway, service):
    for segment in PAGES[service]:
        for path in (f"/{segment}", f"/{segment}/a/b"):
            assert httpx.get(f"{gateway}{path}?a=b").text == f"{service} {path}?a=b"


def test_the_home_page_is_registrations(gateway):
    assert httpx.get(f"{gateway}/?lang=en").text == "registration /?lang=en"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/eventsx", "/programmes", "/metrics", "/health/ready", "/openapi.json", "/V1/events"]
)
def test_what_no_service_has_is_not_found(gateway, path):
    answer = httpx.get(f"{gateway}{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_service_that_is_away_is_a_problem_with_a_remedy(gateway):
    assert PATHS["stats"]
    answer = httpx.get(f"{gateway}/v1/counters")
    assert answer.status_code == answer.json()["status"] == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
