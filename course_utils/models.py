"""The networks that more than one chapter uses.

Images are floats [B, 28, 28] in [0, 1]; codes are [B, latent_dim]. Every
autoencoder has ``encode(images) -> codes`` and ``decode(codes) -> images``.
"""

import math

import torch
from torch import Tensor, nn

PIXELS = 28 * 28


class DigitCNN(nn.Module):
    """A small classifier of 28×28 images whose penultimate layer is the latent space."""

    def __init__(self, classes: int = 10, feature_dim: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, feature_dim),
            nn.ReLU(),
        )
        self.head = nn.Linear(feature_dim, classes)

    def features(self, images: Tensor) -> Tensor:
        """The penultimate layer: [B, 28, 28] → [B, feature_dim]."""
        return self.body(images)

    def forward(self, images: Tensor) -> Tensor:
        """Logits: [B, 28, 28] → [B, classes]."""
        return self.head(self.features(images))


class Autoencoder(nn.Module):
    """An encoder to ``latent_dim`` numbers and a decoder back, to be filled in.

    Subclasses set ``encoder`` ([B, 28, 28] → [B, latent_dim]) and ``decoder``
    ([B, latent_dim] → logits [B, 28, 28]).
    """

    encoder: nn.Module
    decoder: nn.Module

    def encode(self, images: Tensor) -> Tensor:
        """Codes: [B, 28, 28] → [B, latent_dim]."""
        return self.encoder(images)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Pixels before the sigmoid: [B, latent_dim] → [B, 28, 28]."""
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """Images in [0, 1]: [B, latent_dim] → [B, 28, 28]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions: [B, 28, 28] → [B, 28, 28]."""
        return self.decode(self.encode(images))


class LinearAutoencoder(nn.Module):
    """One linear layer in, one linear layer out: the network that is PCA in disguise.

    Its images are not squeezed into [0, 1], or it would not be linear.
    """

    def __init__(self, latent_dim: int = 32) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Linear(PIXELS, latent_dim)
        self.decoder = nn.Linear(latent_dim, PIXELS)

    def encode(self, images: Tensor) -> Tensor:
        """Codes: [B, 28, 28] → [B, latent_dim]."""
        return self.encoder(images.flatten(1))

    def decode(self, z: Tensor) -> Tensor:
        """Images, unbounded: [B, latent_dim] → [B, 28, 28]."""
        return self.decoder(z).unflatten(1, (28, 28))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions: [B, 28, 28] → [B, 28, 28]."""
        return self.decode(self.encode(images))


class DenseAutoencoder(Autoencoder):
    """784 → hidden → latent_dim → hidden → 784, with ReLU between."""

    def __init__(self, latent_dim: int = 32, hidden: int = 256) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(PIXELS, hidden),
            nn.ReLU(),
            nn.Linear(hidden, latent_dim),
        )
        self.decoder = dense_decoder(latent_dim, hidden)


class ConvAutoencoder(Autoencoder):
    """Strided convolutions down to 7×7, a bottleneck, and the same way up again."""

    def __init__(self, latent_dim: int = 32, channels: int = 16) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        small, wide = channels, 2 * channels
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, small, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(small, wide, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(wide * 7 * 7, latent_dim),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, wide * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (wide, 7, 7)),
            nn.ConvTranspose2d(wide, small, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(small, 1, 4, stride=2, padding=1),
            nn.Flatten(1, 2),
        )


class DenseVAE(nn.Module):
    """The reference variational autoencoder: 784 → 256 → 2 → 256 → 784.

    The encoder gives the mean and the log-variance of a Gaussian over codes, the
    decoder the logits of Bernoulli pixels (Kingma & Welling 2014).
    """

    def __init__(self, latent_dim: int = 2, hidden: int = 256) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(PIXELS, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2 * latent_dim),
        )
        self.decoder = dense_decoder(latent_dim, hidden)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code: [B, 28, 28] → two [B, latent_dim]."""
        mu, log_var = self.encoder(images).chunk(2, dim=1)
        return mu, log_var

    def encode(self, images: Tensor) -> Tensor:
        """The posterior mean, the code to look at: [B, 28, 28] → [B, latent_dim]."""
        return self.posterior(images)[0]

    def sample(self, mu: Tensor, log_var: Tensor) -> Tensor:
        """A code drawn from the posterior, differentiable in both: [B, latent_dim]."""
        return mu + (0.5 * log_var).exp() * torch.randn_like(mu)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Pixels before the sigmoid: [B, latent_dim] → [B, 28, 28]."""
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """Images in [0, 1]: [B, latent_dim] → [B, 28, 28]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions from the posterior mean: [B, 28, 28] → [B, 28, 28]."""
        return self.decode(self.encode(images))


def dense_decoder(latent_dim: int, hidden: int) -> nn.Sequential:
    """latent_dim → hidden → logits of 28×28 pixels."""
    return nn.Sequential(
        nn.Linear(latent_dim, hidden),
        nn.ReLU(),
        nn.Linear(hidden, PIXELS),
        nn.Unflatten(1, (28, 28)),
    )


def set_output_bias(model: nn.Module, images: Tensor) -> None:
    """Start the decoder at the data's mean image: its last bias becomes the mean logit.

    The network then need not learn first that most pixels are dark. A dense decoder
    gets one value per pixel, a convolutional one the mean over all pixels.

    Parameters
    ----------
    model : an autoencoder whose decoder ends in a layer with a bias
    images : uint8 [N, 28, 28], or floats in [0, 1]
    """
    layers = [layer for layer in model.decoder.modules() if hasattr(layer, "bias")]
    bias = layers[-1].bias
    mean = images.float().mean(0) / (255 if images.dtype == torch.uint8 else 1)
    # A pixel that is always dark has logit −∞; pretend one image in N had ink there.
    floor = 1 / max(len(images), 2)
    mean = (mean.flatten() if len(bias) == mean.numel() else mean.mean()).clamp(
        floor, 1 - floor
    )
    with torch.no_grad():
        bias.copy_(torch.logit(mean))


def count_parameters(model: nn.Module) -> int:
    """How many numbers training adjusts."""
    return sum(math.prod(p.shape) for p in model.parameters() if p.requires_grad)
