"""Settings: from the environment alone, and a wrong one stops the service with its name."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from shared.runtime.settings import EXIT_CONFIGURATION, ServiceSettings, load


@pytest.fixture
def environment(monkeypatch, tmp_path: Path) -> dict[str, str]:
    """What a service needs, set; tests change it before they load."""
    key = tmp_path / "public.json"
    key.write_text("{}")
    found = {
        "SEMAINE_DATABASE_URL": "postgres://stats:secret@127.0.0.1:5432/stats",
        "SEMAINE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
        "SEMAINE_HTTP_PORT": "8004",
        "SEMAINE_TOKEN_PUBLIC_KEY_FILE": str(key),
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def test_they_are_read(environment):
    settings = load(ServiceSettings)
    assert settings.database_dsn == environment["SEMAINE_DATABASE_URL"]
    assert settings.http_port == 8004
    assert settings.http_host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEMAINE_DATABASE_URL", "mysql://x"),
        ("SEMAINE_HTTP_PORT", "http"),
        ("SEMAINE_HTTP_PORT", "0"),
        ("SEMAINE_HTTP_PORT", "65536"),
        ("SEMAINE_PUBLIC_URL", "semaine.example"),
        ("SEMAINE_LOG_LEVEL", "loud"),
        ("SEMAINE_CONSUMER_BATCH", "-1"),
        ("SEMAINE_STUCK_AFTER_SECONDS", "0"),
        ("SEMAINE_TOKEN_PUBLIC_KEY_FILE", "/nowhere/public.json"),
        ("SEMAINE_DATABASE_PASSWORD_FILE", "/nowhere/password"),
        ("SEMAINE_DATABSE_URL", "postgres://typing/error"),
        ("SEMAINE_", "x"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_a_wrong_or_unknown_one_stops_the_service_with_its_name(monkeypatch, capsys, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        load(ServiceSettings)
    assert stopped.value.code == EXIT_CONFIGURATION
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith(f"cannot start: {name}: ")], lines
    assert not any("Traceback" in line for line in lines)


def test_all_that_is_wrong_is_told_at_once(environment, monkeypatch, capsys):
    for name in environment:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEMAINE_UNKNOWN", "1")
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    told = capsys.readouterr().err
    assert all(name in told for name in (*environment, "SEMAINE_UNKNOWN"))


def test_no_secret_is_told(environment, monkeypatch, capsys):
    monkeypatch.setenv("SEMAINE_DATABASE_URL", "postgrs://stats:hunter2@127.0.0.1/stats")
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("place", ["127.0.0.1:5433", "postgres", "[::1]:5432"])
@pytest.mark.parametrize("password", ["plain", "with@:/?#[]%20 and ü", "+&=;"])
@pytest.mark.usefixtures("environment")
def test_the_password_comes_from_its_file(monkeypatch, tmp_path, password, place):
    file = tmp_path / "password"
    file.write_text(password + "\n")
    monkeypatch.setenv("SEMAINE_DATABASE_URL", f"postgres://stats@{place}/stats?sslmode=disable")
    monkeypatch.setenv("SEMAINE_DATABASE_PASSWORD_FILE", str(file))
    url = urlsplit(load(ServiceSettings).database_dsn)
    assert (url.username, unquote(url.password or "")) == ("stats", password)
    assert (url.netloc.rpartition("@")[2], url.path, url.query) == (place, "/stats", "sslmode=disable")
