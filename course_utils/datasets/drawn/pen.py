"""A pen that writes one style of one character as many hands would.

The pen leaves a Gaussian spot wherever it passes. A Gaussian spot is a profile along
the columns times a profile along the rows, so an image, the sum of its spots, is the
product of two matrices: that makes drawing fast.
"""

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from ..dataset import Factors
from .glyphs import Style

SIZE = 28  # pixels
HEIGHT = 17.5  # pixels, of writing of average height, between the middles of its lines
SPACING = 0.03  # between the pen's spots, as a share of the height
REACH = 0.35  # points nearer than this (share of the height) stray together
MARGIN = 2.0  # pixels that the middle of a line keeps from the edge

# A line of Gaussian spots of deviation 1 is half as dark as in its middle at this
# distance from it, and loses so much of its darkness per unit of length there.
HALF = (2 * np.log(2)) ** 0.5
SLOPE = HALF / 2


class Pen:
    """Draws `style`; see `draw`."""

    def __init__(self, style: Style) -> None:
        strokes = [_points(stroke) for stroke in style.path.split("/")]
        points = np.unique(np.concatenate(strokes), axis=0)
        self.points = torch.from_numpy(points).float()  # [P, 2]
        self.curves = [_curve(stroke, points) for stroke in strokes]  # [T, P] each
        distance = torch.cdist(self.points, self.points)
        kinship = torch.exp(-((distance / REACH) ** 2) / 2)
        kinship += 0.01 * torch.eye(len(points))
        self.stray = torch.linalg.cholesky(kinship)  # [P, P]

    def draw(self, hands: Factors, random: torch.Generator) -> Tensor:
        """Images uint8 [n, 28, 28] as written by n hands, given by their factors.

        `random` provides what the factors leave open: where each point strays to.
        """
        noise = torch.randn(len(hands["wobble"]), len(self.points), 2, generator=random)
        points = self.points + hands["wobble"][:, None, None] * (self.stray @ noise)
        points = _deform(points, hands)
        lines = [curve @ points for curve in self.curves]
        centre = _centre(lines)
        # Where strokes cross, the ink is as dark as the darker of the two.
        density = torch.zeros(1)
        for line in lines:
            density = torch.maximum(
                density, _density(line - centre, hands["thickness"])
            )
        return _ink(density, hands["thickness"])


def _points(stroke: str) -> np.ndarray:
    """The points [K, 2] of a stroke, in heights."""
    return np.array([point.split(",") for point in stroke.split()], dtype=float) / 100


def _curve(stroke: np.ndarray, points: np.ndarray) -> Tensor:
    """The matrix [T, P] that turns a glyph's points into points along one stroke.

    A cubic spline is linear in the points that it passes through. So we find it once,
    for the glyph as it stands here, and use it for every hand.
    """
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    time = np.concatenate([[0], np.cumsum(steps**0.5)])
    passes = (stroke[:, None] == points).all(-1).astype(float)  # [K, P]
    closed = (stroke[0] == stroke[-1]).all()
    spline = CubicSpline(time, passes, bc_type="periodic" if closed else "natural")
    moments = np.linspace(0, time[-1], round(steps.sum() / SPACING))
    return torch.from_numpy(spline(moments)).float()


def _deform(points: Tensor, hands: Factors) -> Tensor:
    """Stretch, slant and turn points [n, P, 2], given in heights; return pixels."""
    x, y = (HEIGHT * (points - 0.5)).unbind(-1)
    x, y = x * hands["width"][:, None], y * hands["height"][:, None]
    x = x - hands["slant"][:, None] * y
    cos, sin = hands["rotation"].cos()[:, None], hands["rotation"].sin()[:, None]
    return torch.stack([cos * x - sin * y, sin * x + cos * y], dim=-1)


def _spots(line: Tensor) -> tuple[Tensor, Tensor]:
    """Spots along lines [n, T, 2]: places [n, T-1, 2] and lengths [n, T-1, 1]."""
    steps = line[:, 1:] - line[:, :-1]
    return line[:, :-1] + steps / 2, steps.norm(dim=-1, keepdim=True)


def _centre(lines: list[Tensor]) -> Tensor:
    """What comes to the middle of the image, [n, 1, 2]: the ink's centre of mass.

    Unless a line would come too near the edge: then the writing is moved inwards.
    """
    spots = [_spots(line) for line in lines]
    places = torch.cat([place for place, _ in spots], dim=1)
    lengths = torch.cat([length for _, length in spots], dim=1)
    mass = (places * lengths).sum(1, keepdim=True) / lengths.sum(1, keepdim=True)
    room = SIZE / 2 - MARGIN
    return mass.clamp(
        places.amax(1, keepdim=True) - room, places.amin(1, keepdim=True) + room
    )


def _density(line: Tensor, thickness: Tensor) -> Tensor:
    """Ink [n, 28, 28] along lines [n, T, 2]: 1 in the middle of a straight one."""
    places, lengths = _spots(line)
    deviation = (thickness / 2 / HALF)[:, None, None]
    pixels = torch.arange(SIZE) - (SIZE - 1) / 2
    away = (places[..., None] - pixels) / deviation[..., None]  # [n, T-1, 2, 28]
    columns, rows = torch.exp(away.square_().mul_(-0.5)).unbind(2)
    weight = lengths / (deviation * (2 * np.pi) ** 0.5)
    return (rows * weight).transpose(1, 2) @ columns


def _ink(density: Tensor, thickness: Tensor) -> Tensor:
    """Grey levels, uint8: full inside a line, fading over one pixel at its edge."""
    fading = (SLOPE / (thickness / 2 / HALF)).clamp(max=1)[:, None, None]
    return (255 * ((density - 0.5) / fading + 0.5).clamp(0, 1)).round().byte()
