"""Chapter 4's checks: every foreseen mistake gets its own words."""

import pytest
import torch
from torch.distributions import Normal
from verdicts import diagnosis

from course_utils.exercises import ch04


def sigma(log_var):
    return (0.5 * log_var).exp()


@pytest.mark.parametrize(
    "answer",
    [
        lambda mu, log_var: mu + sigma(log_var) * torch.randn_like(mu),
        lambda mu, log_var: Normal(mu, sigma(log_var)).rsample(),
    ],
)
def test_reparameterize_right(answer):
    before = torch.get_rng_state()
    assert ch04.check_reparameterize.judge(answer).state == "right"
    assert torch.equal(before, torch.get_rng_state())


def with_own_seed(mu, log_var):
    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))
    return mu + sigma(log_var) * noise


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda m, v: m, "There is no noise"),
        (with_own_seed, "the same noise"),
        (lambda m, v: m + sigma(v) * torch.randn(3), "All images got the same"),
        (lambda m, v: m + sigma(v) * torch.randn(len(m), 1), "moves all dimensions"),
        (lambda m, v: m + sigma(v) * torch.rand_like(m), "uniform"),
        (lambda m, v: m + v.exp() * torch.randn_like(m), "that is the variance"),
        (lambda m, v: m + v * torch.randn_like(m), "it is a logarithm"),
        (lambda m, v: m + torch.randn_like(m), "multiply ε by σ"),
        (lambda m, v: m + (v / 4).exp() * torch.randn_like(m), "the root once too"),
        (lambda m, v: 0 * m + sigma(v) * torch.randn_like(m), "wrong centre"),
        (lambda m, v: m + 9 * torch.randn_like(m), "they have others"),
        (lambda m, v: Normal(m, sigma(v)).sample(), "no gradient passes"),
        (
            lambda m, v: m.detach() + sigma(v) * torch.randn_like(m),
            "no gradient reaches mu",
        ),
        (
            lambda m, v: m + sigma(v).detach() * torch.randn_like(m),
            "no gradient reaches log_var",
        ),
        (lambda m, v: m.mean(0), "there is one code per image"),
        (lambda m, v: 3.0, "not a tensor"),
    ],
)
def test_reparameterize_wrong(answer, words):
    assert words in diagnosis(ch04.check_reparameterize, answer)


def leave_one_out(f):
    return f - (f.sum() - f) / (len(f) - 1)


def test_baseline_right():
    answer = lambda f, eps: leave_one_out(f) @ eps / len(f)  # noqa: E731
    assert ch04.check_baseline.judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda f, eps: f @ eps / len(f), "There is no baseline"),
        (lambda f, eps: (f - f.mean()) @ eps / len(f), "own cost"),
        (lambda f, eps: (f - (f.sum() - f) / len(f)) @ eps / len(f), "n − 1 of them"),
        (lambda f, eps: leave_one_out(f) @ eps, "You summed over the draws"),
        (lambda f, eps: leave_one_out(f)[:, None] * eps, "one value per draw"),
        (lambda f, eps: (leave_one_out(f)[:, None] * eps).mean(), "the dimensions as"),
        (lambda f, eps: (2 * f - leave_one_out(f)) @ eps / len(f), "subtract it"),
        (lambda f, eps: leave_one_out(f).mean(), "The noise is missing"),
    ],
)
def test_baseline_wrong(answer, words):
    assert words in diagnosis(ch04.check_baseline, answer)


def count(inputs, hidden, outputs):
    first = torch.nn.Linear(inputs, hidden, device="meta")
    second = torch.nn.Linear(hidden, outputs, device="meta")
    return sum(p.numel() for p in [*first.parameters(), *second.parameters()])


def test_weights_right():
    answer = lambda h, w, c, n, d: count(h * w * c, n, 2 * d)  # noqa: E731
    assert ch04.check_weights.judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda h, w, c, n, d: h * w * c * n + n * 2 * d, "The biases are missing"),
        (lambda h, w, c, n, d: count(h * w * c, n, d), "μ *and* log σ²: 2"),
        (lambda h, w, c, n, d: h * w * c * n + n * d, "and each layer has biases"),
        (lambda h, w, c, n, d: count(h * w, n, 2 * d), "left out the channels"),
        (lambda h, w, c, n, d: count(2508, n, 2 * d), "found in print"),
        (lambda h, w, c, n, d: (h * w * c + 1) * n, "the first layer alone"),
    ],
)
def test_weights_wrong(answer, words):
    assert words in diagnosis(ch04.check_weights, answer)


def middles(size):
    return (torch.arange(size) + 0.5) / size


NORMAL = Normal(0.0, 1.0)


def test_quantiles_right():
    answer = lambda size: NORMAL.icdf(middles(size))  # noqa: E731
    assert ch04.check_quantiles.judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (middles, "not the codes"),
        (lambda size: NORMAL.cdf(middles(size)), "You used `cdf`"),
        (lambda size: torch.linspace(-3, 3, size), "evenly spaced codes"),
        (lambda size: NORMAL.icdf(torch.linspace(0, 1, size)), "infinite"),
        (
            lambda size: NORMAL.icdf(torch.arange(1, size + 1) / (size + 1)),
            "size + 1 parts",
        ),
        (lambda size: NORMAL.icdf(middles(size)).flip(0), "reversed"),
    ],
)
def test_quantiles_wrong(answer, words):
    assert words in diagnosis(ch04.check_quantiles, answer)
