"""What to learn from: every data set as the same small object."""

from .dataset import Dataset, DataUnavailable, flatten, to_float
from .registry import load
from .words import Words, load_words

__all__ = [
    "DataUnavailable",
    "Dataset",
    "Words",
    "flatten",
    "load",
    "load_words",
    "to_float",
]
