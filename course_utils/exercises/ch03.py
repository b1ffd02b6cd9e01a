"""Checks of chapter 3: the KL, the ELBO, the importance-weighted bound, bits."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch3-kl", "KL between two diagonal Gaussians, in nats per image")
def check_kl(answer: Answer) -> Verdict:
    """``answer(mu_q, log_var_q, mu_p, log_var_p)``, all [B, d], gives one number."""
    mu_q, log_var_q, mu_p, log_var_p = draws(4, 5, 3, seed=3).unbind()

    def terms(sigma_power: float = 1.0) -> Tensor:
        var_q, var_p = (sigma_power * log_var_q).exp(), (sigma_power * log_var_p).exp()
        distance = (mu_q - mu_p).square() + var_q
        return (var_p / var_q).log() + distance / var_p - 1  # [B, d]

    kl = 0.5 * terms()
    swapped = (log_var_q - log_var_p) - 1
    swapped = swapped + ((mu_q - mu_p).square() + log_var_p.exp()) / log_var_q.exp()
    ratio = log_var_p - log_var_q
    not_exponentiated = ratio + ((mu_q - mu_p).square() + log_var_q) / log_var_p - 1
    return compare(
        answer(mu_q, log_var_q, mu_p, log_var_p),
        kl.sum(1).mean(),
        mistakes={
            "The factor ½ is missing: both logarithms of densities carry it.": (
                terms().sum(1).mean()
            ),
            "The sign is wrong: a KL divergence is never negative.": (
                -kl.sum(1).mean()
            ),
            "You averaged over the latents: their parts add up, so sum over dim 1 "
            "first.": kl.mean(),
            "You summed over the batch: average over the images.": kl.sum(),
            "There is one value per image: average them.": kl.sum(1),
            "You took `log_var` for log σ: the variance is `log_var.exp()`, not its "
            "square.": 0.5 * terms(2.0).sum(1).mean(),
            "You took `log_var` for the variance: use `log_var.exp()`.": (
                0.5 * not_exponentiated.sum(1).mean()
            ),
            "This is KL(p‖q): the average runs over q, so q's mean and variance go "
            "into the numerator.": 0.5 * swapped.sum(1).mean(),
            "The −1 is missing: for q = p the KL must be 0.": (
                (kl + 0.5).sum(1).mean()
            ),
            "Your formula is for a standard normal p: here p has its own mean and "
            "variance.": (
                0.5 * (mu_q.square() + log_var_q.exp() - log_var_q - 1).sum(1).mean()
            ),
        },
        why="With μ_p = 0 and log_var_p = 0 it is the formula of the chapter.",
    )


@exercise("ch3-elbo", "The ELBO from its parts, in nats per image")
def check_elbo(answer: Answer) -> Verdict:
    """``answer(logits, images, mu, log_var)`` gives one number."""
    logits, images = draws(6, 28, 28, seed=4), draws(6, 28, 28, seed=5).sigmoid()
    mu, log_var = draws(2, 6, 4, seed=6).unbind()
    bce = F.binary_cross_entropy_with_logits(logits, images, reduction="none")
    bce = bce.flatten(1)
    kl = 0.5 * (mu.square() + log_var.exp() - log_var - 1)
    corrections, postage = bce.sum(1).mean(), kl.sum(1).mean()
    twice = F.binary_cross_entropy_with_logits(
        logits.sigmoid(), images, reduction="sum"
    ) / len(images)
    return compare(
        answer(logits, images, mu, log_var),
        -corrections - postage,
        mistakes={
            "You added the KL: postage is a cost, so the ELBO subtracts it.": (
                -corrections + postage
            ),
            "This is the loss, −ELBO: the ELBO itself is what training makes large.": (
                corrections + postage
            ),
            "You averaged over everything. Sum over pixels and over latents; only "
            "the images of the batch are averaged.": -bce.mean() - kl.mean(),
            "You averaged the cross-entropy over pixels: the KL is 784 times too "
            "strong.": -bce.mean() - postage,
            "You averaged the KL over latents: it is 4 times too weak here.": (
                -corrections - kl.mean()
            ),
            "You summed over the batch: divide by the number of images.": (
                -bce.sum() - kl.sum()
            ),
            "The cross-entropy is divided by the number of images, the KL is not (or "
            "the other way round).": -corrections - kl.sum(),
            "The KL is missing: this is the reconstruction alone.": -corrections,
            "You applied the sigmoid twice: this function wants logits.": (
                -twice - postage
            ),
        },
        tolerance=1e-5,
        why="Minus the corrections, minus the postage, in nats per image.",
    )


@exercise("ch3-bits", "From nats per image to bits per dimension")
def check_bits(answer: Answer) -> Verdict:
    """``answer(log_density, pixels)`` gives the bits for one pixel of 256 levels."""
    log_density, pixels = 150.0, 784
    nats = -log_density / pixels
    right = nats / math.log(2) + 8
    given = answer(log_density, pixels)
    # pixels divided by 255 lie 1/255 apart: who counts so is as right
    if compare(given, right - 8 + math.log2(255), tolerance=1e-6).state == "right":
        return _bits_for_other_sizes(answer, math.log2(255))
    first = compare(
        given,
        right,
        mistakes={
            "These are nats plus bits: divide the nats by ln 2 to get bits.": nats + 8,
            "You multiplied by ln 2: a nat is more than a bit, so the number of bits "
            "is larger. Divide.": nats * math.log(2) + 8,
            "The 8 bits are missing: a density becomes a probability by the width "
            "1/256 of a pixel's level.": nats / math.log(2),
            "You subtracted the 8 bits: a level is only 1/256 wide, so its "
            "probability is smaller and its bits are more.": nats / math.log(2) - 8,
            "The sign of the log density is wrong: a likely image needs few bits.": (
                -nats / math.log(2) + 8
            ),
            "These are bits per image: divide by the number of pixels.": (
                -log_density / math.log(2) + 8
            ),
            "Each pixel needs its 8 bits, each divided by `pixels` only once: add 8 "
            "after the division.": nats / math.log(2) + 8 / pixels,
        },
        tolerance=1e-6,
    )
    return first if first.state != "right" else _bits_for_other_sizes(answer, 8)


def _bits_for_other_sizes(answer: Answer, level: float) -> Verdict:
    """Whether the formula, with ``level`` bits a pixel, holds for smaller images."""
    bits = -90.0 / math.log(2)
    return compare(
        answer(90.0, 196),
        bits / 196 + level,
        mistakes={
            "Right for images of 784 pixels only: divide by `pixels`.": (
                bits / 784 + level
            ),
        },
        tolerance=1e-6,
        why="Below 8 bits the model beats raw pixels.",
    )


@exercise("ch3-iwae", "The importance-weighted bound from log weights")
def check_iwae(answer: Answer) -> Verdict:
    """``answer(log_weights, k)``: [B, K] and a divisor of K, gives one number."""
    k = 5
    images = torch.tensor([[-940.0], [-900], [-860]])  # some are easier than others
    log_weights = images + 2 * draws(3, 20, seed=7)

    def bounds_of(groups: Tensor, dim: int, k: int = k) -> Tensor:
        return torch.logsumexp(groups.double(), dim) - math.log(k)

    bounds = bounds_of(log_weights.reshape(3, -1, k), 2)  # [B, K / k]
    first = compare(
        answer(log_weights, k),
        bounds.mean(),
        mistakes={
            "This is the mean of the logs, the ELBO whatever k is. Take the log of "
            "each group's mean weight.": log_weights.mean(),
            "You took the log of the sum: divide by k, or subtract log k.": (
                bounds + math.log(k)
            ).mean(),
            "You used all K draws of an image at once: form groups of k.": (
                bounds_of(log_weights, 1, 20).mean()
            ),
            "There is one value per group: average over groups and images.": bounds,
            "There is one value per image: average them.": bounds.mean(1),
            "Your groups mix the draws of different images: reshape [B, K] to "
            "[B, K / k, k].": bounds_of(log_weights.T.reshape(-1, k), 1).mean(),
            "Each of your groups takes every (K / k)-th draw. That estimates the same "
            "bound, but consecutive draws are asked for: reshape [B, K] to "
            "[B, K / k, k].": bounds_of(log_weights.reshape(3, k, -1), 1).mean(),
        },
        # the bound is near −900: only its last digits tell the mistakes apart
        tolerance=1e-6,
        not_finite="exp(−900) is 0 in floating point: take the largest exponent out "
        "first, as `torch.logsumexp` does.",
    )
    if first.state != "right":
        return first
    return compare(
        answer(log_weights, 4),
        bounds_of(log_weights.reshape(3, -1, 4), 2, 4).mean(),
        mistakes={
            "Right for k = 5, but it does not change with k.": bounds.mean(),
        },
        tolerance=1e-6,
        why="With k = 1 it is the ELBO; more draws can only raise it.",
    )
