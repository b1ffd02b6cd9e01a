"""Interpolation: the way from one image to another, in pixels and in codes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from ..show import MODEL_COLOURS
from .base import Finite, assemble
from .decoding import DecodingExplorer, as_pixels, check_index, same_number, show_image
from .packing import Stored, as_array

PIXELS = "pixel mix"


class Interpolation(DecodingExplorer):
    """Pick two images and slide from one to the other, several ways side by side.

    Four traits are synced with the page: ``first`` and ``second``, which images; ``t``,
    how far from the first (0) to the second (1); ``spherical``, whether codes go along
    the arc between them or straight. Pixels are always mixed straight.

    Parameters
    ----------
    images : the N images to choose from, some twenty: [N, H, W] or [N, H, W, 3], uint8
        or floats in [0, 1].
    models : {name: (decoder, codes)}, codes [B, D] → pixels in [0, 1], and the codes
        [N, D] of the images.
    labels : what each image shows, N words or numbers; by default 1 to N.
    first, second, t, spherical : where to start.
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble("page/decoder.js", "page/decoding.js", "interpolation.js")
    _css = assemble("page/decoding.css")
    first = traitlets.Int().tag(sync=True)
    second = traitlets.Int().tag(sync=True)
    t = Finite().tag(sync=True)
    spherical = traitlets.Bool().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pixel_colour = traitlets.Unicode(MODEL_COLOURS["pixels"]).tag(sync=True)

    def __init__(
        self,
        images: Any,
        models: Mapping[str, tuple[nn.Module, Any]],
        labels: Sequence[Any] | None = None,
        *,
        first: int = 0,
        second: int = 1,
        t: float = 0.5,
        spherical: bool = False,
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "Interpolation: from one image to another, three ways.",
        try_this: str = "slide slowly, and look for the moment when it is neither.",
    ) -> None:
        self.images = as_pixels(images)
        self.codes = {name: as_array(codes) for name, (_, codes) in models.items()}
        same_number(self.images, **{f"codes of {n}": c for n, c in self.codes.items()})
        if labels is None:
            labels = range(1, len(self.images) + 1)
        same_number(self.images, labels=np.array(labels))
        arrays: dict[str, tuple[np.ndarray, Stored]] = {
            f"{name}.codes": (codes, "float32") for name, codes in self.codes.items()
        }
        arrays["images"] = (self.images, "uint8")
        super().__init__(
            {name: (model[0], self.codes[name]) for name, model in models.items()},
            arrays,
            image_shape=self.images.shape[1:],
            stored=stored,
            weights_of=weights_of,
            names=[str(int(x) if hasattr(x, "item") else x) for x in labels],
            first=first,
            second=second,
            t=t,
            spherical=spherical,
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("first", "second")
    def _known_image(self, proposal: dict[str, Any]) -> int:
        return check_index(proposal["value"], len(self.images), "image")

    @traitlets.validate("t")
    def _between(self, proposal: dict[str, Any]) -> float:
        if not 0 <= proposal["value"] <= 1:
            raise traitlets.TraitError("t goes from 0, the first image, to 1")
        return proposal["value"]

    def decode(self, t: float | None = None) -> dict[str, np.ndarray]:
        """The images at ``t``, by name: the pixel mix, then each model's, by torch."""
        first, second, t = self.first, self.second, self.t if t is None else t
        mixes = {PIXELS: between(self.images[first], self.images[second], t)}
        for name, codes in self.codes.items():
            code = between(codes[first], codes[second], t, self.spherical)
            mixes[name] = self.decoded(name, code)
        return mixes

    def draw(self) -> Figure:
        steps = [self.decode(t) for t in np.linspace(0, 1, 7)]
        rows = {name: [step[name] for step in steps] for name in steps[0]}
        figure = Figure(figsize=(5.4, 0.95 * len(rows)), layout="constrained")
        for axes, name in zip(figure.subplots(len(rows), 1), rows, strict=True):
            show_image(axes, np.hstack(rows[name]), name)
        return figure

    def describe(self) -> str:
        """What the still picture shows, and the path of the codes."""
        path = "along the arc" if self.spherical else "straight"
        return (
            f"Seven steps from {self.names[self.first]} to {self.names[self.second]}, "
            f"one row each: {PIXELS}, {', '.join(self.codes)}; the codes go {path}."
        )


def between(
    start: np.ndarray, end: np.ndarray, t: float, spherical: bool = False
) -> np.ndarray:
    """The point a share ``t`` of the way, straight or along the arc round zero.

    Along the arc the direction turns and the length changes evenly, as in
    `course_utils.latent.slerp`; ends in one line with zero are joined straight.
    """
    weights = np.array([1 - t, t])
    lengths = np.linalg.norm([start, end], axis=1)
    if spherical and lengths.all():
        angle = np.arccos(np.clip(start @ end / lengths.prod(), -1, 1))
        if np.sin(angle) > 1e-4:
            length = weights @ lengths
            weights = np.sin(weights * angle) / np.sin(angle) * length / lengths
    return (weights[0] * start + weights[1] * end).astype("float32")
