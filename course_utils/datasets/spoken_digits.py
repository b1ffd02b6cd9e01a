"""Recorded voices: the Free Spoken Digit Dataset, as `sound.spectrogram` shows it."""

import hashlib
import io
import wave
from itertools import product

import numpy as np
import torch
from torch import Tensor

from .. import sound
from ..cache import why
from .dataset import Dataset, DataUnavailable
from .downloads import own_folder
from .drawn.drawing import one_thread
from .drawn.voices import WORDS
from .shelf import Arrays, keep, version

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
TAKES, TEST = 50, 5  # the first five takes are for the test, as its authors say
_FOLDER = "FSDD/recordings"
_SHA256 = "785339f71d0b6135255dedb18ad7d4ffd064c47f58940c1489407a0e278b5322"
_ORIGIN = "github.com/Jakobovski/free-spoken-digit-dataset"


def load(name: str = "spoken_digits") -> Dataset:
    """Load 3,000 digits of six speakers, uint8 [N, 64, 32], the lowest band first.

    The silence around a word is cut off; one word in ten is longer than the half second
    shown. All are equally loud. Factors are the speaker's number, the take, and the
    word's whole length in seconds. Raises DataUnavailable where LATENT_DATA_DIR does
    not hold the recordings: they are never downloaded.
    """
    contents = _recordings()
    mark = version([__name__, sound.__name__])
    arrays = keep(f"{name}-{mark}", lambda: _pictures(contents))
    digit, speaker, take = torch.tensor(list(_names())).T
    factors = {
        "speaker": speaker.float(),
        "take": take.float(),
        "seconds": torch.from_numpy(arrays["seconds"]),
    }
    images, test = torch.from_numpy(arrays["images"]), take < TEST
    return Dataset(
        name=name,
        title="Free Spoken Digit Dataset",
        train_images=images[~test],
        train_labels=digit[~test],
        test_images=images[test],
        test_labels=digit[test],
        class_names=tuple(WORDS),
        licence="CC BY-SA 4.0",
        source=f"Jackson et al.: Free Spoken Digit Dataset, {_ORIGIN}",
        reason="found in LATENT_DATA_DIR",
        train_factors={key: value[~test] for key, value in factors.items()},
        test_factors={key: value[test] for key, value in factors.items()},
    )


def word(samples: np.ndarray) -> Tensor:
    """A recording of 8 kHz without the silence around it: float32 [n], RMS 0.1."""
    energy = np.cumsum(np.pad(samples.astype(float) ** 2, 80))
    energy = energy[160:] - energy[:-160]  # of the 20 ms around
    (loud,) = np.nonzero(energy > 0.002 * energy.max())
    spoken = samples[loud[0] : loud[-1] + 1].astype(np.float32)
    return torch.from_numpy(spoken * (0.1 / np.sqrt(np.square(spoken).mean())))


def _names() -> product:
    """Digit, speaker and take of each recording, as numbers."""
    return product(range(10), range(len(SPEAKERS)), range(TAKES))


def _recordings() -> list[bytes]:
    """The files, in the order of `_names`."""
    folder = own_folder()
    if folder is None:
        raise DataUnavailable(
            "The Free Spoken Digit Dataset is read from your own folder only: let "
            f"LATENT_DATA_DIR name one that holds {_FOLDER}, from {_ORIGIN}."
        )
    files = [folder / _FOLDER / f"{d}_{SPEAKERS[s]}_{t}.wav" for d, s, t in _names()]
    try:
        contents = [file.read_bytes() for file in files]
    except OSError as error:
        raise DataUnavailable(
            f"{folder / _FOLDER} cannot be read ({why(error)}): it must hold the "
            f"{len(files):,} recordings from {_ORIGIN}."
        ) from error
    if hashlib.sha256(b"".join(contents)).hexdigest() != _SHA256:
        raise DataUnavailable(
            f"{folder / _FOLDER} holds other recordings, or damaged ones (their "
            f"checksum is wrong): take those from {_ORIGIN}."
        )
    return contents


def _pictures(contents: list[bytes]) -> Arrays:
    seconds, cut = [], torch.zeros(len(contents), sound.SAMPLES)
    for row, content in zip(cut, contents, strict=True):
        with wave.open(io.BytesIO(content)) as file:
            spoken = word(np.frombuffer(file.readframes(file.getnframes()), "<i2"))
        seconds.append(len(spoken) / sound.RATE)
        shown = spoken[: sound.SAMPLES]
        row[: len(shown)] = shown
    with one_thread():
        parts = [sound.spectrogram(part) for part in cut.split(200)]
    images = (255 * torch.cat(parts)).round().byte()
    return {"images": images.numpy(), "seconds": np.array(seconds, np.float32)}
