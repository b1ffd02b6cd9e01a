"""Crockery in three dimensions: mugs, bowls, goblets, jugs, teapots, by known factors.

A solid is a grid of 20 × 20 × 20 voxels [depth, row, column]. Each holds how far it is
from the surface, as a grey value: 128 on the surface, more inside, less outside, and
255 or 0 where that is two voxels away or more. Seen from the front, rows go downwards,
the handle is on the right and the spout on the left.
"""

import torch
from torch import Tensor

from ..dataset import Dataset, Factors
from .drawing import Factor, check, chunks, load_drawn, random_factors

FACTORS = {
    "height": Factor(0, 1, 0.5, "low … high"),
    "width": Factor(0, 1, 0.5, "slim … stout"),
    "flare": Factor(-1, 1, 0, "narrower … wider towards the top"),
    "belly": Factor(-1, 1, 0, "slender … stout in the middle"),
    "square": Factor(0, 1, 0, "round … square, seen from above"),
    "handle": Factor(0, 1, 0, "0 or 1", binary=True),
    "spout": Factor(0, 1, 0, "0 or 1", binary=True),
    "lid": Factor(0, 1, 0, "0 or 1", binary=True),
    "stem": Factor(0, 1, 0, "0 or 1: stands on a stem and a foot", binary=True),
}
TRAIN, TEST = 6_000, 1_000
SIZE = 20  # voxels
REACH = 0.2  # half widths of the grid (2 voxels): distances beyond it count as this
WALL = 0.16  # thickness of the body's wall

Place = tuple[Tensor | float, Tensor]


def load(name: str = "shapes") -> Dataset:
    """Load the solids, uint8 [N, 20, 20, 20]; labels say which have a handle."""
    return load_drawn(
        name,
        _make,
        (TRAIN, TEST),
        (__name__,),
        title="Crockery",
        class_names=("without a handle", "with a handle"),
    )


def sample(n: int, *, seed: int = 0, **fixed: float) -> Factors:
    """Factors of `n` random solids, each float32 [n]; `fixed` ones are as given.

    Same seed, same solids: ``sample(8, handle=1)`` are those of ``sample(8)``, with a
    handle. Raises ValueError for a factor that is not in FACTORS or out of range.
    """
    return check({**random_factors(FACTORS, n, seed), **fixed}, FACTORS)


def draw(factors: Factors) -> Tensor:
    """Solids from their factors (name -> [N], or a number): uint8 [N, 20, 20, 20].

    A factor left out has its usual value, see FACTORS. Half a handle, 0.5, is thin.
    Raises ValueError for what FACTORS does not allow.
    """
    return chunks(_model, check(factors, FACTORS), (SIZE, SIZE, SIZE))


def _make(n: int, seed: int) -> tuple[Tensor, Tensor, Factors]:
    factors = sample(n, seed=seed)
    return draw(factors), factors["handle"].long(), factors


def _model(factors: Factors) -> Tensor:
    """The solids' grey values, uint8 [n, 20, 20, 20].

    Lengths are half widths of the grid: x from -1 (left) to 1 (right), y from -1 (foot)
    to 1 (top), z from -1 to 1. All distances are negative inside.
    """
    f = {name: value[:, None, None, None] for name, value in factors.items()}
    x = (torch.arange(SIZE) - (SIZE - 1) / 2) / (SIZE / 2)
    y, z = -x[:, None], x[:, None, None]
    top = 0.38 + 0.27 * f["height"]
    bottom = -top + 0.7 * top * f["stem"]  # of the body
    middle, half = (top + bottom) / 2, (top - bottom) / 2
    level = ((y - middle) / half).clamp(-1, 1)  # -1 at the bottom … 1 at the top
    wide = 0.33 + 0.16 * f["width"]
    radius = wide * (1 + 0.3 * f["flare"] * level + 0.3 * f["belly"] * (0.5 - level**2))
    power = 2 + 5 * f["square"] ** 2
    away = (x.abs() ** power + z.abs() ** power) ** (1 / power)  # from the axis
    # Corner and edge are rounded a little.
    solid = _round(away - radius, (y - middle).abs() - half, 0.08)
    inside = _round(away - radius + WALL, bottom + WALL - y, 0.08)

    at_top = wide * (1 + 0.3 * f["flare"] - 0.15 * f["belly"])
    beside, off = x - radius, (z**2 + 0 * y)
    ring = ((beside / 0.24) ** 2 + ((y - middle) / (0.68 * half)) ** 2).sqrt() - 1
    ring = ring * torch.minimum(0.68 * half, torch.tensor(0.24))
    handle = (ring**2 + off).sqrt() - 0.09 + _fade(f["handle"], 0.09)
    reach = (0.84 - at_top).clamp(max=0.28)  # a wide rim leaves the spout little room
    spout = _rod(-x - radius, y, off, (-0.05, middle - 0.3 * half), (reach, top - 0.04))
    solid = torch.minimum(solid, torch.minimum(handle, spout + _fade(f["spout"], 0.15)))
    solid = torch.maximum(solid, -inside)

    dome = _round(away - at_top - 0.02, (y - top - 0.02).abs() - 0.08, 0.08)
    knob = (x**2 + z**2 + (y - top - 0.17) ** 2).sqrt() - 0.11
    solid = torch.minimum(solid, torch.minimum(dome, knob) + _fade(f["lid"], 0.11))

    axis = (x**2 + z**2).sqrt()
    stem = _round(axis - 0.1, (y - (bottom - top) / 2).abs() - (bottom + top) / 2, 0.02)
    foot = _round(axis - 0.36, (y + top - 0.07).abs() - 0.07, 0.05)
    solid = torch.minimum(solid, torch.minimum(stem, foot) + _fade(f["stem"], 0.1))
    return (128 - 127 / REACH * solid).clamp(0, 255).round().byte()


def _fade(share: Tensor, radius: float) -> Tensor:
    """What to add to the distance to a part: it thins out and leaves no trace."""
    gone = 1 - share
    return radius * gone + REACH * gone**4


def _round(first: Tensor, second: Tensor, corner: float) -> Tensor:
    """Distance to where both are negative, with corners of this radius."""
    first, second = first + corner, second + corner
    outside = (first.clamp(min=0) ** 2 + second.clamp(min=0) ** 2).sqrt()
    return outside + torch.maximum(first, second).clamp(max=0) - corner


def _rod(x: Tensor, y: Tensor, off: Tensor, start: Place, end: Place) -> Tensor:
    """Distance to a rod that gets thinner from start to end; `off` is z squared."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    share = ((x - x0) * dx + (y - y0) * dy) / (dx**2 + dy**2)
    share = share.clamp(0, 1)
    gap = ((x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2 + off).sqrt()
    return gap - 0.15 + 0.06 * share
