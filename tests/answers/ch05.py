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

WRONG = {
    check_perplexity: {
        "gave NaN": lambda p: (-(p * p.log()).sum(1, keepdim=True)).exp(),
        "This is the entropy: ": entropy,
        "entropy in bits: ": lambda p: entropy(p) / math.log(2),
        "an entropy in nats goes with exp": lambda p: 2 ** entropy(p),
        "this entropy is in bits": lambda p: (entropy(p) / math.log(2)).exp(),
        "sign of the entropy": lambda p: (-entropy(p)).exp(),
        "along each row": lambda p: entropy(p, dim=0).exp().T,
        "keep the dimension": lambda p: entropy(p).exp()[:, 0],
        "one perplexity for each": lambda p: entropy(p).sum().exp(),
    },
    check_gradient: {
        "moves points uphill": lambda P, Y: -gradient(P, Y),
        "The factor 4 is missing": lambda P, Y: gradient(P, Y) / 4,
        "The factor is 4, not 2": lambda P, Y: gradient(P, Y) / 2,
        "The kernel is missing": pulled(lambda P, d, w: 4 * d),
        "You multiplied by Q": pulled(lambda P, d, w: 4 * d * w / w.sum()),
        "attraction alone": pulled(lambda P, d, w: 4 * P * w),
        "left out the point's own term": without_own_term,
        "Average nothing": lambda P, Y: gradient(P, Y) / len(P),
    },
    check_neighbours: {
        "which every map keeps": lambda a, b, k: kept(a, b, k, with_itself).mean(),
        "among k + 1": lambda a, b, k: kept(a, b, k + 1, with_itself).mean(),
        "in the same order": in_order,
        "that all k are": lambda *a: kept(*a).all(1).float().mean(),
        "divide by k": lambda *a: kept(*a).sum(1).mean(),
        "divide by N · k": lambda *a: kept(*a).sum(),
        "one share per point": lambda *a: kept(*a).mean(1),
        "the share that was lost": lambda *a: 1 - kept(*a).mean(),
    },
}
