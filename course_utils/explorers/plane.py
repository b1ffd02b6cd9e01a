"""A plane of codes, as page/plane.js draws it: what its explorers check and draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..show import INK
from .packing import as_array


def as_dots(codes: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Known codes, float32 [N, 2], and a label for each, integers [N]; N = 0 for None.

    Raises ValueError if they do not fit together.
    """
    places = np.zeros((0, 2)) if codes is None else as_array(codes)
    given = np.zeros(0, int) if labels is None else as_array(labels).astype(int)
    if places.shape != (len(given), 2):
        raise ValueError(
            f"The codes have shape {places.shape} for {len(given)} labels: a plane "
            "of codes draws one row of two numbers for each label."
        )
    return places.astype("float32"), given


def draw_plane(axes: Axes, z: Sequence[float], reach: float) -> None:
    """The place of the reader, and the plane's ends, in a still picture."""
    axes.plot(*z, "o", ms=9, mfc="none", mec=INK, mew=2)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
    axes.set(aspect=1, xlabel="$z_1$", ylabel="$z_2$")
