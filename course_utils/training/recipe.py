"""What ``fit`` was asked for, checked, and what it returns: recipe and history."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: Progress (0 at the first step, towards 1 at the last) → share of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "cosine": lambda progress: (1.0 + math.cos(math.pi * progress)) / 2,
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """``fit``'s arguments of the same names.

    Raises
    ------
    ValueError
        If one of them makes no sense.
    """

    epochs: int
    batch_size: int
    lr: float
    betas: tuple[float, float]
    schedule: str
    warmup: int
    patience: int | None
    clip: float | None
    precision: str
    compile: bool | str
    seed: int

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "lr", "patience", "clip"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} is {value}: it must be above 0.")
        for name, choices in (
            ("schedule", tuple(SCHEDULES)),
            ("precision", ("auto", "float32", "bfloat16")),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"Unknown {name} {getattr(self, name)!r}: choose from {choices}."
                )

    def learning_rate(self, step: int, steps: int) -> float:
        """The rate of one step of so many, from 0: it rises for ``warmup`` steps."""
        rising = min(1.0, (step + 1) / (self.warmup + 1))
        return self.lr * rising * SCHEDULES[self.schedule](step / steps)


@dataclass
class History:
    """How a training went.

    Attributes
    ----------
    rows : one dictionary per finished epoch: ``epoch`` (from 1), ``loss`` and
        ``parts`` (means over the epoch, nats per image), ``validation`` (parts on
        the validation data, or None), ``images_per_s``, ``seconds``
    losses : the loss of every step, nats per image
    stopped : "finished", "early stop" or "interrupted"
    reused : whether the model came from the checkpoint store
    seconds : how long the training took, validation included
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    stopped: str = "finished"
    reused: bool = False
    seconds: float = 0.0
