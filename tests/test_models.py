"""Shapes, ranges and starting points of the course's networks."""

import pytest
import torch

from course_utils.models import (
    ConditionalVAE,
    ConvAutoencoder,
    DenseAutoencoder,
    DenseVAE,
    DigitCNN,
    LinearAutoencoder,
    set_output_bias,
)

IMAGES = torch.rand(3, 28, 28)
AUTOENCODERS = [LinearAutoencoder, DenseAutoencoder, ConvAutoencoder, DenseVAE]


@pytest.mark.parametrize("kind", AUTOENCODERS)
def test_codes_and_images_have_their_shapes(kind):
    model = kind(latent_dim=7)
    codes = model.encode(IMAGES)
    assert codes.shape == (3, 7) and model.latent_dim == 7
    assert model.decode(codes).shape == IMAGES.shape
    assert torch.equal(model(IMAGES), model.decode(codes))


@pytest.mark.parametrize("kind", AUTOENCODERS[1:])
def test_images_are_the_sigmoid_of_logits(kind):
    model = kind()
    codes = 50 * torch.randn(3, model.latent_dim)
    images = model.decode(codes)
    assert images.min() >= 0 and images.max() <= 1
    assert torch.equal(images, model.decode_logits(codes).sigmoid())


def test_the_linear_autoencoder_is_affine_and_not_squeezed():
    model = LinearAutoencoder(4)
    a, b = torch.rand(2, 1, 28, 28)
    middle = model((a + b) / 2)
    torch.testing.assert_close(middle, (model(a) + model(b)) / 2)
    assert model.decode(100 * torch.randn(9, 4)).min() < 0


def test_the_vae_has_the_reference_layers():
    shapes = [tuple(p.shape) for p in DenseVAE().parameters() if p.dim() == 2]
    assert shapes == [(256, 784), (4, 256), (256, 2), (784, 256)]


def test_the_vae_samples_from_its_posterior():
    model = DenseVAE(latent_dim=2)
    mu = torch.tensor([[1.0, -2.0]]).expand(50_000, 2)
    log_var = torch.tensor([[0.0, -2.0]]).expand(50_000, 2)
    z = model.sample(mu, log_var)
    torch.testing.assert_close(z.mean(0), mu[0], atol=0.03, rtol=0)
    torch.testing.assert_close(z.std(0), (log_var[0] / 2).exp(), atol=0.02, rtol=0)
    assert torch.equal(model.encode(IMAGES), model.posterior(IMAGES)[0])


def test_the_classifiers_head_reads_its_features():
    model = DigitCNN()
    features = model.features(IMAGES)
    assert features.shape == (3, 64)
    assert model(IMAGES).shape == (3, 10)
    assert torch.equal(model(IMAGES), model.head(features))


@pytest.mark.parametrize("kind", [DenseAutoencoder, DenseVAE])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_output_bias_starts_at_the_mean_image(kind, as_bytes):
    images = torch.randint(0, 256, (50, 28, 28), dtype=torch.uint8)
    images[:, 0] = 0
    mean = images.float().mean(0) / 255
    model = kind()
    set_output_bias(model, images if as_bytes else images / 255)
    last = [p for n, p in model.decoder.named_parameters() if n.endswith("bias")][-1]
    start = last.detach().sigmoid().view(28, 28)
    torch.testing.assert_close(start[1:], mean[1:])
    # Always dark: as dark as if one image in 50 had ink, and a finite logit.
    torch.testing.assert_close(start[0], torch.full((28,), 1 / 50))


def test_output_bias_needs_a_bias_per_pixel():
    with pytest.raises(ValueError, match="one bias per pixel"):
        set_output_bias(ConvAutoencoder(), IMAGES)


def test_the_convolutional_decoder_is_a_transposed_convolution():
    """Stamps that are folded, and the textbook's layer, draw the same."""
    decoder = ConvAutoencoder().decoder
    mix, fold = decoder[3], decoder[5]
    torch.nn.init.zeros_(mix.bias)
    textbook = torch.nn.ConvTranspose2d(64, 1, 6, stride=4, padding=1, bias=False)
    textbook.weight.data = mix.weight.data.view(36, 64).T.reshape(64, 1, 6, 6)
    x = torch.rand(3, 64, 7, 7)
    torch.testing.assert_close(fold(mix(x).flatten(2)), textbook(x))


def test_output_bias_of_images_that_are_no_numbers_is_refused():
    model = DenseAutoencoder()
    images = IMAGES.clone()
    images[0, 0, 0] = torch.nan
    before = [p.clone() for p in model.parameters()]
    with pytest.raises(ValueError, match="An image holds NaN"):
        set_output_bias(model, images)
    assert all(map(torch.equal, before, model.parameters()))


def test_the_conditional_vae_sees_its_label_on_both_sides():
    torch.manual_seed(0)
    model, images = ConditionalVAE(3), torch.rand(4, 28, 28)
    labels = torch.tensor([0, 3, 9, 9])
    mu, log_var = model.posterior(images, labels)
    assert mu.shape == log_var.shape == (4, 3)
    assert model.decode(mu, labels).shape == images.shape
    changed = mu != model.posterior(images, labels.clamp(min=3))[0]
    assert changed.any(1).tolist() == [True, False, False, False]
    changed = model.decode(mu, labels) != model.decode(mu, labels.clamp(min=3))
    assert changed.flatten(1).any(1).tolist() == [True, False, False, False]
    told = model.told(torch.zeros(4, 2), labels)
    assert told[1].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_output_bias_of_a_conditional_vae():
    model, images = ConditionalVAE(2), torch.rand(50, 28, 28)
    set_output_bias(model, images)
    bias = model.decoder[2].bias.view(28, 28)
    torch.testing.assert_close(bias.sigmoid(), images.mean(0))
