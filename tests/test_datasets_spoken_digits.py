"""Recorded voices: cut out of their silence, whole, and never another's."""

import hashlib
import os
import wave
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils import sound
from course_utils.datasets import DataUnavailable, load, spoken_digits

RANDOM = np.random.default_rng(0)


def recording(samples: int) -> np.ndarray:
    """A word of noise between two silences."""
    silence = np.zeros(700, np.int16)
    word = (3000 * RANDOM.normal(size=samples)).clip(-32000, 32000).astype(np.int16)
    return np.concatenate([silence, word, silence])


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """One speaker's six takes of ten digits, in a LATENT_DATA_DIR of their own."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(spoken_digits, "SPEAKERS", ("george",))
    monkeypatch.setattr(spoken_digits, "TAKES", 6)
    place = tmp_path / "FSDD" / "recordings"
    place.mkdir(parents=True)
    everything = b""
    for digit in range(10):
        for take in range(6):
            path = place / f"{digit}_george_{take}.wav"
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(8000)
                file.writeframes(recording(1600 + 400 * digit).tobytes())
            everything += path.read_bytes()
    digest = hashlib.sha256(everything).hexdigest()
    monkeypatch.setattr(spoken_digits, "_SHA256", digest)
    return place


def test_recordings_become_pictures_and_takes_tell_the_test(folder, capsys):
    data = load("spoken_digits")
    assert capsys.readouterr().out == (
        "Free Spoken Digit Dataset · 10 + 50 images of 64×32 · asked for by name, "
        "found in LATENT_DATA_DIR · CC BY-SA 4.0\n"
    )
    assert data.train_images.dtype == torch.uint8
    assert data.train_labels.tolist() == list(range(10))
    assert data.train_factors["take"].tolist() == [5] * 10
    assert data.test_factors["take"].max() == 4
    expected = torch.arange(10) * 0.05 + 0.2
    assert (data.train_factors["seconds"] - expected).abs().max() < 0.025
    ink = data.train_images.float().mean(1)  # 16 ms each
    assert (ink[0, 17:] == 0).all() and (ink[9] > 20).all()
    again = load("spoken_digits", quiet=True)
    assert torch.equal(again.test_images, data.test_images)


def test_a_word_is_cut_out_and_as_loud_as_all():
    word = spoken_digits.word(recording(2000))
    assert abs(len(word) - 2000) <= 160 and word.dtype == torch.float32
    assert word.square().mean().sqrt().item() == pytest.approx(0.1, rel=1e-4)


def test_what_is_missing_or_another_is_said_in_one_sentence(folder, monkeypatch):
    first = folder / "0_george_0.wav"
    kept = first.read_bytes()
    first.write_bytes(kept[:-2] + b"ab")
    with pytest.raises(DataUnavailable, match="or damaged ones") as damaged:
        load("spoken_digits")
    first.unlink()
    with pytest.raises(DataUnavailable, match="must hold the 60 recordings") as gone:
        load("spoken_digits")
    monkeypatch.delenv("LATENT_DATA_DIR")
    with pytest.raises(DataUnavailable, match="your own folder only") as nowhere:
        load("spoken_digits")
    assert not any("\n" in str(each.value) for each in (damaged, gone, nowhere))


@pytest.mark.skipif(
    not Path(os.environ.get("LATENT_DATA_DIR", "nowhere"), "FSDD").exists(),
    reason="NOT TESTED: the Free Spoken Digit Dataset is not in LATENT_DATA_DIR",
)
def test_the_recordings_themselves():
    data = load("spoken_digits", quiet=True)
    assert data.train_images.shape == (2700, sound.BANDS, sound.FRAMES)
    assert data.test_labels.bincount().tolist() == [30] * 10
    assert 0.05 < (data.train_factors["seconds"] > 0.496).float().mean() < 0.15
