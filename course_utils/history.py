"""What ``fit`` returns."""

from dataclasses import dataclass, field
from typing import Any


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
