"""The mechanism of an exercise: from a diagnosing function to a check.

An author writes what to look at; the check deals with what is empty or raises::

    @exercise("ch1-centre", "Centre the images")
    def check_centre(answer):
        images = draws(6, 4, seed=1)
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

import dis
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Literal

import torch
from torch import Tensor

from ..runtime import own_randomness
from ..show.note import note

State = Literal["not attempted", "right", "wrong", "error"]
Answer = Callable[..., Any]

# All that a function of the body `...` or `pass` does, in any version of Python.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class SolutionWrong(AssertionError):
    """The course's own solution does not pass its check."""


@dataclass(frozen=True)
class Verdict:
    """What a check found, and what it says about it."""

    state: State
    message: str = ""


class _Decided(Exception):
    """The verdict is known before the check has seen a result."""

    def __init__(self, state: State, message: str = "") -> None:
        self.verdict = Verdict(state, message)


def right(why: str = "") -> Verdict:
    """The answer is right; ``why`` says what that shows."""
    return Verdict("right", why)


def wrong(diagnosis: str) -> Verdict:
    """The answer is wrong; ``diagnosis`` names the mistake and the way out."""
    return Verdict("wrong", diagnosis)


class Check:
    """An exercise's check: call it with a learner's function."""

    __name__: str  # of the diagnosing function

    def __init__(
        self, name: str, title: str, diagnose: Callable[[Answer], Verdict]
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
        if verdict.state == "not attempted":
            note("open", "Not attempted yet.", self.title).show()
        elif verdict.state == "right":
            note("good", "Right.", verdict.message).show()
        else:
            note("bad", "Not yet.", verdict.message).show()

    def judge(self, answer: Any) -> Verdict:
        """The verdict on ``answer``, whatever it is; raises nothing.

        An answer draws the same random numbers in each call; PyTorch's random state and
        whether it keeps gradients stay as they were.
        """
        try:
            if is_empty(answer):
                return Verdict("not attempted")
            if not callable(answer) or isinstance(answer, type):
                kind = "class" if isinstance(answer, type) else type(answer).__name__
                return wrong(
                    f"You passed a `{kind}`. Pass your function itself, by its name "
                    f"alone: `{self.__name__}(my_function)`."
                )
            with own_randomness(0, torch.device("cpu")), torch.enable_grad():
                return self._diagnose(_guarded(answer))
        except _Decided as early:
            return early.verdict
        except Exception as error:  # a result of a kind that no check foresees
            return Verdict(
                "error",
                f"Your result could not be judged: `{_said(error)}`. Return a number, "
                "an array or a tensor.",
            )


def exercise(name: str, title: str) -> Callable[[Callable[[Answer], Verdict]], Check]:
    """Turn a function ``answer -> Verdict`` into a `Check` (see the module's example).

    Calling ``answer`` inside it is safe: what the learner's function raises, and that
    it is still empty, reaches the learner as a verdict. Anything may come back from it:
    hand that to `compare` before you look into it.
    """
    return lambda diagnose: Check(name, title, diagnose)


def draws(*shape: int, seed: int) -> Tensor:
    """Normal numbers for a check's inputs, the same in every run."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def is_empty(answer: Any) -> bool:
    """Whether ``answer`` is None, ``...``, or a tuple or list of nothing else."""
    parts = answer if isinstance(answer, tuple | list) and len(answer) else [answer]
    return all(part is None or part is Ellipsis for part in parts)


def _guarded(function: Answer) -> Answer:
    """The learner's function, on copies of its inputs, its accidents made verdicts."""

    def call(*inputs: Any) -> Any:
        try:
            # copies: an in-place change must not spoil what the check compares with
            result = function(*map(_copy, inputs))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever else: sys.exit() raises no Exception
            if _meets_a_blank(error):
                raise _Decided("not attempted") from error
            raise _Decided(
                "error",
                f"Your function raised `{_said(error)}`. "
                f"Its inputs: {', '.join(map(_describe, inputs)) or 'none'}.",
            ) from error
        if result is None and not _does_nothing(function):
            raise _Decided(
                "wrong", "Your function returned nothing: end it with `return …`."
            )
        if is_empty(result):
            raise _Decided("not attempted")
        return result

    return call


def _meets_a_blank(error: BaseException) -> bool:
    """Whether a blank was left to fill in: a `...` used as a value, or a to-do."""
    if isinstance(error, NotImplementedError):
        return not error.args  # with words, it is PyTorch that lacks something
    blank = "dtype of ellipsis"  # torch.tensor(...), a RuntimeError
    if isinstance(error, TypeError | AttributeError):
        blank = r"\bellipsis\b"
    return bool(re.search(blank, _said(error), re.IGNORECASE))


def _does_nothing(function: Answer) -> bool:
    if not hasattr(function, "__code__"):
        return False
    return {step.opname for step in dis.get_instructions(function)} <= _NOTHING


def _said(error: BaseException) -> str:
    """An exception's kind and first words, on one line that holds no backtick."""
    try:
        words = str(error).encode(errors="replace").decode()  # half a character, say
        words = " ".join(words.split()).replace("`", "'")
    except Exception:  # the learner's own exception may not be printable
        words = ""
    if len(words) > 200:
        words = words[:200] + " …"
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _copy(value: Any) -> Any:
    """A copy of an array or a tensor; other things as they are."""
    if hasattr(value, "clone"):
        return value.clone()
    return value.copy() if hasattr(value, "dtype") else value


def _describe(value: Any) -> str:
    if hasattr(value, "shape"):
        return f"shape {list(value.shape)}"
    return "a function" if callable(value) else repr(value)
