"""Sounds as pictures and back: what a picture says of a sound, and what Griffin–Lim."""

import math

import pytest
import torch

from course_utils import sound


def tone(*hertz: float) -> torch.Tensor:
    """Sines of amplitude 0.1, float64 [N, 3968]."""
    time = torch.arange(sound.SAMPLES, dtype=torch.float64) / sound.RATE
    return 0.1 * (2 * math.pi * torch.tensor(hertz)[:, None] * time).sin()


def inconsistency(wave: torch.Tensor, magnitude: torch.Tensor) -> float:
    """How far the wave's own magnitudes are off, as a share."""
    return ((sound.stft(wave).abs() - magnitude).norm() / magnitude.norm()).item()


def test_a_sine_is_one_row_and_as_grey_as_it_is_loud():
    hertz = sound.mel_edges()[[11, 31, 51]]  # the middles of three bands
    pictures = sound.spectrogram(tone(*hertz))
    assert pictures.shape == (3, sound.BANDS, sound.FRAMES)
    assert pictures.dtype == torch.float64
    assert pictures[:, :, 8:24].mean(2).argmax(1).tolist() == [10, 30, 50]
    assert sound.spectrogram(tone(440).float()).dtype == torch.float32
    louder = sound.spectrogram(torch.cat([tone(440), 2 * tone(440)])).amax((1, 2))
    decade = math.log(10) / math.log1p(sound.LOUD / sound.QUIET)
    assert louder.diff().item() == pytest.approx(decade * math.log10(2), abs=0.002)


def test_silence_is_0_and_noise_at_most_1():
    assert sound.spectrogram(torch.zeros(1, sound.SAMPLES)).max() == 0
    assert sound.magnitude(torch.zeros(1, sound.BANDS, sound.FRAMES)).max() == 0
    loud = torch.randn(1, sound.SAMPLES, generator=torch.Generator().manual_seed(0))
    assert sound.spectrogram(50 * loud).max() == 1


def test_a_spectrum_gives_its_wave_back():
    wave = tone(300) + tone(1234)
    assert (sound.istft(sound.stft(wave)) - wave).abs().max() < 1e-12


def test_bands_cover_what_is_heard_and_average():
    bands, edges = sound.mel_bands(), sound.mel_edges()
    assert torch.allclose(bands.sum(1), torch.ones(sound.BANDS))
    hertz = torch.linspace(0, sound.RATE / 2, sound.WINDOW // 2 + 1)
    heard = (hertz > edges[1]) & (hertz < edges[-2])
    assert (bands[:, heard].sum(0) > 0).all()
    assert edges[[0, -1]].tolist() == pytest.approx([sound.LOWEST, sound.HIGHEST])


def test_magnitudes_have_the_picture_they_came_from():
    """As far as none is negative, which a smooth sound's are not."""
    pictures = sound.spectrogram(0.3 * tone(*range(200, 4000, 40)).sum(0, keepdim=True))
    mean = sound.mel_bands().double() @ sound.magnitude(pictures) / sound.SINE
    back = (mean / sound.QUIET).log1p() / math.log1p(sound.LOUD / sound.QUIET)
    assert (back - pictures).abs().mean() < 0.01


def test_griffin_lim_becomes_consistent_and_keeps_a_tone():
    waves = tone(220, 523.25, 1500)
    magnitude = sound.stft(waves).abs()
    heard = [sound.griffin_lim(magnitude, rounds) for rounds in (0, 4, 32)]
    off = [inconsistency(wave, magnitude) for wave in heard]
    print("inconsistency after 0, 4, 32 rounds:", off)
    assert off[0] > 2 * off[1] > 3 * off[2]
    spectra = torch.fft.rfft(heard[-1], n=8 * sound.RATE).abs()
    assert (spectra.argmax(1) / 8).tolist() == pytest.approx(
        [220, 523.25, 1500], rel=0.003
    )


def test_griffin_lim_from_a_picture_keeps_a_tone():
    pictures = sound.spectrogram(tone(220, 700, 1500))
    heard = sound.griffin_lim(sound.magnitude(pictures))
    peaks = torch.fft.rfft(heard, n=8 * sound.RATE).abs().argmax(1) / 8
    assert peaks.tolist() == pytest.approx([220, 700, 1500], rel=0.04)


def test_griffin_lim_is_the_same_each_time_and_leaves_no_trace():
    magnitude = sound.stft(tone(220)).abs().float()
    state = torch.get_rng_state()
    first, again = sound.griffin_lim(magnitude), sound.griffin_lim(magnitude)
    assert torch.equal(first, again) and first.dtype == torch.float32
    assert torch.equal(torch.get_rng_state(), state)
    other = sound.griffin_lim(magnitude, phase=torch.zeros_like(magnitude))
    assert not torch.allclose(first, other)
    assert first.shape == (1, sound.SAMPLES)


@pytest.mark.parametrize("shape", [(sound.SAMPLES,), (2, 4000)])
def test_waves_of_another_length_are_refused(shape):
    with pytest.raises(ValueError, match=r"give \[N, 3968\], half a second") as caught:
        sound.spectrogram(torch.zeros(shape))
    assert "\n" not in str(caught.value)
