"""Answers to chapter 7's exercises."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy.spatial.distance import jensenshannon
from torch import nn

from course_utils.exercises.ch07 import (
    check_frechet,
    check_generator_loss,
    check_js,
)


def kl(a, b, dx):
    return (a * (a.log() - b.log())).sum() * dx


def js(p, q, dx):
    return (kl(p, (p + q) / 2, dx) + kl(q, (p + q) / 2, dx)) / 2


def best_value(p, q, dx):
    return (p * (p / (p + q)).log() + q * (q / (p + q)).log()).sum() * dx


def loss(logits):
    return F.softplus(-logits).mean()


def loss_by_numpy(logits):
    return np.logaddexp(0, -np.asarray(logits)).mean()


def frechet(mu_a, var_a, mu_b, var_b):
    return ((mu_a - mu_b) ** 2 + (var_a.sqrt() - var_b.sqrt()) ** 2).sum()


def frechet_by_numpy(*gaussians):
    mu_a, var_a, mu_b, var_b = map(np.asarray, gaussians)
    return np.sum((mu_a - mu_b) ** 2 + var_a + var_b - 2 * np.sqrt(var_a * var_b))


def frechet_by_loop(*gaussians):
    total = 0.0
    for m, v, n, w in zip(*(x.tolist() for x in gaussians), strict=True):
        total += (m - n) ** 2 + (math.sqrt(v) - math.sqrt(w)) ** 2
    return total


RIGHT = {
    check_js: [
        js,
        lambda p, q, dx: (best_value(p, q, dx) + math.log(4)) / 2,
        lambda p, q, dx: jensenshannon(p, q) ** 2,
    ],
    check_generator_loss: [
        loss,
        loss_by_numpy,
        lambda x: nn.BCEWithLogitsLoss()(x, torch.ones_like(x)),
        lambda x: -x.double().sigmoid().log().mean(),  # e⁻²⁰⁰ is no 0 there
    ],
    check_frechet: [frechet, frechet_by_numpy, frechet_by_loop],
}

WRONG = {
    check_js: {
        "factor ½": lambda p, q, dx: 2 * js(p, q, dx),
        "add log 4 and halve": best_value,
        "best detective's loss": lambda p, q, dx: -best_value(p, q, dx),
        "This is KL(p‖q)": kl,
        "This is KL(q‖p)": lambda p, q, dx: kl(q, p, dx),
        "mean of KL": lambda p, q, dx: (kl(p, q, dx) + kl(q, p, dx)) / 2,
        "swapped": lambda p, q, dx: (
            (kl((p + q) / 2, p, dx) + kl((p + q) / 2, q, dx)) / 2
        ),
        "Only p": lambda p, q, dx: kl(p, (p + q) / 2, dx) / 2,
        "the root of JS": lambda p, q, dx: jensenshannon(p, q),
        "half of that": lambda p, q, dx: best_value(p, q, dx) / 2,
        "times dx": lambda p, q, dx: js(p, q, 1),
        "bits": lambda p, q, dx: js(p, q, dx) / math.log(2),
    },
    check_generator_loss: {
        "saturates": lambda x: (1 - x.sigmoid()).log().mean(),
        "*detective*": lambda x: F.softplus(x).mean(),
        "sign": lambda x: F.logsigmoid(x).mean(),
        "This is log 0": lambda x: -x.sigmoid().log().mean(),
        "You added 1e-08 to D": lambda x: -(x.sigmoid() + 1e-8).log().mean(),
        "PyTorch put −100": lambda x: F.binary_cross_entropy(
            x.sigmoid(), torch.ones_like(x)
        ),
        "summed over the batch": lambda x: F.softplus(-x).sum(),
        "one value per forgery": lambda x: F.softplus(-x),
        "sigmoid twice": lambda x: loss(x.sigmoid()),
        "no probability": lambda x: -x.mean(),
        "logarithm is missing": lambda x: (1 - x.sigmoid()).mean(),
    },
    check_frechet: {
        "means are missing": lambda m, v, n, w: frechet(m, v, m, w),
        "spreads are missing": lambda m, v, n, w: frechet(m, v, n, v),
        "averaged over the dimensions": lambda *x: frechet(*x) / 3,
        "root at the end": lambda *x: frechet(*x).sqrt(),
        "variances": lambda m, v, n, w: ((m - n) ** 2 + (v - w) ** 2).sum(),
        "distance 0": lambda m, v, n, w: ((m - n) ** 2 + v + w).sum(),
        "left out": lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * v * w).sum(),
        "counts twice": lambda m, v, n, w: (
            (m - n) ** 2 + v + w - (v * w).sqrt()
        ).sum(),
        "must be squared": lambda m, v, n, w: (
            (m - n).abs() + (v.sqrt() - w.sqrt()) ** 2
        ).sum(),
    },
}
