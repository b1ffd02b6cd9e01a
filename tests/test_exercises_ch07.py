"""Chapter 7's checks: every foreseen mistake gets its own words."""

import math

import pytest
import torch
import torch.nn.functional as F
from verdicts import diagnosis

from course_utils.exercises import ch07


def kl(a, b, dx):
    return (a * (a.log() - b.log())).sum() * dx


def js(p, q, dx):
    return (kl(p, (p + q) / 2, dx) + kl(q, (p + q) / 2, dx)) / 2


def best_value(p, q, dx):
    return (p * (p / (p + q)).log() + q * (q / (p + q)).log()).sum() * dx


@pytest.mark.parametrize(
    "answer",
    [js, lambda p, q, dx: (best_value(p, q, dx) + math.log(4)) / 2],
)
def test_both_ways_to_the_divergence_are_right(answer):
    assert ch07.check_js.judge(answer).state == "right"
    ch07.check_js(answer, solution=True)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda p, q, dx: 2 * js(p, q, dx), "factor ½"),
        (best_value, "add log 4 and halve"),
        (lambda p, q, dx: -best_value(p, q, dx), "best detective's loss"),
        (kl, "This is KL(p‖q)"),
        (lambda p, q, dx: kl(q, p, dx), "This is KL(q‖p)"),
        (lambda p, q, dx: (kl(p, q, dx) + kl(q, p, dx)) / 2, "mean of KL"),
        (
            lambda p, q, dx: (kl((p + q) / 2, p, dx) + kl((p + q) / 2, q, dx)) / 2,
            "swapped",
        ),
        (lambda p, q, dx: kl(p, (p + q) / 2, dx) / 2, "Only p"),
        (lambda p, q, dx: best_value(p, q, dx) / 2, "half of that"),
        (lambda p, q, dx: js(p, q, 1), "times dx"),
        (lambda p, q, dx: js(p, q, dx) / math.log(2), "bits"),
    ],
)
def test_mistakes_with_the_divergence(answer, says):
    assert says in diagnosis(ch07.check_js, answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda logits: F.softplus(-logits).mean(),
        lambda logits: -logits.sigmoid().log().mean(),
        lambda logits: F.binary_cross_entropy_with_logits(
            logits, torch.ones_like(logits)
        ),
    ],
)
def test_three_ways_to_the_forgers_loss_are_right(answer):
    assert ch07.check_generator_loss.judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: (1 - x.sigmoid()).log().mean(), "saturates"),
        (lambda x: -(1 - x.sigmoid()).log().mean(), "*detective*"),
        (lambda x: x.sigmoid().log().mean(), "sign"),
        (lambda x: F.softplus(-x).sum(), "summed over the batch"),
        (lambda x: F.softplus(-x), "one value per forgery"),
        (lambda x: F.softplus(-x.sigmoid()).mean(), "sigmoid twice"),
        (lambda x: -x.mean(), "no probability"),
        (lambda x: (1 - x.sigmoid()).mean(), "logarithm is missing"),
    ],
)
def test_mistakes_with_the_forgers_loss(answer, says):
    assert says in diagnosis(ch07.check_generator_loss, answer)


def frechet(mu_a, var_a, mu_b, var_b):
    return ((mu_a - mu_b) ** 2 + (var_a.sqrt() - var_b.sqrt()) ** 2).sum()


def test_the_distance_of_gaussians_is_right():
    assert ch07.check_frechet.judge(frechet).state == "right"
    ch07.check_frechet(frechet, solution=True)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda m, v, n, w: frechet(m, v, m, w), "means are missing"),
        (lambda m, v, n, w: frechet(m, v, n, v), "spreads are missing"),
        (lambda *x: frechet(*x) / 3, "averaged over the dimensions"),
        (lambda *x: frechet(*x).sqrt(), "root at the end"),
        (lambda m, v, n, w: ((m - n) ** 2 + (v - w) ** 2).sum(), "variances"),
        (lambda m, v, n, w: ((m - n) ** 2 + v + w).sum(), "distance 0"),
        (lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * v * w).sum(), "left out"),
        (
            lambda m, v, n, w: ((m - n) ** 2 + v + w - (v * w).sqrt()).sum(),
            "counts twice",
        ),
        (
            lambda m, v, n, w: ((m - n).abs() + (v.sqrt() - w.sqrt()) ** 2).sum(),
            "must be squared",
        ),
    ],
)
def test_mistakes_with_the_distance_of_gaussians(answer, says):
    assert says in diagnosis(ch07.check_frechet, answer)
