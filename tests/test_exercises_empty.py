"""An answer that was left empty stops nothing, in every chapter's exercises."""

import pytest

from course_utils.exercises import (
    SolutionWrong,
    ch01,
    ch02,
    ch03,
    ch04,
    ch05,
    ch06,
    ch07,
)

CHECKS = [
    pytest.param(check, id=f"{chapter.__name__[-4:]} {name}")
    for chapter in (ch01, ch02, ch03, ch04, ch05, ch06, ch07)
    for name, check in vars(chapter).items()
    if name.startswith("check_")
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answer", [None, ..., lambda *inputs: ...])
def test_an_empty_answer_is_not_attempted_yet(check, answer):
    assert check.judge(answer).state == "not attempted"
    with pytest.raises(SolutionWrong, match="not attempted"):
        check(answer, solution=True)


def test_every_exercise_is_here():
    assert len(CHECKS) >= 24
