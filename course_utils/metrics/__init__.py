"""How good a representation, a bound, a map or a generator is, in numbers.

Measures take tensors on any device, arrays or lists, of any type of number, and refuse
with one sentence what no average should hide, such as NaN.
"""

from .frechet import frechet_distance, frechet_floor
from .likelihood import active_units, importance_nll, log_importance_weights
from .maps import distance_order, neighbour_hits, preserved_neighbours
from .neighbours import (
    draw_per_class,
    few_label_accuracy,
    knn_accuracy,
    neighbour_indices,
    other_neighbours,
    roc_auc,
)

__all__ = [
    "active_units",
    "distance_order",
    "draw_per_class",
    "few_label_accuracy",
    "frechet_distance",
    "frechet_floor",
    "importance_nll",
    "knn_accuracy",
    "log_importance_weights",
    "neighbour_hits",
    "neighbour_indices",
    "other_neighbours",
    "preserved_neighbours",
    "roc_auc",
]
