"""Answers to chapter 3's exercises."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

from course_utils.exercises.ch03 import (
    check_bits,
    check_elbo,
    check_iwae,
    check_kl,
)


def kl_terms(mu_q, log_var_q, mu_p, log_var_p):
    q = Normal(mu_q, (0.5 * log_var_q).exp())
    return kl_divergence(q, Normal(mu_p, (0.5 * log_var_p).exp()))  # [B, d]


def kl(*parameters):
    return kl_terms(*parameters).sum(1).mean()


def kl_by_numpy(*parameters):
    mu_q, log_var_q, mu_p, log_var_p = map(np.asarray, parameters)
    distance = (mu_q - mu_p) ** 2 + np.exp(log_var_q)
    terms = log_var_p - log_var_q + distance / np.exp(log_var_p) - 1
    return 0.5 * terms.sum() / len(mu_q)


def kl_by_loop(*parameters):
    total = 0.0
    for m, v, n, w in zip(*(x.flatten().tolist() for x in parameters), strict=True):
        total += (w - v + ((m - n) ** 2 + math.exp(v)) / math.exp(w) - 1) / 2
    return total / len(parameters[0])


def kl_of_log_var_as_variance(mu_q, v_q, mu_p, v_p):
    terms = v_p - v_q + ((mu_q - mu_p).square() + v_q) / v_p - 1
    return 0.5 * terms.sum(1).mean()


def elbo_by(reduce, sigmoid=False):
    def answer(logits, images, mu, log_var):
        logits = logits.sigmoid() if sigmoid else logits
        bce = F.binary_cross_entropy_with_logits(logits, images, reduction="none")
        postage = kl_terms(mu, log_var, torch.zeros(()), torch.zeros(()))
        return reduce(bce.flatten(1), postage)

    return answer


elbo = elbo_by(lambda bce, postage: -(bce.sum() + postage.sum()) / len(postage))


def elbo_by_numpy(*inputs):
    logits, x, mu, log_var = map(np.asarray, inputs)
    ink = 1 / (1 + np.exp(-logits))
    reconstruction = (x * np.log(ink) + (1 - x) * np.log(1 - ink)).sum((1, 2))
    postage = 0.5 * (mu**2 + np.exp(log_var) - log_var - 1).sum(1)
    return np.mean(reconstruction - postage)


def elbo_by_distributions(logits, images, mu, log_var):
    pixels = Bernoulli(logits=logits, validate_args=False)
    postage = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
    return (pixels.log_prob(images).sum((1, 2)) - postage.sum(1)).mean()


def bits(log_density, pixels):
    return -log_density / pixels / math.log(2) + 8


def bounds(log_weights, k):
    return torch.logsumexp(log_weights.unflatten(1, (-1, k)), 2) - math.log(k)


def iwae(log_weights, k):
    return bounds(log_weights, k).mean()


def iwae_by_numpy(log_weights, k):
    groups = np.asarray(log_weights.double()).reshape(-1, k)
    top = groups.max(1, keepdims=True)
    return (top[:, 0] + np.log(np.exp(groups - top).mean(1))).mean()


def iwae_by_loop(log_weights, k):
    groups = [group for row in log_weights for group in row.split(k)]
    return [sum(group.logsumexp(0) - math.log(k) for group in groups) / len(groups)][0]


def iwae_naive(log_weights, k):
    return log_weights.exp().unflatten(1, (-1, k)).mean(2).log().mean()


RIGHT = {
    check_kl: [kl, kl_by_numpy, kl_by_loop],
    check_elbo: [elbo, elbo_by_numpy, elbo_by_distributions],
    check_bits: [
        bits,
        lambda n, d: 8 - np.log2(np.exp(1)) * n / d,
        lambda n, d: math.log2(255) - n / (d * math.log(2)),  # levels 1/255 apart
    ],
    check_iwae: [iwae, iwae_by_numpy, iwae_by_loop],
}

WRONG = {
    check_kl: {
        "The factor ½ is missing": lambda *a: 2 * kl(*a),
        "never negative": lambda *a: -kl(*a),
        "averaged over the latents": lambda *a: kl_terms(*a).mean(),
        "summed over the batch": lambda *a: kl_terms(*a).sum(),
        "one value per image": lambda *a: kl_terms(*a).sum(1),
        "took `log_var` for log σ": lambda m, v, n, w: kl(m, 2 * v, n, 2 * w),
        "took `log_var` for the variance": kl_of_log_var_as_variance,
        "This is KL(p‖q)": lambda m, v, n, w: kl(n, w, m, v),
        "The −1 is missing": lambda *a: (kl_terms(*a) + 0.5).sum(1).mean(),
        "for a standard normal p": lambda m, v, n, w: kl(m, v, 0 * n, 0 * w),
    },
    check_elbo: {
        "added the KL": elbo_by(lambda b, k: -b.sum(1).mean() + k.sum(1).mean()),
        "This is the loss": lambda *a: -elbo(*a),
        "over everything": elbo_by(lambda b, k: -b.mean() - k.mean()),
        "the KL is 784 times too strong": elbo_by(
            lambda b, k: -b.mean() - k.sum(1).mean()
        ),
        "KL over latents": elbo_by(lambda b, k: -b.sum(1).mean() - k.mean()),
        "summed over the batch": elbo_by(lambda b, k: -b.sum() - k.sum()),
        "the KL is not": elbo_by(lambda b, k: -b.sum(1).mean() - k.sum()),
        "The KL is missing": elbo_by(lambda b, k: -b.sum(1).mean()),
        "sigmoid twice": elbo_by(
            lambda b, k: -(b.sum() + k.sum()) / len(k), sigmoid=True
        ),
    },
    check_bits: {
        "divide the nats by ln 2": lambda n, d: -n / d + 8,
        "You multiplied by ln 2": lambda n, d: -n / d * math.log(2) + 8,
        "The 8 bits are missing": lambda n, d: bits(n, d) - 8,
        "You subtracted the 8 bits": lambda n, d: bits(n, d) - 16,
        "sign of the log density": lambda n, d: bits(-n, d),
        "bits per image": lambda n, d: bits(n, 1),
        "add 8 after the division": lambda n, d: bits(n, 1) / d,
        "images of 784 pixels only": lambda n, d: bits(n, 784),
    },
    check_iwae: {
        "the mean of the logs": lambda w, k: w.unflatten(1, (-1, k)).mean(2).mean(),
        "exp(−900) is 0": iwae_naive,
        "the log of the sum": lambda w, k: iwae(w, k) + math.log(k),
        "form groups of k": lambda w, k: iwae(w, w.shape[1]),
        "one value per group": bounds,
        "one value per image": lambda w, k: bounds(w, k).mean(1),
        "mix the draws of": lambda w, k: iwae(w.T.reshape(-1, k), k),
        "every (K / k)-th draw": lambda w, k: iwae(
            w.unflatten(1, (k, -1)).mT.flatten(1), k
        ),
        "does not change with k": lambda w, k: iwae(w, 5),
    },
}
