"""What to learn from: every data set as the same small object."""

from .dataset import Dataset, DataUnavailable, flatten, load, to_float
from .drawn import faces, shapes, voices
from .folder import load_folder
from .machine import Machine, load_machine
from .words import Words, load_words

__all__ = [
    "DataUnavailable",
    "Dataset",
    "Machine",
    "Words",
    "faces",
    "flatten",
    "load",
    "load_folder",
    "load_machine",
    "load_words",
    "shapes",
    "to_float",
    "voices",
]
