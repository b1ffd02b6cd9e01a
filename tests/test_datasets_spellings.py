"""Words to spell: names from a small file, identifiers from small libraries."""

import hashlib
import os
from pathlib import Path

import pytest
import torch

from course_utils.datasets import (
    DataUnavailable,
    Spellings,
    downloads,
    load_spellings,
    spellings,
)

OWN = os.environ.get("LATENT_DATA_DIR", "")
NAMES = b"emma\nOlivia\nemma\nal\nmaximilianus\nzoe\nanne-marie\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (file,) = spellings.SOURCE.files
    file = file._replace(sha256=(hashlib.sha256(NAMES).hexdigest(),), urls=())
    path = tmp_path / file.path
    path.parent.mkdir()
    path.write_bytes(NAMES)
    source = spellings.SOURCE._replace(files=(file,))
    monkeypatch.setattr(spellings, "SOURCE", source)
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def no_network(monkeypatch):
    def nobody(urls):
        raise ConnectionError("no answer from the network")

    monkeypatch.setattr(downloads, "_first_to_answer", nobody)


def test_each_name_once_and_only_those_that_fit(folder, capsys):
    names = load_spellings()
    assert names.words == ("emma", "olivia", "zoe")
    assert capsys.readouterr().out == (
        "First names · 3 words of 3 to 10 letters · found in LATENT_DATA_DIR · MIT\n"
    )
    assert repr(names).startswith("<Spellings: First names")


def test_there_and_back(folder):
    names = load_spellings(quiet=True)
    rows = names.encode(["zoe", "maximilian"])
    assert rows.shape == (2, names.length) == (2, 11)
    assert rows[0, 3:].tolist() == [0] * 8
    assert names.decode(rows) == ["zoe", "maximilian"]
    assert names.encode([]).shape == (0, 11)
    assert names.decode(torch.tensor([[3, 0, 4]])) == [names.symbols[3]]


@pytest.mark.parametrize("word", ["maximilianus", "Zoe", "zo-e"])
def test_what_cannot_be_spelled(folder, word):
    with pytest.raises(ValueError, match="cannot be spelled"):
        load_spellings(quiet=True).encode([word])


def test_identifiers_where_names_cannot_be_had(tmp_path, monkeypatch, no_network):
    monkeypatch.setenv("LATENT_DATA_DIR", "")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(spellings, "installed", lambda: {"json": "1"})
    found = load_spellings(quiet=True)
    assert found.title == "Identifiers"
    assert found.reason.startswith("since names cannot be had: ")
    assert {"decode", "encode", "dumps"} <= set(found.words)
    assert all(3 <= len(word) <= 10 for word in found.words)
    with pytest.raises(DataUnavailable, match="insist=True"):
        load_spellings("names", quiet=True)


def test_there_are_two_kinds():
    with pytest.raises(ValueError, match="names"):
        load_spellings("digits")


@pytest.mark.skipif(
    not (Path(OWN) / spellings.SOURCE.files[0].path).exists(),
    reason="LATENT_DATA_DIR does not hold the names",
)
def test_the_real_names():
    names = load_spellings("names", quiet=True)
    assert isinstance(names, Spellings)
    assert len(names.words) == 29_256
    assert "emma" in names.words
