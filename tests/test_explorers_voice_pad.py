"""Voices on a pad, without a browser: where it starts, its axes, and what it plays."""

import numpy as np
import pytest
import torch
from torch import nn

from course_utils import sound
from course_utils.explorers import VoicePad

CODES = np.random.default_rng(1).normal(size=(30, 2)).astype("float32")


class Says(nn.Linear):
    """A decoder of one picture, at every code."""

    def __init__(self, picture: torch.Tensor, inputs: int = 2) -> None:
        super().__init__(inputs, picture.numel())
        with torch.no_grad():
            self.weight.zero_()
            self.bias.copy_(picture.flatten())


def says(wave: torch.Tensor, **options) -> VoicePad:
    picture = sound.spectrogram(wave).float()
    return VoicePad(nn.Sequential(Says(picture[0]), nn.Hardtanh(0, 1)), **options)


def test_what_it_plays_is_what_the_picture_shows():
    time = torch.arange(sound.SAMPLES) / sound.RATE
    pad = says(0.1 * (2 * torch.pi * 440 * time).sin()[None])
    wave = pad.hear()
    assert wave.shape == (sound.SAMPLES,) and wave.dtype == np.float64
    np.testing.assert_array_equal(wave, pad.hear())
    heard = np.abs(np.fft.rfft(wave, 8 * sound.RATE)).argmax() / 8
    assert heard == pytest.approx(440, rel=0.04)
    shown = sound.spectrogram(torch.from_numpy(wave[None]))[0].numpy()
    assert np.abs(shown - pad.decode()).mean() < 0.03


def test_silence_plays_nothing():
    assert np.abs(says(torch.zeros(1, sound.SAMPLES)).hear()).max() == 0


def test_the_axes_say_where_a_tone_stands():
    ticks = says(torch.zeros(1, sound.SAMPLES)).ticks
    time = torch.arange(sound.SAMPLES) / sound.RATE
    for text, share in ticks["upward"]:
        hertz = 1000 * float(text.removesuffix(" kHz"))
        picture = sound.spectrogram(0.1 * (2 * torch.pi * hertz * time).sin()[None])
        ink = picture[0, :, 8:24].mean(1) ** 8
        row = float(ink @ (torch.arange(sound.BANDS) + 0.5) / ink.sum())
        assert share * sound.BANDS == pytest.approx(row, abs=1), text
    for text, share in ticks["onward"]:
        wave = torch.zeros(1, sound.SAMPLES)
        start = round(float(text.removesuffix(" s")) * sound.RATE)
        wave[0, start : start + 8] = 1
        column = int(sound.spectrogram(wave)[0].sum(0).argmax())
        assert share * sound.FRAMES == pytest.approx(column + 0.5, abs=0.6), text


def test_it_starts_on_a_code_and_reaches_as_far_as_they_do():
    silent = torch.zeros(1, sound.SAMPLES)
    pad = says(silent, codes=CODES, labels=np.arange(30) % 3)
    assert pad.z == pytest.approx(CODES[0].tolist())
    assert np.quantile(np.abs(CODES), 0.99) <= pad.reach < np.abs(CODES).max() + 0.3
    assert (says(silent).z, says(silent).reach) == ([0, 0], 2.5)
    assert says(silent, codes=0 * CODES, labels=[0] * 30).reach == 1
    assert says(silent, z=[9, 9]).z == [9, 9]
