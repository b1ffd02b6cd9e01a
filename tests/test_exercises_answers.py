"""Every chapter's checks on right answers, on usual mistakes, and on anything else."""

import importlib
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from answers.bad import BAD

from course_utils import exercises
from course_utils.exercises import Check, SolutionWrong

FOLDER = Path(exercises.__file__).parent
CHAPTERS = sorted(path.stem for path in FOLDER.glob("ch[0-9][0-9].py"))
ANSWERS = [importlib.import_module(f"answers.{chapter}") for chapter in CHAPTERS]
RIGHT = {check: right for chapter in ANSWERS for check, right in chapter.RIGHT.items()}
WRONG = {check: wrong for chapter in ANSWERS for check, wrong in chapter.WRONG.items()}
CHECKS = [pytest.param(check, id=check.name) for check in RIGHT]


def test_every_check_has_right_and_wrong_answers():
    checks = set()
    for chapter in CHAPTERS:
        module = importlib.import_module(f"{exercises.__name__}.{chapter}")
        mine = {
            n: check for n, check in vars(module).items() if isinstance(check, Check)
        }
        assert all(name.startswith("check_") for name in mine)
        checks |= set(mine.values())
    assert checks == set(RIGHT)
    for check, right in RIGHT.items():
        assert len(right) >= 3
        assert len(WRONG[check]) >= 6, check.name


@pytest.mark.parametrize("check", CHECKS)
def test_right_answers_are_right(check):
    for answer in RIGHT[check]:
        verdict = check.judge(answer)
        assert verdict.state == "right", verdict.message
        assert verdict.message


def in_float64(value):
    floats = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.double() if floats else value


@pytest.mark.parametrize("check", CHECKS)
def test_the_type_of_a_right_result_does_not_matter(check):
    answer = RIGHT[check][0]
    styles = [lambda *inputs: answer(*map(in_float64, inputs))]
    if check.name != "ch4-reparameterize":  # its codes must carry gradients
        styles += [
            lambda *inputs: np.asarray(answer(*inputs)),
            lambda *inputs: np.asarray(answer(*inputs)).tolist(),
            lambda *inputs: torch.as_tensor(answer(*inputs)).double().requires_grad_(),
        ]
    for style in styles:
        verdict = check.judge(style)
        assert verdict.state == "right", verdict.message


@pytest.mark.parametrize("check", CHECKS)
def test_usual_mistakes_are_called_by_their_names(check):
    for words, answer in WRONG[check].items():
        verdict = check.judge(answer)
        assert verdict.state == "wrong", words
        assert words in verdict.message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answer", [None, ..., lambda *inputs: ...])
def test_an_empty_answer_is_not_attempted_yet(check, answer):
    assert check.judge(answer).state == "not attempted"
    with pytest.raises(SolutionWrong, match="not attempted"):
        check(answer, solution=True)


@pytest.mark.parametrize("name", BAD)
def test_nothing_that_a_learner_does_stops_run_all(name, capsys):
    state = torch.get_rng_state()
    for check in RIGHT:
        with warnings.catch_warnings(action="ignore"):
            verdict = check.judge(BAD[name])
            check(BAD[name])
        assert verdict.state in {"wrong", "error"}, check.name
        assert len(verdict.message.split()) > 5
        assert "could not be judged" not in verdict.message  # each is foreseen
        assert f"✗ Not yet. {verdict.message}" in capsys.readouterr().out
        assert torch.equal(torch.get_rng_state(), state)
        assert torch.is_grad_enabled()
