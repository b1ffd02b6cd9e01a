"""The latent map: drag over a plane of codes and see what the decoder makes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import nn

from course_utils.show import DIGIT_COLOURS, INK

from .base import Explorer, assemble
from .chain import Chain, checked_images
from .packing import Stored, as_array, pack


class LatentMap(Explorer):
    """Drag over 2-D codes coloured by class; the decoded image follows.

    Two traits are synced with the page: ``z``, the code [z1, z2] where the reader let
    go, and ``model``, the name of the model that decodes it.

    Parameters
    ----------
    decoder, codes : one torch decoder, codes [B, 2] → pixels in [0, 1], and the codes
        [N, 2] of N images. The decoder must be a chain of Linear, ReLU, Tanh and
        Sigmoid layers; end it in nn.Sigmoid() if it gives logits.
    labels : the images' classes, integers [N], the same images for every model.
    class_names : one name per class; by default the numbers.
    models : instead of decoder and codes, several to switch between:
        ``{"VAE": (decoder, codes), "autoencoder": (decoder, codes)}``.
    model, z : where to start; by default the first model at its first code.
    image_shape : (height, width) or (height, width, 3).
    stored : how the page holds the weights: "float16" (not to be seen), "float32", or
        "int8": half of float16's size, for several models on one page; a few pixels
        then change by some hundredths. `rounding` says by how much at most.
    points : how many of the codes to draw, evenly picked.
    label, try_this : what stands above and below.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble("page/page.js", "page/decoder.js", "page/pad.js", "latent_map.js")
    _css = assemble("page/page.css", "latent_map.css")
    z = traitlets.List(traitlets.Float(), minlen=2, maxlen=2).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    models: traitlets.List = traitlets.List(help="name, layers, centre and reach").tag(
        sync=True
    )
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)
    image_shape = traitlets.List(traitlets.Int()).tag(sync=True)

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
        classes = as_array(labels).astype(int)
        chosen = _evenly(len(classes), points)
        names = class_names or [str(c) for c in range(classes.max() + 1)]
        if len(names) <= classes.max():
            raise ValueError(
                f"The labels have {classes.max() + 1} classes but {len(names)} "
                "class_names: give one name per class."
            )
        self.codes: dict[str, np.ndarray] = {}
        self.decoders: dict[str, nn.Module] = {}
        self.rounding = 0.0  # largest change of a pixel by storing weights this way
        arrays: dict[str, tuple[np.ndarray, Stored]] = {
            "labels": (classes[chosen], "float16")
        }
        described = []
        for name, (network, plane) in models.items():
            plane = _checked_codes(name, plane, len(classes))
            chain = Chain.of(network)
            exact = checked_images(name, network, chain, plane[chosen], image_shape)
            rounded = chain.run(plane[chosen], stored)
            self.rounding = max(self.rounding, float(np.abs(rounded - exact).max()))
            layers, weights = chain.export(name, stored)
            arrays |= weights | {f"{name}.codes": (plane[chosen], "float16")}
            centre, reach = _view(plane)
            described.append(
                {"name": name, "layers": layers, "centre": centre, "reach": reach}
            )
            self.codes[name], self.decoders[name] = plane[chosen], network
        self.labels = classes[chosen]
        data, table = pack(arrays)
        first = model or next(iter(models))
        super().__init__(
            label=label,
            try_this=try_this,
            arrays=data,
            array_table=table,
            models=described,
            model=first,
            classes=[
                {"name": name, "colour": DIGIT_COLOURS[i % len(DIGIT_COLOURS)]}
                for i, name in enumerate(names)
            ],
            image_shape=list(image_shape),
            z=list(z) if z is not None else self.codes[first][0].tolist(),
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
        with torch.no_grad():
            image = self.decoders[self.model](torch.tensor([self.z]))
        return as_array(image).reshape(self.image_shape)

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
        view = next(m for m in self.models if m["name"] == self.model)
        (x, y), reach = view["centre"], view["reach"]
        plane.set(xlim=(x - reach, x + reach), ylim=(y - reach, y + reach), aspect=1)
        plane.set(xlabel="$z_1$", ylabel="$z_2$")
        image.imshow(self.decode(), cmap="gray", vmin=0, vmax=1)
        image.axis("off")
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


def _view(codes: np.ndarray) -> tuple[list[float], float]:
    """Centre and half-width of the square that shows nearly all codes."""
    low, high = np.quantile(codes, [0.002, 0.998], axis=0)
    centre = [round(float(c), 3) for c in (low + high) / 2]
    return centre, round(float((high - low).max()) * 0.54, 3)


def _checked_codes(name: str, codes: Any, images: int) -> np.ndarray:
    plane = as_array(codes)
    if plane.shape != (images, 2):
        raise ValueError(
            f"The codes of {name} have shape {plane.shape}; LatentMap needs one row of "
            f"two numbers for each of the {images} labels."
        )
    return plane
