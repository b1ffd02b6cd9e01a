"""Points for a page: their classes, made small, and their neighbours."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..show import DIGIT_COLOURS, plots

_MOST = 400  # points: all pairs are compared in every iteration
_COLUMNS = 50  # of the principal components, what the page's distances are taken from


def as_classes(
    labels: Any, class_names: Sequence[str] | None
) -> tuple[np.ndarray, list[dict[str, str]]]:
    """Labels as integers [N], and the classes for the page: name and colour of each.

    Without names they are called by their numbers. Raises ValueError for labels that
    count no class.
    """
    classes, names = plots.as_classes(labels, class_names)
    colours = [DIGIT_COLOURS[c % len(DIGIT_COLOURS)] for c in range(len(names))]
    return classes, [
        {"name": name, "colour": colour}
        for name, colour in zip(names, colours, strict=True)
    ]


def largest_perplexity(points: int) -> int:
    """The largest perplexity: more than a third of the points is no neighbourhood."""
    return min(100, (points - 1) // 3)


def principal(rows: np.ndarray) -> np.ndarray:
    """The first principal components, scaled to lengths near 1, as float16 holds them.

    t-SNE does not care for the scale: it fits its own to every point's neighbours.
    """
    centred = rows - rows.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    parts = (left * sizes)[:, :_COLUMNS]
    size = np.sqrt(np.square(parts).sum(1).mean()).clip(1e-12)
    return (parts / size).astype("float16").astype("float32")


def check_points(rows: np.ndarray, labels: np.ndarray, neighbours: int) -> None:
    """Refuse what the page could not run."""
    if labels.shape != (len(rows),):
        raise ValueError(
            f"LiveTSNE needs one label for each of its {len(rows)} vectors, "
            f"not {labels.shape}."
        )
    if not max(9, neighbours + 1) <= len(rows) <= _MOST:
        raise ValueError(
            f"LiveTSNE moves from {max(9, neighbours + 1)} to {_MOST} points, not "
            f"{len(rows)}: pass so many rows of vectors and labels."
        )
    if not np.isfinite(rows).all():
        raise ValueError(
            "The vectors hold NaN or infinity, which lie near nothing: look at how "
            "they were computed."
        )
