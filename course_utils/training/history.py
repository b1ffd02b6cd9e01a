"""How a training went: numbers for the program, one line and a curve for people."""

from dataclasses import dataclass, field
from html import escape
from typing import Any

from torch import Tensor

WIDTH, HEIGHT = 240, 48  # of a curve, in pixels


@dataclass(repr=False)
class History:
    """How a training went.

    Attributes
    ----------
    rows : one dictionary per finished epoch: ``epoch`` (from 1), ``loss`` and
        ``parts`` (means over the epoch, in the objective's unit: nats per image for
        the course's own), ``validation`` (parts on the validation data, or None),
        ``images_per_s``, ``seconds``
    losses : the loss of every step
    stopped : "finished" or "interrupted"
    reused : whether the model came from the checkpoint store
    seconds : how long the training took, validation included
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    stopped: str = "finished"
    reused: bool = False
    seconds: float = 0.0

    def __repr__(self) -> str:
        means = [row["loss"] for row in self.rows]
        loss = f", loss {means[0]:.4g} → {means[-1]:.4g}" if means else ""
        loss = loss.replace("-", "−")
        return _line(self, f"{len(self.rows)} epochs, {len(self.losses)} steps{loss}")

    def _repr_html_(self) -> str:
        return _with_curves(repr(self), {"the loss": self.losses})


@dataclass(repr=False)
class GanHistory:
    """How a game of two networks went.

    Attributes
    ----------
    discriminator_losses, generator_losses : of every step, in nats; ln 4 and ln 2
        where the discriminator can only guess
    snapshots : step -> the generator's weights then
    stopped : "finished" or "interrupted"
    reused : whether the networks came from the checkpoint store
    seconds : how long the training took
    """

    discriminator_losses: list[float] = field(default_factory=list)
    generator_losses: list[float] = field(default_factory=list)
    snapshots: dict[int, dict[str, Tensor]] = field(default_factory=dict)
    stopped: str = "finished"
    reused: bool = False
    seconds: float = 0.0

    def __repr__(self) -> str:
        ends = [self.discriminator_losses[-1:], self.generator_losses[-1:]]
        losses = [f"{loss:.3g}" for end in ends for loss in end]
        last = f", last losses {' and '.join(losses)} nats" if losses else ""
        return _line(self, f"{len(self.generator_losses)} steps{last}")

    def _repr_html_(self) -> str:
        losses = self.discriminator_losses, self.generator_losses
        names = "the discriminator's loss", "the generator's loss (dashed)"
        return _with_curves(repr(self), dict(zip(names, losses, strict=True)))


def _line(history: History | GanHistory, what: str) -> str:
    how = "reused, trained" if history.reused else history.stopped
    return f"{type(history).__name__}: {what}, {how} in {history.seconds:.1f} s"


def _with_curves(line: str, curves: dict[str, list[float]]) -> str:
    """The line and, below it, a small picture of losses over the steps."""
    shown = {name: _averaged(losses) for name, losses in curves.items()}
    values = [value for means in shown.values() for value in means]
    if len(values) < 2 * len(shown):  # one point makes no curve
        return f"<div>{escape(line)}</div>"
    low, high = min(values), max(values)
    paths = ""
    for dashes, means in zip(("", "3"), shown.values(), strict=False):
        corners = " ".join(
            f"{WIDTH * i / (len(means) - 1):.1f},"
            f"{HEIGHT * (high - mean) / ((high - low) or 1):.1f}"
            for i, mean in enumerate(means)
        )
        paths += f'<polyline points="{corners}" stroke-dasharray="{dashes}"/>'
    title = f"Curve of {' and '.join(shown)}, between {low:.4g} and {high:.4g}"
    return (
        f"<div>{escape(line)}</div>"
        f'<svg role="img" aria-label="{escape(title)}" width="{WIDTH}" '
        f'height="{HEIGHT}" fill="none" stroke="currentColor" overflow="visible">'
        f"{paths}</svg>"
    )


def _averaged(losses: list[float], points: int = 120) -> list[float]:
    """Means of neighbouring steps: as many as a small picture can show."""
    size = -(-len(losses) // points) or 1
    pieces = [losses[i : i + size] for i in range(0, len(losses), size)]
    return [sum(piece) / len(piece) for piece in pieces]
