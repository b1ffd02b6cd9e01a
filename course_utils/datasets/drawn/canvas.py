"""A canvas for many small pictures at once, and shapes to paint on it.

A shape is a signed distance, negative inside; where its edge crosses a pixel, its
colour covers a part of the pixel. Painted finer than it is kept, for smooth edges.
"""

import torch
from torch import Tensor

SIZE = 32  # pixels
FINE = 2  # times as many when painting
ZOOM = 1.15  # the middle of the image to its edge is 1 / ZOOM
DOWN = 0.02  # the height that comes to the middle
SHADE = 0.8  # how light a shadow is


class Canvas:
    """n images to paint on, [n, 3, rows, columns], or some rows of them."""

    def __init__(self, ground: Tensor) -> None:
        place = (torch.arange(SIZE * FINE) + 0.5) / (SIZE * FINE / 2) - 1
        self.x, self.y = place / ZOOM, place[:, None] / ZOOM + DOWN
        self.image = ground.expand(-1, -1, len(place), len(place)).clone()

    def rows(self, top: float, bottom: float) -> "Canvas":
        """The part of the canvas between two heights; painting there paints here."""
        part = object.__new__(Canvas)
        inside = ((self.y[:, 0] > top) & (self.y[:, 0] < bottom)).nonzero()[:, 0]
        chosen = slice(int(inside[0]), int(inside[-1]) + 1)
        part.x, part.y, part.image = self.x, self.y[chosen], self.image[:, :, chosen]
        return part

    def fill(self, distance: Tensor, colour: Tensor, share: Tensor | float = 1) -> None:
        """Paint the inside of a shape [n, rows, columns] in one colour [n, 3, 1, 1]."""
        cover = self._cover(distance) * share
        self.image += cover[:, None] * (colour - self.image)

    def shade(self, distance: Tensor, share: Tensor | float = 1) -> None:
        """Darken what is inside a shape."""
        self.image *= 1 - (1 - SHADE) * (self._cover(distance) * share)[:, None]

    @staticmethod
    def _cover(distance: Tensor) -> Tensor:
        """How much of each pixel lies inside a shape."""
        return (0.5 - distance * (ZOOM * SIZE * FINE / 2)).clamp_(0, 1)

    def pixels(self) -> Tensor:
        """The images as uint8 [n, 32, 32, 3]."""
        small = torch.nn.functional.avg_pool2d(self.image, FINE)
        return small.clamp(0, 255).round().byte().movedim(1, -1)


def path(colours: list[tuple[int, int, int]], share: Tensor) -> Tensor:
    """The colour [n, 3, 1, 1] at shares [n, 1, 1] of the way through a list."""
    stops = torch.tensor(colours).float()
    where = share.flatten() * (len(stops) - 1)
    first = where.long().clamp(max=len(stops) - 2)
    colour = stops[first].lerp(stops[first + 1], (where - first)[:, None])
    return colour[:, :, None, None]


def plain(colour: tuple[int, int, int]) -> Tensor:
    """One colour for all: [1, 3, 1, 1]."""
    return torch.tensor(colour).float()[None, :, None, None]


def ellipse(x: Tensor, y: Tensor, wide: Tensor | float, high: Tensor | float) -> Tensor:
    """Distance to an ellipse round 0 with these half axes (nearly, near its edge)."""
    once = ((x / wide) ** 2 + (y / high) ** 2).sqrt()
    twice = ((x / wide**2) ** 2 + (y / high**2) ** 2).sqrt()
    return once * (once - 1) / twice.clamp(min=1e-3)
