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
    class_names : name of class k at position k; the number itself if None.
    ax : where to draw; a new figure if None.
    title : above the plot, at the left.
    size : area of a point, in square points.

    Raises
    ------
    ValueError : codes are not two-dimensional, or there are not as many labels.
    """
    points, classes = as_array(codes), as_array(labels)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) != len(classes):
        raise ValueError(
            f"scatter_codes draws codes of shape [N, 2] with N labels, not "
            f"{list(points.shape)} with {len(classes)}: project the codes first."
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(5.0, 4.7))
    colours = [DIGIT_COLOURS[int(k) % len(DIGIT_COLOURS)] for k in classes]
    x, y = points.T
    ax.scatter(x, y, c=colours, s=size, alpha=0.85, linewidths=0, rasterized=True)
    present = np.unique(classes)
    middles = np.array([np.median(points[classes == k], axis=0) for k in present])
    extent = np.ptp(points, axis=0).clip(1e-9)
    inches = np.array(ax.bbox.size) / ax.figure.dpi
    names = _apart(middles / extent * inches, _BADGE) / inches * extent
    for k, (name_x, name_y) in zip(present, names, strict=True):
        name = str(k) if class_names is None else class_names[int(k)]
        colour = DIGIT_COLOURS[int(k) % len(DIGIT_COLOURS)]
        ax.text(
            name_x,
            name_y,
            name,
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
