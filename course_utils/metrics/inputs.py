"""What every measure takes: vectors and labels, in whatever form, checked once."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

# Beyond it, squares summed over a thousand columns leave the range of float32.
_LARGEST = 1e16


def as_numbers(values: Any, what: str) -> Tensor:
    """Values as floats on the CPU, all of them finite, in the shape that they have.

    ``values`` are a tensor on any device, an array or nested lists; ``what`` names them
    in the message. Float64 and long integers become float64, all others float32.
    Raises ValueError if they are no numbers, or if one of them is NaN, infinite or
    huge: an average would hide it.
    """
    try:
        if not isinstance(values, Tensor):
            values = torch.from_numpy(np.array(values))
        long = values.dtype in (torch.float64, torch.int64, torch.int32)
        numbers = values.detach().cpu().to(torch.float64 if long else torch.float32)
        low, high = numbers.aminmax() if numbers.numel() else (0, 0)
        count = len(numbers)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            f"The {what} are no rows of numbers: pass a tensor, an array, or lists of "
            "one length."
        ) from None
    if not -_LARGEST <= low <= high <= _LARGEST:
        bad = ~(numbers.abs() <= _LARGEST).reshape(count, -1).all(1)
        raise ValueError(
            f"{int(bad.sum())} of the {count} {what} hold NaN, infinity or a number "
            f"beyond {_LARGEST:.0e}: look at how they were computed."
        )
    return numbers


def as_images(values: Any, what: str) -> Tensor:
    """As `as_numbers`; uint8 becomes float32 in [0, 1]."""
    whole = getattr(values, "dtype", None) in (torch.uint8, np.dtype("uint8"))
    numbers = as_numbers(values, what)
    return numbers / 255 if whole else numbers


def as_rows(values: Any, what: str) -> Tensor:
    """Vectors [N, D], or images of any shape, as `as_images`, flattened: [N, D].

    Raises ValueError for a single vector.
    """
    numbers = as_images(values, what)
    if numbers.dim() < 2:
        raise ValueError(
            f"The {what} have the shape {list(numbers.shape)}: pass a vector for each "
            "of them, [N, D], such as x[:, None]."
        )
    return numbers.flatten(1)


def as_labels(labels: Any, points: int, what: str) -> Tensor:
    """One class for each of ``points`` ``what``, whole numbers: int64 [N] on the CPU.

    Raises ValueError if there are not as many, or if one is no whole number.
    """
    numbers = as_numbers(labels, f"labels of the {what}")
    if numbers.shape != (points,):
        given = "×".join(str(size) for size in numbers.shape)
        raise ValueError(
            f"There are {points} {what} and {given} labels: pass one for each, [N]."
        )
    if (numbers != numbers.round()).any():
        raise ValueError(f"The labels of the {what} are not all whole numbers.")
    return numbers.long()
