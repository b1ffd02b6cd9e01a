"""Checks of chapter 5: perplexity, t-SNE's gradient, neighbours that a map keeps."""

import math

import torch
from torch import Tensor

from ..metrics.maps import other_neighbours
from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch5-perplexity", "The perplexity of each row of a matrix")
def check_perplexity(answer: Answer) -> Verdict:
    """``answer(p)`` takes rows [N, N] with a zero each and gives [N, 1]."""
    logits = 2 * draws(6, 6, seed=1).double()
    p = logits.fill_diagonal_(-math.inf).softmax(dim=1)
    entropy = torch.special.entr(p).sum(1, keepdim=True)  # nats
    bits = entropy / math.log(2)
    return compare(
        answer(p),
        entropy.exp(),
        mistakes={
            "This is the entropy: perplexity is its exponential.": entropy,
            "This is the entropy in bits: perplexity is 2 to that power.": bits,
            "You mixed units: an entropy in nats goes with exp, one in bits with 2 "
            "to the power.": 2**entropy,
            "You mixed units: this entropy is in bits, so take 2 to the power.": (
                bits.exp()
            ),
            "The sign of the entropy is wrong: −Σ p log p.": (-entropy).exp(),
            "Sum along each row (dim=1), not down the columns.": (
                torch.special.entr(p).sum(0).exp()[:, None]
            ),
            "The values are right; keep the dimension: [N, 1], not [N].": (
                entropy.exp()[:, 0]
            ),
            "There is one perplexity for each row: sum over dim 1 only.": (
                torch.special.entr(p).sum().exp()
            ),
        },
        why="A row that spreads evenly over k neighbours has perplexity k.",
        not_finite="0 · log 0 gave NaN: a point is not its own neighbour, so each row "
        "holds a zero. `torch.special.entr` knows that its entropy is 0.",
    )


@exercise("ch5-gradient", "The gradient of t-SNE's loss")
def check_gradient(answer: Answer) -> Verdict:
    """``answer(P, Y)`` takes [N, N] and [N, 2] and gives [N, 2]."""
    Y = draws(7, 2, seed=2).double()
    P = draws(7, 7, seed=3).double().exp()
    P = (P + P.T).fill_diagonal_(0)
    P = P / P.sum()
    w = (1 / (1 + torch.cdist(Y, Y).square())).fill_diagonal_(0)
    Q = w / w.sum()
    steps = Y[:, None] - Y[None]  # [N, N, 2]

    def sum_of(force: Tensor, steps: Tensor = steps) -> Tensor:
        return (force[:, :, None] * steps).sum(1)

    right = 4 * sum_of((P - Q) * w)
    return compare(
        answer(P, Y),
        right,
        mistakes={
            "The sign is wrong: this moves points uphill. Where P > Q the gradient "
            "points away from the neighbour, so that a step *against* it brings them "
            "together.": -right,
            "The factor 4 is missing.": right / 4,
            "The factor is 4, not 2: each pair stands in P twice.": right / 2,
            "The kernel is missing: (P − Q) · w, not P − Q. This is the gradient "
            "of the Gaussian version, SNE.": 4 * sum_of(P - Q),
            "You multiplied by Q: the last factor is the kernel w, which does not "
            "sum to one.": 4 * sum_of((P - Q) * Q),
            "This is attraction alone: subtract Q.": 4 * sum_of(P * w),
            "You left out the point's own term: Σⱼ f (yᵢ − yⱼ) is "
            "(Σⱼ f) yᵢ − Σⱼ f yⱼ.": -4 * ((P - Q) * w) @ Y,
            "Average nothing: the gradient is a sum over j.": right / len(Y),
        },
        why="Springs: pairs too far apart on the map attract, others repel.",
    )


@exercise("ch5-neighbours", "The share of neighbours that a map keeps")
def check_neighbours(answer: Answer) -> Verdict:
    """``answer(high, low, k)`` takes [N, D], [N, 2] and gives one number."""
    k = 4
    high = draws(30, 5, seed=4)
    low = high[:, :2] + 0.1 * draws(30, 2, seed=5)
    before, after = other_neighbours(high, k), other_neighbours(low, k)
    same = (before[:, :, None] == after[:, None]).any(2).float()  # [N, k]
    with_self = [torch.cdist(x, x).topk(k, largest=False).indices for x in (high, low)]
    counted_self = (with_self[0][:, :, None] == with_self[1][:, None]).any(2).float()
    more = [torch.cdist(x, x).topk(k + 1, largest=False).indices for x in (high, low)]
    one_too_many = (more[0][:, :, None] == more[1][:, None]).any(2).float()
    in_order = (before == after).float().mean()
    all_kept = same.all(1).float().mean()
    return compare(
        answer(high, low, k),
        same.mean(),
        mistakes={
            "Each point counts itself as its nearest neighbour, which every map "
            "keeps: use `other_neighbours`.": counted_self.mean(),
            "Each point counts itself, among k + 1 neighbours: drop the first "
            "column.": one_too_many.mean(),
            "You ask for the same neighbours in the same order. Compare as sets: "
            "`before[:, :, None] == after[:, None, :]`.": in_order,
            "You ask that all k are kept: count each neighbour on its own.": all_kept,
            "This counts neighbours per point: divide by k.": same.sum(1).mean(),
            "This counts all kept neighbours: divide by N · k.": same.sum(),
            "There is one share per point: average them.": same.mean(1),
            "This is the share that was lost: take it from 1.": 1 - same.mean(),
        },
        why="By chance, k / (N − 1) would be kept.",
    )
