"""Models that several chapters use: trained by the first that asks, then kept.

Each function returns a trained model on the CPU, in evaluation mode. The recipes are
those that chapters 2 and 4 write out, so what a chapter trained the next one finds in
the checkpoint store; a reader who starts elsewhere waits some seconds once.
"""

from typing import TypeVar

from torch import nn

from .datasets import Dataset
from .models import (
    ConvAutoencoder,
    DenseAutoencoder,
    DenseVAE,
    DigitCNN,
    set_output_bias,
)
from .objectives import bernoulli, cross_entropy, elbo_loss, squared_error
from .runtime import budgeted, seed_everything
from .training import fit


def classifier(data: Dataset) -> DigitCNN:
    """A classifier of all classes: the judge of what decoders and generators draw.

    Its confidence (largest softmax probability) asks whether an image looks like one
    of the classes; its ``features`` [B, 64] measure distances that pixels miss.
    """
    seed_everything()
    model = DigitCNN(len(data.class_names))
    fit(
        model,
        cross_entropy,
        (data.train_images, data.train_labels),
        epochs=round(
            budgeted(smoke=60_000, cpu=120_000, gpu=600_000) / len(data.train_images)
        ),
        lr=4e-3,
        schedule="linear",
        keep_as="classifier",
    )
    return _ready(model)


def conv_autoencoder(data: Dataset) -> ConvAutoencoder:
    """Chapter 2's convolutional autoencoder with 32-number codes."""
    seed_everything()
    model = ConvAutoencoder()
    train = data.train_images[:-2000][: budgeted(smoke=4_000, cpu=40_000, gpu=60_000)]
    fit(
        model,
        squared_error,
        train,
        epochs=round(budgeted(smoke=4_000, cpu=120_000, gpu=600_000) / len(train)),
        lr=7e-3,
        betas=(0.9, 0.95),
        schedule="linear",
        keep_as="ch2-conv-autoencoder",
    )
    return _ready(model)


def vae(data: Dataset, latent_dim: int = 2) -> DenseVAE:
    """Chapter 4's variational autoencoder, 784-256-latent_dim.

    On MNIST with two latent dimensions it reaches the test loss of 50 epochs of Adam at
    batch 128 and learning rate 1e-3: about 151 nats, mean of five seeds.
    """
    seed_everything()
    model = DenseVAE(latent_dim)
    set_output_bias(model, data.train_images)
    fit(
        model,
        elbo_loss(),
        data.train_images,
        epochs=round(
            budgeted(smoke=60_000, cpu=720_000, gpu=3_000_000) / len(data.train_images)
        ),
        batch_size=1024,
        lr=0.04,
        betas=(0.9, 0.99),
        schedule="linear",
        warmup=100,
        keep_as=f"vae-{latent_dim}",
    )
    return _ready(model)


def autoencoder(data: Dataset, latent_dim: int = 2) -> DenseAutoencoder:
    """Chapter 4's plain autoencoder: like its VAE, but without noise and KL."""
    seed_everything()
    model = DenseAutoencoder(latent_dim)
    set_output_bias(model, data.train_images)
    fit(
        model,
        bernoulli,
        data.train_images,
        epochs=round(
            budgeted(smoke=60_000, cpu=720_000, gpu=3_000_000) / len(data.train_images)
        ),
        batch_size=1024,
        lr=0.04,
        betas=(0.9, 0.99),
        schedule="linear",
        warmup=100,
        keep_as=f"autoencoder-{latent_dim}",
    )
    return _ready(model)


Model = TypeVar("Model", bound=nn.Module)


def _ready(model: Model) -> Model:
    return model.cpu().eval()
