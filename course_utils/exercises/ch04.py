"""Checks of chapter 4: reparameterize, a baseline, equal squares, active units."""

import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise, right, wrong
from .diagnosis import compare, numbers

_DRAWS = 4000
_MEANS = torch.tensor([-2.0, 0.5, 3.0])
_LOG_VARS = torch.tensor([-1.5, 0.8, -0.4])


@exercise("ch4-reparameterize", "One code per image, drawn so that gradients pass")
def check_reparameterize(answer: Answer) -> Verdict:
    """``answer(mu, log_var)``, both [B, d], gives codes [B, d]."""
    mu = _MEANS.repeat(_DRAWS, 1).requires_grad_()
    log_var = _LOG_VARS.repeat(_DRAWS, 1).requires_grad_()
    z, again = answer(mu, log_var), answer(mu, log_var)
    codes, others = numbers(z), numbers(again)
    if not isinstance(z, Tensor) or codes is None or others is None:
        return wrong(
            f"Your answer is a `{type(z).__name__}`, not a tensor of real codes: only "
            "a tensor lets gradients pass."
        )
    if codes.shape != mu.shape or others.shape != mu.shape:
        return wrong(
            f"Your codes have the shape {list(codes.shape)}; there is one code per "
            f"image, so {list(mu.shape)} here."
        )
    return (
        _noise_diagnosis(torch.from_numpy(codes), torch.from_numpy(others))
        or _gradient_diagnosis(z, mu, log_var)
        or right("Random in ε, but smooth in μ and σ: gradients pass.")
    )


def _noise_diagnosis(z: Tensor, again: Tensor) -> Verdict | None:
    """What is wrong with the numbers drawn, if anything is."""
    noise = z - _MEANS  # [B, d]
    sigma, spread = (0.5 * _LOG_VARS).exp().double(), noise.std(0)
    if not z.isfinite().all():
        return wrong("Your codes hold NaN or infinite values.")
    if noise.abs().max() < 1e-2:  # a mean in half precision is no closer
        return wrong("There is no noise: this is the mean of each cloud.")
    if torch.equal(z, again):
        return wrong("Two calls gave the same noise: draw it anew in each call.")
    if spread.max() < 1e-4:
        return wrong(
            "All images got the same noise: draw one ε for each, of mu's shape."
        )
    alike = torch.corrcoef(noise.T).triu(diagonal=1)
    if alike.abs().max() > 0.99:
        return wrong(
            "One draw moves several dimensions of a code alike: draw ε for each "
            "dimension, of mu's shape."
        )
    centred = (noise.mean(0) / sigma).abs().max() < 0.08  # five standard errors
    if _near(spread, sigma) and centred:
        if (noise / spread).abs().max() > 2.5:
            return None
        return wrong(
            "Your noise has the right width but never goes far, as a normal's does: "
            "use `torch.randn`."
        )
    mistakes = {
        "Your noise is uniform on [0, 1]: `torch.rand`. `torch.randn` is normal.": (
            sigma * 12**-0.5
        ),
        "Your clouds have standard deviation exp(log_var): that is the variance. "
        "σ is its square root, exp(log_var / 2).": sigma**2,
        "Your clouds have standard deviation |log_var|: it is a logarithm, so take "
        "exp(log_var / 2).": _LOG_VARS.abs(),
        "Your clouds all have standard deviation 1: multiply ε by σ.": torch.ones(3),
        "Your clouds have variance σ: you took the root once too often.": sigma.sqrt(),
    }
    for message, deviations in mistakes.items():
        if _near(spread, deviations):
            return wrong(message)
    if _near(spread, sigma):
        return wrong("The clouds have the right width but a wrong centre: add mu.")
    return wrong(
        "Your codes should have the means mu and the standard deviations "
        "exp(log_var / 2); they have others."
    )


def _gradient_diagnosis(z: Tensor, mu: Tensor, log_var: Tensor) -> Verdict | None:
    """Whether both inputs can learn from the codes."""
    if not z.requires_grad:
        return wrong(
            "The numbers are right, but no gradient passes: compute z from mu and σ, "
            "without `.sample()`, `.detach()` or `no_grad`."
        )
    try:
        to_mu, to_log_var = torch.autograd.grad(
            z.square().sum(), [mu, log_var], allow_unused=True
        )
    except RuntimeError:  # the way to the inputs was freed, or changed
        return wrong(
            "The numbers are right, but their gradient cannot be taken: return z "
            "without a `backward()` of your own."
        )
    for name, gradient in {"mu": to_mu, "log_var": to_log_var}.items():
        if gradient is None or not gradient.any():
            return wrong(
                f"The numbers are right, but no gradient reaches {name}: something "
                "detaches it on the way."
            )
    return None


def _near(found: Tensor, expected: Tensor) -> bool:
    """Equal up to the luck of 4,000 draws."""
    return bool(torch.allclose(found, expected.double(), rtol=0.06, atol=0.06))


@exercise("ch4-baseline", "The score-function gradient with a baseline")
def check_baseline(answer: Answer) -> Verdict:
    """``answer(f, eps)``: costs [n] and noises [n, d] give the gradient [d]."""
    eps, f = draws(6, 3, seed=5), 10 + draws(6, seed=6)
    n = len(f)
    others = (f.sum() - f) / (n - 1)

    def estimates(costs: Tensor) -> Tensor:
        return costs[:, None] * eps  # [n, d]

    gradient = estimates(f - others).mean(0)
    return compare(
        answer(f, eps),
        gradient,
        mistakes={
            "There is no baseline: this is the plain estimate.": estimates(f).mean(0),
            "Your baseline holds the draw's own cost, which depends on its ε: that "
            "shrinks the gradient by (n − 1)/n. Average the *other* costs.": (
                estimates(f - f.mean()).mean(0)
            ),
            "You divided the sum of the others by n: there are n − 1 of them.": (
                estimates(f - (f.sum() - f) / n).mean(0)
            ),
            "You summed over the draws: average them.": n * gradient,
            "There is one value per draw: average over dim 0.": estimates(f - others),
            "You averaged over the dimensions as well: the gradient has one number "
            "for each.": gradient.mean(),
            "You added the baseline: subtract it.": estimates(f + others).mean(0),
            "The noise is missing: multiply each cost by its ε.": (f - others).mean(),
        },
        why="The baseline never saw the draw's own ε, so nothing is biased.",
    )


@exercise("ch4-active", "How many units are active?")
def check_active(answer: Answer) -> Verdict:
    """``answer(mu)``, posterior means [N, d], gives the number of active units."""
    scales = torch.tensor([1.0, 0.5, 0.2, 0.05, 0.05, 0.05, 0, 0, 0, 0, 0])
    offsets = torch.tensor([0.0, 0, 2, 0, 0, 1, 3, -2, 1, 0, 0])
    noise = draws(50, len(scales), seed=7)
    mu = offsets + scales * (noise - noise.mean(0)) / noise.std(0)

    def count(values: Tensor) -> Tensor:
        return (values > 0.01).sum()

    variances = mu.var(0)
    return compare(
        answer(mu),
        count(variances),
        mistakes={
            "You compared the standard deviation: it is the *variance* that must "
            "exceed 0.01.": count(mu.std(0)),
            "You took the mean square: a unit that says the same for all images says "
            "nothing, however large its number. Take the variance.": (
                count(mu.square().mean(0))
            ),
            "You looked at the size of the means over the images: what counts is how "
            "much they vary.": count(mu.mean(0).abs()),
            "You took the variance over the units of each image: take it over the "
            "images, dim 0.": count(mu.var(1)),
            "You counted the units that are *not* active.": (
                len(scales) - count(variances)
            ),
            "You counted all units.": len(scales),
            "These are the variances: count those above 0.01.": variances,
        },
        tolerance=1e-9,
        why="Only what varies from image to image can tell images apart.",
    )


@exercise("ch4-quantiles", "Codes that share the prior's mass equally")
def check_quantiles(answer: Answer) -> Verdict:
    """``answer(size)`` gives the middles of ``size`` slices of equal mass: [size]."""
    size = 8
    normal = torch.distributions.Normal(0.0, 1.0)
    places = (torch.arange(size) + 0.5) / size
    middles = normal.icdf(places)
    borders = torch.arange(1, size + 1) / (size + 1)
    return compare(
        answer(size),
        middles,
        mistakes={
            "These are the shares, not the codes: put them into the inverse of the "
            "distribution function, `icdf`.": places,
            "You used `cdf`: it gives shares. `icdf` gives codes.": normal.cdf(places),
            "These are evenly spaced codes: evenly spaced *shares* are asked for.": (
                torch.linspace(-3, 3, size)
            ),
            "These cut the mass into size + 1 parts: take the middles of size equal "
            "slices, (i + ½) / size.": normal.icdf(borders),
            "The order is reversed: begin with the lowest code.": middles.flip(0),
        },
        why="Every image of the map now stands for the same share of the prior.",
        not_finite="A normal has no code at share 0 or 1: take the middle of each "
        "slice.",
    )
