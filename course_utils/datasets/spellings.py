"""Short words to be learned letter by letter."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .dataset import DataUnavailable
from .downloads import File, Source, obtain
from .shelf import Arrays, keep, version
from .words import installed

END = "."  # ends each word, and fills the row behind it
SHORTEST, LONGEST = 3, 10

_DEFINED = re.compile(r"^\s*(?:def|class)\s+_*([A-Za-z_]+?)_*\s*[(:]", re.M)
_FITS = re.compile(rf"[a-z_]{{{SHORTEST},{LONGEST}}}")


@dataclass(frozen=True, eq=False, repr=False)
class Spellings:
    """Different words, in alphabetical order, and the symbols they are spelled with.

    `symbols` begins with the end mark, so that number 0 is the end of a word.
    """

    title: str
    words: tuple[str, ...]
    reason: str
    licence: str
    symbols: str = END + "_abcdefghijklmnopqrstuvwxyz"

    @property
    def length(self) -> int:
        """Symbols in a row: the longest word and its end mark."""
        return LONGEST + 1

    def encode(self, words: Iterable[str]) -> Tensor:
        """Rows of numbers of symbols: int64, [N, length]. Raises ValueError if a word
        is longer than a row or holds another symbol."""
        rows = [word.ljust(self.length, END) for word in words]
        for row in rows:
            if len(row) > self.length or not set(row) <= set(self.symbols):
                raise ValueError(
                    f"{row.rstrip(END)!r} cannot be spelled in {LONGEST} of the "
                    f"symbols {self.symbols[1:]}."
                )
        numbers = [[self.symbols.index(letter) for letter in row] for row in rows]
        return torch.tensor(numbers, dtype=torch.int64).view(-1, self.length)

    def decode(self, rows: Tensor) -> list[str]:
        """The words in rows of numbers, each up to its first end mark."""
        texts = ("".join(self.symbols[i] for i in row) for row in rows.tolist())
        return [text.split(END)[0] for text in texts]

    def describe(self) -> str:
        """One line: which words, how many, why these, under which licence."""
        size = f"{len(self.words):,} words of {SHORTEST} to {LONGEST} letters"
        return f"{self.title} · {size} · {self.reason} · {self.licence}"

    def __repr__(self) -> str:
        return f"<Spellings: {self.describe()}>"


def load_spellings(
    kind: str | None = None, *, insist: bool = False, quiet: bool = False
) -> Spellings:
    """Load "names", first names of people, or "identifiers", which programmers gave.

    Without a kind: names, if they can be had; else identifiers, the functions and
    classes that libraries define which are installed anyway.

    Raises ValueError for another kind, and DataUnavailable if the one that was asked
    for cannot be had. Unless we `insist`, a download that failed is not tried again
    for a day.
    """
    if kind not in (None, "names", "identifiers"):
        raise ValueError(f'The kind is "names" or "identifiers", not {kind!r}.')
    if kind == "identifiers":
        spellings = _identifiers("asked for by name")
    else:
        try:
            arrays, place = obtain("names", SOURCE, insist=insist)
            words = tuple(arrays["words"].tolist())
            spellings = Spellings(SOURCE.title, words, place, SOURCE.licence)
        except DataUnavailable as problem:
            if kind:
                raise
            spellings = _identifiers(f"since names cannot be had: {problem}")
    if not quiet:
        print(spellings.describe())
    return spellings


def _identifiers(reason: str) -> Spellings:
    libraries = installed()
    mark = f"{sorted(libraries.items())} {version([__name__])}".encode()
    key = f"identifiers-{hashlib.sha256(mark).hexdigest()[:12]}"
    words = keep(key, lambda: _fitting(_defined(libraries)))["words"].tolist()
    licence = "the libraries' own (BSD-style)"
    return Spellings("Identifiers", tuple(words), reason, licence)


def _defined(libraries: Iterable[str]) -> Iterator[str]:
    """What the libraries call their functions and classes, tests left out."""
    for library in libraries:
        spec = find_spec(library)
        if spec is None or spec.origin is None:
            continue
        root = Path(spec.origin).parent
        for path in sorted(root.rglob("*.py")):
            if not {"tests", "testing"} & set(path.relative_to(root).parts):
                source = path.read_text(encoding="utf-8", errors="ignore")
                yield from _DEFINED.findall(source)


def _fitting(words: Iterable[str]) -> Arrays:
    """Those that fit into a row, each once: a copy would join training and test."""
    small = {word.lower() for word in words}
    return {"words": np.array(sorted(w for w in small if _FITS.fullmatch(w)))}


def _read(contents: Sequence[bytes]) -> Arrays:
    return _fitting(contents[0].decode().split())


SOURCE = Source(
    title="First names",
    files=(
        File(
            "names/names.txt",
            ("https://raw.githubusercontent.com/karpathy/makemore/master/names.txt",),
            ("0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",),
        ),
    ),
    read=_read,
    licence="MIT",
    origin="github.com/karpathy/makemore, from the US Social Security Administration",
    class_names=(),
    again='load_spellings("names", insist=True)',
)
