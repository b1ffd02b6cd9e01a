"""A graph that the reader rewires: when do neighbours help?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..show import INK, MODEL_COLOURS
from .base import Explorer, Finite, assemble
from .packing import as_array, pack
from .points import as_classes

WAYS = ("alone", "averaged", "apart")  # what a node is described by
_COLOURS = dict(
    zip(WAYS, (MODEL_COLOURS[m] for m in ("pixels", "cnn", "vae")), strict=True)
)
_MOST = 400  # nodes
_COLUMNS = 24  # principal components: what averages and classifies in the page
_RIDGE = 0.1  # of the mean square, added to each


class Rewire(Explorer):
    """Bend the edges of a graph between two classes and see what averaging does.

    Each node has `degree` / 2 edges of its own. An edge leads to a node of the same
    class where its own fixed chance lies below the ``homophily``, else to one of the
    other class. The page averages the nodes' numbers over neighbours ``steps`` times,
    draws their two principal components, and classifies held-out nodes by ridge
    regression on three descriptions: a node's own numbers *alone*; *averaged* over
    itself and its neighbours (Kipf & Welling's S); and *apart*, its own numbers beside
    the mean of its neighbours.

    The traits ``homophily`` and ``steps`` are synced with the page.

    Parameters
    ----------
    features : [N, F], at most 400 nodes; rows are scaled to length one and reduced to
        24 principal components in float16, which an average does not mind.
    labels : 0 or 1, [N].
    class_names : two names.
    degree : about how many neighbours a node has, at least 2.
    train : the share of nodes that the classifiers see.
    homophily, steps : where to start: 0 to 1, and 0 to 3.
    seed : of the edges, and of who is held out.
    label, try_this : what stands above and below.

    Raises
    ------
    ValueError : labels, nodes or a degree that do not fit.
    traitlets.TraitError : a homophily or a number of steps out of reach.
    """

    _esm = assemble("rewire.js")
    _css = assemble("rewire.css")
    homophily = Finite(min=0, max=1).tag(sync=True)
    steps = traitlets.Int(min=0, max=3).tag(sync=True)
    classes: traitlets.List = traitlets.List(help="name and colour").tag(sync=True)
    ways: traitlets.Dict = traitlets.Dict(help="colour of each").tag(sync=True)
    ridge = Finite(_RIDGE).tag(sync=True)

    def __init__(
        self,
        features: Any,
        labels: Any,
        class_names: Sequence[str] = ("red texts", "blue texts"),
        *,
        degree: int = 6,
        train: float = 1 / 3,
        homophily: float = 0.8,
        steps: int = 1,
        seed: int = 0,
        label: str = "A graph to rewire: when do neighbours help?",
        try_this: str = "drag homophily from 1 to 0; then with 2 averaging steps.",
    ) -> None:
        rows = as_array(features)
        self.labels, classes = as_classes(labels, class_names)
        _check(rows, self.labels, degree)
        for each, colour in zip(classes, ("#c2443c", "#2f86d1"), strict=True):
            each["colour"] = colour
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(rows))
        self.trained = np.zeros(len(rows), bool)
        self.trained[order[: round(train * len(rows))]] = True
        self.start = np.repeat(np.arange(len(rows)), degree // 2)
        self.same, self.other = _partners(rng, self.labels, self.start)
        self.chance = rng.permutation(np.arange(len(self.start)) + 0.5) / len(
            self.start
        )
        self.numbers = _components(rows)
        data, table = pack(
            {
                "numbers": (self.numbers, "float16"),
                "labels": (self.labels, "float16"),
                "trained": (self.trained, "float16"),
                # whole numbers below 2,048: exact
                "start": (self.start, "float16"),
                "same": (self.same, "float16"),
                "other": (self.other, "float16"),
                "chance": (self.chance, "float32"),
            }
        )
        super().__init__(
            label=label,
            try_this=try_this,
            arrays=data,
            array_table=table,
            classes=classes,
            ways=_COLOURS,
            homophily=homophily,
            steps=steps,
        )

    @property
    def floor(self) -> float:
        """What always saying the training nodes' commoner class gives, 0 … 1."""
        common = self.labels[self.trained].mean() > 0.5
        return float((self.labels[~self.trained] == common).mean())

    def edges(self, homophily: float | None = None) -> np.ndarray:
        """The graph at a homophily, by default where it stands: int64 [E, 2]."""
        h = self.homophily if homophily is None else homophily
        stays = self.chance.astype("float32") < h
        ends = np.stack([self.start, np.where(stays, self.same, self.other)], axis=1)
        return np.unique(np.sort(ends, axis=1), axis=0)

    def described(
        self, homophily: float | None = None, steps: int | None = None
    ) -> dict[str, np.ndarray]:
        """What each node is described by, in three ways: float64 [N, D] or [N, 2 D]."""
        count = self.steps if steps is None else steps
        n = len(self.labels)
        links = np.zeros((n, n))
        a, b = self.edges(homophily).T
        links[a, b] = links[b, a] = 1
        looped = links + np.eye(n)
        root = np.sqrt(looped.sum(1))
        mixing = looped / root[:, None] / root
        mean = links / links.sum(1, keepdims=True).clip(1)
        own = self.numbers.astype("float64")
        mixed, around = own, own
        for _ in range(count):
            mixed, around = mixing @ mixed, mean @ around
        return {
            "alone": own,
            "averaged": mixed,
            "apart": np.concatenate([own, around], axis=1),
        }

    def accuracies(
        self, homophily: float | None = None, steps: int | None = None
    ) -> dict[str, float]:
        """Share of held-out nodes that each description classifies right, 0 … 1.

        By default where the explorer stands.
        """
        return {
            way: self._accuracy(rows)
            for way, rows in self.described(homophily, steps).items()
        }

    def _accuracy(self, rows: np.ndarray) -> float:
        seen, held = rows[self.trained], rows[~self.trained]
        wanted = 2.0 * self.labels[self.trained] - 1
        centred = seen - seen.mean(0)
        square = centred.T @ centred
        ridge = _RIDGE * np.trace(square) / len(square)
        weights = np.linalg.solve(
            square + ridge * np.eye(len(square)), centred.T @ wanted
        )
        said = (held - seen.mean(0)) @ weights + wanted.mean() > 0
        return float((said == self.labels[~self.trained]).mean())

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.0, 4.8), layout="constrained")
        axes = figure.subplots()
        axes.set_axis_off()
        rows = self.described()["averaged"]
        centred = rows - rows.mean(0)
        _, _, directions = np.linalg.svd(centred, full_matrices=False)
        places = centred @ directions[:2].T
        for a, b in self.edges():
            axes.plot(*places[[a, b]].T, color=INK, lw=0.4, alpha=0.35)
        for c, each in enumerate(self.classes):
            for seen in (True, False):
                chosen = (self.labels == c) & (self.trained == seen)
                x, y = places[chosen].T
                axes.scatter(
                    x,
                    y,
                    s=16,
                    facecolor=each["colour"] if seen else "none",
                    edgecolor=each["colour"],
                    label=each["name"] if seen else None,
                )
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
        return figure

    def describe(self) -> str:
        rates = ", ".join(f"{way} {r:.0%}" for way, r in self.accuracies().items())
        steps = "step" if self.steps == 1 else "steps"
        return (
            f"A graph of {len(self.labels)} texts of two classes; a share "
            f"{self.homophily:.2f} of edges stays within a class. After {self.steps} "
            f"averaging {steps}, held-out nodes classified right: {rates}; guessing "
            f"{self.floor:.0%}."
        )


def _check(rows: np.ndarray, labels: np.ndarray, degree: int) -> None:
    """Refuse what is no graph of two classes."""
    if rows.ndim != 2 or labels.shape != (len(rows),):
        raise ValueError(
            f"Rewire needs features [N, F] and one label for each node, not "
            f"{rows.shape} and {labels.shape}."
        )
    if not 20 <= len(rows) <= _MOST or not np.isfinite(rows).all():
        raise ValueError(
            f"Rewire draws from 20 to {_MOST} nodes with finite features: pass so many."
        )
    if min(np.bincount(labels, minlength=2)) < 3 or labels.max() > 1:
        raise ValueError(
            "Rewire bends edges between two classes: labels are 0 and 1, each of them "
            "three times or more."
        )
    if not 2 <= degree <= 20:
        raise ValueError(f"degree is {degree}: choose from 2 to 20 neighbours.")


def _partners(
    rng: np.random.Generator, labels: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For every edge another node of its start's class, and one of the other class."""
    members = [np.flatnonzero(labels == c) for c in range(2)]
    same = [rng.choice(members[labels[i]][members[labels[i]] != i]) for i in start]
    other = [rng.choice(members[1 - labels[i]]) for i in start]
    return np.array(same), np.array(other)


def _components(rows: np.ndarray) -> np.ndarray:
    """The first principal components of rows of length one, as float16 holds them."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-12)
    centred = unit - unit.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    parts = (left * sizes)[:, :_COLUMNS]
    return parts.astype("float16").astype("float32")
