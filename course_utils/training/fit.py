"""``fit`` trains a model, ``evaluate`` asks how good it is: nats per image."""

import os
import time
from collections.abc import Sequence
from dataclasses import asdict

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from .. import distributed
from ..objectives import Objective
from ..runtime import current, own_randomness
from .batches import Batches, Data, fast_precision
from .loop import Best, Callback, Loop
from .recipe import History, Recipe
from .store import Slot


def fit(
    model: nn.Module,
    objective: Objective,
    data: Data,
    *,
    epochs: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    schedule: str = "constant",
    warmup: int = 0,
    validation: Data | None = None,
    patience: int | None = None,
    clip: float | None = None,
    precision: str = "auto",
    compile: bool | str = False,
    keep_as: str | None = None,
    retrain: bool = False,
    seed: int | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train ``model`` with Adam to make ``objective`` small on ``data``.

    The model moves to the runtime's device and comes back in evaluation mode. The
    global random state stays as it was: shuffling and noise follow ``seed`` alone.
    Ctrl-C ends the training early and keeps what was learned.

    Parameters
    ----------
    model, objective : a network, and what to minimise (see ``objectives``)
    data, validation : uint8 images [N, H, W], or (images, labels)
    epochs, batch_size : how often to see each image, how many at once
    lr, betas, schedule, warmup : Adam's learning rate and momenta; how the rate falls
        ("constant", "linear", "cosine"); over how many steps it first rises
    patience : stop after so many epochs without a better validation loss, and put
        the best weights back
    clip : the largest norm of a gradient
    precision : "float32", "bfloat16", or "auto": what is fast for this model here
    compile : whether to use ``torch.compile``, or the mode to use it in
    keep_as, retrain : name in the checkpoint store; refuse to reuse what is there
    seed : default: the runtime's
    callbacks : called as ``callback(model, step, epoch)`` before the first step (0, 0)
        and after every step, in evaluation mode and without gradients. With callbacks
        a model is always trained, never reused: they have to see it.
    progress : whether to show a bar with nats and images/s

    Raises
    ------
    ValueError
        If an argument makes no sense; the message says what does.
    TrainingError
        If the loss is no longer a number, or one image is too large for the memory.
        The weights of the last good epoch are put back.
    """
    runtime = current()
    if precision == "auto":
        precision = fast_precision(model, runtime.device)
    seed = runtime.seed if seed is None else seed
    recipe = Recipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        betas=betas,
        schedule=schedule,
        warmup=warmup,
        patience=patience,
        clip=clip,
        precision=precision,
        compile=compile,
        seed=seed,
    )
    if patience and validation is None:
        raise ValueError("patience watches the validation loss: pass validation too.")
    model.to(runtime.device)
    batches = Batches(data, runtime.device)
    held_out = None
    if validation is not None:
        held_out = Batches(validation, runtime.device, "validation data")

    slot = None
    if keep_as is not None:
        slot = Slot.of(keep_as, model, objective, batches, held_out, recipe)
        if not retrain and not callbacks and (stored := slot.load()):
            model.load_state_dict(stored["weights"])
            model.eval()
            return History(**stored["history"], reused=True)

    began = time.perf_counter()
    bar = tqdm(
        total=epochs * len(batches),
        desc=keep_as or type(model).__name__,
        unit=" images",
        unit_scale=True,
        disable=not (progress and distributed.is_main()) or _is_silenced(),
    )
    with bar, own_randomness(seed + distributed.rank(), runtime.device):
        loop = Loop(model, objective, batches, recipe, callbacks, bar)
        history = _train(loop, model, objective, held_out, recipe)
    model.eval()
    history.losses = loop.losses
    history.seconds = time.perf_counter() - began
    if slot and history.stopped != "interrupted":
        slot.save(model, recipe, asdict(history))
    return history


def _train(
    loop: Loop,
    model: nn.Module,
    objective: Objective,
    held_out: Batches | None,
    recipe: Recipe,
) -> History:
    """Epoch after epoch, until all are done, patience ends or Ctrl-C comes."""
    history, best = History(), Best()
    try:
        loop.call_back(step=0, epoch=0)
        for _ in range(recipe.epochs):
            row = loop.epoch()
            history.rows.append(row)
            if held_out is not None:
                parts = evaluate(model, objective, held_out)
                row["validation"] = distributed.from_main(parts)
            if recipe.patience is not None:
                best.update(row["validation"]["loss"], model)
                if best.age >= recipe.patience:
                    history.stopped = "early stop"
                    break
    except KeyboardInterrupt:
        loop.look()
        history.stopped = "interrupted"
        distributed.say(
            f"Interrupted in epoch {loop.epochs_done + 1} of {recipe.epochs}: the "
            "model keeps what it has learned so far."
        )
    best.put_back(model)
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module,
    objective: Objective,
    data: Data | Batches,
    *,
    batch_size: int = 1000,
    seed: int | None = None,
) -> dict[str, float]:
    """The objective's parts over a whole data set, in float32: nats per image.

    Noise is drawn from ``seed`` (default: the runtime's), so that two models, or two
    epochs, are compared under the same draws.
    """
    runtime = current()
    batches = data if isinstance(data, Batches) else Batches(data, runtime.device)
    model.to(runtime.device).eval()
    everything = torch.arange(len(batches), device=runtime.device)
    sums: dict[str, Tensor] = {}
    with own_randomness(runtime.seed if seed is None else seed, runtime.device):
        for indices in everything.split(batch_size):
            for name, value in objective(model, *batches[indices]).items():
                sums[name] = sums.get(name, 0.0) + value * len(indices)
    return {name: value.item() / len(batches) for name, value in sums.items()}


def _is_silenced() -> bool:
    """tqdm's own switch, which ``disable=False`` would override."""
    return os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
