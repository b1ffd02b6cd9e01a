"""How good a representation, a bound or a generator is, in numbers."""

from .neighbours import (
    draw_per_class,
    few_label_accuracy,
    knn_accuracy,
    neighbour_indices,
    roc_auc,
)

__all__ = [
    "draw_per_class",
    "few_label_accuracy",
    "knn_accuracy",
    "neighbour_indices",
    "roc_auc",
]
