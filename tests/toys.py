"""Small things to train in the tests: images, models, objectives."""

import torch
from torch import Tensor, nn

from course_utils.objectives import Parts


def toy_images(count: int = 96, side: int = 6, seed: int = 1) -> Tensor:
    """Random uint8 images [count, side, side] of a bright square on black."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.zeros(count, side, side, dtype=torch.uint8)
    for image in images:
        row, column = torch.randint(side - 2, (2,), generator=generator).tolist()
        image[row : row + 3, column : column + 3] = 255
    return images


class ToyAutoencoder(nn.Module):
    """6×6 pixels → 4 numbers → 6×6 pixels."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(36, 4))
            self.decoder = nn.Sequential(nn.Linear(4, 36), nn.Unflatten(1, (6, 6)))

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions."""
        return self.decoder(self.encoder(images))


def noisy_error(model: nn.Module, images: Tensor, labels: Tensor | None) -> Parts:
    """Squared error of reconstructions from noisy codes: uses random numbers."""
    codes = model.encoder(images)
    rebuilt = model.decoder(codes + 0.1 * torch.randn_like(codes))
    return {"loss": (rebuilt - images).square().sum() / len(images)}


def weights(model: nn.Module) -> Tensor:
    """All weights in one vector."""
    return torch.cat([p.detach().flatten() for p in model.parameters()]).cpu()
