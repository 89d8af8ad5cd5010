"""The command line, as far as it needs no servers."""

import json
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from typer.testing import CliRunner

from semaine.faults.disturbances import Disturbance
from semaine.faults.violation import Violation
from semaine.main import app
from semaine.system.data_folder import DataFolder
from semaine.system.given import given
from semaine.system.ports import free
from shared.contracts.topics import SERVICES
from shared.runtime.tokens import Caller, read_key, verify

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@pytest.fixture
def semaine():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


def test_a_token_says_who_its_bearer_is(semaine, folder):
    done = semaine(
        "token",
        "--role",
        "referent",
        "--subject",
        "anne",
        "--departement",
        "44",
        "--departement",
        "49",
        "--days",
        "2",
        "--data",
        folder.root,
    )
    key = read_key(folder.public_key)
    assert verify(key=key, token=done.stdout.strip()) == Caller("referent", "anne", ("44", "49"))
    claims = jwt.decode(done.stdout.strip(), key, algorithms=["EdDSA", "Ed25519"]).claims
    days = (datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)).total_seconds() / 86_400
    assert 1.9 < days <= 2


@pytest.mark.parametrize("arguments", [("--role", "referent"), ("--role", "staff", "--departement", "44")])
def test_only_a_referent_has_a_departement(semaine, folder, arguments):
    done = semaine("token", *arguments, "--subject", "x", "--data", folder.root)
    assert done.exit_code == 2


def test_without_a_key_there_is_no_token(semaine, tmp_path):
    done = semaine("token", "--role", "staff", "--subject", "x", "--data", tmp_path / "none")
    assert done.exit_code == 1
    assert "token-private.jwk" in done.stderr
    assert "Traceback" not in done.output


def test_status_of_nothing(semaine, tmp_path):
    done = semaine("status", "--data", tmp_path, "--json")
    assert done.exit_code == 3
    assert '"state": "stopped"' in done.stdout


def test_charters_of_nothing(semaine, tmp_path, monkeypatch):
    monkeypatch.delenv("SEMAINE_TOKEN", raising=False)
    done = semaine("charters", "diff", "2020-1", "2020-2", "--data", tmp_path)
    assert done.exit_code == 1
    assert "no system runs" in done.stderr
    done = semaine("charters", "diff", "2020-1", "2020-2", "--url", "http://127.0.0.1:9")
    assert done.exit_code == 2
    assert "--token" in done.output


def test_down_and_reset_of_nothing(semaine, tmp_path):
    assert semaine("down", "--data", tmp_path).exit_code == 0
    assert semaine("reset", "--data", tmp_path).exit_code == 0


def test_reset_asks(semaine, folder):
    assert semaine("reset", "--data", folder.root).exit_code == 1
    assert folder.private_key.exists()
    assert semaine("reset", "--yes", "--data", folder.root).exit_code == 0
    assert not folder.root.exists()


@pytest.mark.parametrize("port", ["gateway", "gateway=0", "gateway=65536", "gateway=x", "nothing=80"])
def test_a_port_that_makes_no_sense(semaine, tmp_path, port):
    done = semaine("up", "--data", tmp_path / "data", "--port", port)
    assert done.exit_code == 2
    assert not (tmp_path / "data").exists()


def test_migrate_and_provision_name_a_server_that_does_not_answer(semaine, tmp_path, monkeypatch):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    done = semaine(
        "migrate", "--database-url", "postgres://postgres@127.0.0.1:1/postgres", "--wait", "0", "--data", tmp_path
    )
    assert (done.exit_code, "127.0.0.1:1" in done.stderr) == (1, True)
    done = semaine("provision", "--bootstrap-servers", "127.0.0.1:1", "--wait", "0")
    assert (done.exit_code, "127.0.0.1:1" in done.stderr) == (1, True)


def test_migrate_names_a_password_file_that_is_not_there(semaine, tmp_path):
    url = "postgres://postgres@127.0.0.1:1/postgres"
    done = semaine("migrate", "--database-url", url, "--passwords", tmp_path, "--wait", "0")
    assert done.exit_code == 1
    assert "registration.password" in done.stderr


def test_without_a_server_named_or_running_they_say_so(semaine, tmp_path, monkeypatch):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    for command in ("migrate", "provision"):
        done = semaine(command, "--data", tmp_path)
        assert done.exit_code == 1
        assert "semaine up" in done.stderr


@pytest.mark.parametrize("report", ["none/report.json", "."])
def test_a_report_that_cannot_be_written_is_told_before_the_rehearsal(semaine, tmp_path, report):
    done = semaine("rehearse", "--report", tmp_path / report)
    assert (done.exit_code, "cannot write" in done.stderr) == (2, True)


@pytest.fixture
def disturbed(monkeypatch):
    """A run of the ledger test that takes no time; it finds what is put in here, under the faults asked for."""
    found = []

    async def run(report, *, faults, tell, show, finished):
        report.violations = found
        report.disturbances = [
            Disturbance(number=each.number, kind=each.kind, targets=each.targets, begun=NOON, healed=NOON)
            for each in faults
        ]
        await finished(None)

    monkeypatch.setattr("semaine.faults.run.run", run)
    return found


def test_a_violation_makes_the_ledger_test_fail_and_names_the_messages_to_follow(semaine, disturbed, tmp_path):
    assert semaine("faults", "--minutes", "0.5").exit_code == 0
    disturbed.append(Violation(kind="lost", where="registration events", key="k", detail="d", message_ids=("m",)))
    done = semaine("faults", "--minutes", "0.5", "--report", tmp_path / "report.json")
    assert done.exit_code == 1
    assert "messages m" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Violated: lost 1")
    written = json.loads((tmp_path / "report.json").read_text())
    assert (written["clean"], written["violations"][0]["message_ids"]) == (False, ["m"])
    assert json.loads(semaine("faults", "--minutes", "0.5", "--json").stdout)["faults"] == written["faults"]


def test_only_faults_of_these_kinds(semaine, disturbed):
    done = semaine("faults", "--only", "kill, pause", "--json")
    assert set(json.loads(done.stdout)["faults"]) == {"kill", "pause"}
    refused = semaine("faults", "--only", "kill,earthquake")
    assert (refused.exit_code, "earthquake" in refused.stderr) == (2, True)


def test_a_report_that_cannot_be_written_is_told_before_half_an_hour_of_faults(semaine, disturbed, tmp_path):
    assert semaine("faults", "--report", tmp_path / "none" / "report.json").exit_code == 2


def test_a_setting_that_no_service_knows_stops_the_system_before_it_starts(semaine, tmp_path, monkeypatch):
    monkeypatch.setenv("SEMAINE_LOG_LEVLE", "debug")
    done = semaine("up", "--data", tmp_path / "data", *(f"--port={name}={port}" for name, port in free().items()))
    assert (done.exit_code, "SEMAINE_LOG_LEVLE: unknown setting" in done.stderr) == (1, True)


def test_settings_reach_the_services_that_know_them(monkeypatch):
    monkeypatch.setenv("SEMAINE_LOG_LEVEL", "debug")
    monkeypatch.setenv("SEMAINE_VIEWERS_LIMIT", "7")
    monkeypatch.setenv("SEMAINE_HTTP_PORT", "1")
    found = given(ours={"SEMAINE_HTTP_PORT"})
    assert found.pop("stats") == {"SEMAINE_LOG_LEVEL": "debug", "SEMAINE_VIEWERS_LIMIT": "7"}
    assert set(found) == {"registration", "labelling", "notifications"}
    assert all(settings == {"SEMAINE_LOG_LEVEL": "debug"} for settings in found.values())


def test_an_audit_of_servers_that_do_not_answer_says_so(semaine, monkeypatch):
    for service in SERVICES:
        monkeypatch.setenv(f"{service.upper()}_DATABASE_URL", f"postgres://{service}@127.0.0.1:1/{service}")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    done = semaine("audit")
    assert (done.exit_code, "does not answer" in done.stderr) == (3, True)
    assert "Traceback" not in done.output


def test_persons_are_asked_for_by_address_and_erased_when_one_is_sure(semaine, folder):
    for command in ("export", "erase"):
        refused = semaine("persons", command, "nobody", "--data", folder.root)
        assert (refused.exit_code, "give an e-mail address" in refused.stderr) == (2, True)
    unsure = semaine("persons", "erase", "nobody@example.org", "--url", "http://127.0.0.1:1", "--token", "t")
    assert (unsure.exit_code, "for good" in unsure.output) == (1, True)
    away = semaine("persons", "erase", "nobody@example.org", "--yes", "--url", "http://127.0.0.1:1", "--token", "t")
    assert away.exit_code == 1
    assert "Traceback" not in away.output
