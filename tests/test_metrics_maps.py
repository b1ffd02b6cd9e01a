"""Measures of a map, against scikit-learn, scipy and by hand."""

import pytest
import torch
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from course_utils import runtime
from course_utils.metrics import (
    distance_order,
    neighbour_hits,
    other_neighbours,
    preserved_neighbours,
)

DIGITS = load_digits()
X, Y = torch.tensor(DIGITS.data)[:300], torch.tensor(DIGITS.target)[:300]


@pytest.fixture(autouse=True)
def cpu(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    runtime.setup()


def test_other_neighbours_are_scikit_learns():
    points = torch.randn(200, 6, generator=torch.Generator().manual_seed(0))
    model = NearestNeighbors(n_neighbors=7).fit(points.double())
    expected = model.kneighbors(return_distance=False)  # without the point itself
    assert torch.equal(other_neighbours(points, 7), torch.from_numpy(expected))


def test_copies_do_not_make_a_point_its_own_neighbour():
    points = torch.zeros(9, 3)
    found = other_neighbours(points, 2)
    assert found.shape == (9, 2)
    assert not (found == torch.arange(9)[:, None]).any()


def test_hits_are_leave_one_out_neighbours():
    model = KNeighborsClassifier(5)
    expected = cross_val_score(model, X, Y, cv=LeaveOneOut()).mean()
    hits = neighbour_hits(X, Y)
    assert hits.shape == (300,)
    # Equal distances may be broken differently.
    assert hits.float().mean().item() == pytest.approx(expected, abs=1.5 / 300)


def test_preserved_neighbours_by_hand():
    high = torch.tensor([[0.0], [1.0], [2.1], [10.0]])
    assert preserved_neighbours(high, 3 * high, k=1) == 1.0
    low = torch.tensor([[0.0], [9.0], [0.1], [0.2]])
    # nearest in high: 1 0 1 2; in low: 2 3 0 2
    assert preserved_neighbours(high, low, k=1) == 0.25


def test_the_order_of_distances_is_spearmans():
    low = X[:, 20:22] + 0.01 * X[:, 30:32]
    expected = spearmanr(pdist(X.numpy()), pdist(low.numpy())).statistic
    assert distance_order(X, low) == pytest.approx(expected)
    assert distance_order(X, 5 * X) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: other_neighbours(X[:4], 4), "k=4 other neighbours among 4 points"),
        (lambda: other_neighbours(X[:4], 0), "choose k from 1 to 3"),
        (lambda: neighbour_hits(X, Y[:9]), "300 points and 9 labels"),
        (lambda: preserved_neighbours(X, X[:9]), "300 points and 9 on the map"),
        (lambda: distance_order(X, X[:9]), "300 points and 9 on the map"),
        (lambda: distance_order(X, 0 * X), "equally far from each other"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
