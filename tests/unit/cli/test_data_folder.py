"""The data folder and its secrets."""

import stat

import pytest

from semaine.servers.account import home, outside
from semaine.system.data_folder import DataFolder, NotWritableError
from shared.runtime.tokens import read_key


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


def test_it_has_a_key_pair_that_stays(folder):
    private, public = read_key(folder.private_key), read_key(folder.public_key)
    assert private.as_dict(private=False)["x"] == public.as_dict(private=False)["x"]
    assert "d" not in public.as_dict()
    folder.create()
    assert read_key(folder.private_key).as_dict(private=True) == private.as_dict(private=True)


def test_secrets_are_for_their_owner_alone(folder):
    password = folder.password("stats")
    assert len(password) >= 24
    assert folder.password("stats") == password
    assert folder.password("labelling") != password
    for file in (folder.password_file("stats"), folder.private_key):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotWritableError, match=r"file/data: Not a directory.*--data"):
        DataFolder(tmp_path / "file" / "data").create()


def test_deleting_leaves_what_is_not_ours(folder):
    folder.password("stats")
    (folder.root / "holiday.jpg").touch()
    folder.delete()
    assert [path.name for path in folder.root.iterdir()] == ["holiday.jpg"]


def test_an_emptied_folder_goes(folder):
    folder.delete()
    assert not folder.root.exists()


@pytest.fixture
def as_root(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)


@pytest.fixture
def reachable(tmp_path_factory, monkeypatch):
    """A folder that everybody may enter; pytest's own are closed to others."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.usefixtures("as_root")
def test_root_runs_postgresql_as_somebody_else_in_place(reachable):
    programs = reachable / "install" / "bin"
    programs.mkdir(parents=True)
    place = home(programs=programs, folder=reachable / "postgresql")
    assert place.account.uid != 0
    assert (place.programs, place.folder) == (programs, reachable / "postgresql")


@pytest.mark.usefixtures("as_root")
def test_in_a_closed_folder_root_gives_postgresql_a_place_outside(reachable):
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    programs = closed / "install" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch()
    place = home(programs=programs, folder=closed / "postgresql")
    try:
        assert place.folder.is_relative_to(outside(closed / "postgresql"))
        assert (place.programs / "postgres").exists()
        assert place == home(programs=programs, folder=closed / "postgresql")
    finally:
        DataFolder(closed).delete()
    assert not outside(closed / "postgresql").exists()


def test_anybody_else_runs_it_as_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    place = home(programs=tmp_path, folder=tmp_path / "postgresql")
    assert (place.account, place.programs, place.folder) == (None, tmp_path, tmp_path / "postgresql")
