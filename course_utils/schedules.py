"""How the learning rate changes while training runs."""

import math
from collections.abc import Callable

#: Each maps progress, 0 at the first step and below 1 at the last, to a factor.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "cosine": lambda progress: 0.5 * (1.0 + math.cos(math.pi * progress)),
}
