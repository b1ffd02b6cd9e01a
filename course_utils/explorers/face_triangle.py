"""The face triangle: a point between three faces, and the face that stands there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from .base import Finite, assemble
from .decoding import DecodingExplorer, as_pixels, check_index, same_number, show_image
from .packing import Stored, as_array

CORNERS = ("top", "left", "right")


class FaceTriangle(DecodingExplorer):
    """Move a point in a triangle of three faces; the decoded mix of codes follows.

    Two traits are synced with the page: ``corners``, which faces stand at the top, on
    the left and on the right, and ``weights``, their three shares, which sum to one.

    Parameters
    ----------
    decoder : codes [B, D] → pixels in [0, 1].
    codes : [N, D], the faces to choose from.
    images : the faces themselves, [N, H, W] or [N, H, W, 3], uint8 or floats in
        [0, 1], to show at the corners; without them the decoded ones stand there.
    image_shape : of one image, where no images are given.
    corners, weights : where to start; by default in the middle of the first three.
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/pad.js", "face_triangle.js"
    )
    _css = assemble("page/decoding.css")
    corners = traitlets.List(traitlets.Int(), minlen=3, maxlen=3).tag(sync=True)
    weights = traitlets.List(Finite(), minlen=3, maxlen=3).tag(sync=True)
    faces = traitlets.Int(help="how many to choose from").tag(sync=True)

    def __init__(
        self,
        decoder: nn.Module,
        codes: Any,
        images: Any = None,
        *,
        image_shape: Sequence[int] = (32, 32, 3),
        corners: Sequence[int] = (0, 1, 2),
        weights: Sequence[float] = (1 / 3, 1 / 3, 1 / 3),
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "Three faces: every point between them is a mix of their codes.",
        try_this: str = "go from corner to corner, then look for a face of your own.",
    ) -> None:
        self.codes = as_array(codes)
        arrays: dict[str, tuple[np.ndarray, Stored]] = {
            "codes": (self.codes, "float32")
        }
        if images is not None:
            pixels = as_pixels(images)
            same_number(pixels, codes=self.codes)
            image_shape = pixels.shape[1:]
            arrays["images"] = (pixels, "uint8")
        super().__init__(
            {"decoder": (decoder, self.codes)},
            arrays,
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            faces=len(self.codes),
            corners=list(corners),
            weights=list(weights),
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("corners")
    def _known_faces(self, proposal: dict[str, Any]) -> list[int]:
        return [check_index(i, len(self.codes), "face") for i in proposal["value"]]

    @traitlets.validate("weights")
    def _shares(self, proposal: dict[str, Any]) -> list[float]:
        weights = proposal["value"]
        if min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
            raise traitlets.TraitError(
                f"three shares, none below 0, must sum to 1; these are {weights}"
            )
        return weights

    def decode(self) -> np.ndarray:
        """The face at the point, by torch: float32 of ``image_shape``."""
        mix = np.array(self.weights) @ self.codes[self.corners]
        return self.decoded("decoder", mix.astype("float32"))

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.4, 1.7), layout="constrained")
        images = [self.decoded("decoder", self.codes[i]) for i in self.corners]
        titles = [f"{w:.0%} {c}" for w, c in zip(self.weights, CORNERS, strict=True)]
        images, titles = [*images, self.decode()], [*titles, "the mix"]
        for axes, image, title in zip(
            figure.subplots(1, 4), images, titles, strict=True
        ):
            show_image(axes, image, title)
        return figure

    def describe(self) -> str:
        """Which three faces, and their shares in the fourth."""
        faces = ", ".join(str(i + 1) for i in self.corners)
        shares = ", ".join(f"{weight:.0%}" for weight in self.weights)
        return (
            f"Three decoded faces, numbers {faces} of {self.faces}, and the face that "
            f"the decoder makes of a mix of their codes: {shares}."
        )
