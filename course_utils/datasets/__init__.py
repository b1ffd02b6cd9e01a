"""What to learn from: every data set as the same small object."""

from .chorales import Chorales, load_chorales
from .dataset import Dataset, DataUnavailable, flatten, load, to_float
from .drawn import faces, shapes, voices
from .folder import load_folder
from .machine import Machine, load_machine
from .spellings import Spellings, load_spellings
from .words import Words, load_words

__all__ = [
    "Chorales",
    "DataUnavailable",
    "Dataset",
    "Machine",
    "Spellings",
    "Words",
    "faces",
    "flatten",
    "load",
    "load_chorales",
    "load_folder",
    "load_machine",
    "load_spellings",
    "load_words",
    "shapes",
    "to_float",
    "voices",
]
