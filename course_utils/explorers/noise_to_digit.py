"""From noise to digit: a cloud of codes flows from N(0, I) to where the data are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from ..show import INK
from .base import Finite, assemble
from .chain import Chain
from .decoding import DecodingExplorer, check_index, show_image
from .noise import normal_noise
from .packing import Stored, as_array
from .points import as_classes

# As in noise_to_digit.js.
_STEPS = 16  # of Euler, from noise to code
_SHOWN = (0, 4, 8, 12, 16)  # the steps of the film
_STRONGEST = 4.0  # guidance
_POINTS, _ROLLS = 100, 8


class NoiseToDigit(DecodingExplorer):
    """A slider moves time, a cloud flows, and the code at the pad's point is decoded.

    The pad shows codes of D numbers on two axes. What the reader drags is where one
    code *starts*, among the noise; its other numbers were rolled. Traits synced with
    the page: ``start``, the place [x, y]; ``time``, from 0 to 1; ``asked``, the class
    asked for, or −1 for any; ``guidance``, from 0 to 4; ``roll``, which roll of the
    other numbers. `paths` gives in Python what the page computes.

    Parameters
    ----------
    flow : a chain of layers, [B, D + 1 + classes + 1] → velocities [B, D]. It is given
        codes, the time, and one number per class and one for "any", of which one is 1.
    decoder : codes [B, D] → pixels in [0, 1], another chain.
    codes, labels : of some images, [N, D] and integers from 0 [N], in the units of the
        flow: the dots to flow to.
    class_names : one name per class.
    start, time, asked, guidance : where to begin.
    seed : of the noise.
    image_shape, stored, weights_of, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not do what torch does.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/pad.js", "noise_to_digit.js"
    )
    _css = assemble("page/decoding.css", "noise_to_digit.css")
    start = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    time = Finite(min=0.0, max=1.0).tag(sync=True)
    guidance = Finite(min=0.0, max=_STRONGEST).tag(sync=True)
    asked = traitlets.Int().tag(sync=True)
    roll = traitlets.Int(min=0).tag(sync=True)
    reach = Finite().tag(sync=True)
    flow: traitlets.List = traitlets.List(help="layers of the flow").tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)

    def __init__(
        self,
        flow: nn.Module,
        decoder: nn.Module,
        codes: Any,
        labels: Any,
        class_names: Sequence[str] = tuple("0123456789"),
        *,
        start: Sequence[float] = (0.0, 0.0),
        time: float = 0.0,
        asked: int = -1,
        guidance: float = 1.0,
        seed: int = 0,
        image_shape: Sequence[int] = (28, 28),
        stored: Stored = "float16",
        weights_of: DecodingExplorer | None = None,
        label: str = "From noise to digit: a cloud of codes on its way to the data.",
        try_this: str = "press Play; then ask for one digit, and turn the guidance up.",
    ) -> None:
        codes = as_array(codes)
        self.labels, _ = as_classes(labels, class_names)
        _, classes = as_classes(np.arange(len(class_names)), class_names)
        if codes.ndim != 2 or len(codes) != len(self.labels):
            raise ValueError(
                f"The codes have shape {codes.shape} for {len(self.labels)} labels: "
                "give one row of numbers for each label."
            )
        self._chain, size = Chain.of(flow), codes.shape[1]
        wanted = size + 2 + len(classes)
        if self._chain.inputs != wanted:
            raise ValueError(
                f"The flow takes {self._chain.inputs} numbers; codes of {size}, a time "
                f"and a card for {len(classes)} classes or none are {wanted}."
            )
        self._stored: Stored = stored
        self.plane = _plane(codes, self.labels)
        noise = normal_noise(seed, (_POINTS + _ROLLS) * size).reshape(-1, size)
        self._noise, others = np.split(noise.astype("float32"), [_POINTS])
        # a roll leaves the pad's two directions to the reader
        self._others = others - (others @ self.plane.T) @ self.plane
        self.dots = (codes @ self.plane.T).astype("float32")
        layers, weights = self._chain.export("flow", stored)
        super().__init__(
            {"decoder": (decoder, codes)},
            weights
            | {
                "plane": (self.plane, "float32"),
                "noise": (self._noise, "float32"),
                "others": (self._others, "float32"),
                "dots": (self.dots, "float16"),
                "labels": (self.labels.astype("float32"), "float16"),
            },
            image_shape=image_shape,
            stored=stored,
            weights_of=weights_of,
            flow=layers,
            classes=classes,
            reach=float(np.ceil(np.quantile(np.abs(self.dots), 0.995) * 2) / 2 + 0.5),
            start=list(start),
            time=time,
            asked=asked,
            guidance=guidance,
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("asked")
    def _is_a_class(self, proposal: Any) -> int:
        value = proposal["value"]
        return value if value == -1 else check_index(value, len(self.classes), "class")

    def paths(self) -> dict[str, np.ndarray]:
        """From noise to code: "own" [17, D] and "cloud" [17, 100, D]."""
        place = np.array(self.start, "float32")
        own = self._others[self.roll % _ROLLS] + place @ self.plane
        z = np.concatenate([own[None], self._noise]).astype(float)
        way = [z]
        for step in range(_STEPS):
            z = z + self._velocity(z, step / _STEPS) / _STEPS
            way.append(z)
        both = np.stack(way)
        return {"own": both[:, 0], "cloud": both[:, 1:]}

    def _velocity(self, z: np.ndarray, time: float) -> np.ndarray:
        """Guided, if a class is asked for: v_any + guidance · (v_class − v_any)."""
        any_card = len(self.classes)

        def run(card: int) -> np.ndarray:
            told = np.zeros((len(z), 2 + len(self.classes)))
            told[:, 0], told[:, 1 + card] = time, 1
            rows = np.concatenate([z, told], axis=1).astype("float32")
            return self._chain.run(rows, self._stored).astype(float)

        free = run(any_card)
        if self.asked < 0:
            return free
        return free + self.guidance * (run(self.asked) - free)

    def now(self) -> dict[str, np.ndarray]:
        """The paths' points at ``time``: "own" [D] and "cloud" [100, D]."""
        whole = min(int(self.time * _STEPS), _STEPS - 1)
        part = self.time * _STEPS - whole
        return {
            name: (1 - part) * way[whole] + part * way[whole + 1]
            for name, way in self.paths().items()
        }

    def decode(self) -> dict[str, np.ndarray]:
        """The pictures that the page shows, by name: float32 of ``image_shape``."""
        codes = {"now": self.now()["own"]}
        own = self.paths()["own"]
        codes |= {f"t = {step / _STEPS:g}": own[step] for step in _SHOWN}
        return {
            name: self.decoded("decoder", code.astype("float32"))
            for name, code in codes.items()
        }

    def spread(self) -> float:
        """The cloud's standard deviation, over all its numbers, now."""
        return float(np.sqrt(self.now()["cloud"].var(0).mean()))

    def draw(self) -> Figure:
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        grid = figure.add_gridspec(2, 6, height_ratios=[3.2, 1])
        pad = figure.add_subplot(grid[:, :3])
        colours = [self.classes[i]["colour"] for i in self.labels]
        x, y = self.dots.T
        pad.scatter(x, y, s=3, c=colours, alpha=0.35, lw=0)
        x, y = (self.now()["cloud"] @ self.plane.T).T
        colour = INK if self.asked < 0 else self.classes[self.asked]["colour"]
        pad.scatter(x, y, s=12, c=colour, lw=0)
        x, y = (self.paths()["own"] @ self.plane.T).T
        pad.plot(x, y, color=INK, lw=1)
        x, y = self.plane @ self.now()["own"]
        pad.plot(x, y, "o", ms=9, mfc="none", mec=INK)
        pad.set(xlim=(-self.reach, self.reach), ylim=(-self.reach, self.reach))
        pad.set(aspect=1, xticks=[], yticks=[])
        pictures = self.decode()
        show_image(figure.add_subplot(grid[0, 3:]), pictures.pop("now"))
        film = grid[1, 3:].subgridspec(1, len(pictures))
        for i, image in enumerate(pictures.values()):
            show_image(figure.add_subplot(film[i]), image)
        return figure

    def describe(self) -> str:
        """Where the cloud is, and what was asked for."""
        wish = (
            "without a label"
            if self.asked < 0
            else f"asked for {self.classes[self.asked]['name']} with guidance "
            f"{self.guidance:.1f}"
        )
        return (
            f"{_POINTS} codes at time {self.time:.2f} on their way from noise to "
            f"the data, {wish}, spread {self.spread():.2f}; and one of them decoded, "
            "now and at five times on its way."
        )


def _plane(codes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Two orthonormal directions along which class means differ most: [2, D].

    The largest number of each is positive, so that no sign is left to chance.
    """
    means = np.stack([codes[labels == k].mean(0) for k in np.unique(labels)])
    rows = np.linalg.svd(means - means.mean(0), full_matrices=False)[2]
    if len(rows) < 2:
        raise ValueError("The codes need two classes and two numbers at least.")
    plane = rows[:2]
    largest = np.abs(plane).argmax(1)
    return (plane * np.sign(plane[[0, 1], largest])[:, None]).astype("float32")
