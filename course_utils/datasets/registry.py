"""Which data set a page runs on, and why."""

import os
from dataclasses import replace
from importlib import import_module

from .dataset import Dataset, DataUnavailable

# Name -> the module that loads it, imported when asked for: no page pays for all.
MODULES = {
    "mnist": "torchvision_sets",
    "fashion_mnist": "torchvision_sets",
    "pen_strokes": "drawn.pen_strokes",
    "pen_letters": "drawn.pen_strokes",
    "faces": "drawn.faces",
    "shapes": "drawn.shapes",
    "olivetti": "olivetti",
    "digits": "digits",
}


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
    from . import torchvision_sets

    try:
        data = torchvision_sets.load("mnist", insist=False)
    except DataUnavailable as problem:
        return _load("pen_strokes", f"the built-in data, since {problem}")
    return replace(data, reason=f"the default, {data.reason}")


def _load(name: str, reason: str) -> Dataset:
    if name not in MODULES:
        names = ", ".join(MODULES)
        raise ValueError(f'There is no data set "{name}"; choose one of {names}.')
    data: Dataset = import_module(f".{MODULES[name]}", __package__).load(name)
    return replace(data, reason=", ".join(filter(None, [reason, data.reason])))
