"""Words to learn from: the docstrings of libraries that are installed anyway."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .dataset import DataUnavailable
from .shelf import Arrays, keep, version

# What to import -> what to install.
LIBRARIES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "matplotlib": "matplotlib",
    "networkx": "networkx",
    "sympy": "sympy",
}
LARGEST_VOCABULARY = 20_000

_TRIPLE_QUOTED = re.compile(r'"""(.*?)"""', re.DOTALL)
_WORD = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, eq=False, repr=False)
class Words:
    """A corpus as numbers.

    `ids` (int64, [N]) are the words of the corpus in reading order, as indices into
    `vocabulary`; words outside the vocabulary are left out. `vocabulary` runs from
    the most frequent word down, and `counts` (int64, [V]) says how often each occurs.
    `sources` tells how many of the words each library gave.
    """

    ids: Tensor
    vocabulary: tuple[str, ...]
    counts: Tensor
    sources: dict[str, int]
    licence: str = "each library's own (BSD-style)"

    @cached_property
    def index(self) -> dict[str, int]:
        """Word -> its place in the vocabulary."""
        return {word: i for i, word in enumerate(self.vocabulary)}

    @property
    def tokens(self) -> list[str]:
        """The corpus as words, in reading order."""
        return [self.vocabulary[i] for i in self.ids.tolist()]

    def describe(self) -> str:
        """One line: which words, how many, from where, under which licence."""
        size = f"{len(self.ids):,} words, {len(self.vocabulary):,} different"
        return f"Docstrings · {size} · from {', '.join(self.sources)} · {self.licence}"

    def __repr__(self) -> str:
        return f"<Words: {self.describe()}>"


def load_words(vocabulary_size: int = 6_000, *, quiet: bool = False) -> Words:
    """Load the docstring corpus with its `vocabulary_size` most frequent words.

    Raises DataUnavailable if none of the libraries is installed as sources, and
    ValueError for a vocabulary that is empty or larger than what is kept.
    """
    if not 1 <= vocabulary_size <= LARGEST_VOCABULARY:
        raise ValueError(
            f"vocabulary_size is {vocabulary_size}; choose 1 to {LARGEST_VOCABULARY:,}."
        )
    versions = installed()
    mark = f"{sorted(versions.items())} {version([__name__])}".encode()
    key = f"words-{hashlib.sha256(mark).hexdigest()[:12]}"
    kept = keep(key, lambda: _read_corpus(versions))
    ids = kept["ids"][kept["ids"] < vocabulary_size]
    words = Words(
        ids=torch.from_numpy(ids.astype(np.int64)),
        vocabulary=tuple(kept["vocabulary"][:vocabulary_size].tolist()),
        counts=torch.from_numpy(kept["counts"][:vocabulary_size]),
        sources=dict(
            zip(kept["libraries"].tolist(), kept["sizes"].tolist(), strict=True)
        ),
    )
    if not quiet:
        print(words.describe())
    return words


def installed() -> dict[str, str]:
    """Library to import -> its version, for those that are installed."""
    versions = {}
    for module, distribution in LIBRARIES.items():
        try:
            versions[module] = version_of(distribution)
        except PackageNotFoundError:
            continue
    if not versions:
        raise DataUnavailable(
            f"No words to read: install one of {', '.join(LIBRARIES.values())}."
        )
    return versions


def _read_corpus(versions: dict[str, str]) -> Arrays:
    corpus: list[str] = []
    libraries, sizes = [], []
    for module, number in versions.items():
        words = [word for text in _docstrings(module) for word in _WORD.findall(text)]
        corpus += words
        libraries.append(f"{module} {number}")
        sizes.append(len(words))
    if not corpus:
        raise DataUnavailable(f"No docstrings found in {', '.join(libraries)}.")
    ranked = Counter(corpus).most_common(LARGEST_VOCABULARY)
    index = {word: i for i, (word, _) in enumerate(ranked)}
    ids = [index[word] for word in corpus if word in index]
    return {
        "ids": np.array(ids, dtype=np.uint16),
        "vocabulary": np.array([word for word, _ in ranked]),
        "counts": np.array([count for _, count in ranked], dtype=np.int64),
        "libraries": np.array(libraries),
        "sizes": np.array(sizes),
    }


def _docstrings(module: str) -> Iterator[str]:
    """Every triple-quoted text of a library outside its tests, in lower case.

    Parsing the sources instead takes ten times as long, and misses the docstrings
    that numpy and torch attach to their compiled functions.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return
    root = Path(spec.origin).parent
    for path in sorted(root.rglob("*.py")):
        if "tests" not in path.relative_to(root).parts:
            text = path.read_text(encoding="utf-8", errors="ignore")
            yield from (match.lower() for match in _TRIPLE_QUOTED.findall(text))
