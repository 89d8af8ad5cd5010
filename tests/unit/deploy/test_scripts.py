"""The scripts that operators and CI call."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run(*command, **environment):
    return subprocess.run(  # noqa: S603 - our own scripts
        [str(part) for part in command],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def secrets(folder):
    return run(sys.executable, "scripts/secrets", folder)


def test_secrets_are_made_once_and_never_overwritten(tmp_path):
    folder = tmp_path / "secrets"
    assert secrets(folder).returncode == 0
    made = {file.name: file.read_text() for file in folder.iterdir()}
    assert set(made) == {
        "postgres.password", "registration.password", "labelling.password", "notifications.password",
        "stats.password", "smtp.password", "token-private.jwk", "token-public.jwk",
    }  # fmt: skip
    passwords = [content for name, content in made.items() if name.endswith(".password") and name != "smtp.password"]
    assert len(set(passwords)) == 5
    assert min(map(len, passwords)) >= 32

    (folder / "stats.password").unlink()
    assert "stats.password" in secrets(folder).stdout
    again = {file.name: file.read_text() for file in folder.iterdir()}
    assert again.pop("stats.password") != made.pop("stats.password")
    assert again == made


def test_secrets_are_closed_to_others_by_their_folder_and_readable_by_containers(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    assert secrets(folder).returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}


def test_half_a_key_pair_is_refused_and_kept(tmp_path):
    assert secrets(tmp_path).returncode == 0
    (tmp_path / "token-public.jwk").unlink()
    private = (tmp_path / "token-private.jwk").read_text()
    refused = secrets(tmp_path)
    assert refused.returncode == 1
    assert "token-public.jwk" in refused.stderr
    assert (tmp_path / "token-private.jwk").read_text() == private


def test_env_example_says_what_the_code_says():
    checked = run(sys.executable, "scripts/settings", "--check")
    assert checked.returncode == 0, checked.stdout


def test_a_misspelt_setting_is_named(tmp_path):
    file = tmp_path / "env"
    file.write_text("SEMAINE_LOG_LEVEL=debug\nGATEWAY_PORT=80\nSEMAINE_LOGLEVEL=debug\n")
    named = run(sys.executable, "scripts/settings", "--env", file)
    assert named.returncode == 1
    assert named.stdout.splitlines() == [f"{file}: SEMAINE_LOGLEVEL is unknown"]


def test_settings_that_are_all_known_pass(tmp_path):
    file = tmp_path / "env"
    file.write_text("\n".join(line.removeprefix("#") for line in (ROOT / ".env.example").read_text().splitlines()
                              if line.startswith(("#SEMAINE_", "#GATEWAY_", "#MAILPIT_", "#PIP_"))))  # fmt: skip
    assert run(sys.executable, "scripts/settings", "--env", file).returncode == 0


@pytest.mark.parametrize("asked", [{}, {"CI": "true"}])
def test_without_an_engine_the_compose_check_says_so_and_succeeds(tmp_path, asked):
    environment = {"DOCKER_HOST": f"unix://{tmp_path}/no-engine.sock"} | asked
    checked = run("scripts/compose-check", **environment)
    assert checked.returncode == 0
    assert "no Docker engine" in checked.stdout


def test_the_smoke_test_fails_where_nothing_answers(tmp_path):
    assert secrets(tmp_path).returncode == 0
    nowhere = "http://127.0.0.1:9"
    failed = run("scripts/smoke", "--gateway", nowhere, "--mailpit", nowhere, "--seconds", "0.2",
                 "--key", tmp_path / "token-private.jwk")  # fmt: skip
    assert failed.returncode == 1
    assert "FAILED: waited 0 s for the gateway" in failed.stderr
