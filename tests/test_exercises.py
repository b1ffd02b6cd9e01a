"""Exercises: what a learner may answer, and what they are told."""

import warnings

import numpy as np
import pytest
import torch

from course_utils.exercises import SolutionWrong, compare, exercise, right, wrong

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


def without_return(mu, log_var):
    terms = kl(mu, log_var)
    terms.sum(1).mean()


def to_do(mu, log_var):
    raise NotImplementedError


def documented(mu, log_var):
    """One number, in nats."""


EMPTY = [None, ..., (None, ...), lambda m, v: None, lambda m, v: ..., to_do, documented]
HALF_DONE = [blank, unfinished, lambda m, v: torch.exp(...), lambda m, v: len(...)]
HALF_DONE += [
    lambda m, v: torch.tensor(...),
    lambda m, v: np.exp(...),
    lambda m, v: [...],
]


@pytest.mark.parametrize("answer", [*EMPTY, *HALF_DONE])
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
        (lambda m, v: "0.5", "Your answer is a `str`, not real numbers"),
        (lambda m, v: [[1], [2, 3]], "Its parts must be numbers, or arrays of one"),
        (lambda m, v: m > v, "It holds True or False, where numbers are asked for."),
        (lambda m, v: kl, "is a `function`, not real numbers. Call it"),
        (lambda m, v: m.to("meta"), "a `Tensor of torch.float32 on meta`"),
        (lambda m, v: m.max(1), "take one, `.values` or `.indices`"),
        (without_return, "Your function returned nothing: end it with `return"),
        (in_place, "You have 0; "),
        (torch.ones(3), "You passed a `Tensor`. Pass your function itself"),
        (torch.nn.Linear, "Pass your function itself, by its name alone: `check_kl("),
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


def test_a_misspelt_forward_is_an_error_and_no_empty_stub():
    class Network(torch.nn.Module):
        def foward(self, mu, log_var):
            return kl(mu, log_var).sum(1).mean()

    verdict = check_kl.judge(Network())
    assert verdict.state == "error"
    assert 'Module [Network] is missing the required "forward" function' in (
        verdict.message
    )


def test_a_bug_of_the_check_stops_the_solution_but_no_learner():
    @exercise("test-broken", "…")
    def check_broken(answer):
        return right() if answer(1).no_such_thing else wrong("no")

    verdict = check_broken.judge(lambda x: x)
    assert verdict.state == "error"
    assert "could not be judged: `AttributeError: 'int' object" in verdict.message
    with pytest.raises(SolutionWrong, match="test-broken: error"):
        check_broken(lambda x: x, solution=True)


def test_an_interrupt_stops_an_answer_that_never_ends():
    def interrupted(mu, log_var):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_kl.judge(interrupted)


def test_an_answer_draws_the_same_in_each_call_and_leaves_the_random_state():
    before, drawn = torch.get_rng_state(), []
    for _ in range(2):
        check_kl.judge(lambda m, v: drawn.append(torch.rand(()).item()) or 0.0)
        torch.rand(3)
    assert drawn[0] == drawn[1]
    torch.set_rng_state(before)
    check_kl.judge(lambda m, v: torch.manual_seed(5).seed())
    assert torch.equal(torch.get_rng_state(), before)


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


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_a_result_is_judged_by_its_own_precision(dtype):
    errors = torch.tensor([137.8213, 99.137, 250.5019])
    mistakes = {"You averaged.": errors / 784, "Nearly.": errors * 1.1}
    assert compare(errors.to(dtype), errors, mistakes).state == "right"
    assert compare([*errors.to(dtype)], errors, mistakes).state == "right"
    assert (
        compare((errors / 784).to(dtype), errors, mistakes).message == "You averaged."
    )


def test_a_result_too_coarse_to_judge_is_called_so():
    verdict = compare(np.float16(0.999), 1.0, {"You forgot the last step.": 0.998})
    assert verdict.state == "wrong"
    assert "compute in float32" in verdict.message
    assert "compute in float32" in compare(torch.tensor(1.1).half(), 1.0).message


def test_numbers_that_differ_little_are_told_with_the_digits_that_differ():
    verdict = compare(-899.08412, -899.08934, tolerance=1e-6)
    assert verdict.message == "You have −899.08412; −899.08934 is right."


def test_the_reason_for_what_is_not_finite_is_the_exercise_s_own():
    told = compare([1.0, np.inf], [1.0, 2.0], not_finite="Take the logits.").message
    assert told == "Your result holds NaN or infinite values. Take the logits."


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.tolist(),
        lambda x: tuple(x),
        lambda x: [list(row) for row in x.requires_grad_()],
        lambda x: list(x.numpy()),
        lambda x: x.to_sparse(),
        lambda x: x.to_sparse_csr(),
        lambda x: x.T.conj().T,
        lambda x: x.int(),
        lambda x: np.asfortranarray(x),
        lambda x: torch.quantize_per_tensor(x, 1.0, 0, torch.quint8),
    ],
)
def test_numbers_are_the_same_in_any_form(make):
    x = torch.arange(6.0).reshape(2, 3)
    with warnings.catch_warnings(action="ignore"):  # of layouts in beta
        assert compare(make(x), np.arange(6).reshape(2, 3)).state == "right"
