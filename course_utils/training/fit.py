"""``fit`` trains a model, ``evaluate`` asks how good it is: nats per image."""

from collections.abc import Sequence
from contextlib import closing

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from .. import distributed
from ..objectives import Objective
from ..runtime import current, own_randomness
from .batches import Batches, Data, errors_explained, fast_precision
from .history import History
from .loop import Callback, Loop, good_weights_back
from .recipe import Recipe
from .store import Slot, bar_settings, train_once


def fit(
    model: nn.Module,
    objective: Objective,
    data: Data,
    *,
    epochs: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    optimizer: str = "adam",
    schedule: str = "constant",
    warmup: int = 0,
    validation: Data | None = None,
    precision: str = "auto",
    keep_as: str | None = None,
    seed: int | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train ``model`` to make ``objective`` small on ``data``.

    The model moves to the runtime's device and comes back in evaluation mode. The
    global random state stays as it was: shuffling and noise follow ``seed`` alone.
    Ctrl-C ends the training early and keeps what was learned.

    Parameters
    ----------
    model, objective : a network, and what to minimise (see ``objectives``)
    data, validation : uint8 images [N, H, W], or (images, labels)
    epochs, batch_size : how often to see each image, how many at once
    lr, betas : Adam's learning rate and momenta
    optimizer : "adam", or "turned adam", which sees wide layers along the principal
        components of their inputs and needs fewer epochs (see ``training.optimizers``)
    schedule, warmup : how the rate falls ("constant", "linear", "cosine"; "trapezoid":
        linearly in the last three tenths); over how many steps it first rises
    precision : "float32", "bfloat16", or "auto": what is fast for this model here
    keep_as : name in the checkpoint store: the next run, or chapter, that asks for the
        same training reuses the model
    seed : default: the runtime's
    callbacks : called as ``callback(model, step, epoch)`` before the first step (0, 0)
        and after every step, in evaluation mode and without gradients. With callbacks
        a model is always trained, never reused: they have to see it.
    progress : whether to show a bar with the loss and images/s

    Raises
    ------
    ValueError
        If an argument makes no sense, or the first two images cannot be learned from;
        the message says what helps.
    TrainingError
        If the loss is no longer a number, or the memory is too small. After this or
        any other error, the weights of the last whole epoch are back.
    """
    if not isinstance(model, nn.Module) or not callable(objective):
        raise ValueError("Pass a network (nn.Module), then an objective (a function).")
    if not isinstance(callbacks, list | tuple) or not all(map(callable, callbacks)):
        raise ValueError("callbacks must be a list of functions.")
    runtime = current()
    device = runtime.device
    recipe = Recipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        betas=betas,
        optimizer=optimizer,
        schedule=schedule,
        warmup=warmup,
        precision=fast_precision(model, device) if precision == "auto" else precision,
        seed=runtime.seed if seed is None else seed,
    )
    if not any(weight.requires_grad for weight in model.parameters()):
        raise ValueError("The model has no weights to train.")
    batches, held_out = Batches(data, device), None
    if validation is not None:
        held_out = Batches(validation, device, "validation data")
    model.to(device)
    slot = Slot.of(
        keep_as,
        model,
        objective,
        data=[batches.images, batches.labels],
        validation_data=held_out and [held_out.images, held_out.labels],
        recipe=recipe,
        training_code=[Loop, _means],
    )

    def train(bar: tqdm) -> History:
        loop = Loop(model, objective, batches, recipe, callbacks, bar)
        history = History(losses=loop.losses)
        with closing(loop), good_weights_back(loop.put_back, recipe.batch_size):
            try:
                loop.call_back(step=0, epoch=0)
                for _ in range(recipe.epochs):
                    row = loop.epoch()
                    history.rows.append(row)
                    if held_out is not None:
                        means = _means(model.eval(), objective, held_out, recipe.seed)
                        row["validation"] = distributed.from_main(means)
            except KeyboardInterrupt:
                loop.look()
                history.stopped = "interrupted"
                distributed.say(
                    f"Interrupted in epoch {loop.epochs_done + 1} of {recipe.epochs}: "
                    "the model keeps what it has learned so far."
                )
        if slot and loop.disturbed:
            slot.refused = "a callback changed its weights"
        return history

    name = keep_as or type(model).__name__
    bar = bar_settings(recipe.epochs * len(batches), name, "images", progress)
    return train_once(
        model, train, History, slot, recipe,
        reuse=not callbacks, bar=bar, device=device,
    )  # fmt: skip


def evaluate(
    model: nn.Module,
    objective: Objective,
    data: Data,
    *,
    batch_size: int = 1000,
    seed: int | None = None,
) -> dict[str, float]:
    """The objective's parts over a whole data set, in float32: nats per image.

    It works on the runtime's device and in evaluation mode; the model comes back as and
    where it was. Noise is drawn from ``seed`` (default: the runtime's), so that two
    models are compared under the same draws.

    Raises
    ------
    ValueError
        If the data are no images, or the model cannot take them.
    """
    runtime = current()
    seed = runtime.seed if seed is None else seed
    batches = Batches(data, runtime.device)
    home = next((weight.device for weight in model.parameters()), runtime.device)
    modes = {layer: layer.training for layer in model.modules()}
    try:
        model.to(runtime.device).eval()
        return _means(model, objective, batches, seed, batch_size)
    finally:
        model.to(home)
        for layer, mode in modes.items():
            layer.training = mode


@torch.no_grad()
def _means(
    model: nn.Module,
    objective: Objective,
    batches: Batches,
    seed: int,
    batch_size: int = 1000,
) -> dict[str, float]:
    """The objective's parts, means over all images."""
    sums: dict[str, Tensor] = {}
    everything = torch.arange(len(batches), device=batches.device)
    with own_randomness(seed, batches.device), errors_explained(batches):
        for indices in everything.split(batch_size):
            for name, value in objective(model, *batches[indices]).items():
                sums[name] = sums.get(name, 0.0) + value * len(indices)
        return {name: value.item() / len(batches) for name, value in sums.items()}
