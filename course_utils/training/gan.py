"""Two networks that learn against each other: ``fit_gan``, a short loop for GANs.

The generator makes images of random codes, the discriminator gives logits: above 0 it
takes an image for real. Both learn by Adam, in turns (Goodfellow et al. 2014).
"""

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ..runtime import current, own_randomness
from .batches import first_line
from .game import play_round
from .history import GanHistory
from .loop import LOOK_EVERY, TrainingError, good_weights_back, weights_of
from .optimizers import adam
from .recipe import GanRecipe
from .store import Slot, bar_settings, train_once


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
        If a loss is no longer a number, or the memory is too small. After this or any
        other error, the last weights that were looked at are back.
    """
    runtime = current()
    device = runtime.device
    recipe = GanRecipe(
        steps=steps, batch_size=batch_size, lr=lr, betas=betas, r1=r1,
        r1_every=r1_every, latent_dim=latent_dim, snapshots=snapshots,
        seed=runtime.seed if seed is None else seed,
    )  # fmt: skip
    if not isinstance(images, Tensor) or images.dim() == 0 or len(images) == 0:
        raise ValueError("There are no images to learn from: pass a tensor [N, …].")
    if images.is_floating_point():
        images = images.float()  # an Apple GPU has no float64
    images = images.to(device)
    pair = nn.ModuleList([generator, discriminator]).to(device)
    with own_randomness(recipe.seed, device):
        try_round(generator, discriminator, images, recipe)
    slot = Slot.of(
        keep_as, pair, play_round,
        data=images, recipe=recipe, training_code=_play,
    )  # fmt: skip
    return train_once(
        pair,
        lambda bar: _play(pair, images, recipe, bar),
        GanHistory,
        slot,
        recipe,
        bar=bar_settings(recipe.steps, keep_as or "GAN", "steps", progress),
        device=device,
    )


def _play(
    pair: nn.ModuleList, images: Tensor, recipe: GanRecipe, bar: tqdm
) -> GanHistory:
    """Round after round, until all are played or Ctrl-C comes."""
    generator, discriminator = pair
    optimizers = (
        adam(generator, recipe.lr, recipe.betas),
        adam(discriminator, recipe.lr, recipe.betas),
    )
    history, unread, good = GanHistory(), [], weights_of(pair)
    keep = {recipe.steps * (i + 1) // recipe.snapshots for i in range(recipe.snapshots)}
    learning = {weight: weight.requires_grad for weight in discriminator.parameters()}
    pair.train()
    with good_weights_back(lambda: pair.load_state_dict(good), recipe.batch_size):
        try:
            for step in range(1, recipe.steps + 1):
                size = (recipe.batch_size,)
                chosen = torch.randint(len(images), size, device=images.device)
                real = floats(images[chosen])
                z = torch.randn(*size, recipe.latent_dim, device=images.device)
                due = (step - 1) % recipe.r1_every == 0
                r1 = recipe.r1 * recipe.r1_every if due else 0.0
                losses = play_round(generator, discriminator, optimizers, real, z, r1)
                unread.append(losses)
                _freeze_again(learning)
                if step in keep:
                    weights = weights_of(generator).items()
                    history.snapshots[step] = {name: w.cpu() for name, w in weights}
                # To read a loss is to wait for the GPU, so not after each step.
                if len(unread) == LOOK_EVERY or step == recipe.steps:
                    bar.update(len(unread))
                    _read(unread, history, pair)
                    good = weights_of(pair)
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            print(f"Interrupted at step {step}: both networks keep what they learned.")
            _read(unread, history, pair)
        finally:
            _freeze_again(learning)
    return history


def _freeze_again(learning: dict[nn.Parameter, bool]) -> None:
    """A round freezes the whole discriminator for a while, and then none of it."""
    for weight, learns in learning.items():
        weight.requires_grad_(learns)


def _read(unread: list[Tensor], history: GanHistory, pair: nn.Module) -> None:
    """Move losses to the history; TrainingError at the first that is not a number."""
    losses = torch.stack(unread).cpu() if unread else torch.zeros(0, 2)
    unread.clear()
    broken = (~losses.isfinite().all(1)).nonzero().flatten().tolist()
    if not all(w.isfinite().all() for w in pair.state_dict().values()):
        broken.append(len(losses))  # the last round broke them, after its losses
    if broken:
        step = len(history.generator_losses) + broken[0] + 1
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
    shape = list(images.shape[1:])
    for who, player in (("generator", generator), ("discriminator", discriminator)):
        if not any(weight.requires_grad for weight in player.parameters()):
            raise ValueError(f"The {who} has no weights to train.")
        player.eval()
    with torch.no_grad():
        try:
            fake = generator(torch.zeros(2, recipe.latent_dim, device=images.device))
        except Exception as error:
            raise ValueError(
                f"The generator cannot take codes of latent_dim={recipe.latent_dim}: "
                f"{first_line(error)}"
            ) from error
        if list(fake.shape[1:]) != shape:
            raise ValueError(
                f"The generator makes images of shape {list(fake.shape[1:])}, but the "
                f"real ones have {shape}."
            )
        try:
            logits = discriminator(floats(images[:2]))
        except Exception as error:
            raise ValueError(
                f"The discriminator cannot take images of shape {shape}: "
                f"{first_line(error)}"
            ) from error
    if logits.numel() != min(2, len(images)):
        raise ValueError(
            f"The discriminator gives {list(logits.shape)} numbers for two images: it "
            "must give one logit each, [B, 1]."
        )


def floats(images: Tensor) -> Tensor:
    """uint8 images in [0, 1]; floats as they are."""
    return images.float() / 255 if images.dtype == torch.uint8 else images
