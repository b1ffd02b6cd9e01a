"""Spoken words by known factors: a small formant synthesiser, ten words, six voices.

A buzz (the vocal folds) and a hiss (breath at a narrow place) pass through resonances,
the formants (the vocal tract). A word is a row of sounds, each with its formants.
"""

import numpy as np
import torch
from torch import Tensor

from ... import sound
from ..dataset import Dataset, Factors
from .drawing import (
    CHUNK,
    Factor,
    check,
    chunks,
    load_drawn,
    one_thread,
    random_factors,
)

# Three formants in Hz for a tract of 17 cm; how loud the buzz; the hiss, and its Hz.
SOUNDS = {
    "i": (280, 2250, 2950, 1, 0, 0),
    "I": (400, 1950, 2550, 1, 0, 0),
    "e": (520, 1950, 2550, 1, 0, 0),
    "E": (560, 1750, 2480, 1, 0, 0),
    "a": (740, 1200, 2450, 1, 0, 0),
    "A": (640, 1190, 2390, 1, 0, 0),
    "o": (480, 850, 2410, 1, 0, 0),
    "O": (570, 850, 2410, 1, 0, 0),
    "u": (320, 900, 2240, 1, 0, 0),
    "w": (300, 650, 2250, 0.6, 0, 0),
    "r": (360, 1100, 1550, 0.7, 0, 0),
    "n": (260, 1250, 2350, 1, 0, 0),
    "v": (280, 1050, 2200, 0.4, 0.05, 1800),
    "z": (280, 1650, 2500, 0.3, 0.15, 3600),
    "s": (400, 1800, 2500, 0, 0.3, 3700),
    "f": (400, 1100, 2200, 0, 0.1, 1800),
    "T": (320, 1200, 2000, 0, 0.04, 2200),
    "t": (320, 1700, 2600, 0, 0.4, 3200),
    "k": (320, 1900, 2500, 0, 0.3, 2000),
    "-": (320, 1800, 2500, 0, 0, 0),
}
# A sound and its share of the word's time.
WORDS = {
    "zero": "z.8 I1 r.8 o1.6",
    "one": "w.8 A1.5 n1.2",
    "two": "t.35 u2.2",
    "three": "T.5 r1.2 i2.2",
    "four": "f.8 O1.5 r1.2",
    "five": "f.8 a1.2 I.6 i.5 v.8",
    "six": "s1 I.8 -.4 k.2 s1",
    "seven": "s.8 E1.2 v.5 E.6 n1",
    "eight": "e1.7 i.9 -.5 t.35",
    "nine": "n1 a1 e.6 i.8 n1",
}
# Pitch in Hz, length of the vocal tract in cm, seconds for a word.
SPEAKERS = {
    "Otto": (95, 18.5, 0.44),
    "Karl": (120, 16.5, 0.36),
    "Ida": (150, 17.5, 0.41),
    "Ruth": (185, 14.5, 0.32),
    "Vera": (215, 16, 0.39),
    "Mimi": (265, 13.5, 0.34),
}
SPREAD = {"pitch": 0.07, "tract": 0.025, "seconds": 0.07}  # from word to word
FACTORS = {
    "word": Factor(0, 9, 0, "which of WORDS"),
    "speaker": Factor(0, 5, 0, "which of SPEAKERS; in `sample` the next three follow"),
    "pitch": Factor(70, 320, 150, "Hz, at the beginning; it falls by a quarter"),
    "tract": Factor(12, 20, 17, "cm; a longer one lowers all formants"),
    "seconds": Factor(0.25, 0.48, 0.4, "how long the word lasts"),
    "take": Factor(0, 1e6, 0, "which small accidents; 0: none"),
}
TRAIN, TEST = 2_400, 600
_WINDOW, _HOP = 256, 64  # samples: formants move faster than a picture's columns


def load(name: str = "voices") -> Dataset:
    """Load the spoken words as spectrograms, uint8 [N, 64, 32]; labels say which."""
    return load_drawn(
        name,
        _make,
        (TRAIN, TEST),
        (__name__, sound.__name__),
        title="Spoken words",
        class_names=tuple(WORDS),
    )


def sample(n: int, *, seed: int = 0, **fixed: float | Tensor) -> Factors:
    """Factors of `n` recordings, each float32 [n]; `fixed` ones are as given.

    Every 60 of them, each speaker says each word once. Raises ValueError for a factor
    that is not in FACTORS or out of range.
    """
    free, turn = random_factors(FACTORS, n, seed), torch.arange(n)
    free |= {"word": turn % 10, "speaker": turn // 10 % 6, "take": free["take"].ceil()}
    speaker = check({**free, **fixed}, FACTORS)["speaker"].long()
    usual = torch.tensor(list(SPEAKERS.values()))[speaker].T
    for own, (name, spread) in zip(usual, SPREAD.items(), strict=True):
        low, high = FACTORS[name][:2]
        free[name] = own * (1 + spread * (2 * (free[name] - low) / (high - low) - 1))
    return check({**free, **fixed}, FACTORS)


def draw(factors: Factors) -> Tensor:
    """What `speak` says, as spectrograms: uint8 [N, 64, 32], the lowest band first."""

    def picture(part: Factors) -> Tensor:
        return (255 * sound.spectrogram(_speak(part))).round().byte()

    return chunks(picture, _whole(factors), (sound.BANDS, sound.FRAMES))


def speak(factors: Factors) -> Tensor:
    """Say words by their factors (name -> [N], or a number): waves, float32 [N, 3968].

    8,000 samples a second, all equally loud on average (0.1). A factor left out has
    its usual value, see FACTORS; another `take` is another recording of the same.
    Raises ValueError for what FACTORS does not allow.
    """
    values = _whole(factors)
    parts = torch.arange(len(values["word"])).split(CHUNK)
    with one_thread():
        waves = [_speak({k: v[part] for k, v in values.items()}) for part in parts]
    return torch.cat(waves)


def _whole(factors: Factors) -> Factors:
    """All factors, checked."""
    values = check(factors, FACTORS)
    for name in ("word", "speaker", "take"):
        if not values[name].equal(values[name].round()):
            raise ValueError(f'The factor "{name}" is a whole number.')
    return values


def _make(n: int, seed: int) -> tuple[Tensor, Tensor, Factors]:
    factors = sample(n, seed=seed)
    return draw(factors), factors["word"].long(), factors


def _speak(factors: Factors) -> Tensor:
    """Buzz and hiss, each through its filter: waves [n, 3968]."""
    n, time = len(factors["word"]), torch.arange(sound.SAMPLES) / sound.RATE
    random = [np.random.default_rng(int(take)) for take in factors["take"]]
    slip = (factors["take"] > 0).float()[:, None]

    def normal(*size: int) -> Tensor:
        drawn = [each.standard_normal(size, dtype=np.float32) for each in random]
        return torch.from_numpy(np.stack(drawn))

    tracks = _tracks(factors, slip * normal(8), slip[:, None] * normal(8, 3))
    fall = (-0.25 + 0.1 * slip * normal(1)) * time / factors["seconds"][:, None]
    step = factors["pitch"][:, None] * (1 + fall) / sound.RATE
    phase = step.cumsum(1)
    # A pulse falls between two samples: each gets its share of it.
    pulse = phase.floor().diff(dim=1, prepend=torch.zeros(n, 1))
    late = pulse * (phase % 1) / step
    buzz = pulse - late
    buzz[:, :-1] += late[:, 1:]
    hiss, hum = normal(2, sound.SAMPLES).unbind(1)

    hertz = torch.linspace(0, sound.RATE / 2, _WINDOW // 2 + 1)[:, None]
    voice = tracks[:, 3, None] / (1 + hertz / 500)
    voice /= (factors["pitch"] / sound.RATE)[:, None, None].sqrt()  # fewer pulses
    tract = factors["tract"][:, None, None]
    for formant, width in zip(tracks[:, :3].unbind(1), (70, 100, 150), strict=True):
        centre = formant[:, None] * 17 / tract
        voice *= centre**2
        voice /= ((centre**2 - hertz**2) ** 2 + (width * hertz) ** 2).sqrt()
    breath = tracks[:, 4, None] * (-(((hertz - tracks[:, 5, None]) / 850) ** 2)).exp()
    window = torch.hann_window(_WINDOW)
    buzz, hiss = (
        torch.stft(source, _WINDOW, _HOP, window=window, return_complex=True)
        for source in (buzz, hiss)
    )
    waves = torch.istft(buzz * voice + hiss * breath, _WINDOW, _HOP, window=window)
    waves = 0.1 * waves / waves.square().mean(1, keepdim=True).sqrt()
    return waves + 0.1 * slip * 10 ** (-1.5 + 0.15 * normal(1)) * hum


def _tracks(factors: Factors, slower: Tensor, off: Tensor) -> Tensor:
    """Formants, buzz, hiss and its Hz, [n, 6, frames]: held, then a straight way on."""
    time = np.arange(sound.SAMPLES // _HOP + 1) * _HOP / sound.RATE
    tracks = []
    for i, word in enumerate(factors["word"].long()):
        spoken = list(WORDS.values())[word].split()
        target = np.array([SOUNDS[part[0]] for part in spoken], dtype=float)
        share = np.array([float(part[1:]) for part in spoken])
        share *= np.exp(0.15 * slower[i, : len(share)].numpy())
        target[:, :3] *= np.exp(0.04 * off[i, : len(share)].numpy())
        length = share / share.sum() * float(factors["seconds"][i])
        start = length.cumsum() - length
        knots = np.stack([start + length / 4, start + 3 * length / 4], 1).ravel()
        track = np.stack([np.interp(time, knots, c) for c in target.repeat(2, 0).T])
        track[3:5] *= time < length.sum()
        tracks.append(track)
    return torch.tensor(np.stack(tracks)).float()
