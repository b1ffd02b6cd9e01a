"""Making a model good: ``fit`` for one network, ``fit_gan`` for two that compete."""

from .fit import evaluate, fit
from .gan import fit_gan
from .history import GanHistory, History
from .loop import Callback, TrainingError

__all__ = [
    "Callback",
    "GanHistory",
    "History",
    "TrainingError",
    "evaluate",
    "fit",
    "fit_gan",
]
