"""How good a representation is, in numbers.

Vectors are rows: [N, D], or images [N, H, W] of any dtype, which are flattened.
"""

from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from ..runtime import current
from .inputs import as_labels, as_numbers, as_rows


def neighbour_indices(
    queries: Any, points: Any, k: int = 5, *, chunk: int = 1024
) -> Tensor:
    """The ``k`` nearest points of each query by Euclidean distance, nearest first.

    Parameters
    ----------
    queries, points : [Q, D] and [N, D], or images
    k : how many neighbours
    chunk : queries handled at once; memory is chunk · N floats

    Returns
    -------
    int64 [Q, k], on the CPU

    Raises
    ------
    ValueError
        If the widths differ, there are fewer than ``k`` points, or a value is NaN.
    """
    return _nearest(as_rows(queries, "queries"), as_rows(points, "points"), k, chunk)


def other_neighbours(points: Any, k: int) -> Tensor:
    """The ``k`` nearest *other* points of each point, nearest first: int64 [N, k].

    Points are [N, D], or images. Raises ValueError if there are not k + 1 points, or a
    value is NaN.
    """
    points = as_rows(points, "points")
    if not 1 <= k < len(points):
        raise ValueError(
            f"k={k} other neighbours among {len(points)} points: choose k from 1 to "
            f"{len(points) - 1}."
        )
    found = _nearest(points, points, k + 1)
    other = found != torch.arange(len(points))[:, None]
    other[other.all(1), -1] = False  # itself crowded out by copies: drop the farthest
    return found[other].view(-1, k)


def knn_accuracy(
    train_x: Any,
    train_y: Any,
    test_x: Any,
    test_y: Any,
    k: int = 5,
    *,
    chunk: int = 1024,
) -> float:
    """Share of test points whose ``k`` nearest training points vote right, 0 … 1.

    Vectors are [N, D], or images; labels are whole numbers [N]. A tied vote goes to the
    smallest label, as in scikit-learn. Raises ValueError for numbers of points, labels
    or neighbours that do not fit, and for values that are NaN.
    """
    train_x, test_x = (
        as_rows(train_x, "training points"),
        as_rows(test_x, "test points"),
    )
    train_y = as_labels(train_y, len(train_x), "training points")
    test_y = as_labels(test_y, len(test_x), "test points")
    votes = vote(train_y, _nearest(test_x, train_x, k, chunk))
    return (votes == test_y).float().mean().item()


def few_label_accuracy(
    train_x: Any,
    train_y: Any,
    test_x: Any,
    test_y: Any,
    per_class: int,
    *,
    k: int = 1,
    draws: int = 10,
    seed: int = 0,
) -> Tensor:
    """Neighbour accuracy when only ``per_class`` labels of each class are known.

    Which images are labelled is luck, so it is drawn ``draws`` times: [draws]. Raises
    ValueError where `knn_accuracy` or `draw_per_class` do.
    """
    train_x = as_rows(train_x, "training points")
    train_y = as_labels(train_y, len(train_x), "training points")
    generator = torch.Generator().manual_seed(seed)
    accuracies = []
    for _ in range(draws):
        chosen = draw_per_class(train_y, per_class, generator)
        accuracies.append(
            knn_accuracy(train_x[chosen], train_y[chosen], test_x, test_y, k)
        )
    return torch.tensor(accuracies)


def draw_per_class(labels: Any, per_class: int, generator: torch.Generator) -> Tensor:
    """Indices of ``per_class`` random items of each class: int64 [C · per_class].

    Raises ValueError if a class has fewer items, or a label is no whole number.
    """
    labels = as_labels(labels, len(labels), "items")
    order = torch.randperm(len(labels), generator=generator)
    shuffled = labels[order]
    chosen = []
    for label in shuffled.unique():
        members = order[shuffled == label]
        if not 1 <= per_class <= len(members):
            raise ValueError(
                f"Class {label.item()} has {len(members)} images: choose per_class "
                f"from 1 to that, not {per_class}."
            )
        chosen.append(members[:per_class])
    return torch.cat(chosen)


def roc_auc(normal_scores: Any, odd_scores: Any) -> float:
    """Chance that an odd item scores above a normal one: 0.5 is guessing, 1 perfect.

    Raises ValueError if there is not one score of each kind, or a score is NaN.
    """
    normal = as_numbers(normal_scores, "normal scores").flatten().double()
    odd = as_numbers(odd_scores, "odd scores").flatten().double()
    if not len(normal) or not len(odd):
        raise ValueError(
            f"There are {len(normal)} normal scores and {len(odd)} odd ones: "
            "roc_auc compares at least one with one."
        )
    truth = torch.cat([torch.zeros(len(normal)), torch.ones(len(odd))])
    return float(roc_auc_score(truth.numpy(), torch.cat([normal, odd]).numpy()))


def vote(labels: Tensor, voters: Tensor) -> Tensor:
    """The label that most of each row of voters have: [N] and [Q, k] → [Q].

    A tie goes to the smallest label.
    """
    classes, index = labels.unique(return_inverse=True)
    votes = torch.nn.functional.one_hot(index[voters], len(classes)).sum(1)
    return classes[votes.argmax(1)]


def _nearest(queries: Tensor, points: Tensor, k: int, chunk: int = 1024) -> Tensor:
    """`neighbour_indices` of rows that are checked."""
    if queries.shape[1] != points.shape[1]:
        raise ValueError(
            f"Queries have {queries.shape[1]} numbers each and points "
            f"{points.shape[1]}: compare vectors of one space."
        )
    if not 1 <= k <= len(points):
        raise ValueError(
            f"k={k} neighbours of {len(points)} points: choose a k within."
        )
    # |q − p|² = |q|² − 2 q·p + |p|²: one matrix product instead of all differences.
    # |q|² does not change the order; centring, in float64 if the rows are, keeps the
    # float32 error small. Apple GPUs know float32 only.
    centre, device = points.mean(0), current().device
    queries, points = ((x - centre).float().to(device) for x in (queries, points))
    half_norms = points.square().sum(1) / 2
    found = [
        torch.addmm(half_norms, part, points.T, alpha=-1)
        .topk(k, largest=False)
        .indices.cpu()
        for part in queries.split(chunk)
    ]
    return torch.cat(found)
