"""Gradient steps, epoch by epoch, and what can go wrong in them: ``fit``'s engine."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from .. import distributed
from ..objectives import Objective, Parts
from ..runtime import own_randomness
from . import batches as steps
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
        batches: steps.Batches,
        recipe: Recipe,
        callbacks: Sequence[Callback],
        bar: tqdm,
    ) -> None:
        self.model, self.batches, self.recipe, self.bar = model, batches, recipe, bar
        self.callbacks = callbacks if distributed.is_main() else ()
        self.total_steps = recipe.epochs * -(-len(batches) // recipe.batch_size)
        self.epochs_done = 0
        self.losses: list[float] = []  # of each step, as far as they have been read
        self.unread: list[Tensor] = []  # each step's parts since then
        self.pieces = 1  # a batch goes through the model in so many parts
        self.good_weights = weights_of(model)
        self.shuffler = torch.Generator().manual_seed(recipe.seed)
        step = steps.TrainingStep(model, objective, recipe.precision)
        self.names = steps.try_step(step, batches)
        self.optimizer = torch.optim.Adam(
            model.parameters(),
            recipe.lr,
            recipe.betas,
            fused=batches.device.type in ("cpu", "cuda", "mps", "xpu"),
        )
        self.step = distributed.synchronised(step)
        self.full_step: Callable[..., Parts] = self.step
        if recipe.compile:
            mode = None if recipe.compile is True else str(recipe.compile)
            self.full_step = steps.compiled(self.step, batches, recipe.batch_size, mode)

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
            f"epoch {self.epochs_done + 1}, {losses.mean():.1f} nats", refresh=False
        )
        return table

    def call_back(self, step: int, epoch: int) -> None:
        """Show the model to the callbacks, which cannot disturb the training."""
        if not self.callbacks:
            return
        self.model.eval()
        with torch.no_grad(), own_randomness(self.recipe.seed, self.batches.device):
            for callback in self.callbacks:
                callback(self.model, step, epoch)
        self.model.train()

    def _step(self, batch: Tensor) -> None:
        """Move the weights once, by the gradient of one batch of indices."""
        done = len(self.losses) + len(self.unread)
        self.optimizer.param_groups[0]["lr"] = self._rate(done)
        self.unread.append(self._gradient(batch))
        if self.recipe.clip is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.call_back(done + 1, self.epochs_done + 1)

    def _gradient(self, batch: Tensor) -> Tensor:
        """Compute the gradient in as many pieces as fit; return the parts [parts]."""
        while True:
            try:
                return self._add_up_gradient(batch)
            except (RuntimeError, MemoryError) as error:
                if not steps.is_out_of_memory(error):
                    raise
                reason = steps.first_line(error)
            # Out of the except block, the tensors of the failed try are freed.
            self._halve_pieces(len(batch), reason)

    def _add_up_gradient(self, batch: Tensor) -> Tensor:
        share, weight = distributed.share(batch)
        step = self.full_step if len(batch) == self.recipe.batch_size else self.step
        total = torch.zeros(())
        for piece in share.chunk(self.pieces) if self.pieces > 1 else [share]:
            part = weight * len(piece) / len(share)
            parts = step(*self.batches[piece])
            # Processes average their gradients; ours are shares of a sum.
            scale = part * distributed.world_size()
            (parts["loss"] if scale == 1 else scale * parts["loss"]).backward()
            values = torch.stack([value.detach() for value in parts.values()])
            total = values if part == 1 else total + part * values
        return total

    def _halve_pieces(self, batch_size: int, reason: str) -> None:
        self.optimizer.zero_grad()
        if distributed.world_size() > 1:
            raise TrainingError(
                f"Out of memory in one of several processes ({reason}): use a smaller "
                "batch_size."
            )
        if self.pieces >= batch_size:
            raise TrainingError(f"Out of memory with a single image ({reason}).")
        self.pieces *= 2
        if self.batches.device.type == "cuda":
            torch.cuda.empty_cache()
        print(
            f"Out of memory: from now on a batch of {self.recipe.batch_size} goes "
            f"through the model in {self.pieces} parts whose gradients add up."
        )

    def _keep_good_weights(self) -> None:
        """Remember the weights after an epoch, unless its last step broke them."""
        if not all(p.isfinite().all() for p in self.model.parameters()):
            self._give_up(len(self.losses) - 1, "The weights are no longer numbers")
        self.good_weights = weights_of(self.model)

    def _rate(self, step: int) -> float:
        return self.recipe.learning_rate(step, self.total_steps)

    def _give_up(self, step: int, what: str) -> NoReturn:
        self.model.load_state_dict(self.good_weights)
        self.model.eval()
        lr = self._rate(step)
        raise TrainingError(
            f"{what} at step {step + 1} (epoch {self.epochs_done + 1}, learning rate "
            f"{lr:.2g}). The weights after epoch {self.epochs_done} are back. Try "
            f"lr={self.recipe.lr / 3:.2g}, clip=1.0, a warmup, or precision='float32'."
        )


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the model's state dict, where the model is."""
    return {name: value.clone() for name, value in model.state_dict().items()}


class Best:
    """The weights of the epoch with the lowest validation loss, and its age."""

    def __init__(self) -> None:
        self.loss = float("inf")
        self.age = 0  # epochs since then
        self.weights: dict[str, Tensor] | None = None

    def update(self, loss: float, model: nn.Module) -> None:
        """Take note of an epoch."""
        self.age += 1
        if loss < self.loss:
            self.loss, self.age, self.weights = loss, 0, weights_of(model)

    def put_back(self, model: nn.Module) -> None:
        """Give the model its best weights, if there are any."""
        if self.weights is not None:
            model.load_state_dict(self.weights)
