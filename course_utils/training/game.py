"""The rules of a generative adversarial network: both losses, a penalty, one round.

The discriminator gives logits: above 0 it takes an image for real.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Optimizers = tuple[torch.optim.Optimizer, torch.optim.Optimizer]


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """−log D(real) − log(1 − D(fake)), means over the batch, in nats (0-d)."""
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def generator_loss(fake_logits: Tensor) -> Tensor:
    """−log D(fake), the non-saturating loss, mean over the batch, in nats (0-d)."""
    return F.softplus(-fake_logits).mean()


def r1_penalty(discriminator: nn.Module, real: Tensor) -> Tensor:
    """Mean squared gradient of the logit at real images [B, …] (Mescheder 2018)."""
    real = real.clone().requires_grad_()
    total = discriminator(real).sum()
    (slope,) = torch.autograd.grad(total, real, create_graph=True)
    return slope.square().sum() / len(real)


def play_round(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizers: Optimizers,
    real: Tensor,
    z: Tensor,
    r1: float,
) -> Tensor:
    """One step of each player: real images [B, …] and codes [B, d] → both losses [2].

    The discriminator also pays r1 / 2 times the penalty, which is not in its loss.
    """
    forge, detect = optimizers
    fake = generator(z)
    both = torch.cat([real, fake.detach()])
    loss_d = discriminator_loss(*discriminator(both).chunk(2))
    penalty = r1_penalty(discriminator, real) if r1 else 0.0
    detect.zero_grad()
    (loss_d + r1 / 2 * penalty).backward()
    detect.step()

    discriminator.requires_grad_(False)  # now only the generator learns
    loss_g = generator_loss(discriminator(fake))
    forge.zero_grad()
    loss_g.backward()
    forge.step()
    discriminator.requires_grad_(True)
    return torch.stack([loss_d, loss_g]).detach()
