"""Compare a learner's numbers with the right ones, and with likely wrong ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..show.output import as_array, number
from .core import Verdict, is_empty, right, wrong


def compare(
    answer: Any,
    correct: Any,
    mistakes: Mapping[str, Any] | None = None,
    *,
    tolerance: float = 1e-4,
    why: str = "",
) -> Verdict:
    """The verdict on a number, an array or a tensor.

    Parameters
    ----------
    answer : what the learner's code gave.
    correct : what it should have given; any shape.
    mistakes : message -> what one gets by that mistake, in order of likelihood.
    tolerance : largest difference, as a share of the largest right value.
    why : said when the answer is right.

    Raises
    ------
    ValueError : a mistake gives the right result, so this input cannot tell.
    """
    expected = as_array(correct).astype(float)
    for message, result in (mistakes or {}).items():
        if _same(as_array(result), expected, tolerance):
            raise ValueError(
                f"On this input the mistake '{message}' gives the right answer: "
                "choose an input that tells them apart."
            )
    if is_empty(answer):
        return Verdict("not attempted")
    given = _numbers(answer)
    if given is None:
        return wrong(f"Your answer is a `{type(answer).__name__}`, not numbers.")
    if _same(given, expected, tolerance):
        return right(why)
    for message, result in (mistakes or {}).items():
        if _same(given, as_array(result), tolerance):
            return wrong(message)
    return wrong(_difference(given, expected, tolerance))


def _numbers(answer: Any) -> np.ndarray | None:
    """The answer as an array of floats; None if it holds anything but numbers."""
    try:
        values = as_array(answer)
    except ValueError:  # lists of different lengths
        return None
    return values.astype(float) if values.dtype.kind in "biuf" else None


def _same(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    if a.shape != b.shape:
        return False
    a, b = a.astype(float), b.astype(float)
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
    if not np.isfinite(given).all():
        return "Your result holds NaN or infinite values: is there a log(0) or a 0/0?"
    if given.size == 1:
        return f"You have {number(given.item())}; {number(expected.item())} is right."
    factor = float((given * expected).sum() / ((expected**2).sum() or 1.0))
    if factor and _same(given, factor * expected, tolerance):
        if abs(factor + 1) < tolerance:
            return "Your result has the wrong sign, everywhere."
        return f"Your result is {number(factor)} times the right one, everywhere."
    worst = np.unravel_index(np.abs(given - expected).argmax(), given.shape)
    return (
        f"The largest difference is at index {[int(i) for i in worst]}: "
        f"you have {number(given[worst])}, where {number(expected[worst])} is right."
    )
