"""Chapter 5's checks: every foreseen mistake gets its own words."""

import math

import pytest
import torch
from verdicts import diagnosis

from course_utils.exercises import ch05
from course_utils.metrics.maps import other_neighbours, preserved_neighbours


def entropy(p, dim=1):
    return -(p * p.clamp_min(1e-300).log()).sum(dim, keepdim=True)


def test_perplexity_right():
    assert ch05.check_perplexity.judge(lambda p: entropy(p).exp()).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda p: (-(p * p.log()).sum(1, keepdim=True)).exp(), "gave NaN"),
        (entropy, "This is the entropy: "),
        (lambda p: entropy(p) / math.log(2), "entropy in bits: "),
        (lambda p: 2 ** entropy(p), "an entropy in nats goes with exp"),
        (lambda p: (entropy(p) / math.log(2)).exp(), "this entropy is in bits"),
        (lambda p: (-entropy(p)).exp(), "sign of the entropy"),
        (lambda p: entropy(p, dim=0).exp().T, "along each row"),
        (lambda p: entropy(p).exp()[:, 0], "keep the dimension"),
        (lambda p: entropy(p).sum().exp(), "one perplexity for each row"),
    ],
)
def test_perplexity_wrong(answer, words):
    assert words in diagnosis(ch05.check_perplexity, answer)


def springs(P, Y):
    """P − Q, the kernel, and all differences yᵢ − yⱼ."""
    w = 1 / (1 + (Y[:, None] - Y[None]).square().sum(2))
    w = w - torch.eye(len(Y))
    return P - w / w.sum(), w, Y[:, None] - Y[None]


def by_autograd(P, Y):
    Y = Y.clone().requires_grad_()
    _, w, _ = springs(P, Y)
    others = ~torch.eye(len(Y), dtype=torch.bool)
    p, q = P[others], (w / w.sum())[others]
    (p * (p / q).log()).sum().backward()
    return Y.grad


def pulled(force):
    def answer(P, Y):
        difference, w, steps = springs(P, Y)
        return (force(P, difference, w)[:, :, None] * steps).sum(1)

    return answer


def without_own_term(P, Y):
    difference, w, _ = springs(P, Y)
    return -4 * (difference * w) @ Y


def test_gradient_right():
    assert ch05.check_gradient.judge(by_autograd).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (pulled(lambda P, d, w: -4 * d * w), "moves points uphill"),
        (pulled(lambda P, d, w: d * w), "The factor 4 is missing"),
        (pulled(lambda P, d, w: 2 * d * w), "The factor is 4, not 2"),
        (pulled(lambda P, d, w: 4 * d), "The kernel is missing"),
        (pulled(lambda P, d, w: 4 * d * w / w.sum()), "You multiplied by Q"),
        (pulled(lambda P, d, w: 4 * P * w), "attraction alone"),
        (without_own_term, "left out the point's own term"),
        (pulled(lambda P, d, w: 4 * d * w / len(P)), "Average nothing"),
    ],
)
def test_gradient_wrong(answer, words):
    assert words in diagnosis(ch05.check_gradient, answer)


def kept(high, low, k, find=other_neighbours):
    return (find(high, k)[:, :, None] == find(low, k)[:, None]).any(2).float()


def with_itself(points, k):
    return torch.cdist(points, points).topk(k, largest=False).indices


def in_order(high, low, k):
    same = other_neighbours(high, k) == other_neighbours(low, k)
    return same.float().mean()


def test_neighbours_right():
    assert ch05.check_neighbours.judge(preserved_neighbours).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, b, k: kept(a, b, k, with_itself).mean(), "which every map keeps"),
        (lambda a, b, k: kept(a, b, k + 1, with_itself).mean(), "among k + 1"),
        (in_order, "in the same order"),
        (lambda *a: kept(*a).all(1).float().mean(), "that all k are kept"),
        (lambda *a: kept(*a).sum(1).mean(), "divide by k"),
        (lambda *a: kept(*a).sum(), "divide by N · k"),
        (lambda *a: kept(*a).mean(1), "one share per point"),
        (lambda *a: 1 - kept(*a).mean(), "the share that was lost"),
    ],
)
def test_neighbours_wrong(answer, words):
    assert words in diagnosis(ch05.check_neighbours, answer)
