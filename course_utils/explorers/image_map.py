"""The image map: a reader's own images on a map, each beside its true neighbours."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ..metrics.maps import other_neighbours
from .base import Explorer, Finite, assemble
from .decoding import as_pixels, same_number, show_image
from .packing import Stored, as_array, pack
from .points import as_classes

NEAR = 5  # neighbours that are shown
_SIDE = 640  # pixels of the still picture's map
_EDGE = 0.04  # of the map's side stays free around the places


class ImageMap(Explorer):
    """Small images at their places on a map; drag to pick one and see its neighbours.

    The neighbours are those in the space that the map was drawn from, so that one sees
    where the map tears them apart. Two traits are synced with the page: ``at``, the
    point [x, y] of the map in fractions of it, and ``map``, which map is shown.

    Parameters
    ----------
    images : [N, H, W] or [N, H, W, 3], uint8 or floats in [0, 1]; some hundreds.
    maps : name -> places [N, 2].
    space : [N, D], what the maps show: codes, say. Neighbours are nearest in it.
    labels, class_names : classes, integers from 0, and their names; or no labels.
    label, try_this : what stands above and below.

    Raises
    ------
    ValueError : numbers of images, places and labels do not fit, or one is NaN.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/pad.js", "image_map.js"
    )
    _css = assemble("page/decoding.css", "image_map.css")
    at = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    map = traitlets.Unicode().tag(sync=True)
    maps: traitlets.List = traitlets.List(help="their names").tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)
    image_shape = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        images: Any,
        maps: Mapping[str, Any],
        space: Any,
        labels: Any = None,
        class_names: Sequence[str] | None = None,
        *,
        label: str = "A map of images: beside each, its true neighbours.",
        try_this: str = "find an image whose neighbours lie far away on the map.",
    ) -> None:
        self.images = as_pixels(images)
        known = labels is not None
        names = class_names if known else ["image"]
        self.labels, classes = as_classes(
            labels if known else np.zeros(len(self.images), int), names
        )
        self.neighbours = other_neighbours(space, NEAR).numpy()
        self.places = {name: _in_square(name, xy) for name, xy in maps.items()}
        same_number(
            self.images, labels=self.labels, vectors=self.neighbours, **self.places
        )
        if not self.places:
            raise ValueError('ImageMap needs a map: maps={"t-SNE": places}.')
        arrays: dict[str, tuple[np.ndarray, Stored]] = {
            "images": (self.images, "uint8"),
            "labels": (self.labels, "float32"),
            "neighbours": (self.neighbours, "float32"),
        }
        arrays |= {f"{n}.places": (xy, "float32") for n, xy in self.places.items()}
        data, table = pack(arrays)
        first = next(iter(self.places))
        super().__init__(
            arrays=data,
            array_table=table,
            maps=list(self.places),
            map=first,
            at=self.places[first][0].tolist(),
            classes=classes,
            image_shape=list(self.images.shape[1:]),
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("map")
    def _known_map(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in self.places:
            known = ", ".join(self.places)
            raise traitlets.TraitError(
                f"no map named {proposal['value']!r}; there are: {known}"
            )
        return proposal["value"]

    @property
    def chosen(self) -> int:
        """The index of the image nearest to ``at`` on the map."""
        away = np.square(self.places[self.map] - self.at).sum(1)
        return int(away.argmin())

    def kept(self) -> int:
        """How many of the image's true neighbours are its nearest on the map, too."""
        places, i = self.places[self.map], self.chosen
        away = np.square(places - places[i]).sum(1)
        away[i] = np.inf
        on_map = np.argsort(away, kind="stable")[:NEAR]
        return len(set(on_map.tolist()) & set(self.neighbours[i].tolist()))

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.4, 3.3), layout="constrained")
        plane, beside = figure.subplots(1, 2, width_ratios=[5, 2])
        plane.imshow(self._sheet())
        plane.axis("off")
        show_image(beside, self.images[self.chosen], self._name(self.chosen))
        return figure

    def describe(self) -> str:
        near = ", ".join(self._name(j) for j in self.neighbours[self.chosen])
        of = f"{len(self.images):,} images on the map {self.map}"
        if len(self.classes) == 1:
            return (
                f"{of}; of one image's {NEAR} true neighbours the map keeps "
                f"{self.kept()}."
            )
        return (
            f"{of}, edged by class. The image picked is {self._name(self.chosen)}, its "
            f"nearest in truth are {near}; the map keeps {self.kept()} of them near."
        )

    def _name(self, i: int) -> str:
        return self.classes[self.labels[i]]["name"]

    def _sheet(self) -> np.ndarray:
        """The map as one picture, RGBA."""
        high, wide = self.image_shape[:2]
        sheet = np.zeros((_SIDE, _SIDE, 4), "float32")
        for i, (x, y) in enumerate(self.places[self.map]):
            colour = to_rgb(self.classes[self.labels[i]]["colour"])
            tile = np.ones((high + 4, wide + 4, 4), "float32")
            tile[..., :3] = colour
            grey = self.images[i].ndim == 2
            tile[2:-2, 2:-2, :3] = self.images[i][..., None] if grey else self.images[i]
            top = round((1 - y) * _SIDE - tile.shape[0] / 2)
            left = round(x * _SIDE - tile.shape[1] / 2)
            top = min(max(top, 0), _SIDE - tile.shape[0])
            left = min(max(left, 0), _SIDE - tile.shape[1])
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        return sheet


def _in_square(name: str, places: Any) -> np.ndarray:
    """Places [N, 2], moved and scaled alike in both directions: [0, 1]."""
    xy = as_array(places)
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all() or not len(xy):
        raise ValueError(
            f"The places on the map {name} have the shape {list(xy.shape)} or hold "
            "NaN: give two numbers for each image, [N, 2]."
        )
    low, high = xy.min(0), xy.max(0)
    reach = float((high - low).max()) or 1.0
    middled = (xy - (low + high) / 2) / reach * (1 - 2 * _EDGE) + 0.5
    return middled.astype("float32")
