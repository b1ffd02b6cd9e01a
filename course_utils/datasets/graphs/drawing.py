"""Graphs drawn by the course: nobody's, and any homophily one asks for."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from ..shelf import Arrays
from .graph import Graph, graph_of

Pattern = Literal["any", "pairs", "ring"]


def drawn(
    homophily: float,
    *,
    classes: int = 2,
    pattern: Pattern = "any",
    nodes: int = 600,
    degree: int = 8,
    telling: float = 0.1,
    seed: int = 0,
) -> Graph:
    """A graph of short texts in which a share `homophily` of edges keeps to the class.

    The other edges go where the `pattern` says: to *any* other class, to the partner
    in *pairs* (0 and 1, 2 and 3), or to the two next ones on a *ring*. Of a text's
    words a share `telling` is about its class. Of one seed the
    nodes and their words are always the same; a larger homophily only bends edges back.

    Raises ValueError for a homophily outside 0 … 1, an unknown pattern, or classes and
    nodes that do not fit.
    """
    if not 0 <= homophily <= 1:
        raise ValueError(f"homophily is {homophily}; choose a share from 0 to 1.")
    if classes < 2 or nodes < 2 * classes:
        raise ValueError(f"{nodes} nodes in {classes} classes: give two or more each.")
    partners = _partners(pattern, classes)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(nodes) % classes)
    start = np.repeat(np.arange(nodes), degree // 2)
    members = [np.flatnonzero(labels == c) for c in range(classes)]
    sizes = np.array([len(group) for group in members])
    rank = np.zeros(nodes, dtype=int)
    for group in members:
        rank[group] = np.arange(len(group))
    own = labels[start]
    # the same number of draws whatever the homophily, so that nothing else changes
    chance, step, choice, place = rng.random((4, len(start)))
    beside = (rank[start] + 1 + (step * (sizes[own] - 1)).astype(int)) % sizes[own]
    away = np.array(
        [p[int(u * len(p))] for p, u in zip(partners[own], choice, strict=True)]
    )
    far = (place * sizes[away]).astype(int)
    stays = chance < homophily
    to = [
        members[a][b]
        for a, b in zip(
            np.where(stays, own, away), np.where(stays, beside, far), strict=True
        )
    ]
    arrays = {
        "features": _texts(rng, labels, classes, telling),
        "edges": np.stack([start, to], axis=1),
        "labels": labels,
    }
    title = f"Drawn graph, homophily {homophily:.2g}"
    return graph_of("drawn", title, arrays, (), "CC0", "the course", reason=pattern)


def _partners(pattern: str, classes: int) -> np.ndarray:
    """For each class the classes that its other edges may lead to: int [C, P]."""
    own = np.arange(classes)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "any": lambda: (own[:, None] + np.arange(1, classes)) % classes,
        "pairs": lambda: (own ^ 1)[:, None],
        "ring": lambda: (own[:, None] + [1, classes - 1]) % classes,
    }
    if pattern not in ways or (pattern == "pairs" and classes % 2):
        raise ValueError(
            f'The pattern {pattern!r} does not fit {classes} classes: choose "any", '
            '"ring" or, for an even number, "pairs".'
        )
    return ways[pattern]()


def _texts(
    rng: np.random.Generator,
    labels: np.ndarray,
    classes: int,
    telling: float = 0.1,
    vocabulary: int = 300,
    uneven: float = 0.5,
) -> np.ndarray:
    """Texts of some 20 words, so many about the class: 0 or 1, uint8 [N, F].

    `uneven` is the standard deviation of the logarithm of their length.
    """
    frequency = 1 / np.arange(1, vocabulary + 1)
    topic = vocabulary // classes // 2  # the rare words at the end are about a class
    features = np.zeros((len(labels), vocabulary), np.uint8)
    for words, label in zip(features, labels, strict=True):
        length = max(3, int(rng.lognormal(3, uneven)))
        common = rng.choice(vocabulary, length, p=frequency / frequency.sum())
        about = vocabulary - 1 - label * topic - rng.integers(topic, size=length)
        words[np.where(rng.random(length) < telling, about, common)] = 1
    return features


def draw_modules(nodes: int = 700, subjects: int = 8, circle: int = 12) -> Arrays:
    """As if a library had been read: edges keep to the subject and change the role.

    Within a subject modules stand in circles, whose members import one another.
    """
    rng = np.random.default_rng(0)
    subject = rng.integers(subjects, size=nodes)
    role = rng.choice(3, nodes, p=[0.55, 0.4, 0.05])
    circles = nodes // subjects // circle  # in each subject
    group = subject * circles + rng.integers(circles, size=nodes)
    liking = np.where(subject[:, None] == subject, 8.0, 1)
    liking *= np.where(group[:, None] == group, 30, 1)
    liking *= np.where(role[:, None] == role, 1, 1.6)
    np.fill_diagonal(liking, 0)
    start = np.repeat(np.arange(nodes), 3)
    reach = (liking / liking.sum(1, keepdims=True)).cumsum(1)[start]
    to = (reach < rng.random((len(start), 1))).sum(1).clip(max=nodes - 1)
    about = [
        _texts(rng, subject, subjects, 0.2, uneven=1.0),
        _texts(rng, role, 3, 0.6, uneven=1.0),
        _texts(rng, group, subjects * circles, 0.2, vocabulary=900, uneven=1.0),
    ]
    return {
        "features": np.concatenate(about, axis=1),
        "edges": np.stack([start, to], axis=1),
        "names": np.array([f"drawn.{i}" for i in range(nodes)]),
        "subjects": np.array([f"subject {c}" for c in range(subjects)]),
        "subject": subject,
        "role": role,
    }
