"""Chapter 3's checks: every foreseen mistake gets its own words."""

import math

import pytest
import torch
import torch.nn.functional as F
from verdicts import diagnosis

from course_utils.exercises import ch03


def kl_terms(mu_q, log_var_q, mu_p, log_var_p):
    q = torch.distributions.Normal(mu_q, (0.5 * log_var_q).exp())
    p = torch.distributions.Normal(mu_p, (0.5 * log_var_p).exp())
    return torch.distributions.kl_divergence(q, p)  # [B, d]


def with_doubled_log_var(mu_q, log_var_q, mu_p, log_var_p):
    return kl_terms(mu_q, 2 * log_var_q, mu_p, 2 * log_var_p).sum(1).mean()


def with_log_var_as_variance(mu_q, v_q, mu_p, v_p):
    terms = v_p - v_q + ((mu_q - mu_p).square() + v_q) / v_p - 1
    return 0.5 * terms.sum(1).mean()


def to_standard_normal(mu_q, log_var_q, mu_p, log_var_p):
    zeros = torch.zeros_like(mu_p)
    return kl_terms(mu_q, log_var_q, zeros, zeros).sum(1).mean()


def test_kl_right():
    assert ch03.check_kl.judge(lambda *a: kl_terms(*a).sum(1).mean()).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda *a: 2 * kl_terms(*a).sum(1).mean(), "The factor ½ is missing"),
        (lambda *a: -kl_terms(*a).sum(1).mean(), "never negative"),
        (lambda *a: kl_terms(*a).mean(), "averaged over the latents"),
        (lambda *a: kl_terms(*a).sum(), "summed over the batch"),
        (lambda *a: kl_terms(*a).sum(1), "one value per image"),
        (with_doubled_log_var, "took `log_var` for log σ"),
        (with_log_var_as_variance, "took `log_var` for the variance"),
        (lambda m, v, n, w: kl_terms(n, w, m, v).sum(1).mean(), "This is KL(p‖q)"),
        (lambda *a: (kl_terms(*a) + 0.5).sum(1).mean(), "The −1 is missing"),
        (to_standard_normal, "for a standard normal p"),
    ],
)
def test_kl_wrong(answer, words):
    assert words in diagnosis(ch03.check_kl, answer)


def elbo_parts(logits, images, mu, log_var):
    bce = F.binary_cross_entropy_with_logits(logits, images, reduction="none")
    zeros = torch.zeros_like(mu)
    return bce.flatten(1), kl_terms(mu, log_var, zeros, zeros)


def elbo_by(reduce):
    return lambda *inputs: reduce(*elbo_parts(*inputs))


def with_two_sigmoids(logits, images, mu, log_var):
    bce, kl = elbo_parts(logits.sigmoid(), images, mu, log_var)
    return -bce.sum(1).mean() - kl.sum(1).mean()


def test_elbo_right():
    answer = elbo_by(lambda bce, kl: -(bce.sum() + kl.sum()) / len(kl))
    assert ch03.check_elbo.judge(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (elbo_by(lambda b, k: -b.sum(1).mean() + k.sum(1).mean()), "added the KL"),
        (elbo_by(lambda b, k: b.sum(1).mean() + k.sum(1).mean()), "This is the loss"),
        (elbo_by(lambda b, k: -b.mean() - k.mean()), "averaged over everything"),
        (
            elbo_by(lambda b, k: -b.mean() - k.sum(1).mean()),
            "the KL is 784 times too strong",
        ),
        (elbo_by(lambda b, k: -b.sum(1).mean() - k.mean()), "KL over latents"),
        (elbo_by(lambda b, k: -b.sum() - k.sum()), "summed over the batch"),
        (elbo_by(lambda b, k: -b.sum(1).mean() - k.sum()), "the KL is not"),
        (elbo_by(lambda b, k: -b.sum(1).mean()), "The KL is missing"),
        (with_two_sigmoids, "sigmoid twice"),
    ],
)
def test_elbo_wrong(answer, words):
    assert words in diagnosis(ch03.check_elbo, answer)


def test_bits_right():
    assert ch03.check_bits.judge(lambda n, d: -n / d / math.log(2) + 8).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, d: -n / d + 8, "divide the nats by ln 2"),
        (lambda n, d: -n / d * math.log(2) + 8, "You multiplied by ln 2"),
        (lambda n, d: -n / d / math.log(2), "The 8 bits are missing"),
        (lambda n, d: -n / d / math.log(2) - 8, "You subtracted the 8 bits"),
        (lambda n, d: n / d / math.log(2) + 8, "sign of the log density"),
        (lambda n, d: -n / math.log(2) + 8, "bits per image"),
        (lambda n, d: (-n / math.log(2) + 8) / d, "add 8 after the division"),
    ],
)
def test_bits_wrong(answer, words):
    assert words in diagnosis(ch03.check_bits, answer)


def bounds(log_weights, k):
    return torch.logsumexp(log_weights.unflatten(1, (-1, k)), 2) - math.log(k)


def naive(log_weights, k):
    return log_weights.exp().unflatten(1, (-1, k)).mean(2).log().mean()


def mixed_up(log_weights, k):
    groups = log_weights.reshape(-1, k, len(log_weights))
    return (torch.logsumexp(groups, 1) - math.log(k)).mean()


def test_iwae_right():
    assert ch03.check_iwae.judge(lambda w, k: bounds(w, k).mean()).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, k: w.unflatten(1, (-1, k)).mean(2).mean(), "the mean of the logs"),
        (naive, "exp(−900) is 0"),
        (lambda w, k: (bounds(w, k) + math.log(k)).mean(), "the log of the sum"),
        (lambda w, k: bounds(w, w.shape[1]).mean(), "form groups of k"),
        (bounds, "one value per group"),
        (lambda w, k: bounds(w, k).mean(1), "one value per image"),
        (mixed_up, "mix the draws of different images"),
    ],
)
def test_iwae_wrong(answer, words):
    assert words in diagnosis(ch03.check_iwae, answer)
