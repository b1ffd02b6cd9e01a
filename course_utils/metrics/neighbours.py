"""How good a representation is, in numbers.

Vectors are rows: [N, D], or images [N, H, W] of any dtype, which are flattened.
"""

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from ..runtime import current


def neighbour_indices(
    queries: Tensor, points: Tensor, k: int = 5, *, chunk: int = 1024
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
        If the widths differ or there are fewer than ``k`` points.
    """
    queries, points = _rows(queries), _rows(points)
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
    # |q|² does not change the order; centring keeps the float32 error small.
    centre = points.mean(0)
    queries, points = queries - centre, points - centre
    half_norms = points.square().sum(1) / 2
    found = [
        torch.addmm(half_norms, part, points.T, alpha=-1)
        .topk(k, largest=False)
        .indices.cpu()
        for part in queries.split(chunk)
    ]
    return torch.cat(found)


def knn_accuracy(
    train_x: Tensor,
    train_y: Tensor,
    test_x: Tensor,
    test_y: Tensor,
    k: int = 5,
    *,
    chunk: int = 1024,
) -> float:
    """Share of test points whose ``k`` nearest training points vote right, 0 … 1.

    A tied vote goes to the smallest label, as in scikit-learn.
    """
    for what, x, y in (("training", train_x, train_y), ("test", test_x, test_y)):
        if len(x) != len(y):
            raise ValueError(f"There are {len(x)} {what} points and {len(y)} labels.")
    nearest = neighbour_indices(test_x, train_x, k, chunk=chunk)
    votes = torch.nn.functional.one_hot(train_y.cpu()[nearest]).sum(1)
    return (votes.argmax(1) == test_y.cpu()).float().mean().item()


def few_label_accuracy(
    train_x: Tensor,
    train_y: Tensor,
    test_x: Tensor,
    test_y: Tensor,
    per_class: int,
    *,
    k: int = 1,
    draws: int = 10,
    seed: int = 0,
) -> Tensor:
    """Neighbour accuracy when only ``per_class`` labels of each class are known.

    Which images are labelled is luck, so it is drawn ``draws`` times: [draws].
    """
    generator = torch.Generator().manual_seed(seed)
    accuracies = []
    for _ in range(draws):
        chosen = draw_per_class(train_y, per_class, generator)
        accuracies.append(
            knn_accuracy(train_x[chosen], train_y[chosen], test_x, test_y, k)
        )
    return torch.tensor(accuracies)


def draw_per_class(
    labels: Tensor, per_class: int, generator: torch.Generator
) -> Tensor:
    """Indices of ``per_class`` random items of each class: int64 [C · per_class]."""
    order = torch.randperm(len(labels), generator=generator)
    shuffled = labels.cpu()[order]
    chosen = []
    for label in shuffled.unique():
        members = order[shuffled == label]
        if len(members) < per_class:
            raise ValueError(
                f"Class {label.item()} has {len(members)} images, fewer than "
                f"per_class={per_class}."
            )
        chosen.append(members[:per_class])
    return torch.cat(chosen)


def roc_auc(normal_scores: Tensor, odd_scores: Tensor) -> float:
    """Chance that an odd item scores above a normal one: 0.5 is guessing, 1 perfect."""
    truth = torch.cat([torch.zeros(len(normal_scores)), torch.ones(len(odd_scores))])
    scores = torch.cat([normal_scores.flatten().cpu(), odd_scores.flatten().cpu()])
    return float(roc_auc_score(truth.numpy(), scores.numpy()))


def _rows(x: Tensor) -> Tensor:
    rows = x.detach().flatten(1).to(current().device)
    return rows.float() / 255 if rows.dtype == torch.uint8 else rows.float()
