"""How true a map is: neighbours kept, classes kept together, distances kept in order.

A map is [N, 2]; what it shows is [N, D], or images. Points are never their own
neighbours here. ``sklearn.manifold.trustworthiness`` is the fourth such measure.
"""

from typing import Any

import torch
from scipy.stats import spearmanr
from torch import Tensor

from .inputs import as_labels, as_rows
from .neighbours import other_neighbours, vote


def neighbour_hits(points: Any, labels: Any, k: int = 5) -> Tensor:
    """Whether each point's ``k`` nearest other points vote for its label: bool [N].

    The mean is the neighbour hit rate, leave-one-out. A tied vote goes to the
    smallest label. Raises ValueError unless there is one whole number for each point,
    and k + 1 points, none of them NaN.
    """
    points = as_rows(points, "points")
    labels = as_labels(labels, len(points), "points")
    return vote(labels, other_neighbours(points, k)) == labels


def preserved_neighbours(high: Any, low: Any, k: int = 10) -> float:
    """Share of the ``k`` nearest others in ``high`` that are so in ``low``, 0 … 1.

    By chance it is k / (N - 1). Raises ValueError unless both hold the same number of
    points, at least k + 1, none of them NaN.
    """
    before, after = (other_neighbours(x, k) for x in _pair(high, low))
    return (before[:, :, None] == after[:, None]).any(2).float().mean().item()


def distance_order(high: Any, low: Any) -> float:
    """Spearman's rank correlation of all pairwise distances, -1 … 1.

    1 means that the longer of two distances in ``high`` is the longer one in ``low``.
    Raises ValueError unless both hold the same number of points, none of them NaN, at
    different distances.
    """
    distances = [torch.pdist(x.double()).numpy() for x in _pair(high, low)]
    if any(not d.size or d.min() == d.max() for d in distances):
        raise ValueError(
            "All points are equally far from each other, so there is no order of "
            "distances: pass at least three points that differ."
        )
    return float(spearmanr(*distances).statistic)


def _pair(high: Any, low: Any) -> tuple[Tensor, Tensor]:
    high, low = as_rows(high, "points"), as_rows(low, "points on the map")
    if len(high) != len(low):
        raise ValueError(f"There are {len(high)} points and {len(low)} on the map.")
    return high, low
