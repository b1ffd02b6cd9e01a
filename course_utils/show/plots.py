"""The one plot that nearly every chapter draws: codes as points, classes named."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from .output import as_array
from .style import DIGIT_COLOURS

_BADGE = 0.3  # inches between the names of two classes


def scatter_codes(
    codes: Any,
    labels: Any,
    class_names: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    size: float = 5,
) -> Axes:
    """Draw codes [N, 2] coloured by class, each class's name at its median,
    or beside it where two names would hide each other.

    Parameters
    ----------
    codes : [N, 2], array or tensor.    labels : integers [N].
    class_names : name of class k at position k; if None, classes show their numbers.
    ax : where to draw; a new figure if None.
    title : above the plot, at the left.
    size : area of a point, in square points.

    Raises
    ------
    ValueError : codes are not two-dimensional or hold NaN, there are not as many
        labels, or a label counts no class or none that has a name.
    """
    points, classes = as_array(codes), as_array(labels)
    if points.shape != (classes.size, 2) or classes.ndim != 1:
        raise ValueError(
            f"scatter_codes draws codes of shape [N, 2] with N labels, not "
            f"{list(points.shape)} with {list(classes.shape)}: project the codes first."
        )
    if bad := int((~np.isfinite(points)).any(1).sum()):
        raise ValueError(
            f"{bad} of the {len(points)} codes hold NaN or infinity, which has no "
            "place in a plot: look at how they were computed."
        )
    classes, names = as_classes(classes, class_names)
    if ax is None:
        _, ax = plt.subplots(figsize=(5.0, 4.7))
    colours = [DIGIT_COLOURS[k % len(DIGIT_COLOURS)] for k in classes]
    x, y = points.T
    ax.scatter(x, y, c=colours, s=size, alpha=0.85, linewidths=0, rasterized=True)
    present = np.unique(classes)
    middles = np.array([np.median(points[classes == k], axis=0) for k in present])
    extent = np.ptp(points, axis=0).clip(1e-9)
    inches = np.array(ax.bbox.size) / ax.figure.dpi
    places = _apart(middles / extent * inches, _BADGE) / inches * extent
    for k, (x, y) in zip(present, places, strict=True):
        colour = DIGIT_COLOURS[k % len(DIGIT_COLOURS)]
        ax.text(
            x,
            y,
            names[k],
            ha="center",
            va="center",
            weight="bold",
            color=_readable_on(colour),
            bbox={"boxstyle": "round,pad=0.25", "facecolor": colour, "linewidth": 0},
        )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)  # the axes of a map mean nothing
    ax.set_title(title or "")
    return ax


def as_classes(
    labels: Any, class_names: Sequence[str] | None = None
) -> tuple[np.ndarray, list[str]]:
    """Labels as integers [N], and the name of each class, its number if it has none.

    Raises ValueError for labels that count no class, and for too few names.
    """
    given = as_array(labels)
    whole = given.dtype.kind in "buif" and given.size and (given == given // 1).all()
    if not whole or given.min() < 0:
        raise ValueError(
            "Labels are whole numbers from 0, one for each point: leave points of no "
            "class out, or give them a class of their own."
        )
    classes = given.astype(int)
    count = int(classes.max()) + 1
    if class_names is not None and len(class_names) < count:
        raise ValueError(
            f"The labels have {count} classes but {len(class_names)} class_names: give "
            "one name per class."
        )
    return classes, [str(name) for name in class_names or range(count)]


def _apart(places: np.ndarray, least: float, rounds: int = 50) -> np.ndarray:
    """Places [K, 2] that were nearer than ``least`` to each other, pushed apart."""
    places = places.astype(float) + 1e-6 * np.arange(len(places))[:, None]
    for _ in range(rounds):
        gaps = places[:, None] - places[None]
        far = np.linalg.norm(gaps, axis=2) + least * np.eye(len(places))
        lack = (least - far).clip(0) / 2
        if not lack.any():
            break
        places = places + (gaps / far[..., None] * lack[..., None]).sum(1)
    return places


def _readable_on(colour: str) -> str:
    """Near-black or white, whichever stands out more on ``colour`` (WCAG 2)."""
    channels = np.array(to_rgb(colour))
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "#111111" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"
