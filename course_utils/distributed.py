"""Several processes that train one model, each on its share of every batch.

``torchrun`` starts the processes and tells each its rank; without it there is one
process and every function here is a no-op. Platforms set ``WORLD_SIZE`` too, for a
notebook that would wait for others in vain: only what ``torchrun`` says counts.
"""

import atexit
import os
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

T = TypeVar("T")


def world_size() -> int:
    """How many processes train together (1 without ``torchrun``)."""
    return _told("WORLD_SIZE", 1)


def rank() -> int:
    """This process's number among all, 0 … world_size − 1."""
    return _told("RANK", 0)


def local_rank() -> int:
    """This process's number on its machine, and so its GPU."""
    return _told("LOCAL_RANK", 0)


def is_main() -> bool:
    """Whether this process prints, shows progress and writes checkpoints."""
    return rank() == 0


def say(message: str) -> None:
    """Print a message once, not once per process."""
    if is_main():
        print(message)


def ignored() -> str:
    """A sentence if a platform speaks of several processes that nobody started."""
    told = os.environ.get("WORLD_SIZE", "")
    if "TORCHELASTIC_RUN_ID" in os.environ or told in ("", "1"):
        return ""
    return (
        f"WORLD_SIZE={told} is ignored: torchrun did not start this process, so it "
        "trains alone."
    )


def start() -> None:
    """Join the other processes that ``torchrun`` started, once."""
    if world_size() == 1 or dist.is_initialized():
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(local_rank())
        dist.init_process_group("nccl")
    else:
        dist.init_process_group("gloo")
    atexit.register(dist.destroy_process_group)


def share(batch: torch.Tensor) -> tuple[torch.Tensor, float]:
    """This process's part of a batch [B] and its weight, the weights summing to 1.

    A batch smaller than the number of processes leaves some without work; they
    take one element at weight 0, so that all still meet in the gradient exchange.
    """
    if world_size() == 1:
        return batch, 1.0
    mine = batch.tensor_split(world_size())[rank()]
    return (mine, len(mine) / len(batch)) if len(mine) else (batch[:1], 0.0)


def synchronised(module: nn.Module) -> nn.Module:
    """The module whose gradients are averaged over all processes, if there are many."""
    return DistributedDataParallel(module) if world_size() > 1 else module


def sum_over_processes(values: torch.Tensor) -> torch.Tensor:
    """Sum a tensor over all processes, in place."""
    if world_size() > 1:
        dist.all_reduce(values)
    return values


def from_main(value: T) -> T:
    """What the main process holds, given to all."""
    if world_size() == 1:
        return value
    box = [value]
    dist.broadcast_object_list(box, src=0)
    return box[0]


def _told(name: str, alone: int) -> int:
    """A number that ``torchrun`` gave this process, or the one of a process alone."""
    launched = "TORCHELASTIC_RUN_ID" in os.environ
    return int(os.environ[name]) if launched and os.environ.get(name) else alone
