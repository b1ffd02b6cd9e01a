"""What ``fit`` and ``fit_gan`` are asked for, checked before anything is trained."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .optimizers import OPTIMIZERS

#: Progress (0 at the first step, towards 1 at the last) → share of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "trapezoid": lambda progress: min(1.0, (1.0 - progress) / 0.3),
    "cosine": lambda progress: (1.0 + math.cos(math.pi * progress)) / 2,
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Arguments that were checked. ValueError, in one sentence, if one makes no sense.

    ``least`` holds the lowest values of whole numbers; the others are any numbers.
    """

    batch_size: int
    lr: float
    betas: tuple[float, float]
    seed: int

    def _check(self, least: dict[str, int]) -> None:
        for name, lowest in {**least, "batch_size": 1, "seed": -(2**63)}.items():
            value = getattr(self, name)
            self._set(name, _whole(name, value))
            if getattr(self, name) < lowest:
                raise ValueError(f"{name} is {value}: {lowest} is the least.")
        if self.seed >= 2**63:
            raise ValueError(f"seed is {self.seed}: it must be below 2**63.")
        self._set("lr", _number("lr", self.lr))
        if not 0 < self.lr < math.inf:
            raise ValueError(f"lr is {self.lr}: it must be above 0.")
        pair = isinstance(self.betas, tuple | list) and len(self.betas) == 2
        betas = tuple(_number("betas", b) for b in self.betas) if pair else ()
        if not pair or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(
                f"betas is {self.betas!r}: give two numbers from 0 to below 1."
            )
        self._set("betas", betas)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the way to fill a frozen dataclass


@dataclass(frozen=True, kw_only=True)
class Recipe(Checked):
    """``fit``'s arguments of the same names."""

    epochs: int
    optimizer: str
    schedule: str
    warmup: int
    precision: str

    def __post_init__(self) -> None:
        self._check({"epochs": 1, "warmup": 0})
        for name, choices in (
            ("optimizer", tuple(OPTIMIZERS)),
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


@dataclass(frozen=True, kw_only=True)
class GanRecipe(Checked):
    """``fit_gan``'s arguments of the same names."""

    steps: int
    r1: float
    r1_every: int
    latent_dim: int
    snapshots: int

    def __post_init__(self) -> None:
        self._check({"steps": 1, "r1_every": 1, "latent_dim": 1, "snapshots": 0})
        self._set("r1", _number("r1", self.r1))
        if not 0 <= self.r1 < math.inf:
            raise ValueError(f"r1 is {self.r1}: 0 is the least.")


def _whole(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}: give a whole number.") from None


def _number(name: str, value: Any) -> float:
    try:
        return float(value + 0)  # a text has no sum with 0
    except TypeError:
        raise ValueError(f"{name} is {value!r}: give a number.") from None
