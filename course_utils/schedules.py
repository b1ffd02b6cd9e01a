"""How the learning rate changes while training runs."""

import math
from collections.abc import Callable

#: Progress (0 at the first step, towards 1 at the last) → share of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "cosine": lambda progress: (1.0 + math.cos(math.pi * progress)) / 2,
}


def learning_rate(
    lr: float, schedule: str, step: int, steps: int, warmup: int
) -> float:
    """The rate of a step, from 0: it rises for ``warmup`` steps and then follows on."""
    rising = min(1.0, (step + 1) / (warmup + 1))
    return lr * rising * SCHEDULES[schedule](step / steps)
