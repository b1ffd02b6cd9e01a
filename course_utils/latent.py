"""Walks, mixtures and lattices in a latent space."""

import torch
from torch import Tensor

# Radians. Nearer than this, the great circle through two codes is not determined.
_SAME, _OPPOSITE = 1e-4, 1e-3


def lerp(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Points on the straight line between two codes: two [D] → [steps, D].

    Batches of codes [B, D] are joined in pairs: → [steps, B, D]. Raises ValueError if
    the two differ in shape, or a number is NaN or infinite.
    """
    share = _shares(start, end, steps)
    return (1 - share) * start + share * end


def slerp(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Points on the arc between two codes round the origin: two [D] → [steps, D].

    The direction turns at a constant speed and the length changes evenly, from that of
    `start` to that of `end` (Shoemake 1985, for codes of any length). Batches of codes
    [B, D] are joined in pairs: → [steps, B, D].

    Raises ValueError if no single arc joins a pair: a code is zero, or they lie
    opposite; and where `lerp` does.
    """
    share = _shares(start, end, steps)
    start_length, end_length = (x.norm(dim=-1, keepdim=True) for x in (start, end))
    if not (start_length.all() and end_length.all()):
        raise ValueError("A code of zeros has no direction: use lerp for this pair.")
    first, last = start / start_length, end / end_length
    # Exact for small angles and large ones, where the arc cosine is not.
    chord, sum_ = ((last + s * first).norm(dim=-1, keepdim=True) for s in (-1, 1))
    angle = 2 * torch.atan2(chord, sum_)
    if (torch.pi - angle < _OPPOSITE).any():
        raise ValueError(
            "These codes lie opposite each other, so countless arcs join them: "
            "go by way of a third code."
        )
    same = angle < _SAME  # the arc is a straight line, and its formula 0 / 0
    angle = torch.where(same, 1, angle)
    turn = torch.sin((1 - share) * angle) * first + torch.sin(share * angle) * last
    length = (1 - share) * start_length + share * end_length
    straight = (1 - share) * start + share * end
    return torch.where(same, straight, turn / torch.sin(angle) * length)


def _shares(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """How far along each step is, 0 … 1, to go with codes: [steps, 1(, 1)]."""
    if start.shape != end.shape or start.dim() not in (1, 2):
        raise ValueError(
            f"The codes have the shapes {list(start.shape)} and {list(end.shape)}: "
            "pass two codes [D], or two batches of as many, [B, D]."
        )
    _check_finite(torch.stack([start, end]))
    precision = torch.promote_types(start.dtype, torch.float32)
    share = torch.linspace(0, 1, steps, dtype=precision, device=start.device)
    return share.view(-1, *(1 for _ in start.shape))


def _check_finite(codes: Tensor) -> None:
    if not codes.isfinite().all():
        raise ValueError(
            "A code holds NaN or infinity, from which no way leads on: look at how it "
            "was computed."
        )


def barycentric(corners: Tensor, weights: Tensor) -> Tensor:
    """Mixtures of three codes, [3, D], by weights [N, 3] that sum to 1 → [N, D].

    Raises ValueError if a row of weights does not sum to 1, or a code is NaN.
    """
    if not torch.allclose(weights.sum(1), torch.ones_like(weights[:, 0]), atol=1e-4):
        raise ValueError(
            "Barycentric weights sum to 1 in each row: divide each row by its sum."
        )
    _check_finite(corners)
    return weights.to(corners.dtype) @ corners


def triangle(size: int) -> Tensor:
    """Weights of a triangular lattice, row by row from its top: [N, 3].

    N is size · (size + 1) / 2. Row 0 is the first corner, (1, 0, 0); the last row, of
    `size` points, goes from the second corner to the third.
    """
    if size < 2:
        raise ValueError("A triangle needs at least two rows.")
    rows = [(size - 1 - row, row - k, k) for row in range(size) for k in range(row + 1)]
    return torch.tensor(rows) / (size - 1)


def grid(low: float = -3.0, high: float = 3.0, size: int = 10) -> Tensor:
    """A square lattice of 2-D codes, row by row from the top left: [size², 2].

    The first coordinate grows to the right, the second upwards, as in a plot.
    """
    axis = torch.linspace(low, high, size)
    second, first = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([first.flatten(), second.flatten()], dim=1)
