"""The word map: the nearest words to a word, or to word − word + word."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..show import DIGIT_COLOURS, INK
from .base import Explorer, assemble
from .packing import Stored, as_array, pack

_WORD = r"[^\s+\-−–]+"
_QUERY = re.compile(rf"({_WORD})(?:\s*[-−–]\s*({_WORD}))?(?:\s*\+\s*({_WORD}))?")


class WordMap(Explorer):
    """Type a word and see its neighbours by cosine; ``a - b + c`` works too.

    The trait ``query`` is synced with the page: what the reader asked last.

    Parameters
    ----------
    vocabulary : V different words, the most frequent first (completion offers them in
        this order).
    vectors : [V, D], any lengths; only directions count.
    map2d : [V, 2], where each word stands on the map.
    groups : {name: words} to colour on the map.
    query : what to ask first: "row" or "rows - row + column".
    examples : queries to offer as buttons.
    neighbours : how many words to answer.
    stored : how the page holds the vectors: "int8", "float16" or "float32".
    label, try_this : what stands above and below.

    Raises
    ------
    ValueError : shapes that do not fit, words that occur twice or hold a space, + or −.
    """

    _esm = assemble("word_search.js", "word_map.js")
    _css = assemble("word_map.css")
    query = traitlets.Unicode().tag(sync=True)
    vocabulary = traitlets.List(traitlets.Unicode()).tag(sync=True)
    groups: traitlets.List = traitlets.List(help="name, colour and word indices").tag(
        sync=True
    )
    examples = traitlets.List(traitlets.Unicode()).tag(sync=True)
    neighbours = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        vocabulary: Sequence[str],
        vectors: Any,
        map2d: Any,
        groups: Mapping[str, Sequence[str]] | None = None,
        *,
        query: str = "row",
        examples: Sequence[str] = (),
        neighbours: int = 8,
        stored: Stored = "int8",
        label: str = "Word map: words used alike stand close together.",
        try_this: str = "type a word, or tap a neighbour and wander on.",
    ) -> None:
        vectors, places = as_array(vectors), as_array(map2d)
        _check(vocabulary, vectors, places)
        # a word as it is spelt, or the first that differs in capitals only
        self._loose = {w.lower(): i for i, w in reversed([*enumerate(vocabulary)])}
        self._index = {word: i for i, word in enumerate(vocabulary)}
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._directions = vectors / lengths.clip(1e-12)
        low, high = places.min(0), places.max(0)
        self._places = (places - low) / (high - low).clip(1e-12)
        data, table = pack(
            {
                "vectors": (self._directions, stored),
                "places": (self._places, "float16"),
            }
        )
        super().__init__(
            label=label,
            try_this=try_this,
            arrays=data,
            array_table=table,
            vocabulary=list(vocabulary),
            groups=[
                {
                    "name": name,
                    "colour": DIGIT_COLOURS[i % len(DIGIT_COLOURS)],
                    "words": [self._index[w] for w in words if w in self._index],
                }
                for i, (name, words) in enumerate((groups or {}).items())
            ],
            examples=list(examples),
            neighbours=neighbours,
            query=query,
        )

    @traitlets.validate("query")
    def _readable_query(self, proposal: dict[str, Any]) -> str:
        query = proposal["value"].strip()
        if query and not _QUERY.fullmatch(query):
            raise traitlets.TraitError(
                f"cannot read {query!r}: write a word, or word - word + word"
            )
        return query

    def nearest(self, query: str | None = None) -> list[tuple[str, float]]:
        """The nearest words to ``query`` (by default the trait) and their cosines.

        The words of the query itself are left out, as usual for analogies. A word in
        other capitals is found too; KeyError for one that is not in the vocabulary.
        """
        asked = [self._find(word) if word else None for word in self._words(query)]
        target = np.zeros(self._directions.shape[1], "float32")
        for sign, i in zip((1, -1, 1), asked, strict=True):
            if i is not None:
                target += sign * self._directions[i]
        cosines = self._directions @ target / np.linalg.norm(target).clip(1e-12)
        order = [int(i) for i in np.argsort(-cosines, kind="stable") if i not in asked]
        return [
            (self.vocabulary[i], float(cosines[i])) for i in order[: self.neighbours]
        ]

    def _find(self, word: str) -> int:
        found = self._index.get(word)
        return self._loose[word.lower()] if found is None else found

    def _words(self, query: str | None = None) -> tuple[str | None, ...]:
        """The query's three words, None where there is none."""
        match = _QUERY.fullmatch((self.query if query is None else query).strip())
        return match.groups() if match else (None, None, None)

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.4, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.set_axis_off()
        x, y = self._places.T
        axes.scatter(x, y, s=3, c=INK, alpha=0.35, lw=0)
        for group in self.groups:
            x, y = self._places[group["words"]].T
            axes.scatter(x, y, s=9, c=group["colour"], lw=0, label=group["name"])
        if self.groups:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4)
        for word in self._words():
            if not word or word.lower() not in self._loose:
                continue
            x, y = self._places[self._find(word)]
            axes.annotate(
                word, (x, y), (4, 4), textcoords="offset points", weight="bold"
            )
            axes.plot(x, y, "o", ms=8, mfc="none", mec=INK, mew=2)
        return figure

    def describe(self) -> str:
        """What the still picture shows, and the answer to the present query."""
        try:
            found = ", ".join(word for word, _ in self.nearest())
        except KeyError:  # the reader asked for a word that is not here
            found = "not known"
        words = f"{len(self.vocabulary):,} words on a map."
        return f"{words} Nearest to {self.query}: {found}."


def _check(vocabulary: Sequence[str], vectors: np.ndarray, places: np.ndarray) -> None:
    """Refuse what the page could not show."""
    words = len(vocabulary)
    if vectors.ndim != 2 or len(vectors) != words or places.shape != (words, 2):
        raise ValueError(
            f"WordMap needs for its {words} words vectors [{words}, D] and map2d "
            f"[{words}, 2], not {vectors.shape} and {places.shape}."
        )
    if len(set(vocabulary)) < words:
        raise ValueError("A word occurs twice in the vocabulary; give each one once.")
    odd = next((w for w in vocabulary if not re.fullmatch(_WORD, w)), None)
    if odd is not None:
        raise ValueError(
            f"The word {odd!r} holds a space, + or −, which the query needs as signs."
        )
