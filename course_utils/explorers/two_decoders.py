"""Two decoders: one place on a pad, and the image that each model has there."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from ..show import DIGIT_COLOURS, INK
from .base import Finite, assemble
from .decoding import DecodingExplorer, show_image
from .packing import Stored, as_array
from .plane import draw_plane


class TwoDecoders(DecodingExplorer):
    """Drag over one plane through the latent spaces of two models, or more.

    One trait is synced with the page: ``z``, the place [z1, z2] on the plane.

    Parameters
    ----------
    models : {name: (decoder, plane)}, codes [B, D] → pixels in [0, 1]. The plane is
        [2, D], two directions through zero, or [3, D], a centre and two directions; at
        z the code is centre + z1 × first + z2 × second. None where D is 2.
    marks : {name: (z1, z2)}, places to mark on the pad: what lies where. A digit gets
        its colour.
    z : where to start; by default the first mark, or the middle.
    reach : the pad goes from −reach to reach.
    image_shape : (height, width) or (height, width, 3).
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/pad.js", "two_decoders.js"
    )
    _css = assemble("page/decoding.css")
    z = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    reach = Finite().tag(sync=True)
    marks: traitlets.List = traitlets.List(help="name, place and colour").tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, tuple[nn.Module, Any]],
        *,
        marks: Mapping[Any, Sequence[float]] | None = None,
        z: Sequence[float] | None = None,
        reach: float = 3.0,
        image_shape: Sequence[int] = (28, 28),
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "One latent plane, two decoders.",
        try_this: str = "go far out, then watch how each model crosses from one kind "
        "of image to the next.",
    ) -> None:
        self.planes = {name: _plane(name, plane) for name, (_, plane) in models.items()}
        marked = [_mark(name, place, reach) for name, place in (marks or {}).items()]
        axis = np.linspace(-reach, reach, 7)
        places = np.stack(np.meshgrid([1.0], axis, axis), -1).reshape(-1, 3)
        codes = {n: (places @ p).astype("float32") for n, p in self.planes.items()}
        super().__init__(
            {name: (network, codes[name]) for name, (network, _) in models.items()},
            {f"{name}.plane": (p, "float32") for name, p in self.planes.items()},
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            marks=marked,
            z=list(z) if z is not None else marked[0]["z"] if marked else [0.0, 0.0],
            reach=reach,
            label=label,
            try_this=try_this,
        )

    def decode(self) -> dict[str, np.ndarray]:
        """Each model's image at ``z``, by torch: float32 of ``image_shape``."""
        place = np.array([1, *self.z])
        return {
            name: self.decoded(name, (place @ plane).astype("float32"))
            for name, plane in self.planes.items()
        }

    def draw(self) -> Figure:
        images = self.decode()
        figure = Figure(figsize=(5.4, 2.3), layout="constrained")
        pad, *places = figure.subplots(1, 1 + len(images))
        for mark in self.marks:
            pad.plot(*mark["z"], "o", ms=5, color=mark["colour"])
            pad.annotate(
                mark["name"],
                mark["z"],
                (5, 5),
                textcoords="offset points",
                weight="bold",
            )
        draw_plane(pad, self.z, self.reach)
        for axes, (name, image) in zip(places, images.items(), strict=True):
            show_image(axes, image, name)
        return figure

    def describe(self) -> str:
        """Where the still picture stands."""
        z1, z2 = self.z
        marks = ", ".join(mark["name"] for mark in self.marks)
        places = f", the places of {marks} marked on it," if marks else ""
        return (
            f"A plane of codes{places} with a ring at z = ({z1:.2f}, {z2:.2f}), and "
            f"the images that the models have there: {', '.join(self.planes)}."
        )


def _mark(name: Any, place: Sequence[float], reach: float) -> dict[str, Any]:
    """A mark for the page."""
    z, name = [float(v) for v in place], str(name)
    if len(z) != 2 or not all(abs(v) <= reach for v in z):
        raise ValueError(
            f"The mark {name} stands at {z}; give two numbers from {-reach:g} to "
            f"{reach:g}."
        )
    digit = name.isdecimal() and int(name) < len(DIGIT_COLOURS)
    return {"name": name, "z": z, "colour": DIGIT_COLOURS[int(name)] if digit else INK}


def _plane(name: str, plane: Any) -> np.ndarray:
    """Centre and two directions: [3, D]."""
    if plane is None:
        plane = np.eye(2)
    rows = as_array(plane)
    if rows.ndim != 2 or len(rows) not in (2, 3):
        raise ValueError(
            f"The plane of {name} has shape {rows.shape}; give two directions [2, D], "
            "or a centre and two directions [3, D]."
        )
    return rows if len(rows) == 3 else np.concatenate([0 * rows[:1], rows])
