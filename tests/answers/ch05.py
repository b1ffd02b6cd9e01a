"""Answers to chapter 5's exercises."""

import math

import numpy as np
import torch
from scipy.stats import entropy as scipy_entropy
from torch.distributions import Categorical

from course_utils.exercises.ch05 import (
    check_gradient,
    check_neighbours,
    check_perplexity,
)
from course_utils.metrics.maps import other_neighbours, preserved_neighbours


def entropy(p, dim=1):
    return -(p * p.clamp_min(1e-300).log()).sum(dim, keepdim=True)


def springs(P, Y):
    """P − Q, the kernel, and all differences yᵢ − yⱼ."""
    steps = Y[:, None] - Y[None]
    w = 1 / (1 + steps.square().sum(2))
    w = w - torch.eye(len(Y))
    return P - w / w.sum(), w, steps


def gradient_by_autograd(P, Y):
    Y = Y.clone().requires_grad_()
    _, w, _ = springs(P, Y)
    others = ~torch.eye(len(Y), dtype=torch.bool)
    p, q = P[others], (w / w.sum())[others]
    (p * (p / q).log()).sum().backward()
    return Y.grad


def gradient_by_numpy(P, Y):
    P, Y = np.asarray(P), np.asarray(Y)
    w = 1 / (1 + ((Y[:, None] - Y[None]) ** 2).sum(2))
    np.fill_diagonal(w, 0)
    force = (P - w / w.sum()) * w
    return 4 * (np.diag(force.sum(1)) - force) @ Y


def pulled(force):
    def answer(P, Y):
        difference, w, steps = springs(P, Y)
        return (force(P, difference, w)[:, :, None] * steps).sum(1)

    return answer


gradient = pulled(lambda P, difference, w: 4 * difference * w)


def without_own_term(P, Y):
    difference, w, _ = springs(P, Y)
    return -4 * (difference * w) @ Y


def kept(high, low, k, find=other_neighbours):
    return (find(high, k)[:, :, None] == find(low, k)[:, None]).any(2).float()


def kept_by_sets(high, low, k):
    pairs = zip(other_neighbours(high, k), other_neighbours(low, k), strict=True)
    return sum(len({*a.tolist()} & {*b.tolist()}) for a, b in pairs) / k / len(high)


def kept_by_numpy(high, low, k):
    before, after = (np.asarray(other_neighbours(x, k)) for x in (high, low))
    return np.mean([np.isin(b, a).mean() for b, a in zip(before, after, strict=True)])


def with_itself(points, k):
    return torch.cdist(points, points).topk(k, largest=False).indices


def in_order(high, low, k):
    same = other_neighbours(high, k) == other_neighbours(low, k)
    return same.float().mean()


RIGHT = {
    check_perplexity: [
        lambda p: entropy(p).exp(),
        lambda p: np.exp(scipy_entropy(np.asarray(p), axis=1))[:, None],
        lambda p: Categorical(p).perplexity()[:, None],
    ],
    check_gradient: [gradient, gradient_by_autograd, gradient_by_numpy],
    check_neighbours: [preserved_neighbours, kept_by_sets, kept_by_numpy],
}

WRONG = [
    (
        check_perplexity,
        lambda p: (-(p * p.log()).sum(1, keepdim=True)).exp(),
        "gave NaN",
    ),
    (check_perplexity, entropy, "This is the entropy: "),
    (check_perplexity, lambda p: entropy(p) / math.log(2), "entropy in bits: "),
    (check_perplexity, lambda p: 2 ** entropy(p), "an entropy in nats goes with exp"),
    (
        check_perplexity,
        lambda p: (entropy(p) / math.log(2)).exp(),
        "this entropy is in bits",
    ),
    (check_perplexity, lambda p: (-entropy(p)).exp(), "sign of the entropy"),
    (check_perplexity, lambda p: entropy(p, dim=0).exp().T, "along each row"),
    (check_perplexity, lambda p: entropy(p).exp()[:, 0], "keep the dimension"),
    (check_perplexity, lambda p: entropy(p).sum().exp(), "one perplexity for each"),
    (check_gradient, lambda P, Y: -gradient(P, Y), "moves points uphill"),
    (check_gradient, lambda P, Y: gradient(P, Y) / 4, "The factor 4 is missing"),
    (check_gradient, lambda P, Y: gradient(P, Y) / 2, "The factor is 4, not 2"),
    (check_gradient, pulled(lambda P, d, w: 4 * d), "The kernel is missing"),
    (
        check_gradient,
        pulled(lambda P, d, w: 4 * d * w / w.sum()),
        "You multiplied by Q",
    ),
    (check_gradient, pulled(lambda P, d, w: 4 * P * w), "attraction alone"),
    (check_gradient, without_own_term, "left out the point's own term"),
    (check_gradient, lambda P, Y: gradient(P, Y) / len(P), "Average nothing"),
    (
        check_neighbours,
        lambda a, b, k: kept(a, b, k, with_itself).mean(),
        "which every map keeps",
    ),
    (
        check_neighbours,
        lambda a, b, k: kept(a, b, k + 1, with_itself).mean(),
        "among k + 1",
    ),
    (check_neighbours, in_order, "in the same order"),
    (check_neighbours, lambda *a: kept(*a).all(1).float().mean(), "that all k are"),
    (check_neighbours, lambda *a: kept(*a).sum(1).mean(), "divide by k"),
    (check_neighbours, lambda *a: kept(*a).sum(), "divide by N · k"),
    (check_neighbours, lambda *a: kept(*a).mean(1), "one share per point"),
    (check_neighbours, lambda *a: 1 - kept(*a).mean(), "the share that was lost"),
]
