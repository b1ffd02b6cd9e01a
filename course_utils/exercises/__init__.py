"""Exercises that say what went wrong, and quizzes that explain."""

from .core import Check, SolutionWrong, Verdict, draws, exercise, right, wrong
from .diagnosis import compare, numbers
from .quiz import quiz

__all__ = [
    "Check",
    "SolutionWrong",
    "Verdict",
    "compare",
    "draws",
    "exercise",
    "numbers",
    "quiz",
    "right",
    "wrong",
]
