"""What training makes small: losses and bounds.

One convention, everywhere: **nats per image**. A loss is summed over pixels and
over latent dimensions, and averaged over the batch, never over pixels.

An objective is a function ``f(model, images, labels) -> parts``: images are floats
[B, H, W] in [0, 1], and ``parts`` is a dictionary of 0-d tensors with ``"loss"``,
the one to minimise, first.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .models import Autoencoder, ConditionalVAE, DenseVAE

Parts = dict[str, Tensor]
Objective = Callable[[Any, Tensor, Tensor | None], Parts]


def squared_error(model: nn.Module, images: Tensor, labels: Tensor | None) -> Parts:
    """Squared error of the reconstruction ``model(images)``.

    The negative log-likelihood of a Gaussian with variance 1/2 around the
    reconstruction, up to the constant ½ log π per pixel.
    """
    error = model(images).float() - images
    return {"loss": error.square().sum() / len(images)}


def bernoulli(model: Autoencoder, images: Tensor, labels: Tensor | None) -> Parts:
    """Binary cross-entropy of the reconstruction: pixels as probabilities of ink."""
    logits = model.decode_logits(model.encode(images))
    return {"loss": bernoulli_nll(logits, images)}


def elbo_loss(beta: float = 1.0) -> Objective:
    """The negative ELBO of a VAE: reconstruction + ``beta`` · KL.

    With ``beta=1`` it bounds −log p(image) from above. Any other value is a β-VAE's
    objective (Higgins et al. 2017): above 1 a looser bound, below 1 no bound on it.
    """

    def negative_elbo(model: DenseVAE, images: Tensor, labels: Tensor | None) -> Parts:
        mu, log_var = model.posterior(images)
        z = model.sample(mu, log_var)
        reconstruction = bernoulli_nll(model.decode_logits(z), images)
        kl = gaussian_kl(mu, log_var)
        loss = reconstruction + beta * kl
        return {"loss": loss, "reconstruction": reconstruction, "kl": kl}

    return negative_elbo


def conditional_elbo(beta: float = 1.0) -> Objective:
    """The negative ELBO of a conditional VAE: with ``beta=1`` a bound on −log p(x | y).

    Raises ValueError without labels.
    """

    def negative_elbo(
        model: ConditionalVAE, images: Tensor, labels: Tensor | None
    ) -> Parts:
        if labels is None:
            raise ValueError("Pass data=(images, labels).")
        mu, log_var = model.posterior(images, labels)
        z = mu + (0.5 * log_var).exp() * torch.randn_like(mu)
        reconstruction = bernoulli_nll(model.decode_logits(z, labels), images)
        kl = gaussian_kl(mu, log_var)
        loss = reconstruction + beta * kl
        return {"loss": loss, "reconstruction": reconstruction, "kl": kl}

    return negative_elbo


def cross_entropy(model: nn.Module, images: Tensor, labels: Tensor | None) -> Parts:
    """Cross-entropy of a classifier's logits ``model(images)``, and its accuracy."""
    if labels is None:
        raise ValueError("A classifier needs labels: pass data=(images, labels).")
    logits = model(images).float()
    accuracy = (logits.argmax(1) == labels).float().mean()
    return {"loss": F.cross_entropy(logits, labels), "accuracy": accuracy}


def bernoulli_nll(logits: Tensor, images: Tensor) -> Tensor:
    """−log p(images) under Bernoulli pixels with these logits, nats per image (0-d)."""
    total = F.binary_cross_entropy_with_logits(logits.float(), images, reduction="sum")
    return total / len(images)


def gaussian_kl(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mu, exp(log_var)) ‖ N(0, 1)) of codes [B, D], nats per image (0-d)."""
    mu, log_var = mu.float(), log_var.float()
    kl = -0.5 * (1 + log_var - mu.square() - log_var.exp())
    return kl.sum() / len(mu)
