"""Exercises that say what went wrong, and quizzes that explain."""

from course_utils.exercises.core import (
    SolutionWrong,
    Verdict,
    attempt,
    exercise,
    right,
    wrong,
)
from course_utils.exercises.diagnosis import compare
from course_utils.exercises.quiz import quiz

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
