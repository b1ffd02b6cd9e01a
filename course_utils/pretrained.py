"""Models that several chapters use: trained by the first that asks, then kept.

Each function returns a trained model on the CPU, in evaluation mode, and ``history``
tells how its training went. The recipes are those that chapters 2 and 4 write out, so
what a chapter trained the next one finds in the checkpoint store; a reader who starts
elsewhere waits some seconds once.
"""

from collections.abc import MutableMapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from torch import nn

from .datasets import Dataset
from .models import (
    ConvAutoencoder,
    DenseAutoencoder,
    DenseVAE,
    DigitCNN,
    set_output_bias,
)
from .objectives import Objective, bernoulli, cross_entropy, elbo_loss, squared_error
from .runtime import budgeted, seed_everything
from .training import History, fit
from .training.batches import Data

Model = TypeVar("Model", bound=nn.Module)
Dense = TypeVar("Dense", DenseAutoencoder, DenseVAE)

_histories: MutableMapping[nn.Module, History] = WeakKeyDictionary()


def classifier(data: Dataset) -> DigitCNN:
    """A classifier of all classes: the judge of what decoders and generators draw.

    Its confidence (largest softmax probability) asks whether an image looks like one
    of the classes; its ``features`` [B, 64] measure distances that pixels miss.
    """
    seed_everything()
    size = budgeted(smoke=10_000, cpu=60_000)
    train = data.train_images[:size], data.train_labels[:size]
    shown = budgeted(smoke=10_000, cpu=120_000, gpu=600_000)
    return _trained(
        DigitCNN(len(data.class_names)),
        cross_entropy,
        train,
        epochs=round(shown / len(train[0])),
        lr=4e-3,
        schedule="linear",
        keep_as="classifier",
    )


def conv_autoencoder(data: Dataset) -> ConvAutoencoder:
    """Chapter 2's convolutional autoencoder with 32-number codes."""
    seed_everything()
    train = data.train_images[:-2000][: budgeted(smoke=4_000, cpu=40_000, gpu=60_000)]
    shown = budgeted(smoke=4_000, cpu=120_000, gpu=600_000)
    return _trained(
        ConvAutoencoder(),
        squared_error,
        train,
        epochs=round(shown / len(train)),
        lr=7e-3,
        betas=(0.9, 0.95),
        schedule="linear",
        keep_as="ch2-conv-autoencoder",
    )


def vae(data: Dataset, latent_dim: int = 2) -> DenseVAE:
    """Chapter 4's variational autoencoder, 784-256-latent_dim.

    On MNIST with two latent dimensions it reaches the test loss of 50 epochs of Adam at
    batch 128 and learning rate 1e-3: about 150 nats, mean of five seeds.
    """
    seed_everything()
    return _dense(DenseVAE(latent_dim), elbo_loss(), data, f"vae-{latent_dim}")


def autoencoder(data: Dataset, latent_dim: int = 2) -> DenseAutoencoder:
    """Chapter 4's plain autoencoder: like its VAE, but without noise and KL."""
    seed_everything()
    model = DenseAutoencoder(latent_dim)
    return _dense(model, bernoulli, data, f"autoencoder-{latent_dim}")


def history(model: nn.Module) -> History:
    """How the training of a model from this module went: seconds, losses, epochs.

    For a model from the store, these are the figures of the training that filled it.

    Raises
    ------
    ValueError : another function made the model.
    """
    if model not in _histories:
        raise ValueError(
            "history() knows the models that this module returned: call, for example, "
            "model = pretrained.vae(data) first, then pretrained.history(model)."
        )
    return _histories[model]


def _dense(model: Dense, objective: Objective, data: Dataset, name: str) -> Dense:
    """Chapter 4's recipe, for longer on longer codes: 16 numbers gain 2 nats by it."""
    set_output_bias(model, data.train_images)
    cpu = 180_000 if model.latent_dim == 2 else 300_000
    shown = budgeted(smoke=60_000, cpu=cpu, gpu=3_000_000)
    return _trained(
        model,
        objective,
        data.train_images,
        epochs=round(shown / len(data.train_images)),
        batch_size=512,
        lr=0.03,
        betas=(0.9, 0.99),
        optimizer="turned adam",
        schedule="trapezoid",
        warmup=100,
        keep_as=name,
    )


def _trained(model: Model, objective: Objective, data: Data, **recipe: Any) -> Model:
    """The model, trained by ``fit``, whose history is noted."""
    _histories[model] = fit(model, objective, data, **recipe)
    return model.cpu().eval()
