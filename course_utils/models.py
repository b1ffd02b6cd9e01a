"""The networks that more than one chapter uses.

Images are floats [B, 28, 28] in [0, 1]; codes are [B, latent_dim]. Every
autoencoder has ``encode(images) -> codes`` and ``decode(codes) -> images``.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PIXELS = 28 * 28


class DigitCNN(nn.Module):
    """A small classifier of 28×28 images; its penultimate layer is a latent space."""

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
    """An encoder to ``latent_dim`` numbers and a decoder back; subclasses set both.

    ``encoder`` takes images [B, 28, 28] to codes [B, latent_dim], ``decoder`` codes
    to the logits of pixels [B, 28, 28].
    """

    def __init__(self, latent_dim: int, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.decoder = decoder

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


class LinearAutoencoder(Autoencoder):
    """One linear layer in, one linear layer out: PCA in disguise.

    Its images are not squeezed into [0, 1], or it would not be linear.
    """

    def __init__(self, latent_dim: int = 32) -> None:
        encoder = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, latent_dim))
        decoder = nn.Sequential(
            nn.Linear(latent_dim, PIXELS), nn.Unflatten(1, (28, 28))
        )
        super().__init__(latent_dim, encoder, decoder)

    def decode(self, z: Tensor) -> Tensor:
        """Images, unbounded: [B, latent_dim] → [B, 28, 28]."""
        return self.decoder(z)


class DenseAutoencoder(Autoencoder):
    """784 → hidden → latent_dim → hidden → 784, with ReLU between."""

    def __init__(self, latent_dim: int = 32, hidden: int = 256) -> None:
        super().__init__(
            latent_dim,
            encoder=dense_encoder(hidden, latent_dim),
            decoder=dense_decoder(latent_dim, hidden),
        )


class ConvAutoencoder(Autoencoder):
    """64 filters of 6×6 pixels at 7×7 places, a bottleneck, and the same way back.

    A 1×1 convolution and a fold draw what one ConvTranspose2d to one channel would, in
    about half the time on a CPU.
    """

    def __init__(self, latent_dim: int = 32, channels: int = 64) -> None:
        encoder = nn.Sequential(
            nn.Unflatten(1, (1, 28)),
            nn.Conv2d(1, channels, 6, stride=4, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(channels * 7 * 7, latent_dim),
        )
        decoder = nn.Sequential(
            nn.Linear(latent_dim, channels * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (channels, 7, 7)),
            nn.Conv2d(channels, 6 * 6, 1),
            nn.Flatten(2),
            nn.Fold((28, 28), 6, stride=4, padding=1),
            nn.Flatten(1, 2),
        )
        super().__init__(latent_dim, encoder, decoder)


class DenseVAE(Autoencoder):
    """The reference variational autoencoder: 784 → 256 → 2 → 256 → 784.

    The encoder gives the mean and the log-variance of a Gaussian over codes, the
    decoder the logits of Bernoulli pixels (Kingma & Welling 2014).
    """

    def __init__(self, latent_dim: int = 2, hidden: int = 256) -> None:
        super().__init__(
            latent_dim,
            encoder=dense_encoder(hidden, 2 * latent_dim),
            decoder=dense_decoder(latent_dim, hidden),
        )

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code: [B, 28, 28] → two [B, latent_dim]."""
        # In float32 even under autocast: bfloat16 would round every code to 3 digits.
        mu, log_var = self.encoder(images).float().chunk(2, dim=1)
        return mu, log_var

    def encode(self, images: Tensor) -> Tensor:
        """The posterior's mean, the code to look at: [B, 28, 28] → [B, latent_dim]."""
        return self.posterior(images)[0]

    def sample(self, mu: Tensor, log_var: Tensor) -> Tensor:
        """A code drawn from the posterior, differentiable in both: [B, latent_dim]."""
        return mu + (0.5 * log_var).exp() * torch.randn_like(mu)


class ConditionalVAE(nn.Module):
    """A VAE whose encoder and decoder both see the label: two concatenations.

    784 + classes → hidden → latent_dim + classes → hidden → 784. The label of a digit
    is an integer; both networks get it as ``classes`` numbers, one of them 1.
    """

    def __init__(
        self, latent_dim: int = 2, classes: int = 10, hidden: int = 256
    ) -> None:
        super().__init__()
        self.latent_dim, self.classes = latent_dim, classes
        self.encoder = nn.Sequential(
            nn.Linear(PIXELS + classes, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2 * latent_dim),
        )
        self.decoder = dense_decoder(latent_dim + classes, hidden)

    def told(self, x: Tensor, labels: Tensor) -> Tensor:
        """Rows and their labels side by side: [B, D], [B] → [B, D + classes]."""
        return torch.cat([x, F.one_hot(labels, self.classes).to(x)], dim=1)

    def posterior(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code: two [B, latent_dim]."""
        told = self.told(images.flatten(1), labels)
        mu, log_var = self.encoder(told).float().chunk(2, dim=1)
        return mu, log_var

    def decode_logits(self, z: Tensor, labels: Tensor) -> Tensor:
        """Pixels before the sigmoid: [B, latent_dim], [B] → [B, 28, 28]."""
        return self.decoder(self.told(z, labels))

    def decode(self, z: Tensor, labels: Tensor) -> Tensor:
        """Images of the digits asked for, in [0, 1]: → [B, 28, 28]."""
        return torch.sigmoid(self.decode_logits(z, labels))


def dense_encoder(hidden: int, outputs: int) -> nn.Sequential:
    """28×28 pixels → hidden → outputs."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(PIXELS, hidden),
        nn.ReLU(),
        nn.Linear(hidden, outputs),
    )


def dense_decoder(latent_dim: int, hidden: int) -> nn.Sequential:
    """latent_dim → hidden → logits of 28×28 pixels."""
    return nn.Sequential(
        nn.Linear(latent_dim, hidden),
        nn.ReLU(),
        nn.Linear(hidden, PIXELS),
        nn.Unflatten(1, (28, 28)),
    )


def set_output_bias(model: Autoencoder | ConditionalVAE, images: Tensor) -> None:
    """Start the decoder at the data's mean image: its last bias becomes the mean logit.

    The network then need not learn first that most pixels are dark.

    Parameters
    ----------
    model : an autoencoder whose decoder gives logits and ends in a bias per pixel
    images : uint8 [N, 28, 28], or floats in [0, 1]

    Raises ValueError if a pixel is NaN or infinite, or the bias is another one.
    """
    last = [p for name, p in model.decoder.named_parameters() if name.endswith("bias")]
    mean = images.float().mean(0) / (255 if images.dtype == torch.uint8 else 1)
    if not mean.isfinite().all():
        raise ValueError("An image holds NaN or infinity: look at how it was made.")
    if len(last[-1]) != mean.numel():
        raise ValueError("set_output_bias needs a decoder with one bias per pixel.")
    # A pixel that is always dark has the logit −∞: pretend that one image in N has ink.
    with torch.no_grad():
        last[-1].copy_(torch.logit(mean.flatten(), eps=1 / max(len(images), 2)))
