"""Four-voice windows: a small file in place of Bach's, the course's own, the real."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.datasets import (
    DataUnavailable,
    chorales,
    downloads,
    load_chorales,
)

OWN = os.environ.get("LATENT_DATA_DIR", "")
PIECE = [[60, 64, 67]] * 8 + [[62.0, 65, 120]] * 4 + [[60]] * 4
BACH = json.dumps({"train": [PIECE], "valid": [], "test": [PIECE[:8]]}).encode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (file,) = chorales.SOURCE.files
    file = file._replace(sha256=(hashlib.sha256(BACH).hexdigest(),), urls=())
    path = tmp_path / file.path
    path.parent.mkdir()
    path.write_bytes(BACH)
    source = chorales.SOURCE._replace(files=(file,))
    monkeypatch.setattr(chorales, "SOURCE", source)
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


def test_windows_of_eight_beats_where_three_pitches_sound(folder, capsys):
    bach = load_chorales()
    assert bach.train.shape == bach.test.shape == (1, 8, 60)
    assert bach.train.dtype == torch.uint8
    sounding = bach.train[0, 0].nonzero()[:, 0] + chorales.LOWEST
    assert sounding.tolist() == [60, 64, 67]
    assert capsys.readouterr().out.startswith("Bach's chorales · 1 + 1 windows")
    assert repr(bach).startswith("<Chorales: Bach")


def test_the_courses_own_where_bach_cannot_be_had(tmp_path, monkeypatch):
    def nobody(urls):
        raise ConnectionError("no answer from the network")

    monkeypatch.setattr(downloads, "_first_to_answer", nobody)
    monkeypatch.setenv("LATENT_DATA_DIR", "")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    own = load_chorales(quiet=True)
    assert own.train.shape == (3000, 8, 60)
    assert own.reason.startswith("since Bach's cannot be had: ")
    with pytest.raises(DataUnavailable, match="insist=True"):
        load_chorales("bach", quiet=True)


def test_own_windows_have_their_key_and_contour():
    scale = np.zeros(12, dtype=bool)
    scale[[*chorales.MAJOR, *chorales.MINOR, 11]] = True
    rolls = chorales.compose(40, 3, key=2)
    pitches = np.nonzero(rolls)[2] + chorales.LOWEST
    assert scale[(pitches - 2) % 12].all()
    assert ((rolls.sum(2) >= 3) & (rolls.sum(2) <= 4)).all()
    rise, fall = (
        chorales.compose(20, 4, contour=way)[:, [0, -1]] for way in (1.0, -1.0)
    )
    highest = [60 - x[:, :, ::-1].argmax(2) for x in (rise, fall)]
    assert (highest[0][:, 1] > highest[0][:, 0]).all()
    assert (highest[1][:, 1] < highest[1][:, 0]).all()
    assert (chorales.compose(5, 6) == chorales.compose(5, 6)).all()


def test_there_are_two_kinds():
    with pytest.raises(ValueError, match="bach"):
        load_chorales("mozart")


@pytest.mark.skipif(
    not (Path(OWN) / chorales.SOURCE.files[0].path).exists(),
    reason="LATENT_DATA_DIR does not hold the chorales",
)
def test_the_real_chorales():
    bach = load_chorales("bach", quiet=True)
    assert (len(bach.train), len(bach.test)) == (3_136, 1_049)
    assert bach.train.sum(2).min() >= 3
