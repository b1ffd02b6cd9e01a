"""Answers to chapter 4's exercises."""

import numpy as np
import torch
from scipy.stats import norm
from torch import nn
from torch.distributions import Normal

from course_utils.exercises.ch04 import (
    check_baseline,
    check_quantiles,
    check_reparameterize,
    check_weights,
)


def sigma(log_var):
    return (0.5 * log_var).exp()


def sample(mu, log_var, draw=torch.randn_like):
    return mu + sigma(log_var) * draw(mu)


def sample_by_numpys_noise(mu, log_var):
    return mu + sigma(log_var) * torch.from_numpy(np.random.randn(*mu.shape))


def own_seed(mu):
    return torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))


def one_for_two(mu):
    noise = torch.randn_like(mu)
    noise[:, 1] = noise[:, 0]
    return noise


def with_own_backward(mu, log_var):
    z = sample(mu, log_var)
    z.square().sum().backward()
    return z


def leave_one_out(f):
    return f - (f.sum() - f) / (len(f) - 1)


def baseline(f, eps):
    return leave_one_out(f) @ eps / len(f)


def baseline_by_loop(f, eps):
    f, eps, n = f.tolist(), eps.tolist(), len(f)
    total = [0.0] * len(eps[0])
    for i in range(n):
        others = sum(f[:i] + f[i + 1 :]) / (n - 1)
        total = [
            t + (f[i] - others) * e / n for t, e in zip(total, eps[i], strict=True)
        ]
    return total


def baseline_by_numpy(f, eps):
    f, n = np.asarray(f), len(f)
    return n / (n - 1) * ((f - f.mean())[:, None] * np.asarray(eps)).mean(0)


def count(inputs, hidden, outputs):
    return (inputs + 1) * hidden + (hidden + 1) * outputs


def weights(height, width, channels, hidden, latent_dim):
    return count(height * width * channels, hidden, 2 * latent_dim)


def weights_of_a_network(height, width, channels, hidden, latent_dim):
    first = nn.Linear(height * width * channels, hidden, device="meta")
    second = nn.Linear(hidden, 2 * latent_dim, device="meta")
    return sum(p.numel() for p in [*first.parameters(), *second.parameters()])


NORMAL = Normal(0.0, 1.0)


def middles(size):
    return (torch.arange(size) + 0.5) / size


RIGHT = {
    check_reparameterize: [
        sample,
        lambda mu, log_var: Normal(mu, sigma(log_var)).rsample(),
        sample_by_numpys_noise,
        lambda mu, log_var: sample(mu, log_var).half(),
    ],
    check_baseline: [baseline, baseline_by_loop, baseline_by_numpy],
    check_weights: [
        weights,
        weights_of_a_network,
        lambda *sizes: torch.tensor(weights(*sizes)),
    ],
    check_quantiles: [
        lambda size: NORMAL.icdf(middles(size)),
        lambda size: norm.ppf((np.arange(size) + 0.5) / size),
        lambda size: [float(norm.ppf((i + 0.5) / size)) for i in range(size)],
    ],
}

WRONG = [
    (check_reparameterize, lambda m, v: m, "There is no noise"),
    (check_reparameterize, lambda m, v: sample(m, v, own_seed), "the same noise"),
    (
        check_reparameterize,
        lambda m, v: sample(m, v, lambda m: torch.randn(3)),
        "All images got the same",
    ),
    (
        check_reparameterize,
        lambda m, v: sample(m, v, lambda m: torch.randn(len(m), 1)),
        "moves several dimensions",
    ),
    (
        check_reparameterize,
        lambda m, v: sample(m, v, one_for_two),
        "moves several dimensions",
    ),
    (check_reparameterize, lambda m, v: sample(m, v, torch.rand_like), "uniform"),
    (
        check_reparameterize,
        lambda m, v: sample(m, v, lambda m: 12**0.5 * (torch.rand_like(m) - 0.5)),
        "never goes far",
    ),
    (check_reparameterize, lambda m, v: sample(m, 2 * v), "that is the variance"),
    (
        check_reparameterize,
        lambda m, v: m + v * torch.randn_like(m),
        "it is a logarithm",
    ),
    (check_reparameterize, lambda m, v: sample(m, 0 * v), "multiply ε by σ"),
    (check_reparameterize, lambda m, v: sample(m, v / 2), "the root once too"),
    (check_reparameterize, lambda m, v: sample(0 * m, v), "wrong centre"),
    (
        check_reparameterize,
        lambda m, v: m + 9 * torch.randn_like(m),
        "they have others",
    ),
    (check_reparameterize, lambda m, v: sample(m, v) / 0, "NaN or infinite"),
    (
        check_reparameterize,
        lambda m, v: Normal(m, sigma(v)).sample(),
        "no gradient passes",
    ),
    (
        check_reparameterize,
        lambda m, v: sample(m.detach(), v),
        "no gradient reaches mu",
    ),
    (
        check_reparameterize,
        lambda m, v: sample(m, v.detach()),
        "no gradient reaches log_var",
    ),
    (check_reparameterize, with_own_backward, "a `backward()` of your own"),
    (check_reparameterize, lambda m, v: m.mean(0), "there is one code per image"),
    (check_reparameterize, lambda m, v: sample(m, v).detach().numpy(), "not a tensor"),
    (check_baseline, lambda f, eps: f @ eps / len(f), "There is no baseline"),
    (check_baseline, lambda f, eps: (f - f.mean()) @ eps / len(f), "own cost"),
    (
        check_baseline,
        lambda f, eps: (f - (f.sum() - f) / len(f)) @ eps / len(f),
        "n − 1 of them",
    ),
    (check_baseline, lambda f, eps: leave_one_out(f) @ eps, "summed over the draws"),
    (
        check_baseline,
        lambda f, eps: leave_one_out(f)[:, None] * eps,
        "one value per draw",
    ),
    (
        check_baseline,
        lambda f, eps: (leave_one_out(f)[:, None] * eps).mean(),
        "the dimensions as",
    ),
    (
        check_baseline,
        lambda f, eps: (2 * f - leave_one_out(f)) @ eps / len(f),
        "subtract it",
    ),
    (check_baseline, lambda f, eps: leave_one_out(f).mean(), "The noise is missing"),
    (
        check_weights,
        lambda h, w, c, n, d: h * w * c * n + n * 2 * d,
        "The biases are missing",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: count(h * w * c, n, d),
        "μ *and* log σ²: 2",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: h * w * c * n + n * d,
        "and each layer has biases",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: count(h * w, n, 2 * d),
        "left out the channels",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: count(2508, n, 2 * d),
        "found in print",
    ),
    (check_weights, lambda h, w, c, n, d: (h * w * c + 1) * n, "first layer alone"),
    (
        check_weights,
        lambda h, w, c, n, d: count(28 * 28 * 3, n, 2 * d),
        "images of 28 · 28 · 3 only",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: count(h * h * c, n, 2 * d),
        "square images only",
    ),
    (
        check_weights,
        lambda h, w, c, n, d: count(h * w * c, n, 4),
        "two latents only: there",
    ),
    (check_weights, lambda h, w, c, n, d: count(h * w * c, n, d**2), "where 2² = "),
    (check_weights, lambda h, w, c, n, d: count(h * w * c, n, d + 2), "where 2 + 2"),
    (
        check_weights,
        lambda h, w, c, n, d: count(h * w * c, 256, 2 * d),
        "256 hidden units only",
    ),
    (check_weights, lambda *sizes: 603_396, "use the arguments"),
    (check_quantiles, middles, "not the codes"),
    (check_quantiles, lambda size: NORMAL.cdf(middles(size)), "You used `cdf`"),
    (check_quantiles, lambda size: torch.linspace(-3, 3, size), "evenly spaced codes"),
    (
        check_quantiles,
        lambda size: NORMAL.icdf(torch.linspace(0, 1, size)),
        "no code at share 0 or 1",
    ),
    (
        check_quantiles,
        lambda size: NORMAL.icdf(torch.arange(1, size + 1) / (size + 1)),
        "size + 1 parts",
    ),
    (check_quantiles, lambda size: NORMAL.icdf(middles(size)).flip(0), "reversed"),
]
