"""The one convention, nats per image, against torch.distributions and Monte Carlo."""

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Categorical, Normal, kl_divergence

from course_utils.models import (
    ConditionalVAE,
    DenseAutoencoder,
    DenseVAE,
    LinearAutoencoder,
)
from course_utils.objectives import (
    bernoulli,
    bernoulli_nll,
    conditional_elbo,
    cross_entropy,
    elbo_loss,
    gaussian_kl,
    squared_error,
)

torch.manual_seed(0)
IMAGES = torch.rand(5, 28, 28)
INK = (IMAGES > 0.7).float()
MU, LOG_VAR = torch.randn(5, 3), torch.randn(5, 3)


def test_bernoulli_is_minus_log_probability_summed_over_pixels():
    logits = 3 * torch.randn(5, 28, 28)
    log_p = Bernoulli(logits=logits).log_prob(INK).flatten(1).sum(1)
    assert bernoulli_nll(logits, INK).item() == pytest.approx(-log_p.mean().item())


def test_bernoulli_stays_finite_and_exact_at_extreme_logits():
    logits = torch.full((1, 28, 28), 100.0, requires_grad=True)
    loss = bernoulli_nll(logits, torch.zeros(1, 28, 28))
    assert loss.item() == pytest.approx(784 * 100)
    loss.backward()
    assert torch.equal(logits.grad, torch.ones(1, 28, 28))


def test_bernoulli_of_a_model_is_that_of_its_logits():
    model = DenseAutoencoder(3)
    expected = bernoulli_nll(model.decode_logits(model.encode(IMAGES)), IMAGES)
    assert torch.equal(bernoulli(model, IMAGES, None)["loss"], expected)


def test_squared_error_is_a_gaussian_with_variance_one_half():
    model = LinearAutoencoder(3)
    log_p = Normal(model(IMAGES), 0.5**0.5).log_prob(IMAGES).flatten(1).sum(1)
    constant = 784 * 0.5 * torch.log(torch.tensor(torch.pi))
    loss = squared_error(model, IMAGES, None)["loss"]
    assert loss.item() == pytest.approx((-log_p.mean() - constant).item(), rel=1e-5)


def test_kl_is_the_closed_form_summed_over_dimensions():
    posterior, prior = Normal(MU, (LOG_VAR / 2).exp()), Normal(0.0, 1.0)
    expected = kl_divergence(posterior, prior).sum(1).mean().item()
    assert gaussian_kl(MU, LOG_VAR).item() == pytest.approx(expected)


def test_kl_agrees_with_monte_carlo():
    posterior, prior = Normal(MU, (LOG_VAR / 2).exp()), Normal(0.0, 1.0)
    z = posterior.sample((200_000,))
    log_ratio = (posterior.log_prob(z) - prior.log_prob(z)).sum(2)  # [draws, 5]
    estimate = log_ratio.mean(0)
    standard_error = (log_ratio.var(0).sum() / 200_000).sqrt().item() / 5
    exact = gaussian_kl(MU, LOG_VAR).item()
    assert abs(estimate.mean().item() - exact) < 4 * standard_error
    assert standard_error < 0.02 * exact  # or the line above would prove little


def test_kl_is_zero_only_at_the_prior():
    assert gaussian_kl(torch.zeros(4, 2), torch.zeros(4, 2)).item() == 0
    assert gaussian_kl(torch.ones(4, 2), torch.zeros(4, 2)).item() == 1


def test_elbo_is_reconstruction_plus_kl_of_one_draw():
    model = DenseVAE()
    torch.manual_seed(1)
    parts = elbo_loss()(model, IMAGES, None)
    torch.manual_seed(1)
    mu, log_var = model.posterior(IMAGES)
    z = mu + (log_var / 2).exp() * torch.randn_like(mu)
    reconstruction = bernoulli_nll(model.decode_logits(z), IMAGES)
    assert list(parts) == ["loss", "reconstruction", "kl"]
    torch.testing.assert_close(parts["reconstruction"], reconstruction)
    torch.testing.assert_close(parts["kl"], gaussian_kl(mu, log_var))
    torch.testing.assert_close(parts["loss"], reconstruction + parts["kl"])


def test_beta_weighs_the_kl_only():
    model = DenseVAE()
    torch.manual_seed(1)
    parts = elbo_loss(beta=4.0)(model, IMAGES, None)
    expected = parts["reconstruction"] + 4 * parts["kl"]
    torch.testing.assert_close(parts["loss"], expected)


def test_elbo_bounds_the_log_likelihood():
    """Importance sampling approaches log p from below; the ELBO lies below that."""
    model = DenseVAE()
    with torch.no_grad():
        elbo = torch.stack([-elbo_loss()(model, INK, None)["loss"] for _ in range(200)])
        mu, log_var = model.posterior(INK)
        posterior = Normal(mu, (log_var / 2).exp())
        z = posterior.sample((500,))
        logits = model.decode_logits(z.flatten(0, 1)).view(500, 5, 28, 28)
        log_joint = Bernoulli(logits=logits).log_prob(INK).sum((2, 3))
        log_joint += Normal(0.0, 1.0).log_prob(z).sum(2)
        log_weight = log_joint - posterior.log_prob(z).sum(2)
        log_p = torch.logsumexp(log_weight, 0) - torch.log(torch.tensor(500.0))
    assert elbo.mean() < log_p.mean()
    torch.testing.assert_close(elbo.mean(), log_weight.mean(), rtol=1e-3, atol=0)


def test_cross_entropy_and_accuracy():
    logits, labels = torch.randn(5, 10), torch.tensor([1, 2, 3, 4, 5])
    logits[0, 1] = 9.0  # right
    logits[1:, 0] = 9.0  # wrong

    class Fixed(nn.Module):
        def forward(self, images):
            return logits

    parts = cross_entropy(Fixed(), IMAGES, labels)
    expected = -Categorical(logits=logits).log_prob(labels).mean().item()
    assert parts["loss"].item() == pytest.approx(expected)
    assert parts["accuracy"].item() == pytest.approx(0.2)


@pytest.mark.parametrize("count", [1, 5])
def test_the_batch_is_averaged_over(count):
    """A batch of copies costs as much per image as one of them."""
    model = DenseAutoencoder(3)
    one, many = IMAGES[:1], IMAGES[:1].expand(count, 28, 28)
    for objective in (squared_error, bernoulli):
        torch.testing.assert_close(
            objective(model, many, None)["loss"], objective(model, one, None)["loss"]
        )


def test_losses_are_summed_in_float32_under_autocast():
    model = DenseVAE()
    with torch.autocast("cpu", torch.bfloat16):
        for objective in (squared_error, bernoulli, elbo_loss()):
            parts = objective(model, IMAGES, None)
            assert all(part.dtype == torch.float32 for part in parts.values())


def test_the_conditional_elbo_is_the_elbo_with_the_label_beside():
    torch.manual_seed(0)
    model, images = ConditionalVAE(2), torch.rand(6, 28, 28)
    labels = torch.arange(6)
    with pytest.raises(ValueError, match="images, labels"):
        conditional_elbo()(model, images, None)
    with torch.no_grad():
        model.decoder[0].weight[:, 2:] = torch.randn(256, 10)
    parts = conditional_elbo(4.0)(model, images, labels)
    assert list(parts) == ["loss", "reconstruction", "kl"]
    torch.testing.assert_close(parts["loss"], parts["reconstruction"] + 4 * parts["kl"])
    mu, log_var = model.posterior(images, labels)
    torch.testing.assert_close(parts["kl"], gaussian_kl(mu, log_var))
    other = conditional_elbo(4.0)(model, images, labels.flip(0))
    assert abs(other["reconstruction"] - parts["reconstruction"]) > 0.1
