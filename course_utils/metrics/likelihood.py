"""What a VAE with Bernoulli pixels gives to data, and how many of its codes it uses."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Normal

from .inputs import as_images, as_numbers


@torch.no_grad()
def log_importance_weights(model: Any, images: Tensor, samples: int) -> Tensor:
    """log p(x | z) + log p(z) − log q(z | x) of codes z drawn from q: [samples, N].

    Parameters
    ----------
    model : a `DenseVAE`, or anything with its ``posterior`` and ``decode_logits``
    images : floats [N, 28, 28], each pixel 0 or 1
    samples : codes per image
    """
    mu, log_var = model.posterior(images)
    q = Normal(mu, (0.5 * log_var).exp())
    weights = []
    for _ in range(samples):
        z = q.sample()
        ink = F.binary_cross_entropy_with_logits(
            model.decode_logits(z), images, reduction="none"
        )
        log_prior = Normal(0.0, 1.0).log_prob(z) - q.log_prob(z)
        weights.append(log_prior.sum(1) - ink.flatten(1).sum(1))
    return torch.stack(weights)


@torch.no_grad()
def importance_nll(
    model: Any, images: Any, samples: int = 100, *, chunk: int = 1000
) -> Tensor:
    """−log p(image) by importance sampling, in nats: [N], one value per image.

    On average it is too high, less so with more ``samples`` (Burda et al. 2016). The
    mean over images is the usual NLL.

    Parameters
    ----------
    model : a `DenseVAE`, or anything with its ``posterior`` and ``decode_logits``
    images : [N, 28, 28], of two values, 0 and 1 or 0 and 255
    samples : codes per image
    chunk : images handled at once

    Raises
    ------
    ValueError
        If ``samples`` is below 1, pixels are NaN or grey (probabilities of ink are not
        black-and-white images), or the model gives an image no number.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}: draw at least one code per image.")
    ink = as_numbers(images, "images")
    if ink.numel() and ink.max() == 255:
        ink = ink / 255
    if not ((ink == 0) | (ink == 1)).all():
        raise ValueError(
            "importance_nll needs black-and-white images, and these are grey: draw "
            "each pixel first, for instance images.bernoulli()."
        )
    weight = next(model.parameters())
    total = []
    for part in ink.split(chunk):
        part = part.float().to(weight)
        as_numbers(torch.cat(model.posterior(part), 1), "codes")
        weights = log_importance_weights(model, part, samples)
        total.append(weights.logsumexp(0))
    return math.log(samples) - as_numbers(torch.cat(total), "likelihoods")


@torch.no_grad()
def active_units(model: Any, images: Any, threshold: float = 0.01) -> Tensor:
    """Which latent dimensions the encoder uses: bool [latent_dim].

    A unit is active if the posterior's mean varies over ``images`` by more than
    ``threshold`` (its variance; Burda et al. 2016). ``.sum()`` counts them.

    Parameters
    ----------
    model : a `DenseVAE`, or anything with its ``posterior``
    images : [N, 28, 28], uint8, or floats in [0, 1]

    Raises
    ------
    ValueError
        If there are fewer than two images, or one of them or its code is NaN.
    """
    pixels = as_images(images, "images")
    if len(pixels) < 2:
        raise ValueError("active_units needs at least two images to see a code vary.")
    mu, _ = model.posterior(pixels.float().to(next(model.parameters())))
    return as_numbers(mu, "codes").var(0) > threshold
