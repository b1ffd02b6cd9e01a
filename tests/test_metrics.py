"""Neighbours and scores, against scikit-learn and by hand."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from course_utils import runtime
from course_utils.latent import grid, lerp
from course_utils.metrics import (
    draw_per_class,
    few_label_accuracy,
    knn_accuracy,
    neighbour_indices,
    roc_auc,
)

DIGITS = load_digits()
X, Y = torch.tensor(DIGITS.data), torch.tensor(DIGITS.target)
TRAIN, TEST = slice(0, 1000), slice(1000, None)


@pytest.fixture(autouse=True)
def cpu(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    runtime.setup()


@pytest.mark.parametrize("chunk", [64, 10_000])
def test_neighbours_are_scikit_learns(chunk):
    points = torch.randn(300, 20, generator=torch.Generator().manual_seed(0)) + 100
    queries = points[:90] + 0.3
    theirs = NearestNeighbors(n_neighbors=6).fit(points.double())
    ours = neighbour_indices(queries, points, 6, chunk=chunk)
    expected = theirs.kneighbors(queries.double(), return_distance=False)
    assert torch.equal(ours, torch.from_numpy(expected))


@pytest.mark.parametrize("k", [1, 5])
def test_accuracy_is_scikit_learns(k):
    model = KNeighborsClassifier(k).fit(X[TRAIN], Y[TRAIN])
    expected = model.score(X[TEST], Y[TEST])
    ours = knn_accuracy(X[TRAIN], Y[TRAIN], X[TEST], Y[TEST], k)
    # Equal distances may be broken differently: one image in 797 at most.
    assert ours == pytest.approx(expected, abs=1.5 / 797)


def test_a_tied_vote_goes_to_the_smallest_label():
    train = torch.tensor([[0.0], [1.0]])
    labels = torch.tensor([3, 1])
    query = torch.tensor([[0.1]])
    assert knn_accuracy(train, labels, query, torch.tensor([1]), k=2) == 1.0


def test_images_and_bytes_are_taken_as_they_are():
    images = (X * 15).to(torch.uint8).view(-1, 8, 8)
    as_bytes = knn_accuracy(images[TRAIN], Y[TRAIN], images[TEST], Y[TEST])
    mixed = knn_accuracy(images[TRAIN] / 255, Y[TRAIN], images[TEST], Y[TEST])
    assert as_bytes == mixed > 0.9


def test_more_labels_help():
    few, many = (
        few_label_accuracy(X[TRAIN], Y[TRAIN], X[TEST], Y[TEST], n, draws=5)
        for n in (1, 50)
    )
    assert few.shape == (5,)
    assert len(few.unique()) > 1  # which images are labelled is luck
    assert few.mean() + 0.2 < many.mean()
    again = few_label_accuracy(X[TRAIN], Y[TRAIN], X[TEST], Y[TEST], 1, draws=5)
    assert torch.equal(few, again)


def test_a_draw_has_so_many_of_each_class():
    chosen = draw_per_class(Y, 7, torch.Generator().manual_seed(0))
    assert len(chosen.unique()) == 70
    assert Y[chosen].bincount().tolist() == [7] * 10


def test_roc_auc_is_the_chance_of_ranking_right():
    normal, odd = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.5, 4.0])
    assert roc_auc(normal, odd) == pytest.approx(5 / 6)
    assert roc_auc(odd, odd) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: neighbour_indices(X[:2], X[:9, :3]), "64 numbers each and points 3"),
        (lambda: neighbour_indices(X[:2], X[:3], 4), "k=4 neighbours of 3 points"),
        (lambda: neighbour_indices(X[:2], X[:3], 0), "k=0"),
        (lambda: few_label_accuracy(X, Y, X, Y, 500), "fewer than per_class=500"),
        (lambda: knn_accuracy(X[:9], Y[:8], X, Y), "9 training points and 8 labels"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_lerp_walks_straight_from_end_to_end():
    path = lerp(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), 5)
    assert path.tolist() == [[0, 2], [1, 1.5], [2, 1], [3, 0.5], [4, 0]]


def test_the_grid_starts_at_the_top_left_as_a_plot_does():
    points = grid(-1, 1, 3)
    assert points.shape == (9, 2)
    assert points[0].tolist() == [-1, 1] and points[2].tolist() == [1, 1]
    assert points[-1].tolist() == [1, -1]
