"""One graph: nodes, what they say, who is linked to whom, and what they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..shelf import Arrays

SHARES = (0.48, 0.32, 0.2)  # to train, to choose by, to test: the usual split


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """Nodes, what they say, who is linked to whom, and what they are.

    `features` (float32, [N, F]) are the words of each node, mostly 0 or 1. `edges`
    (int64, [E, 2]) hold every pair once, the smaller number first, no node with
    itself. `labels` (int64, [N]) are indices into `class_names`, -1 where nobody knows.
    `names` are the nodes' own names, if they have any. `splits` (bool, [S, 3, N]) are
    published splits: nodes to train, to validate and to test.
    """

    name: str
    title: str
    features: Tensor
    edges: Tensor
    labels: Tensor
    class_names: tuple[str, ...]
    licence: str
    source: str
    reason: str = ""
    names: tuple[str, ...] = ()
    splits: Tensor | None = None

    def split(self, number: int = 0) -> tuple[Tensor, Tensor, Tensor]:
        """Nodes to train, to validate, to test: three int64 arrays of indices.

        The published split of this number, or the one that is drawn from it: 48, 32
        and 20 % of the labelled nodes. Raises IndexError beyond the published ones.
        """
        if self.splits is not None:
            train, validate, test = (x.nonzero()[:, 0] for x in self.splits[number])
            return train, validate, test
        known = (self.labels >= 0).nonzero()[:, 0]
        generator = torch.Generator().manual_seed(number)
        order = known[torch.randperm(len(known), generator=generator)]
        ends = (np.cumsum(SHARES[:2]) * len(known)).astype(int).tolist()
        train, validate, test = order.tensor_split(ends)
        return train, validate, test

    def describe(self) -> str:
        """One line: which graph, how large, why this one, under which licence."""
        size = f"{len(self.features):,} nodes, {len(self.edges):,} edges"
        words = f"{self.features.shape[1]:,} words, {len(self.class_names)} classes"
        facts = [self.title, size, words, self.reason, self.licence]
        return " · ".join(filter(None, facts))

    def __repr__(self) -> str:
        return f"<Graph: {self.describe()}>"


def graph_of(
    name: str,
    title: str,
    arrays: Arrays,
    class_names: Sequence[str],
    licence: str,
    origin: str,
    *,
    reason: str = "",
) -> Graph:
    """A graph from arrays; its edges in the one order."""
    labels = torch.from_numpy(arrays["labels"].astype(np.int64))
    classes = int(labels.max()) + 1
    splits = arrays.get("splits")
    return Graph(
        name=name,
        title=title,
        features=torch.from_numpy(arrays["features"].astype(np.float32)),
        edges=torch.from_numpy(each_once(arrays["edges"])),
        labels=labels,
        class_names=tuple(class_names) or tuple(f"class {c}" for c in range(classes)),
        licence=licence,
        source=origin,
        reason=reason,
        names=tuple(arrays["names"].tolist()) if "names" in arrays else (),
        splits=None if splits is None else torch.from_numpy(splits),
    )


def each_once(pairs: np.ndarray) -> np.ndarray:
    """Pairs [E, 2] sorted within, each once, none of a node with itself: int64."""
    pairs = np.sort(np.asarray(pairs, dtype=np.int64).reshape(-1, 2), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
