"""How a digit was written: what pixels tell of the hand."""

import torch
from torch import Tensor


def slant(x: Tensor) -> Tensor:
    """Slope of the ink's column against its height, by least squares: [N].

    ``x`` are images of ink, [N, 28, 28] or flattened. In columns per row, positive
    where the digit leans to the right; NaN for a page without ink. Taught in chapter 1.
    """
    ink, place = x.view(-1, 28, 28), torch.arange(28.0)
    weight = ink.sum((1, 2))[:, None]
    row = place - (ink.sum(2) @ place)[:, None] / weight
    column = place - (ink.sum(1) @ place)[:, None] / weight
    shared = torch.einsum("nrc,nr,nc->n", ink, row, column)
    return -shared / torch.einsum("nrc,nr,nr->n", ink, row, row)
