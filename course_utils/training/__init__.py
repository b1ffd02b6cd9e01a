"""Making a model good: ``fit`` for one network, ``fit_gan`` for two that compete."""

from .fit import evaluate, fit
from .gan import GanHistory, fit_gan
from .loop import Callback, TrainingError
from .recipe import History

__all__ = [
    "Callback",
    "GanHistory",
    "History",
    "TrainingError",
    "evaluate",
    "fit",
    "fit_gan",
]
