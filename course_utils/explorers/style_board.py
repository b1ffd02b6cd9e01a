"""The style board: one place on a pad, and all classes in the hand of that place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from .base import Finite, assemble
from .decoding import DecodingExplorer, show_image
from .packing import Stored, as_array
from .plane import as_dots, draw_plane
from .points import as_classes


class StyleBoard(DecodingExplorer):
    """Drag over the 2-D code of a conditional decoder; every class follows.

    One trait is synced with the page: ``z``, the code [z1, z2], the handwriting.

    Parameters
    ----------
    decoder : [B, 2 + classes] → pixels in [0, 1]: a code, then the class as so many
        numbers, one of them 1.
    codes, labels : of some images, [N, 2] and integers from 0 [N], to draw as dots;
        none by default.
    class_names : one name per class.
    turns : orthogonal matrices [classes, 2, 2]: class k is decoded at turns[k] @ z, so
        that classes agree in what a direction of the pad means. By default at z. The
        codes to draw are given in the pad's coordinates.
    z : where to start.
    reach : the pad goes from −reach to reach.
    columns : how many images stand in a row.
    image_shape, stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch decodes.
    """

    _esm = assemble(
        "page/decoder.js",
        "page/decoding.js",
        "page/pad.js",
        "page/plane.js",
        "style_board.js",
    )
    _css = assemble("page/decoding.css", "style_board.css")
    z = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    reach = Finite().tag(sync=True)
    columns = traitlets.Int().tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)

    def __init__(
        self,
        decoder: nn.Module,
        codes: Any = None,
        labels: Any = None,
        class_names: Sequence[str] = tuple("0123456789"),
        *,
        turns: Any = None,
        z: Sequence[float] = (0.0, 0.0),
        reach: float = 2.0,
        columns: int = 5,
        image_shape: Sequence[int] = (28, 28),
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "One hand, ten digits: every place on the pad is a handwriting.",
        try_this: str = "drag from the left edge to the right, then from the bottom "
        "to the top. What does each way change?",
    ) -> None:
        self.codes, given = as_dots(codes, labels)
        every = np.arange(len(class_names))
        classes = as_classes(every, class_names)[1]
        self.labels = as_classes(given, class_names)[0] if len(given) else given
        self.turns = as_array(np.eye(2) if turns is None else turns)
        if self.turns.shape[-2:] != (2, 2) or self.turns.size not in (
            4,
            4 * len(classes),
        ):
            raise ValueError(
                f"The turns have shape {self.turns.shape}; give one matrix [2, 2] for "
                f"each of {len(classes)} classes."
            )
        self.turns = np.broadcast_to(self.turns, (len(classes), 2, 2))
        axis = np.linspace(-reach, reach, 5)
        hands = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        asked = np.concatenate([self._asked(hand) for hand in hands])
        super().__init__(
            {"decoder": (decoder, asked)},
            {
                "codes": (self.codes, "float16"),
                "labels": (self.labels.astype("float32"), "float16"),
                "turns": (self.turns.astype("float32"), "float32"),
            },
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            classes=classes,
            z=list(z),
            reach=reach,
            columns=columns,
            label=label,
            try_this=try_this,
        )

    def _asked(self, z: np.ndarray) -> np.ndarray:
        """One hand [2], turned for each class and beside it: [classes, 2 + classes]."""
        return np.concatenate(
            [self.turns @ z, np.eye(len(self.turns))], axis=1, dtype="float32"
        )

    def decode(self) -> dict[str, np.ndarray]:
        """Each class at ``z``, by torch: float32 of ``image_shape``."""
        rows = self._asked(np.array(self.z))
        return {
            each["name"]: self.decoded("decoder", row)
            for each, row in zip(self.classes, rows, strict=True)
        }

    def draw(self) -> Figure:
        columns = self.columns
        rows = -(-len(self.classes) // columns)
        figure = Figure(figsize=(6.4, 2.3), layout="constrained")
        grid = figure.add_gridspec(
            rows, columns + 2, width_ratios=[rows, *[1] * columns, 0.01]
        )
        pad = figure.add_subplot(grid[:, 0])
        colours = [self.classes[i]["colour"] for i in self.labels]
        x, y = self.codes.T
        pad.scatter(x, y, s=4, c=colours, alpha=0.8, lw=0)
        draw_plane(pad, self.z, self.reach)
        for i, image in enumerate(self.decode().values()):
            row, column = divmod(i, columns)
            show_image(figure.add_subplot(grid[row, column + 1]), image)
        return figure

    def describe(self) -> str:
        """Where the still picture stands."""
        z1, z2 = self.z
        names = ", ".join(each["name"] for each in self.classes)
        return (
            f"A plane of handwritings with a ring at z = ({z1:.2f}, {z2:.2f}), and "
            f"what the decoder writes there when asked for each of {names}."
        )
