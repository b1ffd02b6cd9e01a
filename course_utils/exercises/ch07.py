"""Checks of chapter 7: the divergence of the game, its loss, the Fréchet distance."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch7-js", "The Jensen–Shannon divergence of two densities on a grid")
def check_js(answer: Answer) -> Verdict:
    """``answer(p, q, dx)``: two [N] densities, positive, and the step of the grid."""
    x = torch.linspace(-8, 8, 801, dtype=torch.float64)
    dx = (x[1] - x[0]).item()

    def normal(mean: float, sigma: float) -> Tensor:
        return torch.distributions.Normal(mean, sigma).log_prob(x).exp()

    p, q = normal(-0.5, 0.8), normal(1.0, 1.3)
    middle = (p + q) / 2

    def kl(a: Tensor, b: Tensor) -> Tensor:
        return (a * (a / b).log()).sum() * dx

    correct = 0.5 * kl(p, middle) + 0.5 * kl(q, middle)
    return compare(
        answer(p, q, dx),
        correct,
        mistakes={
            "The factor ½ is missing: JS is the mean of two KL divergences.": (
                2 * correct
            ),
            "This is −log 4 + 2 JS, what the best detective reaches: add log 4 and "
            "halve.": 2 * correct - math.log(4),
            "This is log 4 − 2 JS, the best detective's loss. Solve for JS.": (
                math.log(4) - 2 * correct
            ),
            "This is KL(p‖q): compare each of the two with their middle (p + q) / 2.": (
                kl(p, q)
            ),
            "This is KL(q‖p): compare each of the two with their middle (p + q) / 2.": (
                kl(q, p)
            ),
            "This is the mean of KL(p‖q) and KL(q‖p). Compare with the middle "
            "(p + q) / 2 instead.": 0.5 * (kl(p, q) + kl(q, p)),
            "You swapped the arguments: the averages run over p and q, so they stand "
            "in front, the middle behind.": 0.5 * (kl(middle, p) + kl(middle, q)),
            "Only p is compared with the middle: add ½ KL(q‖m).": (0.5 * kl(p, middle)),
            "This is the root of JS, the Jensen–Shannon *distance*, which SciPy's "
            "`jensenshannon` gives too: square it.": correct**0.5,
            "You divided by p + q: the middle is half of that.": (
                correct - math.log(2)
            ),
            "The grid's step is missing: an integral is a sum times dx.": correct / dx,
            "These are bits: use the natural logarithm.": correct / math.log(2),
        },
        tolerance=1e-5,
        why="It lies between 0 and log 2 = 0.693 nats.",
    )


@exercise("ch7-generator-loss", "The forger's loss from the detective's logits")
def check_generator_loss(answer: Answer) -> Verdict:
    """``answer(fake_logits)``: [B, 1] logits of forgeries, gives one number."""
    logits = 2 * draws(6, 1, seed=7) - 1
    logits[2] = -200  # a forgery that the detective is sure of
    losses = F.softplus(-logits)
    saturating = -F.softplus(logits)  # log(1 − D)
    return compare(
        answer(logits),
        losses.mean(),
        mistakes={
            "This is log(1 − D), the loss that saturates: it is flat just where the "
            "forger is worst.": saturating.mean(),
            "This is −log(1 − D), what the *detective* wants. The forger wants "
            "forgeries taken for real: target 1.": -saturating.mean(),
            "The sign is wrong: the forger makes −log D *small*.": -losses.mean(),
            "You summed over the batch: average over the forgeries.": losses.sum(),
            "There is one value per forgery: average them.": losses,
            "You applied the sigmoid twice: the function you call wants logits.": (
                F.softplus(-logits.sigmoid()).mean()
            ),
            "A logit is no probability: D is `fake_logits.sigmoid()`, so the loss is "
            "the mean of −log of that.": -logits.mean(),
            "The logarithm is missing: this is 1 − D.": (1 - logits.sigmoid()).mean(),
            **{
                f"You added {small:g} to D, which changes the loss of a forgery that "
                "the detective is sure of: work with the logits instead.": (
                    -(logits.sigmoid() + small).log().mean()
                )
                for small in (1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
            },
            "Where D is 0, PyTorch put −100 for its logarithm: work with the logits, "
            "as `F.binary_cross_entropy_with_logits` does.": (
                losses.clamp(max=100).mean()
            ),
        },
        why="It is log 2 if the detective guesses, and steep where the forger loses.",
        not_finite="This is log 0: for a logit of −200, the sigmoid is 0. Work with "
        "the logits, as `F.softplus` does.",
    )


@exercise("ch7-frechet", "The Fréchet distance of two diagonal Gaussians")
def check_frechet(answer: Answer) -> Verdict:
    """``answer(mu_a, var_a, mu_b, var_b)``, all [D], gives one number."""
    mu_a, mu_b = torch.tensor([0.0, 1.0, -2.0]), torch.tensor([0.5, 1.0, 0.0])
    var_a, var_b = torch.tensor([1.0, 4.0, 0.25]), torch.tensor([2.25, 1.0, 0.5])
    apart = (mu_a - mu_b).square()
    spread = (var_a.sqrt() - var_b.sqrt()).square()
    whole = (apart + spread).sum()
    return compare(
        answer(mu_a, var_a, mu_b, var_b),
        whole,
        mistakes={
            "The means are missing from it.": spread.sum(),
            "The spreads are missing: two sets with equal means may still differ.": (
                apart.sum()
            ),
            "You averaged over the dimensions: a distance adds them up.": (
                (apart + spread).mean()
            ),
            "You took the root at the end: as is usual, we leave it squared.": (
                whole.sqrt()
            ),
            "You subtracted the variances: it is the standard deviations, "
            "`var.sqrt()`.": (apart + (var_a - var_b).square()).sum(),
            "The cross term −2 σ_a σ_b is missing, so equal sets would not be at "
            "distance 0.": (apart + var_a + var_b).sum(),
            "The cross term is −2 √(var_a · var_b): you left out the root.": (
                apart + var_a + var_b - 2 * var_a * var_b
            ).sum(),
            "The cross term counts twice: −2 σ_a σ_b.": (
                apart + var_a + var_b - (var_a * var_b).sqrt()
            ).sum(),
            "The means' difference must be squared.": (
                (mu_a - mu_b).abs() + spread
            ).sum(),
        },
        why="Equal sets give 0, and it is symmetric.",
    )
