"""Chapter 6's checks: every foreseen mistake gets its own words."""

import pytest
import torch
from verdicts import diagnosis

from course_utils.exercises import ch06


def cosine(a, b):
    return torch.cosine_similarity(a, b, dim=1)[:, None]


def bow(a, b, t, angle):
    turn = torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b
    return turn / torch.sin(angle)


def arc(a, b, t):
    return bow(a, b, t, cosine(a, b).arccos())


def unit(x):
    return x / x.norm(dim=1, keepdim=True)


def test_arc_right():
    assert ch06.check_arc.judge(arc).state == "right"


def test_the_checked_arc_is_the_package_s_for_codes_of_one_length():
    from course_utils.latent import slerp

    a, b = unit(torch.randn(2, 8, generator=torch.Generator().manual_seed(0)))[:, None]
    assert torch.allclose(arc(a, b, 0.25)[0], slerp(a[0], b[0], 5)[1], atol=1e-5)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, b, t: (1 - t) * a + t * b, "the straight line"),
        (lambda a, b, t: arc(unit(a), unit(b), t), "every code has length one"),
        (
            lambda a, b, t: bow(a, b, t, (a * b).sum(1, keepdim=True).arccos()),
            "dot product for the cosine",
        ),
        (lambda a, b, t: arc(b, a, t), "swapped"),
        (
            lambda a, b, t: arc(a, b, t) * cosine(a, b).arccos().sin(),
            "division by sin ω is missing",
        ),
        (
            lambda a, b, t: bow(a, b, t, cosine(a.view(1, -1), b.view(1, -1)).arccos()),
            "one angle for the whole batch",
        ),
        (
            lambda a, b, t: bow(a, b, t, torch.cosine_similarity(a, b, dim=0).arccos()),
            "runs over the batch",
        ),
        (lambda a, b, t: bow(a, b, t, cosine(a, b)), "cosine as the angle"),
        (
            lambda a, b, t: bow(a, b, t, cosine(a, b).arccos().rad2deg()),
            "wants radians",
        ),
    ],
)
def test_arc_wrong(answer, words):
    assert words in diagnosis(ch06.check_arc, answer)


def direction(codes, has):
    return codes[has].mean(0) - codes[~has].mean(0)


def test_direction_right():
    assert ch06.check_direction.judge(direction).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z, has: -direction(z, has), "from with to without"),
        (lambda z, has: z[has].mean(0), "a place, not a direction"),
        (lambda z, has: z[has].mean(0) - z.mean(0), "the mean of all codes"),
        (lambda z, has: z[has].sum(0) - z[~has].sum(0), "You summed"),
        (lambda z, has: z[has].mean() - z[~has].mean(), "one number"),
        (
            lambda z, has: direction(z, has) / direction(z, has).norm(),
            "length one",
        ),
    ],
)
def test_direction_wrong(answer, words):
    assert words in diagnosis(ch06.check_direction, answer)


def solve(codes, attributes, ones="last"):
    column = torch.ones(len(codes), 1)
    parts = [attributes, column] if ones == "last" else [column, attributes]
    return torch.linalg.lstsq(torch.cat(parts, dim=1), codes).solution


def test_both_right():
    assert ch06.check_both.judge(lambda z, x: solve(z, x)[:-1]).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z, x: torch.linalg.lstsq(x, z).solution, "column of ones is missing"),
        (
            lambda z, x: torch.stack([direction(z, c.bool()) for c in x.unbind(1)]),
            "one attribute at a time",
        ),
        (lambda z, x: solve(z, x), "The last row belongs"),
        (lambda z, x: solve(z, x, "first"), "The first row belongs"),
        (lambda z, x: solve(z, x, "first")[:-1], "cut off the wrong row"),
        (lambda z, x: solve(z, x)[:-1].T, "transposed"),
    ],
)
def test_both_wrong(answer, words):
    assert words in diagnosis(ch06.check_both, answer)
