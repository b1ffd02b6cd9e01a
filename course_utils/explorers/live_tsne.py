"""t-SNE that runs in the page on a few hundred points."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from sklearn.manifold import TSNE

from ..metrics import other_neighbours
from .base import Explorer, Finite, assemble
from .noise import normal_noise
from .packing import as_array, pack
from .points import (
    as_classes,
    check_points,
    largest_perplexity,
    principal,
)


class LiveTSNE(Explorer):
    """Watch t-SNE place points, with its KL divergence and neighbours kept beside it.

    The page computes exact gradients, as scikit-learn's ``method="exact"`` does, from
    a random start, whenever it can be seen. Readers change the perplexity, pause, and
    restart with another seed.

    The traits ``perplexity``, ``seed``, ``running`` and, where a run has stopped,
    ``iteration`` and ``places`` (2 N numbers, see `positions`) are synced with the
    page.

    Parameters
    ----------
    vectors : [N, D], at most 400 rows. t-SNE runs on their first 50 principal
        components in float16; the neighbours to keep are those of the given vectors.
    labels : integers [N], the points' classes.
    class_names : one name per class; by default the numbers. Names of one character
        are drawn as they are.
    perplexity : from 2 to a third of the points, at most 100; by default 30, if it can.
    seed : of the random start.
    neighbours : how many nearest neighbours should be kept.
    label, try_this : what stands above and below.

    Raises
    ------
    ValueError : more points than the page can move in time, or shapes that don't fit.
    traitlets.TraitError : a perplexity out of reach.
    """

    _esm = assemble("page/noise.js", "tsne.js", "live_tsne.js")
    _css = assemble("live_tsne.css")
    perplexity = traitlets.Int().tag(sync=True)
    largest = traitlets.Int(help="perplexity that the slider offers").tag(sync=True)
    seed = traitlets.Int(min=0, max=2**32 - 1).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    iteration = traitlets.Int(0).tag(sync=True)
    places = traitlets.List(Finite()).tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)

    def __init__(
        self,
        vectors: Any,
        labels: Any,
        class_names: Sequence[str] | None = None,
        *,
        perplexity: int | None = None,
        seed: int = 0,
        neighbours: int = 10,
        label: str = "t-SNE at work: watch the points find their places.",
        try_this: str = "perplexity 2, then 30, then 90; and each with a new seed.",
    ) -> None:
        rows = as_array(vectors)
        rows = rows.reshape(len(rows), -1)
        self.labels, classes = as_classes(labels, class_names)
        check_points(rows, self.labels, neighbours)
        self.vectors = principal(rows)
        data, table = pack(
            {
                "vectors": (self.vectors, "float16"),
                # whole numbers below 2,048: exact
                "neighbours": (other_neighbours(rows, neighbours).numpy(), "float16"),
                "labels": (self.labels, "float16"),
            }
        )
        self._maps: dict[tuple[int, int], np.ndarray] = {}
        super().__init__(
            label=label,
            try_this=try_this,
            arrays=data,
            array_table=table,
            classes=classes,
            largest=largest_perplexity(len(rows)),
            perplexity=perplexity or min(30, largest_perplexity(len(rows))),
            seed=seed,
        )

    @traitlets.validate("perplexity")
    def _within_reach(self, proposal: dict[str, Any]) -> int:
        largest = largest_perplexity(len(self.labels))
        if not 2 <= proposal["value"] <= largest:
            raise traitlets.TraitError(
                f"perplexity {proposal['value']} is out of reach: with "
                f"{len(self.labels)} points choose from 2 to {largest}"
            )
        return proposal["value"]

    @traitlets.observe("perplexity", "seed")
    def _begin_anew(self, change: dict[str, Any]) -> None:
        # in this order: the page takes up places that it finds without a run
        self.places, self.iteration, self.running = [], 0, True

    @property
    def positions(self) -> np.ndarray:
        """Where the page's last run has stopped, float64 [N, 2]; before one, [0, 2]."""
        return np.array(self.places).reshape(-1, 2)

    def start(self) -> np.ndarray:
        """The random start of ``seed``, float64 [N, 2]."""
        return 1e-4 * normal_noise(self.seed, 2 * len(self.labels)).reshape(-1, 2)

    def reference(self) -> np.ndarray:
        """scikit-learn's own map of the same vectors from the same start, [N, 2].

        By the method of Barnes and Hut, which takes a tenth of the exact one's time.
        """
        key = self.perplexity, self.seed
        if key not in self._maps:
            init = self.start().astype("float32")
            tsne = TSNE(perplexity=self.perplexity, init=init)
            self._maps[key] = tsne.fit_transform(self.vectors)
        return self._maps[key]

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.0, 4.6), layout="constrained")
        axes = figure.subplots()
        axes.set_axis_off()
        places = self.positions if self.places else self.reference()
        for c, each in enumerate(self.classes):
            x, y = places[self.labels == c].T
            sign = f"${each['name']}$" if len(each["name"]) == 1 else "o"
            axes.plot(x, y, ls="", marker=sign, c=each["colour"], label=each["name"])
        if any(len(each["name"]) > 1 for each in self.classes):
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=5)
        return figure

    def describe(self) -> str:
        names = ", ".join(each["name"] for each in self.classes)
        return (
            f"A t-SNE map of {len(self.labels)} points with perplexity "
            f"{self.perplexity}, coloured by class: {names}."
        )
