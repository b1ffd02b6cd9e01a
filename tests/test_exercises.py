"""Exercises: what a learner may answer, and what they are told."""

import numpy as np
import pytest
import torch

from course_utils.exercises import (
    SolutionWrong,
    Verdict,
    attempt,
    compare,
    exercise,
    right,
    wrong,
)

# The example that authors follow: one input, the right result, the likely mistakes.


@exercise("test-kl", "KL divergence to the standard normal, in nats per image")
def check_kl(answer):
    mu = torch.tensor([[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]])
    log_var = torch.tensor([[0.0, -1.0], [0.5, 0.0], [-0.5, 0.3]])
    terms = 0.5 * (mu**2 + log_var.exp() - log_var - 1)  # [batch, latent_dim]
    return compare(
        answer(mu, log_var),
        terms.sum(1).mean(),
        mistakes={
            "You averaged over the latents too: sum over dim 1 first.": terms.mean(),
            "You summed over the batch: average over the images.": terms.sum(),
            "You took log_var for the variance: use log_var.exp().": (
                (0.5 * (mu**2 + log_var - log_var - 1)).sum(1).mean()
            ),
            "There is one value per image: average them.": terms.sum(1),
        },
        why="Each latent adds its own part, and the batch only averages.",
    )


def kl(mu, log_var):
    return 0.5 * (mu**2 + log_var.exp() - log_var - 1)


def unfinished(mu, log_var):
    terms = ...
    return terms.sum(1).mean()


def blank(mu, log_var):
    variance = ...
    return mu**2 + variance


def raising(mu, log_var):
    return mu @ log_var


def in_place(mu, log_var):
    mu.mul_(0)
    return log_var.mul_(0).sum()


def to_do(mu, log_var):
    raise NotImplementedError


EMPTY = [None, ..., (None, ...), lambda m, v: None, lambda m, v: ..., to_do]


@pytest.mark.parametrize("answer", [*EMPTY, blank, unfinished])
def test_an_empty_stub_is_not_attempted_yet(answer, capsys):
    assert check_kl.judge(answer).state == "not attempted"
    check_kl(answer)
    assert "Not attempted yet." in capsys.readouterr().out


def test_a_right_answer_is_told_why(capsys):
    check_kl(lambda m, v: kl(m, v).sum(1).mean())
    assert capsys.readouterr().out == (
        "✓ Right. Each latent adds its own part, and the batch only averages.\n"
    )


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda m, v: kl(m, v).mean(), "You averaged over the latents too"),
        (lambda m, v: kl(m, v).sum().item(), "You summed over the batch"),
        (lambda m, v: kl(m, v).sum(1), "There is one value per image"),
        (lambda m, v: 2 * kl(m, v).sum(1).mean(), "You have 2.391; 1.195 is right."),
        (lambda m, v: kl(m, v), r"shape [3, 2]; [] is asked for"),
        (lambda m, v: v.sum() * float("nan"), "NaN"),
        (lambda m, v: "0.5", "Your answer is a `str`, not numbers"),
        (lambda m, v: [[1], [2, 3]], "Your answer is a `list`, not numbers"),
        (in_place, "You have 0; "),
    ],
)
def test_a_wrong_answer_is_told_its_mistake(answer, diagnosis, capsys):
    verdict = check_kl.judge(answer)
    assert verdict.state == "wrong"
    assert diagnosis in verdict.message
    check_kl(answer)
    assert capsys.readouterr().out.startswith("✗ Not yet. ")


def test_an_answer_that_raises_is_told_what_and_for_which_input(capsys):
    check_kl(raising)
    shown = capsys.readouterr().out
    assert "Your function raised `RuntimeError: " in shown
    assert shown.endswith("`. Its inputs: shape [3, 2], shape [3, 2].\n")


@pytest.mark.parametrize("make", [torch.ones, np.ones])
def test_a_learners_change_in_place_does_not_spoil_the_check(make):
    images = make(3)

    @exercise("test-in-place", "Double")
    def check_double(answer):
        return compare(answer(images), 2 * images)  # looks at images after the answer

    def emptied(x):
        x *= 0
        return x

    assert check_double.judge(emptied).state == "wrong"
    assert images.sum() == 3


def test_a_solution_must_be_right(capsys):
    check_kl(lambda m, v: kl(m, v).sum(1).mean(), solution=True)
    with pytest.raises(SolutionWrong, match=r"test-kl: wrong\. You summed"):
        check_kl(lambda m, v: kl(m, v).sum(), solution=True)
    with pytest.raises(SolutionWrong, match="test-kl: not attempted"):
        check_kl(None, solution=True)
    with pytest.raises(SolutionWrong, match="test-kl: error"):
        check_kl(raising, solution=True)


def test_a_check_may_judge_a_value_without_compare(capsys):
    @exercise("test-choice", "Which one is the encoder?")
    def check_choice(answer):
        return right("It maps to codes.") if answer == "f" else wrong("g decodes.")

    assert check_choice.judge("f") == Verdict("right", "It maps to codes.")
    assert check_choice.judge("g") == Verdict("wrong", "g decodes.")


def test_methods_can_be_attempted_too():
    @exercise("test-method", "Write encode")
    def check_method(answer):
        return compare(attempt(answer.encode)(3), 6)

    class Half:
        def encode(self, x):
            return x / 0

    verdict = check_method.judge(Half())
    assert verdict.state == "error"
    assert verdict.message == (
        "Your function raised `ZeroDivisionError: division by zero`. Its inputs: 3."
    )


def test_a_mistake_in_the_check_itself_is_not_hidden():
    @exercise("test-broken", "…")
    def check_broken(answer):
        return answer.no_such_thing

    with pytest.raises(AttributeError):
        check_broken.judge(3)


def test_a_mistake_that_gives_the_right_result_is_refused():
    with pytest.raises(ValueError, match="choose an input that tells them apart"):
        compare(1.0, 2.0, {"You forgot to centre.": 2.0})


# compare


def test_the_tolerance_is_a_share_of_the_largest_right_value():
    expected = np.array([1000.0, 0.0])
    assert compare(expected + 0.05, expected).state == "right"
    assert compare(expected + 0.5, expected).state == "wrong"
    assert compare(expected + 0.5, expected, tolerance=1e-2).state == "right"


def test_the_place_of_the_largest_difference_is_told():
    given = np.arange(6.0).reshape(2, 3)
    verdict = compare(given + np.eye(2, 3), given)
    assert verdict.message == (
        "The largest difference is at index [0, 0]: you have 1, where 0 is right."
    )


def test_a_wrong_factor_is_recognised():
    expected = np.array([1.0, 2.0])
    assert "784 times the right one" in compare(784 * expected, expected).message
    assert "the wrong sign" in compare(-expected, expected).message


def test_a_transposed_result_is_recognised():
    assert "It looks transposed." in compare(np.zeros((3, 2)), np.ones((2, 3))).message


def test_values_that_need_a_gradient_can_be_compared():
    weights = torch.ones(3, requires_grad=True)
    assert compare(2 * weights, torch.full((3,), 2.0)).state == "right"
