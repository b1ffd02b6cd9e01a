"""Voices on a pad: a place is a voice, its word is a picture, and can be heard."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import nn

from .. import sound
from .base import Finite, assemble
from .decoding import DecodingExplorer, check_index
from .noise import uniform_noise
from .packing import Stored, as_array
from .plane import as_dots, draw_plane
from .points import as_classes

_ROUNDS = 24  # of Griffin–Lim: 40 ms in a page, 150 on a phone
_KHZ = (0.1, 0.3, 0.6, 1, 2, 3)
_SECONDS = (0, 0.1, 0.2, 0.3, 0.4)


class VoicePad(DecodingExplorer):
    """Drag over the 2-D code of a decoder of spectrograms, and hear what it says.

    The page draws the spectrogram as the reader drags. It is silent until asked: then
    it looks for a wave by Griffin–Lim (`sound.griffin_lim`) and plays it. Two traits
    are synced with the page: ``z``, the code [z1, z2], and ``word``, which of the words
    is asked for, counted from 0.

    Parameters
    ----------
    decoder : [B, 2 + words] → pixels in [0, 1], pictures [64, 32] as
        `sound.spectrogram` makes them, flat: a code, then the word as so many numbers,
        one of them 1.
    words : one name per word that the decoder can be asked for; none for [B, 2].
    codes, labels : of some recordings, [N, 2] and integers from 0 [N], to draw as dots,
        by default none; class_names : one name per label, as of the speakers.
    z, word : where to start; by default the first of the codes, and the first word.
    reach : the pad goes from −reach to reach; by default far enough for the codes.
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble(
        "page/decoder.js",
        "page/decoding.js",
        "page/griffin_lim.js",
        "page/noise.js",
        "page/pad.js",
        "page/plane.js",
        "voice_pad.js",
    )
    _css = assemble("page/decoding.css", "voice_pad.css")
    z = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    word = traitlets.Int().tag(sync=True)
    reach = Finite().tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)
    ticks: traitlets.Dict = traitlets.Dict(help="texts and places on both axes").tag(
        sync=True
    )
    vocoder: traitlets.Dict = traitlets.Dict(help="how a picture is heard").tag(
        sync=True
    )

    def __init__(
        self,
        decoder: nn.Module,
        words: Sequence[str] = (),
        codes: Any = None,
        labels: Any = None,
        class_names: Sequence[str] | None = None,
        *,
        z: Sequence[float] | None = None,
        word: int = 0,
        reach: float | None = None,
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "Voices on a pad: every place is a voice.",
        try_this: str = "play a voice, drag to another place and play again. "
        "Then ask the same voice for another word.",
    ) -> None:
        self.codes, given = as_dots(codes, labels)
        classes: list = []
        if len(given):
            given, classes = as_classes(given, class_names)
        self.labels = given
        if reach is None:
            far = np.quantile(np.abs(self.codes), 0.99) if len(given) else 2.5
            reach = float(np.ceil(4 * far) / 4) or 1.0
        first = self.codes[0] if len(given) else np.zeros(2)
        start = np.clip(first, -reach, reach) if z is None else np.array(z)
        axis = np.linspace(-reach, reach, 5)
        places = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        asked = [
            self._asked(place, i, words)
            for place in places
            for i in range(max(1, len(words)))
        ]
        inverse = torch.linalg.pinv(sound.mel_bands())
        super().__init__(
            {"decoder": (decoder, np.stack(asked))},
            {
                "codes": (self.codes, "float16"),
                "labels": (self.labels.astype("float32"), "float16"),
                "inverse": (as_array(inverse), "float16"),
            },
            image_shape=(sound.BANDS, sound.FRAMES),
            stored=stored,
            weights_of=weights_of,
            words=list(words),
            classes=classes,
            z=start.tolist(),
            word=word,
            reach=reach,
            ticks=_ticks(),
            vocoder={
                "rate": sound.RATE,
                "size": sound.WINDOW,
                "hop": sound.HOP,
                "quiet": sound.QUIET,
                "loud": sound.LOUD,
                "sine": sound.SINE,
                "rounds": _ROUNDS,
            },
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("word")
    def _known_word(self, proposal: dict[str, Any]) -> int:
        return check_index(proposal["value"], max(1, len(self.words)), "word")

    @staticmethod
    def _asked(z: Iterable[float], word: int, words: Sequence[str]) -> np.ndarray:
        """What the decoder is given: a code, then which word."""
        return np.array([*z, *np.eye(len(words))[word : word + 1].ravel()], "float32")

    def decode(self) -> np.ndarray:
        """The spectrogram at ``z``, by torch: float32 [64, 32], lowest band first."""
        return self.decoded("decoder", self._asked(self.z, self.word, self.words))

    def hear(self) -> np.ndarray:
        """What the page plays at ``z``: float64 [3968], 8,000 samples a second."""
        picture = torch.from_numpy(self.decode()[None]).double()
        magnitude = sound.magnitude(picture)
        noise = torch.from_numpy(uniform_noise(0, magnitude.numel()))
        phase = 2 * torch.pi * noise.reshape(magnitude.shape)
        return sound.griffin_lim(magnitude, _ROUNDS, phase)[0].numpy()

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.8, 2.9), layout="constrained")
        pad, picture = figure.subplots(1, 2)
        for i, each in enumerate(self.classes):
            x, y = self.codes[self.labels == i].T
            pad.scatter(x, y, s=5, c=each["colour"], alpha=0.8, lw=0)
        draw_plane(pad, self.z, self.reach)
        picture.imshow(
            self.decode(), cmap="gray", vmin=0, vmax=1, origin="lower",
            aspect="auto", extent=(0, 1, 0, 1),
        )  # fmt: skip
        for axis, ticks in zip(
            (picture.yaxis, picture.xaxis), self.ticks.values(), strict=True
        ):
            axis.set_ticks([share for _, share in ticks], [text for text, _ in ticks])
        return figure

    def describe(self) -> str:
        """Where the still picture stands."""
        z1, z2 = self.z
        said = f'of "{self.words[self.word]}" ' if self.words else ""
        return (
            f"A plane of voices with a ring at z = ({z1:.2f}, {z2:.2f}), and the "
            f"spectrogram {said}that the decoder gives there: half a second from left "
            "to right, up to 4 kHz from below to above."
        )


def _ticks() -> dict[str, list[list]]:
    """Texts and places, in [0, 1], along the rows and the columns of a picture."""
    middles = as_array(sound.mel_edges())[1:-1] / 1000
    rows = np.interp(_KHZ, middles, np.arange(sound.BANDS) + 0.5) / sound.BANDS
    columns = (np.array(_SECONDS) * sound.RATE / sound.HOP + 0.5) / sound.FRAMES
    ticks: dict[str, list[list]] = {}
    for side, values, shares, unit in (
        ("upward", _KHZ, rows, "kHz"),
        ("onward", _SECONDS, columns, "s"),
    ):
        texts = [f"{value:g}" for value in values]
        texts[-1] += f" {unit}"
        ticks[side] = [list(tick) for tick in zip(texts, shares.tolist(), strict=True)]
    return ticks
