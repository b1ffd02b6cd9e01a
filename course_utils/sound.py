"""Sound as pictures and pictures as sound: log-mel spectrograms, Griffin–Lim."""

import math

import torch
from torch import Tensor

RATE = 8_000  # samples per second
WINDOW, HOP = 512, 128  # samples: 64 ms are looked at, every 16 ms
BANDS, FRAMES = 64, 32  # rows and columns of a picture
SAMPLES = (FRAMES - 1) * HOP  # 3,968, half a second
LOWEST, HIGHEST = 60, 3_950  # Hz
SINE = WINDOW / 4  # what stft makes of a sine of amplitude 1
QUIET, LOUD = 1e-3, 0.3  # amplitudes, −60 dB and −10 dB: 0 and 1 in a picture


def stft(waves: Tensor) -> Tensor:
    """Waves [N, samples] → complex spectra [N, 257, frames], one column each 16 ms."""
    window = torch.hann_window(WINDOW, dtype=waves.dtype)
    return torch.stft(waves, WINDOW, HOP, window=window, return_complex=True)


def istft(spectra: Tensor) -> Tensor:
    """Back to waves [N, (frames − 1) · 128], the best that fit overlapping columns."""
    window = torch.hann_window(WINDOW, dtype=spectra.real.dtype)
    return torch.istft(spectra, WINDOW, HOP, window=window)


def spectrogram(waves: Tensor) -> Tensor:
    """Sounds as pictures: waves [N, 3968] of 8 kHz → [N, 64, 32] in [0, 1].

    Rows are mel bands, the lowest first; columns are 16 ms. Grey is the logarithm of
    the mean amplitude in a band: 0 below −60 dB, 1 at −10 dB and above. Raises
    ValueError for waves of another length.
    """
    if waves.ndim != 2 or waves.shape[1] != SAMPLES:
        raise ValueError(
            f"These waves have shape {list(waves.shape)}; give [N, {SAMPLES}], half a "
            f"second at {RATE:,} samples a second: cut them, or fill up with zeros."
        )
    mean = mel_bands().to(waves.dtype) @ stft(waves).abs() / SINE
    return ((mean / QUIET).log1p() / math.log1p(LOUD / QUIET)).clamp(max=1)


def magnitude(pictures: Tensor) -> Tensor:
    """Pictures [N, 64, 32] in [0, 1] → the magnitudes [N, 257, 32] that fit them best.

    64 bands do not determine 257 frequencies: of all that fit these are the smallest,
    and where they would be negative they are 0.
    """
    mean = QUIET * torch.expm1(pictures * math.log1p(LOUD / QUIET))
    inverse = torch.linalg.pinv(mel_bands()).to(pictures.dtype)
    return (inverse @ mean * SINE).clamp(min=0)


def griffin_lim(
    magnitude: Tensor, rounds: int = 32, phase: Tensor | None = None
) -> Tensor:
    """Waves [N, 3968] whose spectra come near these magnitudes [N, 257, 32].

    The phases start at random, or as given, and become more consistent from round to
    round (Griffin and Lim 1984), faster with a step ahead (Perraudin et al. 2013).
    """
    if phase is None:
        random = torch.Generator().manual_seed(0)
        phase = 2 * math.pi * torch.rand(magnitude.shape, generator=random)
    heard = spectrum = torch.polar(magnitude, phase.to(magnitude.dtype))
    for _ in range(rounds):
        before, heard = heard, stft(istft(spectrum))
        ahead = heard + 0.99 * (heard - before)
        spectrum = torch.polar(magnitude, ahead.angle())
    return istft(spectrum)


def mel_edges() -> Tensor:
    """Hz where bands begin, peak and end, one after the other: 66, even to the ear."""
    low, high = (math.log1p(hertz / 700) for hertz in (LOWEST, HIGHEST))
    return 700 * torch.linspace(low, high, BANDS + 2, dtype=torch.float64).expm1()


def mel_bands() -> Tensor:
    """How much each of 257 frequencies counts in each band, [64, 257]: triangles."""
    hertz = torch.linspace(0, RATE / 2, WINDOW // 2 + 1, dtype=torch.float64)
    edge = mel_edges()[:, None]
    rise = (hertz - edge[:-2]) / (edge[1:-1] - edge[:-2])
    fall = (edge[2:] - hertz) / (edge[2:] - edge[1:-1])
    triangles = torch.minimum(rise, fall).clamp(min=0)
    return (triangles / triangles.sum(1, keepdim=True)).float()
