"""Which data set a page runs on, and why; each is the same small object."""

import os
from dataclasses import dataclass, replace
from importlib import import_module

from torch import Tensor

# Name -> the module that loads it, imported when asked for: no page pays for all.
MODULES = {
    "mnist": "downloads",
    "fashion_mnist": "downloads",
    "pen_strokes": "drawn.pen_strokes",
    "pen_letters": "drawn.pen_strokes",
    "faces": "drawn.faces",
    "shapes": "drawn.shapes",
    "voices": "drawn.voices",
    "olivetti": "downloads",
    "digits": "digits",
    "spoken_digits": "spoken_digits",
}

Factors = dict[str, Tensor]


class DataUnavailable(RuntimeError):
    """The data cannot be had; the message says why and what to do about it."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images to learn from, with all that is known about them.

    Images are uint8: [N, H, W] in grey, [N, H, W, 3] in colour, or [N, D, H, W] for
    solids; labels are int64, [N], indices into `class_names`. `train_factors` and
    `test_factors` hold the true factors behind each image (name -> tensor [N]) where
    the course drew it, else None.
    `reason` says why this data set was chosen, `source` where it comes from.
    """

    name: str
    title: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]
    licence: str
    source: str
    reason: str = ""
    train_factors: Factors | None = None
    test_factors: Factors | None = None

    def describe(self) -> str:
        """One line: which data, how many, why this one, under which licence."""
        train, test = len(self.train_images), len(self.test_images)
        sizes = list(self.train_images.shape[1:])
        colour = sizes[2:] == [3]
        what = "solids" if len(sizes) == 3 and not colour else "images"
        extent = "×".join(str(size) for size in sizes[: 2 if colour else 3])
        size = f"{train:,} + {test:,} {what} of {extent}"
        facts = [self.title, size, self.reason, self.licence]
        return " · ".join(filter(None, facts))

    def __repr__(self) -> str:
        return f"<Dataset: {self.describe()}>"


def to_float(images: Tensor) -> Tensor:
    """Turn uint8 images of any shape into float32 in [0, 1]."""
    return images.float() / 255


def flatten(images: Tensor) -> Tensor:
    """Lay the pixels of each image in one row: [N, H, W, …] -> [N, H*W*…]."""
    return images.reshape(len(images), -1)


def load(name: str | None = None, *, quiet: bool = False) -> Dataset:
    """Load a data set and say in one line which, how many, why and its licence.

    Without a name: what COURSE_DATA names; else MNIST if it is in LATENT_DATA_DIR,
    cached or downloadable; else pen strokes, which the course draws by itself.

    Raises ValueError if there is no data set of that name, and DataUnavailable if
    the one asked for by name cannot be had.
    """
    wish = os.environ.get("COURSE_DATA")
    if name:
        data = _load(name, "asked for by name")
    elif wish:
        data = _load(wish, "COURSE_DATA asks for it")
    else:
        data = _default()
    if not quiet:
        print(data.describe())
    return data


def _default() -> Dataset:
    from . import downloads

    try:
        data = downloads.load("mnist", insist=False)
    except DataUnavailable as problem:
        return _load("pen_strokes", f"the built-in data, since {problem}")
    return replace(data, reason=f"the default, {data.reason}")


def _load(name: str, reason: str) -> Dataset:
    if name not in MODULES:
        names = ", ".join(MODULES)
        raise ValueError(f'There is no data set "{name}"; choose one of {names}.')
    data: Dataset = import_module(f".{MODULES[name]}", __package__).load(name)
    return replace(data, reason=", ".join(filter(None, [reason, data.reason])))
