"""The checks of chapter 1: the right answer passes, each mistake gets its message."""

import pytest
import torch

from course_utils.exercises import ch01


def right_reconstruct(x, mean, components, d):
    first = components[:, :d]
    return mean + (x - mean) @ first @ first.T


def right_nearest(points, k):
    distances = torch.cdist(points, points).fill_diagonal_(torch.inf)
    return distances.topk(k, largest=False).indices


def right_analogy(vectors, a, b, c):
    cosines = vectors @ (vectors[a] - vectors[b] + vectors[c])
    cosines[[a, b, c]] = -1
    return cosines.argmax()


RIGHT = [
    (ch01.check_reconstruct, right_reconstruct),
    (ch01.check_nearest, right_nearest),
    (ch01.check_analogy, right_analogy),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_the_right_answer_passes(check, answer) -> None:
    check(answer, solution=True)


@pytest.mark.parametrize("check", [check for check, _ in RIGHT])
def test_an_empty_stub_is_not_attempted(check) -> None:
    assert check.judge(lambda *args: ...).state == "not attempted"
    assert check.judge(...).state == "not attempted"


@pytest.mark.parametrize("check", [check for check, _ in RIGHT])
def test_an_accident_is_explained(check) -> None:
    verdict = check.judge(lambda *args: 1 / 0)
    assert verdict.state == "error"
    assert "ZeroDivisionError" in verdict.message


def cosines(vectors, a, b, c):
    return vectors @ (vectors[a] - vectors[b] + vectors[c])


MISTAKES = {
    "forgot to add the mean": (
        ch01.check_reconstruct,
        lambda x, m, c, d: (x - m) @ c[:, :d] @ c[:, :d].T,
    ),
    "forgot to take the mean off": (
        ch01.check_reconstruct,
        lambda x, m, c, d: m + x @ c[:, :d] @ c[:, :d].T,
    ),
    "missing twice": (
        ch01.check_reconstruct,
        lambda x, m, c, d: x @ c[:, :d] @ c[:, :d].T,
    ),
    "rows for columns": (
        ch01.check_reconstruct,
        lambda x, m, c, d: m + (x - m) @ c[:d].T @ c[:d],
    ),
    "all components": (
        ch01.check_reconstruct,
        lambda x, m, c, d: m + (x - m) @ c @ c.T,
    ),
    "last d components": (
        ch01.check_reconstruct,
        lambda x, m, c, d: m + (x - m) @ c[:, -d:] @ c[:, -d:].T,
    ),
    "These are the codes": (
        ch01.check_reconstruct,
        lambda x, m, c, d: (x - m) @ c[:, :d],
    ),
    "found itself first, at distance zero": (
        ch01.check_nearest,
        lambda p, k: torch.cdist(p, p).topk(k, largest=False).indices,
    ),
    "drop the first column": (
        ch01.check_nearest,
        lambda p, k: torch.cdist(p, p).topk(k + 1, largest=False).indices,
    ),
    "farthest points: `topk`": (
        ch01.check_nearest,
        lambda p, k: torch.cdist(p, p).topk(k).indices,
    ),
    "farthest points, nearest of them last": (
        ch01.check_nearest,
        lambda p, k: torch.cdist(p, p).argsort(1)[:, -k:],
    ),
    "order is wrong": (ch01.check_nearest, lambda p, k: right_nearest(p, k).flip(1)),
    "These are distances": (
        ch01.check_nearest,
        lambda p, k: torch.cdist(p, p).sort(1).values[:, 1 : k + 1],
    ),
    "inner product": (
        ch01.check_nearest,
        lambda p, k: (p @ p.T).fill_diagonal_(-1e9).topk(k).indices,
    ),
    "True or False": (ch01.check_nearest, lambda p, k: torch.cdist(p, p) < 1),
    "a word of the question itself": (
        ch01.check_analogy,
        lambda v, a, b, c: cosines(v, a, b, c).argmax(),
    ),
    "b − a + c": (ch01.check_analogy, lambda v, a, b, c: right_analogy(v, b, a, c)),
    "a + b − c": (ch01.check_analogy, lambda v, a, b, c: right_analogy(v, a, c, b)),
    "nearest to c alone": (
        ch01.check_analogy,
        lambda v, a, b, c: (
            (v @ v[c]).index_fill(0, torch.tensor([a, b, c]), -1).argmax()
        ),
    ),
    "least like the target": (
        ch01.check_analogy,
        lambda v, a, b, c: cosines(v, a, b, c).argmin(),
    ),
    "Return one index": (ch01.check_analogy, lambda v, a, b, c: cosines(v, a, b, c)),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_each_mistake_gets_its_message(message) -> None:
    check, answer = MISTAKES[message]
    verdict = check.judge(answer)
    assert verdict.state == "wrong"
    assert message in verdict.message
