"""Two networks that learn against each other: ``fit_gan``, a short loop for GANs.

The generator makes images of random codes, the discriminator gives logits: above 0 it
takes an image for real. Both learn by Adam, in turns (Goodfellow et al. 2014).
"""

import os
import time
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ..runtime import current, own_randomness
from .fingerprints import fingerprint
from .game import play_round
from .loop import LOOK_EVERY, TrainingError, weights_of
from .store import Slot


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


def fit_gan(
    generator: nn.Module,
    discriminator: nn.Module,
    images: Tensor,
    *,
    steps: int,
    latent_dim: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.0, 0.99),
    r1: float = 0.0,
    r1_every: int = 1,
    snapshots: int = 0,
    seed: int | None = None,
    keep_as: str | None = None,
    progress: bool = True,
) -> GanHistory:
    """Let two networks play ``steps`` rounds; both are changed in place.

    They move to the runtime's device and come back in evaluation mode. Ctrl-C ends
    the game early and keeps what was learned. The global random state stays as it was.

    Parameters
    ----------
    generator, discriminator : codes [B, latent_dim] → images; images → logits [B, 1]
    images : uint8 [N, …], which are divided by 255, or floats of any scale [N, …]
    steps, batch_size : how many rounds, of how many real and generated images each
    lr, betas : Adam's, for both players
    r1, r1_every : weight of the gradient penalty on real images; in which rounds it
        is computed (every k-th, then k times as strong: nearly the same, and cheaper)
    snapshots : so many times, evenly spaced, the generator's weights are kept
    seed : default: the runtime's
    keep_as : name in the checkpoint store, as in ``fit``
    progress : whether to show a bar

    Raises
    ------
    ValueError
        If the networks do not fit together, or an argument makes no sense.
    TrainingError
        If a loss is no longer a number. The last good weights are put back.
    """
    runtime = current()
    recipe = GanRecipe(
        steps=steps, batch_size=batch_size, lr=lr, betas=betas, r1=r1,
        r1_every=r1_every, latent_dim=latent_dim, snapshots=snapshots,
        seed=runtime.seed if seed is None else seed,
    )  # fmt: skip
    pair = nn.ModuleList([generator, discriminator]).to(runtime.device)
    try_round(generator, discriminator, images, recipe)
    slot = None
    if keep_as is not None:
        ingredients = {
            "networks or first weights": pair,
            "rules": play_round,
            "data": images,
            "recipe": asdict(recipe),
            "machine": [torch.__version__, runtime.device.type],
        }
        slot = Slot(
            keep_as, {what: fingerprint(it) for what, it in ingredients.items()}
        )
        if stored := slot.load():
            pair.load_state_dict(stored["weights"])
            pair.eval()
            return GanHistory(**stored["history"], reused=True)
    began = time.perf_counter()
    silent = not progress or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    with (
        tqdm(total=steps, desc=keep_as or "GAN", unit=" steps", disable=silent) as bar,
        own_randomness(recipe.seed, runtime.device),
    ):
        history = _play(pair, images.to(runtime.device), recipe, bar)
    pair.eval()
    history.seconds = time.perf_counter() - began
    if slot and history.stopped != "interrupted":
        slot.save(pair, recipe, asdict(history))
    return history


def _play(
    pair: nn.ModuleList, images: Tensor, recipe: GanRecipe, bar: tqdm
) -> GanHistory:
    """Round after round, until all are played or Ctrl-C comes."""
    generator, discriminator = pair
    fused = images.device.type in ("cpu", "cuda", "mps", "xpu")
    forge, detect = (
        torch.optim.Adam(player.parameters(), recipe.lr, recipe.betas, fused=fused)
        for player in pair
    )
    history, unread, good = GanHistory(), [], weights_of(pair)
    keep = {recipe.steps * (i + 1) // recipe.snapshots for i in range(recipe.snapshots)}
    pair.train()
    try:
        for step in range(1, recipe.steps + 1):
            chosen = torch.randint(
                len(images), (recipe.batch_size,), device=images.device
            )
            real = floats(images[chosen])
            z = torch.randn(recipe.batch_size, recipe.latent_dim, device=images.device)
            r1 = 0.0 if (step - 1) % recipe.r1_every else recipe.r1 * recipe.r1_every
            unread.append(
                play_round(generator, discriminator, (forge, detect), real, z, r1)
            )
            if step in keep:
                weights = weights_of(generator).items()
                history.snapshots[step] = {name: w.cpu() for name, w in weights}
            # To read a loss is to wait for the GPU, so not after each step.
            if len(unread) == LOOK_EVERY or step == recipe.steps:
                _read(unread, history, pair, good)
                good = weights_of(pair)
                bar.update(len(unread))
                unread.clear()
    except KeyboardInterrupt:
        discriminator.requires_grad_(True)
        history.stopped = "interrupted"
        print(f"Interrupted at step {step}: both networks keep what they have learned.")
        if unread:
            _read(unread, history, pair, good)
    return history


def _read(
    unread: list[Tensor], history: GanHistory, pair: nn.Module, good: dict[str, Tensor]
) -> None:
    """Move losses to the history; TrainingError at the first that is not a number."""
    losses = torch.stack(unread).cpu()
    broken = (~losses.isfinite().all(1)).nonzero().flatten().tolist()
    if not all(w.isfinite().all() for w in pair.state_dict().values()):
        broken.append(len(losses))  # the last round broke them, after its losses
    if broken:
        step = len(history.generator_losses) + broken[0] + 1
        pair.load_state_dict(good)
        pair.eval()
        raise TrainingError(
            f"A loss is no longer a number at step {step}. The last good weights are "
            "back. Try a lower lr, or a smaller r1."
        )
    history.discriminator_losses += losses[:, 0].tolist()
    history.generator_losses += losses[:, 1].tolist()


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
