"""What to learn from: every data set as the same small object."""

from .dataset import Dataset, DataUnavailable, flatten, load, to_float
from .drawn import faces, shapes
from .words import Words, load_words

__all__ = [
    "DataUnavailable",
    "Dataset",
    "Words",
    "faces",
    "flatten",
    "load",
    "load_words",
    "shapes",
    "to_float",
]
