"""The mechanism of an exercise: from a diagnosing function to a check.

An author writes what to look at; the check deals with what is empty or raises::

    @exercise("ch1-centre", "Centre the images")
    def check_centre(answer):
        images = torch.rand(6, 4)
        return compare(
            answer(images),
            images - images.mean(0),
            mistakes={
                "You took each image's own mean: take the mean over images, dim 0.":
                    images - images.mean(1, keepdim=True),
            },
            why="Every pixel now varies around zero.",
        )

A learner calls ``check_centre(my_function)``; nothing they do stops *Run all*. The
hidden solution calls ``check_centre(solution, solution=True)``, which must be right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Literal

from ..show.note import note

State = Literal["not attempted", "right", "wrong", "error"]


class SolutionWrong(AssertionError):
    """The course's own solution does not pass its check."""


class _NotAttempted(Exception):
    """The learner's function is still empty."""


class _LearnersError(Exception):
    """The learner's function raised; the message says what and for which input."""


@dataclass(frozen=True)
class Verdict:
    """What a check found, and what it says about it."""

    state: State
    message: str = ""


def right(why: str = "") -> Verdict:
    """The answer is right; ``why`` says what that shows."""
    return Verdict("right", why)


def wrong(diagnosis: str) -> Verdict:
    """The answer is wrong; ``diagnosis`` names the mistake and the way out."""
    return Verdict("wrong", diagnosis)


class Check:
    """An exercise's check. Call it with an answer: a value or a function."""

    def __init__(
        self, name: str, title: str, diagnose: Callable[[Any], Verdict]
    ) -> None:
        self.name = name
        self.title = title
        self._diagnose = diagnose
        update_wrapper(self, diagnose)

    def __call__(self, answer: Any = None, *, solution: bool = False) -> None:
        """Display the verdict on ``answer``.

        Raises SolutionWrong if ``solution`` is set and the verdict is not "right".
        """
        verdict = self.judge(answer)
        if solution and verdict.state != "right":
            raise SolutionWrong(f"{self.name}: {verdict.state}. {verdict.message}")
        kind, head = {
            "not attempted": ("open", "Not attempted yet."),
            "right": ("good", "Right."),
            "wrong": ("bad", "Not yet."),
            "error": ("bad", "Not yet."),
        }[verdict.state]
        body = verdict.message or (self.title if kind == "open" else "")
        note(kind, head, body).show()  # type: ignore[arg-type]

    def judge(self, answer: Any) -> Verdict:
        """The verdict on ``answer``; raises only for a mistake in the check itself."""
        if is_empty(answer):
            return Verdict("not attempted")
        try:
            return self._diagnose(attempt(answer) if callable(answer) else answer)
        except _NotAttempted:
            return Verdict("not attempted")
        except _LearnersError as error:
            return Verdict("error", str(error))


def exercise(name: str, title: str) -> Callable[[Callable[[Any], Verdict]], Check]:
    """Turn a function ``answer -> Verdict`` into a `Check` (see the module's example).

    If the answer is a function, calling it inside the check is safe: what it raises,
    and that it is still empty, reaches the learner as a verdict. Anything may come back
    from it: hand that to `compare` before you look into it.
    """
    return lambda diagnose: Check(name, title, diagnose)


def is_empty(answer: Any) -> bool:
    """Whether ``answer`` is None, ``...``, or a tuple or list of nothing else."""
    if isinstance(answer, tuple | list) and len(answer):
        return all(is_empty(part) for part in answer)
    return answer is None or answer is Ellipsis


def attempt(function: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function, on copies of its inputs, its accidents made verdicts.

    Checks get function answers wrapped like this; wrap a method yourself:
    ``attempt(answer.encode)(images)``.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        # copies: an in-place change must not spoil what the check compares with
        inputs = [_copy(value) for value in args]
        named = {name: _copy(value) for name, value in kwargs.items()}
        try:
            result = function(*inputs, **named)
        except Exception as error:  # whatever a learner's code may raise
            if isinstance(error, NotImplementedError) or "ellipsis" in str(error):
                raise _NotAttempted from error  # a blank `...` was used as a value
            given = ", ".join(map(_describe, [*args, *kwargs.values()]))
            raise _LearnersError(
                f"Your function raised `{type(error).__name__}: {error}`. "
                f"Its inputs: {given or 'none'}."
            ) from error
        if is_empty(result):
            raise _NotAttempted
        return result

    return call


def _copy(value: Any) -> Any:
    """A copy of an array or a tensor; other things as they are."""
    if hasattr(value, "clone"):
        return value.clone()
    return value.copy() if hasattr(value, "dtype") else value


def _describe(value: Any) -> str:
    if hasattr(value, "shape"):
        return f"shape {list(value.shape)}"
    text = repr(value)
    return text if len(text) < 40 else f"a {type(value).__name__}"
