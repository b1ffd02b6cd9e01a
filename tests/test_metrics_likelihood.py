"""Likelihoods by importance sampling, against models whose likelihood is known."""

import itertools
import math

import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from course_utils.metrics import (
    active_units,
    importance_nll,
    log_importance_weights,
)
from course_utils.models import DenseVAE

IMAGES = torch.tensor(list(itertools.product([0.0, 1.0], repeat=4))).view(16, 2, 2)


class Toy(nn.Module):
    """A VAE on images of 2×2 pixels; z moves all four logits, q is too wide."""

    def __init__(self, push: float = 1.5) -> None:
        super().__init__()
        self.push = nn.Parameter(torch.tensor([[push, -push, push / 2, 0.0]]))
        self.offset = nn.Parameter(torch.tensor([0.3, 0.0, -0.5, 1.0]))

    def posterior(self, images):
        mu = 0.5 * (images.flatten(1) @ self.push.T)
        return mu, torch.full_like(mu, 0.2)

    def decode_logits(self, z):
        return (z @ self.push + self.offset).unflatten(1, (2, 2))


def exact_nll(model, images):
    """The integral over one latent dimension, on a fine grid."""
    grid = torch.linspace(-9, 9, 4001).double()
    logits = model.decode_logits(grid.float()[:, None]).double().flatten(1)
    ink = torch.distributions.Bernoulli(logits=logits[:, None])
    log_joint = ink.log_prob(images.flatten(1).double()).sum(-1)
    log_joint = log_joint + Normal(0.0, 1.0).log_prob(grid)[:, None]
    return -(log_joint.logsumexp(0) + math.log(18 / 4000)).float()


def test_it_finds_the_integral():
    torch.manual_seed(0)
    model = Toy()
    exact = exact_nll(model, IMAGES).detach()
    assert (-exact).exp().sum() == pytest.approx(1, abs=1e-4)  # all 16 images
    found = importance_nll(model, IMAGES, samples=5000)
    assert found.shape == (16,)
    torch.testing.assert_close(found, exact, atol=0.06, rtol=0)


def test_a_decoder_that_ignores_the_code_is_known_without_sampling():
    torch.manual_seed(0)
    model = Toy(push=0.0)
    coins = torch.distributions.Bernoulli(logits=model.offset.view(2, 2))
    exact = -coins.log_prob(IMAGES).sum((1, 2)).detach()
    model.posterior = lambda x: (torch.zeros(len(x), 1), torch.zeros(len(x), 1))
    torch.testing.assert_close(importance_nll(model, IMAGES, samples=1), exact)


def test_one_draw_is_the_elbo_and_more_draws_are_lower():
    torch.manual_seed(0)
    model = Toy()
    weights = log_importance_weights(model, IMAGES, 5000)
    assert weights.shape == (5000, 16)
    mu, log_var = model.posterior(IMAGES)
    q = Normal(mu, (0.5 * log_var).exp())
    z = q.sample((5000,))
    coins = torch.distributions.Bernoulli(logits=model.decode_logits(z.flatten(0, 1)))
    ink = coins.log_prob(IMAGES.repeat(5000, 1, 1)).sum((1, 2)).view(5000, 16).mean(0)
    elbo = ink - kl_divergence(q, Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(weights.mean(0), elbo.detach(), atol=0.06, rtol=0)
    assert (weights.mean(0) < -exact_nll(model, IMAGES)).all()


def test_an_image_is_the_same_in_every_dtype():
    model = Toy(push=0.0)
    model.posterior = lambda x: (torch.zeros(len(x), 1), torch.zeros(len(x), 1))
    expected = importance_nll(model, IMAGES, 1)
    ink = IMAGES.to(torch.uint8)
    for images in (ink, 255 * ink, ink.bool(), ink.long(), ink.double(), ink.numpy()):
        torch.testing.assert_close(importance_nll(model, images, 1), expected)


def test_a_model_in_float64_is_judged_too():
    torch.manual_seed(0)
    exact = exact_nll(Toy(), IMAGES).detach().double()
    found = importance_nll(Toy().double(), IMAGES, samples=1000)
    torch.testing.assert_close(found, exact, atol=0.15, rtol=0)


def test_chunks_and_bytes_change_nothing_but_the_draws():
    torch.manual_seed(0)
    as_bytes = (255 * IMAGES).to(torch.uint8)
    whole = importance_nll(Toy(), IMAGES, 2000)
    parts = importance_nll(Toy(), as_bytes, 2000, chunk=5)
    torch.testing.assert_close(whole, parts, atol=0.1, rtol=0)


def test_grey_images_and_no_draws_are_refused():
    with pytest.raises(ValueError, match="these are grey"):
        importance_nll(Toy(), IMAGES / 2)
    with pytest.raises(ValueError, match="at least one code"):
        importance_nll(Toy(), IMAGES, samples=0)


def test_a_model_whose_weights_are_no_numbers_is_named():
    broken = Toy(push=math.nan)
    with pytest.raises(ValueError, match="16 of the 16 codes hold NaN"):
        importance_nll(broken, IMAGES, 1)
    with pytest.raises(ValueError, match="16 of the 16 codes hold NaN"):
        active_units(broken, IMAGES)
    broken = Toy()
    with torch.no_grad():
        broken.offset.fill_(math.nan)
    with pytest.raises(ValueError, match="16 of the 16 likelihoods hold NaN"):
        importance_nll(broken, IMAGES, 1)


def test_active_units_are_those_whose_mean_varies():
    torch.manual_seed(0)
    model, images = DenseVAE(3), torch.rand(50, 28, 28)
    last = model.encoder[-1]
    with torch.no_grad():
        last.weight[1] = 0  # unit 1 says the same of every image
        last.weight[[0, 2]] *= 30
    assert active_units(model, images).tolist() == [True, False, True]
    as_bytes = (255 * images).to(torch.uint8)
    assert active_units(model, as_bytes).tolist() == [True, False, True]
    assert active_units(model, images, threshold=1e6).sum() == 0
    with pytest.raises(ValueError, match="two images"):
        active_units(model, images[:1])
