"""The latent map: drag over a plane of codes and see what the decoder makes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from ..show import INK
from .base import Finite, assemble
from .decoding import DecodingExplorer, show_image
from .packing import Stored, as_array
from .points import as_classes


class LatentMap(DecodingExplorer):
    """Drag over 2-D codes coloured by class; the decoded image follows.

    Two traits are synced with the page: ``z``, the code [z1, z2] where the reader let
    go, and ``model``, the name of the model that decodes it.

    Parameters
    ----------
    decoder, codes : one torch decoder, codes [B, 2] → pixels in [0, 1], and the codes
        [N, 2] of N images. End it in nn.Sigmoid() if it gives logits.
    labels : the images' classes, integers from 0, [N], the same for every model.
    class_names : one name per class; by default the numbers.
    models : instead of decoder and codes, several to switch between:
        ``{"VAE": (decoder, codes), "autoencoder": (decoder, codes)}``.
    model, z : where to start; by default the first model at its first code.
    image_shape : (height, width) or (height, width, 3).
    points : how many of the codes to draw, evenly picked.
    stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/pad.js", "latent_map.js"
    )
    _css = assemble("page/decoding.css", "latent_map.css")
    z = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    views: traitlets.Dict = traitlets.Dict(help="each model's centre and reach").tag(
        sync=True
    )
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)

    def __init__(
        self,
        decoder: nn.Module | None = None,
        codes: Any = None,
        labels: Any = None,
        class_names: Sequence[str] | None = None,
        *,
        models: Mapping[str, tuple[nn.Module, Any]] | None = None,
        model: str | None = None,
        z: Sequence[float] | None = None,
        image_shape: Sequence[int] = (28, 28),
        stored: Stored = "float16",
        points: int = 2000,
        weights_of: DecodingExplorer | None = None,
        label: str = "Latent map: every point is a code, and every code an image.",
        try_this: str = "drag slowly from one colour into another.",
    ) -> None:
        if (decoder is None) == (models is None):
            raise ValueError("Give LatentMap either decoder and codes, or models={…}.")
        if decoder is not None:
            models = {"decoder": (decoder, codes)}
        assert models is not None
        if labels is None:
            raise ValueError("LatentMap needs labels: the class of each image.")
        every, classes = as_classes(labels, class_names)
        chosen = _evenly(len(every), points)
        planes = {n: _checked_codes(n, c, len(every)) for n, (_, c) in models.items()}
        self.labels = every[chosen]
        self.codes = {name: plane[chosen] for name, plane in planes.items()}
        first = model or next(iter(models))
        start = self.codes.get(first, self.codes[next(iter(models))])[0]
        super().__init__(
            {name: (pair[0], self.codes[name]) for name, pair in models.items()},
            {"labels": (self.labels, "float16")}
            | {f"{name}.codes": (c, "float32") for name, c in self.codes.items()},
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            views={name: _view(plane) for name, plane in planes.items()},
            classes=classes,
            model=first,
            z=list(start.tolist() if z is None else z),
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("model")
    def _known_model(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in self.codes:
            known = ", ".join(self.codes)
            raise traitlets.TraitError(
                f"no model named {proposal['value']!r}; there are: {known}"
            )
        return proposal["value"]

    def decode(self) -> np.ndarray:
        """The image at ``z``, by torch: float32 of ``image_shape``."""
        return self.decoded(self.model, np.array(self.z, "float32"))

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.4, 3.2), layout="constrained")
        plane, image = figure.subplots(1, 2, width_ratios=[5, 3])
        codes = self.codes[self.model]
        for i, each in enumerate(self.classes):
            of_class = codes[self.labels == i]
            plane.scatter(
                of_class[:, 0], of_class[:, 1], s=4, c=each["colour"], alpha=0.8, lw=0
            )
        plane.plot(*self.z, "o", ms=9, mfc="none", mec=INK, mew=2)
        (x, y), reach = self.views[self.model].values()
        plane.set(xlim=(x - reach, x + reach), ylim=(y - reach, y + reach), aspect=1)
        plane.set(xlabel="$z_1$", ylabel="$z_2$")
        show_image(image, self.decode())
        return figure

    def describe(self) -> str:
        z1, z2 = self.z
        return (
            f"The codes of {len(self.labels):,} images in the plane, coloured by "
            f"class; beside them the image that the {self.model} gives at "
            f"z = ({z1:.2f}, {z2:.2f})."
        )


def _evenly(available: int, wanted: int) -> np.ndarray:
    """Indices of at most ``wanted`` of ``available`` things, evenly picked."""
    return np.linspace(0, available - 1, min(available, wanted)).round().astype(int)


def _view(codes: np.ndarray) -> dict[str, Any]:
    """Centre and half-width of the square that shows nearly all codes.

    Codes that are all the same, as of a posterior that has collapsed, have one of
    half-width 1 around them.
    """
    low, high = np.quantile(codes, [0.002, 0.998], axis=0)
    reach = float(f"{(high - low).max() * 0.54:.4g}") or 1.0
    centre = np.round((low + high) / 2, 3 - int(np.floor(np.log10(reach))))
    return {"centre": centre.tolist(), "reach": reach}


def _checked_codes(name: str, codes: Any, images: int) -> np.ndarray:
    plane = as_array(codes)
    if plane.shape != (images, 2):
        raise ValueError(
            f"The codes of {name} have shape {plane.shape}; LatentMap needs one row of "
            f"two numbers for each of the {images} labels."
        )
    if not np.isfinite(plane).all():
        raise ValueError(
            f"The codes of {name} hold NaN or infinity: look at how they were computed."
        )
    return plane
