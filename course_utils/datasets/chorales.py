"""Four voices, two bars at a time: Bach's chorales, or some that the course writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from .dataset import DataUnavailable
from .downloads import File, Source, obtain
from .shelf import Arrays, keep, version

BEATS, PITCHES = 8, 60
LOWEST = 40  # the MIDI number of the lowest pitch

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
# Step of the scale that a chord stands on -> where it may go next.
_NEXT = {
    0: (3, 4, 5, 1, 0), 1: (4, 4, 6), 2: (5, 3), 3: (4, 0, 1, 4),
    4: (0, 0, 5, 3), 5: (3, 1, 4), 6: (0, 0, 4),
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Chorales:
    """Windows of eight beats: which of 60 pitches sound at each.

    `train` and `test` (uint8, [N, 8, 60]) are 1 where a pitch sounds; pitch 0 is MIDI
    number 40. Test windows come from other pieces than training windows.
    """

    title: str
    train: Tensor
    test: Tensor
    reason: str
    licence: str

    def describe(self) -> str:
        """One line: whose music, how much, why this, under which licence."""
        size = f"{len(self.train):,} + {len(self.test):,} windows of {BEATS} beats"
        return f"{self.title} · {size} · {self.reason} · {self.licence}"

    def __repr__(self) -> str:
        return f"<Chorales: {self.describe()}>"


def load_chorales(
    kind: str | None = None, *, insist: bool = False, quiet: bool = False
) -> Chorales:
    """Load windows of "bach", or of the course's "own" four-voice pieces.

    Without a kind: Bach if his chorales can be had, else the course's own. Raises
    ValueError for another kind, and DataUnavailable if Bach was asked for and cannot
    be had. Unless we `insist`, a download that failed is not tried again for a day.
    """
    if kind not in (None, "bach", "own"):
        raise ValueError(f'The kind is "bach" or "own", not {kind!r}.')
    title, reason, licence = "Chorales by the course", "asked for by name", "CC0"
    arrays: Arrays = {}
    if kind != "own":
        try:
            arrays, reason = obtain("chorales", SOURCE, insist=insist)
            title, licence = SOURCE.title, SOURCE.licence
        except DataUnavailable as problem:
            if kind:
                raise
            reason = f"since Bach's cannot be had: {problem}"
    if not arrays:
        key = f"own-chorales-{version([__name__])}"
        arrays = keep(
            key, lambda: {"train": compose(3000, 0), "test": compose(1000, 1)}
        )
    train, test = (torch.from_numpy(arrays[part]) for part in ("train", "test"))
    chorales = Chorales(title, train, test, reason, licence)
    if not quiet:
        print(chorales.describe())
    return chorales


def compose(
    windows: int, seed: int, *, key: int | None = None, contour: float | None = None
) -> np.ndarray:
    """The course's own windows, uint8 [N, 8, 60]: chords by a small grammar.

    Parameters
    ----------
    key : semitones of the tonic above C, 0 to 11; drawn if None.
    contour : the way of the upper voice, from -1 (falls an octave) to 1 (rises one);
        drawn if None.
    """
    random = np.random.default_rng(seed)
    rolls = np.zeros((windows, BEATS, PITCHES), dtype=np.uint8)
    for roll in rolls:
        tonic = int(random.integers(12)) if key is None else key
        way = random.uniform(-1, 1) if contour is None else contour
        scale = MINOR if random.random() < 0.5 else MAJOR
        hold, centre = random.uniform(0.35, 0.95), 79 + random.uniform(-4, 4)
        step = int(random.choice((0, 0, 0, 3, 4, 5)))
        for beat in range(BEATS):
            if beat and (beat % 4 == 0 or random.random() > hold):
                step = int(random.choice(_NEXT[step]))
            tones = [(tonic + scale[(step + third) % 7]) % 12 for third in (0, 2, 4)]
            if scale is MINOR and step == 4:
                tones[1] = (tonic + 11) % 12  # the leading note
            line = centre + 7 * way * (2 * beat / (BEATS - 1) - 1)
            line += random.normal(0, 0.7)
            for pitch in _voices(line, centre - 23, tones):
                roll[beat, pitch - LOWEST] = 1
    return rolls


def _voices(line: float, low: float, tones: Sequence[int]) -> list[int]:
    """Soprano near `line`, alto and tenor under it, the chord's root near `low`."""
    near = partial(_nearest, lowest=LOWEST, highest=LOWEST + PITCHES - 1)
    soprano, bass = near(line, tones), near(low, tones[:1])
    others = [tone for tone in tones if tone != soprano % 12]
    alto = near(soprano - 4.5, others, highest=soprano - 1)
    others = [tone for tone in tones if tone != alto % 12]
    voices = [soprano, alto, bass]
    if alto - bass > 12:
        middle = (alto + bass) / 2
        voices.append(near(middle, others, lowest=bass + 1, highest=alto - 1))
    return voices


def _nearest(target: float, tones: Sequence[int], lowest: int, highest: int) -> int:
    fitting = [p for p in range(lowest, highest + 1) if p % 12 in tones]
    return min(fitting, key=lambda pitch: abs(pitch - target))


def _read(contents: Sequence[bytes]) -> Arrays:
    """Windows of all pieces, every four beats, where at least three pitches sound."""
    pieces = json.loads(contents[0])
    return {part: _windows(pieces[part]) for part in ("train", "test")}


def _windows(pieces: Sequence[Sequence[Sequence[float]]]) -> np.ndarray:
    found = []
    for piece in pieces:
        roll = np.zeros((len(piece), PITCHES), dtype=np.uint8)
        for beat, pitches in enumerate(piece):
            inside = [int(p) - LOWEST for p in pitches]
            roll[beat, [p for p in inside if 0 <= p < PITCHES]] = 1
        for start in range(0, len(roll) - BEATS + 1, 4):
            window = roll[start : start + BEATS]
            if (window.sum(1) >= 3).all():
                found.append(window)
    return np.stack(found)


SOURCE = Source(
    title="Bach's chorales",
    files=(
        File(
            "JSB/jsb-chorales-quarter.json",
            (
                "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/"
                "master/jsb-chorales-quarter.json",
            ),
            ("2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91",),
        ),
    ),
    read=_read,
    licence="public domain (Bach); none stated for the file",
    origin="github.com/czhuang/JSB-Chorales-dataset",
    class_names=(),
    again='load_chorales("bach", insist=True)',
)
