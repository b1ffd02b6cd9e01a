"""The small package behind the course: ``import course_utils as cu``.

Reading order is dependency order: where and how big (``runtime``), what to learn from
(``datasets``, ``sound``), the networks (``models``), what they make small
(``objectives``), the loop (``training``) and what it made for several chapters
(``pretrained``), what to ask of a latent space (``latent``, ``metrics``), how a chapter
shows, claims and asks (``show``, ``claims``, ``exercises``).
"""

from . import (
    datasets,
    exercises,
    latent,
    metrics,
    models,
    objectives,
    pretrained,
    sound,
)
from .claims import ClaimFailed, claim
from .datasets import (
    Dataset,
    DataUnavailable,
    flatten,
    load,
    load_folder,
    load_words,
    to_float,
)
from .exercises import quiz
from .metrics import knn_accuracy, neighbour_indices
from .models import set_output_bias
from .runtime import budgeted, current, seed_everything, setup
from .show import (
    DIGIT_COLOURS,
    INK,
    MODEL_COLOURS,
    MODEL_MARKERS,
    image_rows,
    listen,
    montage,
    player,
    render_solid,
    say,
    scatter_codes,
    show,
    table,
)
from .training import History, TrainingError, evaluate, fit, fit_gan

__all__ = [
    "DIGIT_COLOURS",
    "INK",
    "MODEL_COLOURS",
    "MODEL_MARKERS",
    "ClaimFailed",
    "DataUnavailable",
    "Dataset",
    "History",
    "TrainingError",
    "budgeted",
    "claim",
    "current",
    "datasets",
    "evaluate",
    "exercises",
    "fit",
    "fit_gan",
    "flatten",
    "image_rows",
    "knn_accuracy",
    "latent",
    "listen",
    "load",
    "load_folder",
    "load_words",
    "metrics",
    "models",
    "montage",
    "neighbour_indices",
    "objectives",
    "player",
    "pretrained",
    "quiz",
    "render_solid",
    "say",
    "scatter_codes",
    "seed_everything",
    "set_output_bias",
    "setup",
    "show",
    "sound",
    "table",
    "to_float",
]
