"""Compare a learner's numbers with the right ones, and with likely wrong ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..show.output import number
from .core import Verdict, right, wrong

_TOO_COARSE = "Your numbers have three digits at most: compute in float32."


def compare(
    answer: Any,
    correct: Any,
    mistakes: Mapping[str, Any] | None = None,
    *,
    tolerance: float = 1e-4,
    why: str = "",
    not_finite: str = "Is there a log(0) or a 0/0?",
) -> Verdict:
    """The verdict on a number, an array, a tensor of any dtype, or nested lists.

    Parameters
    ----------
    answer : what the learner's code gave, of any type.
    correct : what it should have given; any shape.
    mistakes : message -> what one gets by that mistake, in order of likelihood.
    tolerance : largest difference, as a share of the largest right value; wider for
        results in half precision.
    why : said when the answer is right.
    not_finite : said of NaN and infinite values.

    Raises
    ------
    ValueError : a mistake gives the right result, so this input cannot tell.
    """
    expected = _trusted(correct)
    likely = {message: _trusted(value) for message, value in (mistakes or {}).items()}
    for message, result in likely.items():
        if _same(result, expected, tolerance):
            raise ValueError(
                f"On this input the mistake '{message}' gives the right answer: "
                "choose an input that tells them apart."
            )
    given = numbers(answer)
    if given is None:
        return wrong(_not_numbers(answer))
    if _same(given, expected, tolerance):
        return right(why)
    width = max(tolerance, 4 * _rounding(answer))
    made = [message for message, value in likely.items() if _same(given, value, width)]
    if _same(given, expected, width):
        return wrong(_TOO_COARSE) if made else right(why)
    if made:
        return wrong(made[0])
    if not np.isfinite(given).all():
        return wrong(f"Your result holds NaN or infinite values. {not_finite}")
    told = _difference(given, expected, tolerance)
    coarse = width > tolerance and given.shape == expected.shape
    return wrong(f"{told} {_TOO_COARSE}" if coarse else told)


def numbers(answer: Any) -> np.ndarray | None:
    """A learner's result as an array of float64; None if it is not real numbers.

    Takes tensors of any dtype, layout and device, with gradients or without, arrays,
    and nested lists of all these.
    """
    try:
        if _is_several_things(answer):
            return None
        if isinstance(answer, Tensor):
            answer = answer.detach()
            if answer.layout is not torch.strided:
                answer = answer.to_dense()
            if answer.is_quantized:
                answer = answer.dequantize()
            # to the CPU first: Apple's GPUs have no float64, and numpy no bfloat16
            answer = answer.cpu()
            answer = (answer.double() if answer.is_floating_point() else answer).numpy()
        elif isinstance(answer, list | tuple):
            answer = np.asarray([_part(part) for part in answer])
        values = np.asarray(answer)
        return values.astype(float) if values.dtype.kind in "iuf" else None
    except Exception:  # of any type, so of any way to fail
        return None


def _part(answer: Any) -> np.ndarray:
    if (values := numbers(answer)) is None:
        raise ValueError("One part is no number.")
    return values


def _is_several_things(answer: Any) -> bool:
    """What `topk` returns is a tuple of two tensors; one of them is the result."""
    return type(answer).__module__ == "torch.return_types"


def _trusted(value: Any) -> np.ndarray:
    """What an author wrote, as an array."""
    if (values := numbers(value)) is None:
        raise TypeError(f"Compare with numbers, not with a {type(value).__name__}.")
    return values


def _rounding(answer: Any) -> float:
    """The relative rounding error of the coarsest number in a result."""
    if isinstance(answer, list | tuple):
        return max(map(_rounding, answer), default=0.0)
    if isinstance(answer, Tensor) and answer.is_floating_point():
        rounding = torch.finfo(answer.dtype).eps
    elif isinstance(answer, np.ndarray | np.floating) and answer.dtype.kind == "f":
        rounding = float(np.finfo(answer.dtype).eps)
    else:
        return 0.0
    return rounding if rounding > 1e-4 else 0.0  # float32 is what tolerances are for


def _not_numbers(answer: Any) -> str:
    """What a result is, that is not real numbers."""
    name = type(answer).__name__
    if _is_several_things(answer):
        parts = " or ".join(f"`.{field}`" for field in type(answer).__match_args__)
        return f"`{name}` gives several things at once: take one, {parts}."
    if isinstance(answer, Tensor):
        name = f"Tensor of {answer.dtype} on {answer.device}"
    elif isinstance(answer, np.ndarray):
        name = f"ndarray of {answer.dtype}"
    if isinstance(answer, list | tuple):
        hint = "Its parts must be numbers, or arrays of one shape."
    elif "bool" in name:
        hint = "It holds True or False, where numbers are asked for."
    elif callable(answer):
        hint = "Call it, and return what it gives."
    else:
        hint = "Return a number, an array or a tensor."
    return f"Your answer is a `{name}`, not real numbers. {hint}"


def _same(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    if a.shape != b.shape:
        return False
    scale = np.abs(b[np.isfinite(b)]).max(initial=0) or 1.0
    return bool(np.allclose(a, b, rtol=0, atol=tolerance * scale))


def _difference(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    """What distinguishes a wrong result from the right one, in one sentence."""
    if given.shape != expected.shape:
        text = (
            f"Your result has the shape {list(given.shape)}; "
            f"{list(expected.shape)} is asked for."
        )
        if given.ndim > 1 and given.shape == expected.shape[::-1]:
            text += " It looks transposed."
        return text
    if given.size == 1:
        have, want = _two(given.item(), expected.item())
        return f"You have {have}; {want} is right."
    factor = float((given * expected).sum() / ((expected**2).sum() or 1.0))
    if factor and _same(given, factor * expected, tolerance):
        if abs(factor + 1) < tolerance:
            return "Your result has the wrong sign, everywhere."
        return f"Your result is {number(factor)} times the right one, everywhere."
    worst = np.unravel_index(np.abs(given - expected).argmax(), given.shape)
    have, want = _two(float(given[worst]), float(expected[worst]))
    return (
        f"The largest difference is at index {[int(i) for i in worst]}: "
        f"you have {have}, where {want} is right."
    )


def _two(given: float, expected: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to see that they differ."""
    have, want = number(given), number(expected)
    if have == want:
        have, want = (f"{x:.9g}".replace("-", "−") for x in (given, expected))
    return have, want
