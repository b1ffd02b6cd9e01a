"""What `fit_gan` was asked for, checked, and what it returns."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn


@dataclass
class GanHistory:
    """How a game went.

    Attributes
    ----------
    discriminator_losses, generator_losses : of every step, in nats; ln 4 and ln 2
        where the discriminator can only guess
    snapshots : step -> the generator's weights then
    stopped : "finished" or "interrupted"
    reused : whether the networks came from the checkpoint store
    seconds : how long the training took
    """

    discriminator_losses: list[float] = field(default_factory=list)
    generator_losses: list[float] = field(default_factory=list)
    snapshots: dict[int, dict[str, Tensor]] = field(default_factory=dict)
    stopped: str = "finished"
    reused: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class GanRecipe:
    """``fit_gan``'s arguments of the same names; ValueError if one makes no sense."""

    steps: int
    batch_size: int
    lr: float
    betas: tuple[float, float]
    r1: float
    r1_every: int
    latent_dim: int
    snapshots: int
    seed: int

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "lr", "r1_every", "latent_dim"):
            if not getattr(self, name) > 0:
                raise ValueError(
                    f"{name} is {getattr(self, name)}: it must be above 0."
                )
        for name in ("r1", "snapshots"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}: 0 is the least.")


def try_round(
    generator: nn.Module, discriminator: nn.Module, images: Tensor, recipe: GanRecipe
) -> None:
    """Two codes through both networks: what cannot work is said at once."""
    if images.dtype != torch.uint8 and not images.is_floating_point():
        raise ValueError(f"The images are {images.dtype}: pass uint8 or floats.")
    if len(images) == 0:
        raise ValueError("There are no images to learn from.")
    device = next(generator.parameters()).device
    shape = list(images.shape[1:])
    with torch.no_grad():
        try:
            fake = generator(torch.zeros(2, recipe.latent_dim, device=device))
        except RuntimeError as error:
            raise ValueError(
                f"The generator cannot take codes of latent_dim={recipe.latent_dim}: "
                f"{error}"
            ) from error
        if list(fake.shape[1:]) != shape:
            raise ValueError(
                f"The generator makes images of shape {list(fake.shape[1:])}, but the "
                f"real ones have {shape}."
            )
        try:
            logits = discriminator(floats(images[:2].to(device)))
        except RuntimeError as error:
            raise ValueError(
                f"The discriminator cannot take images of shape {shape}: {error}"
            ) from error
    if logits.numel() != min(2, len(images)):
        raise ValueError(
            f"The discriminator gives {list(logits.shape)} numbers for two images: it "
            "must give one logit each, [B, 1]."
        )


def floats(images: Tensor) -> Tensor:
    """uint8 images in [0, 1]; floats as they are."""
    return images.float() / 255 if images.dtype == torch.uint8 else images
