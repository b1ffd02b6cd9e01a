"""``fit``: the training loop of every chapter, and the ``History`` that it returns."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from . import distributed
from .objectives import Objective
from .runtime import best_precision, current, own_randomness
from .schedules import SCHEDULES
from .steps import Batches, Data, TrainingStep

CHECK_EVERY = 50  # steps between looks at the losses: each look waits for the GPU
Callback = Callable[[nn.Module, int, int], None]


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why and what to try."""


@dataclass
class History:
    """How a training went.

    ``rows`` has one dictionary per finished epoch: ``epoch`` (from 1), ``loss`` and
    ``parts`` (means over the epoch, nats per image), ``validation`` (parts on the
    validation data, or None), ``images_per_s`` and ``seconds``. ``losses`` has the
    loss of every step. ``stopped`` is "finished", "early stop" or "interrupted".
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    stopped: str = "finished"
    reused: bool = False
    seconds: float = 0.0


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
    validation: Data | None = None,
    patience: int | None = None,
    clip: float | None = None,
    precision: str = "auto",
    compile: bool = False,
    keep_as: str | None = None,
    retrain: bool = False,
    seed: int | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Minimise ``objective`` over the model's weights with Adam (first version)."""
    runtime = current()
    device = runtime.device
    seed = runtime.seed if seed is None else seed
    dtype = best_precision(device) if precision == "auto" else precision
    model.to(device)
    batches = Batches(data, device)
    held_out = None if validation is None else Batches(validation, device, "validation")
    step_module = TrainingStep(model, objective, dtype)
    fused = device.type in ("cpu", "cuda", "mps", "xpu")
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=betas, fused=fused)
    generator = torch.Generator().manual_seed(seed)
    steps_per_epoch = -(-len(batches) // batch_size)
    total = epochs * steps_per_epoch
    history = History()
    bar = tqdm(total=epochs * len(batches), unit=" images", unit_scale=True, disable=True)
    step = 0
    with own_randomness(seed, device):
        for epoch in range(1, epochs + 1):
            model.train()
            started = time.perf_counter()
            order = torch.randperm(len(batches), generator=generator)
            record = []
            for indices in batches.split(order, batch_size):
                optimizer.param_groups[0]["lr"] = lr * SCHEDULES[schedule](step / total)
                parts = step_module(*batches[indices])
                parts["loss"].backward()
                if clip is not None:
                    nn.utils.clip_grad_norm_(model.parameters(), clip)
                optimizer.step()
                optimizer.zero_grad()
                record.append(torch.stack([p.detach() for p in parts.values()]))
                step += 1
                for callback in callbacks:
                    callback(model, step, epoch)
            table = torch.stack(record).cpu()
            seconds = time.perf_counter() - started
            means = dict(zip(parts, table.mean(0).tolist(), strict=True))
            history.losses += table[:, 0].tolist()
            valid = None if held_out is None else evaluate(model, objective, validation)
            history.rows.append(
                {"epoch": epoch, "loss": means["loss"], "parts": means,
                 "validation": valid, "images_per_s": len(batches) / seconds,
                 "seconds": seconds}
            )
            history.seconds += seconds
    model.eval()
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module,
    objective: Objective,
    data: Data,
    *,
    batch_size: int = 1000,
    seed: int | None = None,
) -> dict[str, float]:
    """The objective's parts over a whole data set, in float32: nats per image."""
    runtime = current()
    batches = Batches(data, runtime.device)
    was_training = model.training
    model.to(runtime.device).eval()
    sums: dict[str, float] = {}
    with own_randomness(runtime.seed if seed is None else seed, runtime.device):
        for indices in batches.split(torch.arange(len(batches)), batch_size):
            for name, value in objective(model, *batches[indices]).items():
                sums[name] = sums.get(name, 0.0) + value.item() * len(indices)
    model.train(was_training)
    return {name: value / len(batches) for name, value in sums.items()}
