"""How true a map is: neighbours kept, classes kept together, distances kept in order.

A map is [N, 2]; what it shows is [N, D], or images. Points are never their own
neighbours here. ``sklearn.manifold.trustworthiness`` is the fourth such measure.
"""

import torch
from scipy.stats import spearmanr
from torch import Tensor

from .neighbours import neighbour_indices


def other_neighbours(points: Tensor, k: int) -> Tensor:
    """The ``k`` nearest *other* points of each point, nearest first: int64 [N, k].

    Points are [N, D], or images. Raises ValueError if there are not k + 1 points.
    """
    if not 1 <= k < len(points):
        raise ValueError(
            f"k={k} other neighbours among {len(points)} points: choose k from 1 to "
            f"{len(points) - 1}."
        )
    found = neighbour_indices(points, points, k + 1)
    other = found != torch.arange(len(points))[:, None]
    other[other.all(1), -1] = False  # itself crowded out by copies: drop the farthest
    return found[other].view(-1, k)


def neighbour_hits(points: Tensor, labels: Tensor, k: int = 5) -> Tensor:
    """Whether each point's ``k`` nearest other points vote for its label: bool [N].

    The mean is the neighbour hit rate, leave-one-out. A tied vote goes to the
    smallest label.
    """
    if len(points) != len(labels):
        raise ValueError(f"There are {len(points)} points and {len(labels)} labels.")
    labels = labels.cpu()
    votes = torch.nn.functional.one_hot(labels[other_neighbours(points, k)]).sum(1)
    return votes.argmax(1) == labels


def preserved_neighbours(high: Tensor, low: Tensor, k: int = 10) -> float:
    """Share of the ``k`` nearest others in ``high`` that are so in ``low``, 0 … 1.

    By chance it is k / (N - 1).
    """
    if len(high) != len(low):
        raise ValueError(f"There are {len(high)} points and {len(low)} on the map.")
    before, after = other_neighbours(high, k), other_neighbours(low, k)
    return (before[:, :, None] == after[:, None]).any(2).float().mean().item()


def distance_order(high: Tensor, low: Tensor) -> float:
    """Spearman's rank correlation of all pairwise distances, -1 … 1.

    1 means that the longer of two distances in ``high`` is the longer one in ``low``.
    """
    if len(high) != len(low):
        raise ValueError(f"There are {len(high)} points and {len(low)} on the map.")
    distances = [torch.pdist(x.detach().cpu().double().flatten(1)) for x in (high, low)]
    return float(spearmanr(*(d.numpy() for d in distances)).statistic)
