"""Attribute sliders: walk from a code along directions that mean something."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from .base import Finite, assemble
from .decoding import DecodingExplorer, as_pixels, check_index, same_number, show_image
from .packing import Stored, as_array


class AttributeSliders(DecodingExplorer):
    """Choose a start and slide its code along directions; the decoded image follows.

    Serves any decoder or generator, of faces or of anything else. Two traits are synced
    with the page: ``start``, which code, and ``amounts``, how much of each direction is
    added to it, a dict that may leave directions out.

    Parameters
    ----------
    decoder : codes [B, D] → pixels in [0, 1].
    codes : [N, D], the starts to choose from, some twenty; random ones for a GAN.
    directions : {name: vector [D]}. An amount of 1 adds one vector.
    images : where the codes come from, [N, H, W] or [N, H, W, 3], uint8 or floats in
        [0, 1]; without them the decoded ones stand in the strip.
    image_shape : of one image, where no images are given.
    start, amounts : where to begin.
    reach : sliders go from −reach to reach.
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble("page/decoder.js", "page/decoding.js", "attribute_sliders.js")
    _css = assemble("page/decoding.css")
    start = traitlets.Int().tag(sync=True)
    amounts: traitlets.Dict = traitlets.Dict(value_trait=Finite()).tag(sync=True)
    attributes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    reach = Finite().tag(sync=True)
    starts = traitlets.Int(help="how many to choose from").tag(sync=True)

    def __init__(
        self,
        decoder: nn.Module,
        codes: Any,
        directions: Mapping[str, Any],
        images: Any = None,
        *,
        image_shape: Sequence[int] = (32, 32, 3),
        start: int = 0,
        amounts: Mapping[str, float] | None = None,
        reach: float = 2.0,
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "Attributes: one direction in the latent space, one change.",
        try_this: str = "slide one attribute, then try the same on another start.",
    ) -> None:
        self.codes = as_array(codes)
        self.directions = {name: as_array(v) for name, v in directions.items()}
        for name, vector in self.directions.items():
            if vector.shape != self.codes.shape[1:]:
                raise ValueError(
                    f"The direction {name} has shape {vector.shape}; a code has "
                    f"{self.codes.shape[1:]}."
                )
        rows = np.stack(list(self.directions.values()))
        arrays: dict[str, tuple[np.ndarray, Stored]] = {
            "codes": (self.codes, "float32"),
            "directions": (rows, "float32"),
        }
        if images is not None:
            pixels = as_pixels(images)
            same_number(pixels, codes=self.codes)
            image_shape = pixels.shape[1:]
            arrays["images"] = (pixels, "uint8")
        ends = [self.codes + sign * reach * row for row in rows for sign in (-1, 1)]
        super().__init__(
            {"decoder": (decoder, np.concatenate([self.codes, *ends]))},
            arrays,
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            starts=len(self.codes),
            attributes=list(self.directions),
            reach=reach,
            start=start,
            amounts=dict(amounts or {}),
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("start")
    def _known_start(self, proposal: dict[str, Any]) -> int:
        return check_index(proposal["value"], len(self.codes), "start")

    @traitlets.validate("amounts")
    def _known_directions(self, proposal: dict[str, Any]) -> dict[str, float]:
        for name in proposal["value"]:
            if name not in self.directions:
                known = ", ".join(self.directions)
                raise traitlets.TraitError(
                    f"no direction named {name!r}; there are: {known}"
                )
        return proposal["value"]

    def decode(self, start: int | None = None) -> np.ndarray:
        """The changed image, by torch, of ``start`` (by default the trait)."""
        code = self.codes[self.start if start is None else start]
        code = code + sum(a * self.directions[k] for k, a in self.amounts.items())
        return self.decoded("decoder", code.astype("float32"))

    def draw(self) -> Figure:
        """Per direction, the start with −reach, 0 and reach of it."""
        figure = Figure(figsize=(5.4, 1.5 * len(self.directions)), layout="constrained")
        grid = figure.subplots(len(self.directions), 3, squeeze=False)
        for row, (name, vector) in zip(grid, self.directions.items(), strict=True):
            for axes, amount in zip(row, (-self.reach, 0, self.reach), strict=True):
                code = (self.codes[self.start] + amount * vector).astype("float32")
                words = f"{amount:+g}".replace("-", "−") if amount else "0"
                show_image(axes, self.decoded("decoder", code), f"{name} {words}")
        return figure

    def describe(self) -> str:
        """What the still picture shows."""
        names = ", ".join(self.directions)
        return (
            f"Start {self.start + 1} of {self.starts}, decoded with "
            f"−{self.reach:g}, 0 and {self.reach:g} times each direction added to its "
            f"code, one row each: {names}."
        )
