"""Handwriting that the course draws by itself, so that its true factors are known.

A digit is a skeleton of smooth strokes (see glyphs.py). A writer's hand deforms it:
near points move together by a random wobble, then the whole is stretched, slanted and
turned. The pen leaves a Gaussian spot wherever it passes, and an image of spots is a
product of two matrices, one for the columns and one for the rows: 24,000 images take
seconds.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from . import glyphs
from .dataset import Dataset, Factors
from .glyphs import Glyph
from .store import Arrays, keep

SIZE = 28  # pixels
HEIGHT = 19.0  # pixels, of writing of average height
SPACING = 0.03  # between the pen's spots, as a share of the height
REACH = 0.3  # points nearer than this (share of the height) move together
CHUNK = 500  # images drawn at once: small enough for the processor's cache


def load(name: str) -> Dataset:
    """Load "pen_strokes" (digits, 20,000 + 4,000) or "pen_letters" (2,000 + 2,000)."""
    letters = name == "pen_letters"
    sizes = (2_000, 2_000) if letters else (20_000, 4_000)
    alphabet = glyphs.LETTERS if letters else glyphs.DIGITS
    kept = keep(f"{name}-{_version()}", lambda: _make(alphabet, sizes))
    tensors = {key: torch.from_numpy(array) for key, array in kept.items()}
    factors = {
        part: {
            key.removeprefix(f"{part}_factor_"): tensor
            for key, tensor in tensors.items()
            if key.startswith(f"{part}_factor_")
        }
        for part in ("train", "test")
    }
    return Dataset(
        name=name,
        title="Pen letters" if letters else "Pen strokes",
        train_images=tensors["train_images"],
        train_labels=tensors["train_labels"],
        test_images=tensors["test_images"],
        test_labels=tensors["test_labels"],
        class_names=tuple(alphabet),
        licence="CC BY 4.0",
        source="drawn by this course",
        train_factors=factors["train"],
        test_factors=factors["test"],
    )


def draw(
    n: int, *, alphabet: dict[str, list[Glyph]] = glyphs.DIGITS, seed: int = 0
) -> tuple[Tensor, Tensor, Factors]:
    """Draw `n` characters: images uint8 [n, 28, 28], labels int64 [n], factors.

    The factors, each [n]: slant (shear), rotation (radians), width and height (1 is
    average), thickness (of the line, pixels), wobble (how far points stray, share of
    the height) and style (which of the glyph's styles, int64). Same seed, same images.
    """
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(len(alphabet), (n,), generator=random)

    def normal(mean: float, deviation: float) -> Tensor:
        """Bell-shaped within 2.5 deviations, so that no image falls off its edge."""
        noise = torch.randn(n, generator=random).clamp(-2.5, 2.5)
        return mean + deviation * noise

    factors = {
        "slant": normal(0.12, 0.2),
        "rotation": normal(0.0, 0.08),
        "width": normal(1.0, 0.14),
        "height": normal(1.0, 0.07),
        "thickness": normal(2.6, 0.5),
        "wobble": normal(0.045, 0.012),
        "style": torch.zeros(n, dtype=torch.long),
    }
    images = torch.empty(n, SIZE, SIZE, dtype=torch.uint8)
    for label, (name, styles) in enumerate(alphabet.items()):
        members = (labels == label).nonzero()[:, 0]
        shares = torch.tensor(glyphs.SHARES.get(name, [1.0] * len(styles)))
        if len(members):
            factors["style"][members] = torch.multinomial(
                shares, len(members), replacement=True, generator=random
            )
        for style, glyph in enumerate(styles):
            chosen = members[factors["style"][members] == style]
            pen = _Pen(glyph)
            for part in chosen.split(CHUNK):
                hand = {key: values[part] for key, values in factors.items()}
                images[part] = pen.draw(hand, random)
    return images, labels, factors


class _Pen:
    """Draws one glyph as many hands would."""

    def __init__(self, glyph: Glyph) -> None:
        points = sorted({point for stroke in glyph for point in stroke})
        self.points = torch.tensor(points, dtype=torch.float32)  # [P, 2]
        distance = torch.cdist(self.points, self.points)
        together = torch.exp(-((distance / REACH) ** 2) / 2)
        together += 0.02 * torch.eye(len(points))
        self.wobble = torch.linalg.cholesky(together)  # [P, P]
        # One matrix per stroke, from the glyph's points to points along the stroke.
        self.strokes = [_curve(stroke, points) for stroke in glyph]

    def draw(self, hand: Factors, random: torch.Generator) -> Tensor:
        """Images uint8 [m, 28, 28] for m hands."""
        m = len(hand["slant"])
        noise = torch.randn(m, len(self.points), 2, generator=random)
        stray = hand["wobble"][:, None, None] * (self.wobble @ noise)
        points = _deform(self.points + stray, hand)
        strokes = [_spots(curve @ points) for curve in self.strokes]
        centre = _centre_of_mass(strokes)
        # Where strokes cross, the ink is as dark as the darker of them.
        density = _density(strokes[0], centre, hand["thickness"])
        for stroke in strokes[1:]:
            density.clamp_(min=_density(stroke, centre, hand["thickness"]))
        return _ink(density, hand["thickness"])


def _curve(stroke: list, points: list) -> Tensor:
    """The matrix [T, P] that turns a glyph's points into points along a stroke.

    A cubic spline through the stroke's points is linear in them, so it is found once,
    for the undeformed glyph, and used for all hands.
    """
    path = np.array(stroke)
    steps = np.hypot(*np.diff(path, axis=0).T)
    when = np.concatenate([[0], np.cumsum(np.sqrt(steps))])
    corners = np.eye(len(points))[[points.index(point) for point in stroke]]
    closed = stroke[0] == stroke[-1]
    spline = CubicSpline(when, corners, bc_type="periodic" if closed else "natural")
    count = round(steps.sum() / SPACING)
    return torch.from_numpy(spline(np.linspace(0, when[-1], count))).float()


def _deform(points: Tensor, hand: Factors) -> Tensor:
    """Stretch, slant and turn points [m, P, 2] (in heights); the result in pixels."""
    x, y = (HEIGHT * (points - 0.5)).unbind(-1)
    x, y = x * hand["width"][:, None], y * hand["height"][:, None]
    x = x - hand["slant"][:, None] * y
    cos, sin = hand["rotation"].cos()[:, None], hand["rotation"].sin()[:, None]
    return torch.stack([cos * x - sin * y, sin * x + cos * y], dim=-1)


def _spots(line: Tensor) -> tuple[Tensor, Tensor]:
    """Pen spots along lines [m, T, 2]: their places [m, T-1, 2], lengths [m, T-1]."""
    return (line[:, 1:] + line[:, :-1]) / 2, (line[:, 1:] - line[:, :-1]).norm(dim=-1)


def _centre_of_mass(strokes: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Mean place of the ink, [m, 1, 2]."""
    places = torch.cat([place for place, _ in strokes], dim=1)
    lengths = torch.cat([length for _, length in strokes], dim=1)[..., None]
    return (places * lengths).sum(1, keepdim=True) / lengths.sum(1, keepdim=True)


# A line of Gaussian spots of deviation 1 is half as dark at this distance from its
# middle as in its middle, and loses this share of darkness per unit there.
HALF = (2 * np.log(2)) ** 0.5
SLOPE = HALF / 2


def _density(
    stroke: tuple[Tensor, Tensor], centre: Tensor, thickness: Tensor
) -> Tensor:
    """Density of ink [m, 28, 28]: 1 in the middle of a straight line."""
    places, lengths = stroke
    deviation = (thickness / 2 / HALF)[:, None, None]
    pixels = torch.arange(SIZE) - (SIZE - 1) / 2
    away = (pixels - (places - centre)[..., None]) / deviation[..., None]
    spread = torch.exp(-(away**2) / 2)  # [m, T, 2, 28]
    columns, rows = spread.unbind(2)
    weight = lengths[..., None] / (deviation * (2 * np.pi) ** 0.5)
    return (rows * weight).transpose(1, 2) @ columns


def _ink(density: Tensor, thickness: Tensor) -> Tensor:
    """Grey levels uint8: full inside the line, falling over one pixel at its edge."""
    per_pixel = (SLOPE / (thickness / 2 / HALF))[:, None, None]
    return (255 * ((density - 0.5) / per_pixel + 0.5).clamp(0, 1)).round().byte()


def _make(alphabet: dict[str, list[Glyph]], sizes: tuple[int, int]) -> Arrays:
    arrays = {}
    for seed, (part, n) in enumerate(zip(("train", "test"), sizes, strict=True)):
        images, labels, factors = draw(n, alphabet=alphabet, seed=seed)
        arrays[f"{part}_images"] = images.numpy()
        arrays[f"{part}_labels"] = labels.numpy()
        for name, values in factors.items():
            arrays[f"{part}_factor_{name}"] = values.numpy()
    return arrays


@lru_cache
def _version() -> str:
    """A mark of how we draw: whoever changes it gets new images, not the kept ones."""
    code = Path(__file__).read_bytes() + Path(str(glyphs.__file__)).read_bytes()
    return hashlib.sha256(code).hexdigest()[:12]
