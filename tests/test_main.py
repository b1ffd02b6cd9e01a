"""``python -m course_utils``: what one pastes into a bug report."""

import sys
from pathlib import Path

import pytest

from course_utils import __main__ as main


@pytest.fixture(autouse=True)
def command_line(monkeypatch, tmp_path) -> Path:
    monkeypatch.setattr(sys, "argv", ["course_utils"])
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_it_tells_what_a_stranger_needs(capsys, command_line):
    cache = command_line / "cache/datasets"
    cache.mkdir(parents=True)
    (cache / "mnist.npz").write_bytes(b"x" * 1_200_000)
    own = command_line / "data/Olivetti/olivettifaces.mat"
    own.parent.mkdir(parents=True)
    own.touch()
    assert main.main() == 0
    said = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert " · budget " in said["runtime"]
    assert "torch 2." in said["libraries"] and "MISSING" not in said["libraries"]
    assert "COURSE_CACHE=" in said["settings"]
    assert said["own"] == f"data   olivetti in {command_line / 'data'}"
    assert said["cache"] == str(command_line / "cache")
    assert said["kept"] == "mnist.npz (1.2 MB)"


def test_a_check_passes_and_leaves_nothing(monkeypatch, capsys, command_line):
    monkeypatch.setattr(sys, "argv", ["course_utils", "--check"])
    assert main.main() == 0
    assert capsys.readouterr().out.count("\nok ") == 5
    assert not [path for path in (command_line / "cache").iterdir() if path.is_file()]


def test_a_check_that_fails_says_which(monkeypatch, capsys, command_line):
    (command_line / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(command_line / "file"))

    def miss(*arguments):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(main.explorers.GaussianKL, "html", miss)
    monkeypatch.setattr(sys, "argv", ["course_utils", "--check"])
    assert main.main() == 1
    said = capsys.readouterr().out
    assert "cache      not usable: " in said
    assert "FAILED     the cache can be written: " in said
    assert "FAILED     the explorers are whole: FileNotFoundError: No such" in said
    assert "ok         a small model learns" in said
