"""How to train: what ``fit`` was asked for, checked, and the learning rate it means."""

import math
from collections.abc import Callable
from dataclasses import dataclass

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
