"""Sentences that a cell measures: shown with their figures, or the build fails."""

import math
from typing import Any

from .show.note import note
from .show.output import as_array, number, spelled


class ClaimFailed(AssertionError):
    """What the page says is not what it measured."""


def claim(statement: str, holds: Any, **figures: Any) -> None:
    """Display a measured statement with its figures; stop if it does not hold.

    ``cu.claim("codes separate digits better than pixels", codes > pixels,
    codes=codes, pixels=pixels)`` shows "✓ codes separate digits better than pixels
    (codes = 0.957, pixels = 0.942)". In the smoke budget models are hardly trained: a
    miss is shown as "not judged" there.

    Three names are the same on every page. ``floor`` is what a null model reaches by
    the same yardstick: the blank image, the shuffled label. ``ceiling`` is the best it
    allows: the real against the real. ``spread`` is how much the figure varies between
    draws or seeds. ``holds`` compares with the floor, by more than the spread::

        cu.claim("codes tell digits apart", hits - floor > 3 * spread,
                 hits=hits, floor=floor, spread=spread)

    The output's HTML carries ``data-claim``, the statement, and ``data-figures``, a
    JSON object of the figures by name as shown, for a page that lists all claims.

    Parameters
    ----------
    statement : what is claimed, in words.
    holds : True or False, or an array or tensor with one such element.
    figures : name -> number or text: what was measured. ``with_kl`` shows as "with KL";
        for a name that Python does not allow, write ``**{"10 labels": x}``.

    Raises
    ------
    ClaimFailed : it does not hold.
    TypeError, ValueError : ``holds`` is not one truth value, or a figure is missing.
    """
    holds = _truth(holds, statement)
    measured = {
        spelled(name): _figure(value, name, statement)
        for name, value in figures.items()
    }
    told = ", ".join(f"{name} = {number(value)}" for name, value in measured.items())
    text = f"{statement} ({told})" if told else statement
    data = {"claim": statement, "figures": measured}
    if holds:
        note("good", "", text, data).show()
    elif _rehearsing():
        note("open", "Not judged in the smoke budget:", text, data).show()
    else:
        raise ClaimFailed(f"This does not hold: {text}.")


def _rehearsing() -> bool:
    from .runtime import current  # not needed unless a claim fails

    return current().budget == "smoke"


def _truth(holds: Any, statement: str) -> bool:
    values = as_array(holds)
    if values.dtype != bool:
        raise TypeError(
            f"The claim '{statement}' was given {holds!r}, not True or False: "
            "write a comparison, such as codes > pixels."
        )
    if values.size != 1:
        raise ValueError(
            f"The claim '{statement}' was given {values.size} truth values: "
            "say which must hold, with .all() or .any()."
        )
    return bool(values.item())


def _figure(value: Any, name: str, statement: str) -> float | int | str:
    if isinstance(value, str):
        return value
    values = as_array(value)
    if values.size != 1:
        raise ValueError(
            f"The figure '{name}' of the claim '{statement}' holds {values.size} "
            "numbers: give one, for instance the mean."
        )
    figure = values.item()
    if not isinstance(figure, int | float) or not math.isfinite(figure):
        raise ValueError(
            f"The figure '{name}' of the claim '{statement}' is {figure}: "
            "nothing was measured."
        )
    return figure
