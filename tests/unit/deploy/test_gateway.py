"""The gateway's own configuration, run by a real Caddy before one small server for each service."""

import base64
import hashlib
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


HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "words"), [("/programmes", 404, "introuvable"), ("/direct", 503, "Indisponible")]
)
def test_a_browser_gets_a_page_in_both_languages(gateway, path, status, words):
    answer = httpx.get(f"{gateway}{path}", headers=HTML)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"].split(", ")
    assert words in answer.text
    assert re.search(r'<html lang="fr">.+<section lang="en">', answer.text, re.DOTALL)
    assert "{" not in re.sub(r"<style>.*</style>", "", answer.text)


def test_the_style_of_that_page_is_the_one_that_is_allowed(gateway):
    answer = httpx.get(f"{gateway}/programmes", headers=HTML)
    (style,) = re.findall(r"<style>(.*)</style>", answer.text)
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{allowed}'" in answer.headers["content-security-policy"]


def test_both_gateways_say_the_same_of_problems():
    snippets = [
        re.search(r"^\(problem\) \{\n.*?^\}\n", path.read_text(), re.DOTALL | re.MULTILINE)
        for path in (CADDYFILE, ROOT / "cli/semaine/servers/Caddyfile")
    ]
    assert all(snippets)
    assert len({found[0] for found in snippets}) == 1


def test_a_service_that_is_away_is_a_problem_with_a_remedy(gateway):
    assert PATHS["stats"]
    answer = httpx.get(f"{gateway}/v1/counters")
    assert answer.status_code == answer.json()["status"] == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
