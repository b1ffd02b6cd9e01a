"""Exercises that say what went wrong, and quizzes that explain."""

from .core import (
    SolutionWrong,
    Verdict,
    attempt,
    exercise,
    right,
    wrong,
)
from .diagnosis import compare
from .quiz import quiz

__all__ = [
    "SolutionWrong",
    "Verdict",
    "attempt",
    "compare",
    "exercise",
    "quiz",
    "right",
    "wrong",
]
