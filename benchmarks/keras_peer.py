"""The reference model as one writes it in Keras 3, for any of its backends."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor


def prepare(backend: str, batch: int, images: Tensor) -> Callable[[int], float]:
    """Compile the model and return ``train(epochs) -> nats per image``."""
    model = build(backend)
    x = images.flatten(1).numpy().astype(np.float32) / 255

    def train(epochs: int) -> float:
        history = model.fit(x, x, batch_size=batch, epochs=epochs, verbose=0)
        return history.history["loss"][-1]

    return train


def build(backend: str) -> Any:
    """The model, ready for ``fit``, on the backend "torch" or "jax".

    A process has one backend: call this before anything imports Keras.
    """
    os.environ["KERAS_BACKEND"] = backend
    import keras
    from keras import layers, ops

    class VAE(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = keras.Sequential(
                [layers.Dense(256, activation="relu"), layers.Dense(4)]
            )
            self.decoder = keras.Sequential(
                [layers.Dense(256, activation="relu"), layers.Dense(784)]
            )
            self.noise = keras.random.SeedGenerator(0)

        def call(self, x: Any) -> Any:
            mu, log_var = ops.split(self.encoder(x), 2, axis=-1)
            noise = keras.random.normal(ops.shape(mu), seed=self.noise)
            kl = -0.5 * (1 + log_var - ops.square(mu) - ops.exp(log_var))
            self.add_loss(ops.mean(ops.sum(kl, axis=-1)))
            return self.decoder(mu + ops.exp(0.5 * log_var) * noise)

    def cross_entropy(x: Any, logits: Any) -> Any:
        pixels = ops.binary_crossentropy(x, logits, from_logits=True)
        return ops.sum(pixels, axis=-1)

    model = VAE()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=cross_entropy)
    return model
