"""`semaine notices preview`: every notice can be looked at before anybody gets it."""

import email
import email.policy
import json
from typing import get_args

import pytest
from typer.testing import CliRunner

from semaine.main import app
from shared.contracts.notifications import MailKind


@pytest.fixture
def semaine():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_every_kind_is_written_in_both_languages_as_text_page_and_message(semaine, tmp_path):
    done = semaine("notices", "preview", "--out", tmp_path / "out")
    assert done.exit_code == 0
    for kind in get_args(MailKind):
        for language in ("fr", "en"):
            found = sorted(path.name for path in (tmp_path / "out").glob(f"{kind}*.{language}.*"))
            assert {name.rpartition(".")[2] for name in found} == {"txt", "html", "eml"}
    message = email.message_from_bytes((tmp_path / "out/labelled.fr.eml").read_bytes(), policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"].startswith("<https://semaine.example/v1/preferences/")


def test_one_kind_in_one_language_is_shown(semaine):
    done = semaine("notices", "preview", "refused", "--language", "en")
    assert "Entry costs 5 €." in done.stdout
    assert "(fr)" not in done.stdout
    (shown,) = json.loads(semaine("notices", "preview", "access", "--language", "fr", "--json").stdout)
    assert (shown["kind"], shown["language"]) == ("access", "fr")
    assert "kq3vA1x0T9mB7cWd" in shown["text"]


@pytest.mark.parametrize("arguments", [("party",), ("access", "--language", "de")])
def test_what_there_is_not_is_named(semaine, arguments):
    done = semaine("notices", "preview", *arguments)
    assert done.exit_code == 1
    assert "take one of" in done.stderr
