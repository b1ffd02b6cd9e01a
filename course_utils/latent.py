"""Walks in a latent space."""

import torch
from torch import Tensor


def lerp(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Points on the straight line between two codes: two [D] → [steps, D]."""
    share = torch.linspace(0, 1, steps, device=start.device)[:, None]
    return (1 - share) * start + share * end


def grid(low: float = -3.0, high: float = 3.0, size: int = 10) -> Tensor:
    """A square lattice of 2-D codes, row by row from the top left: [size², 2].

    The first coordinate grows to the right, the second upwards, as in a plot.
    """
    axis = torch.linspace(low, high, size)
    second, first = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([first.flatten(), second.flatten()], dim=1)
