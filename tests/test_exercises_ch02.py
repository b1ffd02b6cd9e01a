"""Chapter 2's checks: the right answer passes, each mistake is called by its name."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from course_utils.exercises import ch02
from course_utils.exercises.core import Check

Answer = Callable[..., Any]


def right_error(x: Tensor, r: Tensor) -> Tensor:
    return (r - x).square().sum((1, 2))


def right_overlap(a: Tensor, b: Tensor) -> Tensor:
    return cosines(a, b).square().mean()


def right_denoising(model: Answer, noisy: Tensor, clean: Tensor) -> Tensor:
    return (clean - model(noisy)).square().sum() / len(clean)


def right_threshold(scores: Tensor, rate: float) -> float:
    return float(scores.sort().values[int((1 - rate) * len(scores))])


def cosines(a: Tensor, b: Tensor) -> Tensor:
    return torch.linalg.svdvals(torch.linalg.qr(a).Q.T @ torch.linalg.qr(b).Q)


def unit(a: Tensor) -> Tensor:
    return a / a.norm(dim=0)


def constant_rate(scores: Tensor, rate: float) -> Tensor:
    return scores.quantile(0.95)


RIGHT: list[tuple[Check, Answer]] = [
    (ch02.check_error_per_image, right_error),
    (ch02.check_overlap, right_overlap),
    (ch02.check_denoising_loss, right_denoising),
    (ch02.check_alarm_threshold, right_threshold),
    (ch02.check_alarm_threshold, lambda s, rate: s.quantile(1 - rate)),
]

MISTAKES: list[tuple[Check, Answer, str]] = [
    (
        ch02.check_error_per_image,
        lambda x, r: (r - x).square().mean((1, 2)),
        "784 times",
    ),
    (ch02.check_error_per_image, lambda x, r: right_error(x, r).mean(), "too early"),
    (
        ch02.check_error_per_image,
        lambda x, r: (r - x).square().sum(),
        "over the images as",
    ),
    (ch02.check_error_per_image, lambda x, r: (r - x).square().sum(0), "dimension 0"),
    (ch02.check_error_per_image, lambda x, r: (r - x).sum((1, 2)), "forgot the square"),
    (ch02.check_error_per_image, lambda x, r: (x - r).sum((1, 2)), "other way round"),
    (ch02.check_error_per_image, lambda x, r: (r - x).abs().sum((1, 2)), "absolute"),
    (ch02.check_error_per_image, lambda x, r: right_error(x, r).sqrt(), "root"),
    (ch02.check_error_per_image, lambda x, r: (r - x).square().sum(2), "one dimension"),
    (
        ch02.check_overlap,
        lambda a, b: torch.cosine_similarity(a, b, dim=0).square().mean(),
        "compared the weights",
    ),
    (
        ch02.check_overlap,
        lambda a, b: torch.linalg.svdvals(unit(a).T @ unit(b)).square().mean(),
        "length one",
    ),
    (
        ch02.check_overlap,
        lambda a, b: torch.linalg.svdvals(a.T @ b).square().mean(),
        "did not orthogonalise",
    ),
    (ch02.check_overlap, lambda a, b: cosines(a, b).square().sum(), "summed"),
    (ch02.check_overlap, lambda a, b: cosines(a, b).mean(), "forgot to square"),
    (ch02.check_overlap, lambda a, b: cosines(a, b).max(), "largest"),
    (ch02.check_overlap, lambda a, b: cosines(a, b).min(), "smallest"),
    (
        ch02.check_denoising_loss,
        lambda m, n, c: right_denoising(m, n, n),
        "rebuild the noise",
    ),
    (
        ch02.check_denoising_loss,
        lambda m, n, c: right_denoising(m, c, c),
        "nothing to clean",
    ),
    (ch02.check_denoising_loss, lambda m, n, c: right_denoising(m, c, n), "swapped"),
    (
        ch02.check_denoising_loss,
        lambda m, n, c: right_denoising(abs, n, c),
        "never used",
    ),
    (
        ch02.check_denoising_loss,
        lambda m, n, c: (m(n) - c).square().mean(),
        "784 times",
    ),
    (
        ch02.check_denoising_loss,
        lambda m, n, c: (m(n) - c).square().sum(),
        "over the batch",
    ),
    (ch02.check_alarm_threshold, lambda s, rate: s.quantile(rate), "wrong tail"),
    (ch02.check_alarm_threshold, lambda s, rate: s.quantile(1 - rate / 2), "two tails"),
    (ch02.check_alarm_threshold, lambda s, rate: s.mean() + 1.645 * s.std(), "1.645"),
    (
        ch02.check_alarm_threshold,
        lambda s, rate: s.mean() + 2 * s.std(),
        "2 deviations",
    ),
    (
        ch02.check_alarm_threshold,
        lambda s, rate: s.mean() + 3 * s.std(),
        "3 deviations",
    ),
    (ch02.check_alarm_threshold, lambda s, rate: s.max(), "largest normal score"),
    (ch02.check_alarm_threshold, lambda s, rate: (1 - rate) * s.max(), "counts images"),
    (
        ch02.check_alarm_threshold,
        lambda s, rate: s[s > s.quantile(1 - rate)],
        "one number",
    ),
    (ch02.check_alarm_threshold, constant_rate, "does not change"),
]

CHECKS = [
    ch02.check_error_per_image,
    ch02.check_overlap,
    ch02.check_denoising_loss,
    ch02.check_alarm_threshold,
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_the_right_answer_passes(check: Check, answer: Answer) -> None:
    verdict = check.judge(answer)
    assert verdict.state == "right", verdict.message
    assert verdict.message


@pytest.mark.parametrize(("check", "answer", "words"), MISTAKES)
def test_a_mistake_is_diagnosed(check: Check, answer: Answer, words: str) -> None:
    verdict = check.judge(answer)
    assert verdict.state == "wrong"
    assert words in verdict.message


@pytest.mark.parametrize("check", CHECKS)
def test_an_empty_stub_is_not_attempted(check: Check) -> None:
    assert check.judge(lambda *inputs: ...).state == "not attempted"
    assert check.judge(None).state == "not attempted"


def test_another_way_off_is_still_described() -> None:
    verdict = ch02.check_error_per_image.judge(lambda x, r: 3 * right_error(x, r))
    assert "3 times the right one" in verdict.message


def test_checking_leaves_the_random_state_alone() -> None:
    before = torch.get_rng_state()
    for check, answer in RIGHT:
        check.judge(answer)
    assert torch.equal(before, torch.get_rng_state())
