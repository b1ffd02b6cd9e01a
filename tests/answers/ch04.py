"""Answers to chapter 4's exercises."""

import numpy as np
import torch
from scipy.stats import norm
from torch.distributions import Normal

from course_utils.exercises.ch04 import (
    check_active,
    check_baseline,
    check_quantiles,
    check_reparameterize,
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
    check_active: [
        lambda mu: (mu.var(0) > 0.01).sum(),
        lambda mu: int((np.var(mu.numpy(), axis=0) > 0.01).sum()),
        lambda mu: sum(unit.std().item() ** 2 > 0.01 for unit in mu.T),
    ],
    check_quantiles: [
        lambda size: NORMAL.icdf(middles(size)),
        lambda size: norm.ppf((np.arange(size) + 0.5) / size),
        lambda size: [float(norm.ppf((i + 0.5) / size)) for i in range(size)],
    ],
}

WRONG = {
    check_reparameterize: {
        "There is no noise": lambda m, v: m,
        "the same noise": lambda m, v: sample(m, v, own_seed),
        "All images got the same": lambda m, v: sample(m, v, lambda m: torch.randn(3)),
        "moves several dimensions": lambda m, v: sample(
            m, v, lambda m: torch.randn(len(m), 1)
        ),
        "several dimensions of a code alike": lambda m, v: sample(m, v, one_for_two),
        "uniform": lambda m, v: sample(m, v, torch.rand_like),
        "never goes far": lambda m, v: sample(
            m, v, lambda m: 12**0.5 * (torch.rand_like(m) - 0.5)
        ),
        "that is the variance": lambda m, v: sample(m, 2 * v),
        "it is a logarithm": lambda m, v: m + v * torch.randn_like(m),
        "multiply ε by σ": lambda m, v: sample(m, 0 * v),
        "the root once too": lambda m, v: sample(m, v / 2),
        "wrong centre": lambda m, v: sample(0 * m, v),
        "they have others": lambda m, v: m + 9 * torch.randn_like(m),
        "NaN or infinite": lambda m, v: sample(m, v) / 0,
        "no gradient passes": lambda m, v: Normal(m, sigma(v)).sample(),
        "no gradient reaches mu": lambda m, v: sample(m.detach(), v),
        "no gradient reaches log_var": lambda m, v: sample(m, v.detach()),
        "a `backward()` of your own": with_own_backward,
        "there is one code per image": lambda m, v: m.mean(0),
        "not a tensor": lambda m, v: sample(m, v).detach().numpy(),
    },
    check_baseline: {
        "There is no baseline": lambda f, eps: f @ eps / len(f),
        "own cost": lambda f, eps: (f - f.mean()) @ eps / len(f),
        "n − 1 of them": lambda f, eps: (f - (f.sum() - f) / len(f)) @ eps / len(f),
        "summed over the draws": lambda f, eps: leave_one_out(f) @ eps,
        "one value per draw": lambda f, eps: leave_one_out(f)[:, None] * eps,
        "the dimensions as": lambda f, eps: (leave_one_out(f)[:, None] * eps).mean(),
        "subtract it": lambda f, eps: (2 * f - leave_one_out(f)) @ eps / len(f),
        "The noise is missing": lambda f, eps: leave_one_out(f).mean(),
    },
    check_active: {
        "the standard deviation": lambda mu: (mu.std(0) > 0.01).sum(),
        "the mean square": lambda mu: ((mu**2).mean(0) > 0.01).sum(),
        "the size of the means": lambda mu: (mu.mean(0).abs() > 0.01).sum(),
        "the units of each image": lambda mu: (mu.var(1) > 0.01).sum(),
        "*not* active": lambda mu: (mu.var(0) <= 0.01).sum(),
        "all units": lambda mu: mu.shape[1],
        "the variances": lambda mu: mu.var(0),
        "True or False": lambda mu: mu.var(0) > 0.01,
    },
    check_quantiles: {
        "not the codes": middles,
        "You used `cdf`": lambda size: NORMAL.cdf(middles(size)),
        "evenly spaced codes": lambda size: torch.linspace(-3, 3, size),
        "no code at share 0 or 1": lambda size: NORMAL.icdf(torch.linspace(0, 1, size)),
        "size + 1 parts": lambda size: NORMAL.icdf(
            torch.arange(1, size + 1) / (size + 1)
        ),
        "reversed": lambda size: NORMAL.icdf(middles(size)).flip(0),
    },
}
