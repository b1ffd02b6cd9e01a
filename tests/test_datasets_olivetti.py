"""The Olivetti faces: from a folder, through scikit-learn, and all that can go wrong.

No face is needed here: 400 made-up images stand in for them. Where a data folder holds
the real ones, they are looked at too.
"""

import hashlib
import io
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import savemat
from sklearn.datasets import _olivetti_faces

from course_utils.datasets import DataUnavailable, load, olivetti

OWN = os.environ.get("LATENT_DATA_DIR", "")

# Grey levels 0 to 242, as in the real file.
IMAGES = np.random.default_rng(0).integers(0, 243, (400, 64, 64), dtype=np.uint8)
IMAGES[0, 0, :2] = 0, 242


def matlab(images: np.ndarray) -> bytes:
    """Matlab's file: one image a column, its pixels column by column."""
    buffer = io.BytesIO()
    savemat(buffer, {"faces": images.transpose(0, 2, 1).reshape(400, -1).T})
    return buffer.getvalue()


CONTENT = matlab(IMAGES)


@pytest.fixture(autouse=True)
def small_world(monkeypatch, tmp_path):
    """An empty cache, no folder, no network, and images of our own."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LATENT_DATA_DIR", raising=False)
    checksum = hashlib.sha256(CONTENT).hexdigest()
    monkeypatch.setattr(olivetti, "SHA256", (checksum,))
    monkeypatch.setattr(olivetti, "answers", lambda urls, within: False)


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """A folder of the reader's own; returns the file in it."""
    file = tmp_path / "own" / olivetti.FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "own"))
    return file


@pytest.fixture
def server(monkeypatch, tmp_path):
    """scikit-learn's download, served from a file; returns the list of requests."""
    source = tmp_path / "served.mat"
    source.write_bytes(CONTENT)
    remote = _olivetti_faces.FACES._replace(
        url=source.as_uri(), checksum=hashlib.sha256(CONTENT).hexdigest()
    )
    asked = []
    monkeypatch.setattr(_olivetti_faces, "FACES", remote)
    monkeypatch.setattr(
        olivetti, "answers", lambda urls, within: not asked.append(urls)
    )
    return asked


def check(data):
    """Eight images of each person to train with, the last two to test with."""
    stretched = np.round(IMAGES / 242 * 255).astype(np.uint8).reshape(40, 10, 64, 64)
    train, test = stretched[:, :8], stretched[:, 8:]
    assert np.array_equal(data.train_images, train.reshape(320, 64, 64))
    assert np.array_equal(data.test_images, test.reshape(80, 64, 64))
    assert torch.equal(data.train_labels, torch.arange(40).repeat_interleave(8))
    assert torch.equal(data.test_labels, torch.arange(40).repeat_interleave(2))
    assert data.train_labels.dtype == torch.int64
    assert data.train_images.dtype == torch.uint8
    assert data.class_names[39] == "person 40" and len(data.class_names) == 40
    assert "AT&T" in data.licence and data.train_factors is None


def test_from_the_folder(folder, server, capsys):
    check(load("olivetti"))
    assert not server, "the network was asked for what is there"
    line = capsys.readouterr().out
    assert line.startswith("Olivetti faces · 320 + 80 images of 64×64 · ")
    assert "found in LATENT_DATA_DIR" in line


def test_downloaded_once_then_cached(server, capsys, recwarn):
    check(load("olivetti", quiet=True))
    data = load("olivetti", quiet=True)
    check(data)
    assert len(server) == 1 and "the course's cache" in data.reason
    assert capsys.readouterr().out == "" and not recwarn.list


@pytest.mark.parametrize("damage", ["truncated", "tampered", "missing"])
def test_a_bad_folder_is_explained_and_the_network_helps(folder, server, damage):
    content = bytearray(CONTENT)
    content[-1] ^= 1
    if damage == "missing":
        folder.unlink()
    else:
        folder.write_bytes(content if damage == "tampered" else CONTENT[:-9])
    data = load("olivetti", quiet=True)
    check(data)
    assert str(folder) in data.reason
    explained = "cannot be read" if damage == "missing" else "its checksum is wrong"
    assert explained in data.reason


def test_without_folder_and_network_one_sentence_says_what_to_do():
    with pytest.raises(DataUnavailable) as error:
        load("olivetti")
    assert str(error.value) == (
        "The Olivetti faces could not be downloaded: no answer from the network "
        '(load("olivetti") tries again; or let LATENT_DATA_DIR name a folder that '
        "holds Olivetti/olivettifaces.mat)"
    )


def test_a_bad_folder_and_no_network_are_both_told(folder):
    folder.write_bytes(b"nothing")
    with pytest.raises(DataUnavailable) as error:
        load("olivetti")
    message = str(error.value)
    assert "no answer" in message and f"{folder} is damaged" in message
    assert "\n" not in message


def test_a_damaged_download_is_refused_and_not_kept(server, monkeypatch, tmp_path):
    bad = _olivetti_faces.FACES._replace(checksum="0" * 64)
    monkeypatch.setattr(_olivetti_faces, "FACES", bad)
    with pytest.raises(DataUnavailable, match="SHA256") as error:
        load("olivetti")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "cache/datasets/olivetti.npz").exists()


def test_scikit_learn_still_asks_the_server_that_we_ask_first():
    assert _olivetti_faces.FACES.url.startswith(olivetti.SERVER)


@pytest.mark.skipif(
    not (Path(OWN) / olivetti.FILE).exists(), reason="no such faces in a folder here"
)
def test_the_real_faces(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("LATENT_DATA_DIR", OWN)
    data = load("olivetti", quiet=True)
    assert data.train_images.shape == (320, 64, 64)
    assert data.test_images.shape == (80, 64, 64)
    assert data.train_images.min() == 0 and data.train_images.max() == 255
    # The labels fit: the nearest of the training images mostly shows the same person.
    test, train = (x.flatten(1).float() for x in (data.test_images, data.train_images))
    found = data.train_labels[torch.cdist(test, train).argmin(1)]
    accuracy = (found == data.test_labels).float().mean()
    assert accuracy > 0.75, accuracy
