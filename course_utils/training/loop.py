"""Gradient steps, epoch by epoch, and what can go wrong in them: ``fit``'s engine."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from .. import distributed
from ..objectives import Objective
from ..runtime import own_randomness
from .batches import Batches, TrainingStep, first_line, is_out_of_memory, try_step
from .optimizers import OPTIMIZERS, TurnedAdam
from .recipe import Recipe

LOOK_EVERY = 50  # steps: to read a loss is to wait for the GPU, so not after each

Callback = Callable[[nn.Module, int, int], None]


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why and what to try."""


class Loop:
    """A model on its way through a recipe."""

    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        batches: Batches,
        recipe: Recipe,
        callbacks: Sequence[Callback],
        bar: tqdm,
    ) -> None:
        self.model, self.batches, self.recipe, self.bar = model, batches, recipe, bar
        self.callbacks = callbacks if distributed.is_main() else ()
        self.disturbed = False  # whether a callback has changed the weights
        self.total_steps = recipe.epochs * -(-len(batches) // recipe.batch_size)
        self.epochs_done = 0
        self.losses: list[float] = []  # of each step, as far as they have been read
        self.unread: list[Tensor] = []  # each step's parts since then
        self.shuffler = torch.Generator().manual_seed(recipe.seed)
        step = TrainingStep(model, objective, recipe.precision)
        self.names = try_step(step, batches)
        self.good_weights = weights_of(model)
        make = OPTIMIZERS[recipe.optimizer]
        self.optimizer = make(model, recipe.lr, recipe.betas)
        self.optimizer.zero_grad()  # a gradient may be left from elsewhere
        self.step = distributed.synchronised(step)

    def epoch(self) -> dict[str, Any]:
        """See every image once, in a new order; return a row of the history."""
        began = time.perf_counter()
        self.model.train()
        order = torch.randperm(len(self.batches), generator=self.shuffler)
        batches = order.to(self.batches.device).split(self.recipe.batch_size)
        tables = []
        for batch in batches:
            self._step(batch)
            self.bar.update(len(batch))
            if len(self.unread) == LOOK_EVERY:
                tables.append(self.look())
        tables.append(self.look())
        self._keep_good_weights()
        self.epochs_done += 1

        sizes = torch.tensor([float(len(batch)) for batch in batches])
        means = sizes @ torch.cat(tables) / sizes.sum()
        parts = dict(zip(self.names, means.tolist(), strict=True))
        seconds = time.perf_counter() - began
        return {
            "epoch": self.epochs_done,
            "loss": parts["loss"],
            "parts": parts,
            "validation": None,
            "images_per_s": len(self.batches) / seconds,
            "seconds": seconds,
        }

    def _step(self, batch: Tensor) -> None:
        """Move the weights once, by the gradient of one batch of indices [B]."""
        done = len(self.losses) + len(self.unread)
        self.optimizer.param_groups[0]["lr"] = self._rate(done)
        share, weight = distributed.share(batch)
        parts = self.step(*self.batches[share])
        # Processes average their gradients; ours are shares of a sum.
        scale = weight * distributed.world_size()
        (parts["loss"] if scale == 1 else scale * parts["loss"]).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        # An objective's own arithmetic may end in bfloat16 or float64.
        values = torch.stack([value.detach().float() for value in parts.values()])
        self.unread.append(values if weight == 1 else weight * values)
        self.call_back(done + 1, self.epochs_done + 1)

    def look(self) -> Tensor:
        """Read what the objective gave since the last look: [steps, parts].

        Raises
        ------
        TrainingError
            At the first loss that is not a number.
        """
        if not self.unread:
            return torch.zeros(0, len(self.names))
        table = distributed.sum_over_processes(torch.stack(self.unread)).cpu()
        losses = table[:, self.names.index("loss")]
        self.unread.clear()
        broken = (~losses.isfinite()).nonzero()
        if len(broken):
            first = int(broken[0])
            self._give_up(len(self.losses) + first, f"The loss is {losses[first]:g}")
        self.losses += losses.tolist()
        self.bar.set_postfix_str(
            f"epoch {self.epochs_done + 1}, loss {losses.mean():.4g}", refresh=False
        )
        return table

    def call_back(self, step: int, epoch: int) -> None:
        """Show the model to the callbacks, which draw no random numbers of ours."""
        if not self.callbacks:
            return
        before = weights_of(self.model)
        self.model.eval()
        with torch.no_grad(), own_randomness(self.recipe.seed, self.batches.device):
            for callback in self.callbacks:
                callback(self.model, step, epoch)
        self.model.train()
        after = self.model.state_dict()
        self.disturbed |= any(not before[n].equal(w) for n, w in after.items())

    def close(self) -> None:
        """Leave nothing in the model but its weights."""
        self.optimizer.zero_grad()
        if isinstance(self.optimizer, TurnedAdam):
            self.optimizer.close()

    def put_back(self) -> None:
        """Give the model the weights after the last whole epoch."""
        self.model.load_state_dict(self.good_weights)

    def _keep_good_weights(self) -> None:
        """Remember the weights after an epoch, unless its last step broke them."""
        if not all(p.isfinite().all() for p in self.model.parameters()):
            self._give_up(len(self.losses) - 1, "The weights are no longer numbers")
        self.good_weights = weights_of(self.model)

    def _rate(self, step: int) -> float:
        return self.recipe.learning_rate(step, self.total_steps)

    def _give_up(self, step: int, what: str) -> NoReturn:
        raise TrainingError(
            f"{what} at step {step + 1} (epoch {self.epochs_done + 1}, learning rate "
            f"{self._rate(step):.2g}). The weights after epoch {self.epochs_done} are "
            f"back. Try lr={self.recipe.lr / 3:.2g}, a warmup, or precision='float32'."
        )


@contextmanager
def good_weights_back(
    put_back: Callable[[], object], batch_size: int
) -> Iterator[None]:
    """After any error inside, put the last good weights back and let it pass on.

    Raises
    ------
    TrainingError
        Instead of what PyTorch says if the memory was too small.
    """
    try:
        yield
    except Exception as error:
        put_back()
        if is_out_of_memory(error):
            raise TrainingError(
                f"There is not enough memory for batch_size={batch_size}, so the last "
                f"good weights are back: try a smaller one ({first_line(error)})."
            ) from error
        raise


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the model's state dict, where the model is."""
    return {name: value.clone() for name, value in model.state_dict().items()}
