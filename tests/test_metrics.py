"""Neighbours and scores, against scikit-learn and by hand."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from torch import nn

from course_utils import metrics, runtime
from course_utils.metrics import (
    draw_per_class,
    few_label_accuracy,
    knn_accuracy,
    neighbour_indices,
    neighbours,
    roc_auc,
)
from course_utils.metrics.strokes import slant

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
        (lambda: few_label_accuracy(X, Y, X, Y, 500), "from 1 to that, not 500"),
        (lambda: knn_accuracy(X[:9], Y[:8], X, Y), "9 training points and 8 labels"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


# What every measure takes, and what none averages away

POINTS = torch.randn(60, 16, generator=torch.Generator().manual_seed(1))
POINTS += 3 * (torch.arange(60) % 3)[:, None]
KINDS = torch.arange(60) % 3
INK = (POINTS.view(60, 4, 4) > 1).float()


class Encoder(nn.Linear):
    """Codes of two numbers, the second always 0."""

    def posterior(self, images):
        mu = self(images.flatten(1)) * torch.tensor([1, 0])
        return mu, torch.zeros_like(mu)


# Each measure as a function of one of its inputs, and what that input may look like.
OF_POINTS = {
    "active_units": lambda x: metrics.active_units(Encoder(16, 2), x),
    "distance_order": lambda x: metrics.distance_order(x, POINTS[:, :2]),
    "distance_order, map": lambda x: metrics.distance_order(POINTS[:, :2], x),
    "few_label_accuracy": lambda x: few_label_accuracy(x, KINDS, POINTS, KINDS, 2),
    "few_label_accuracy, test": lambda x: few_label_accuracy(
        POINTS, KINDS, x, KINDS, 2
    ),
    "frechet_distance": lambda x: metrics.frechet_distance(x, POINTS.flip(1)),
    "frechet_distance, second": lambda x: metrics.frechet_distance(POINTS.flip(1), x),
    "frechet_floor": metrics.frechet_floor,
    "knn_accuracy": lambda x: knn_accuracy(x, KINDS, POINTS, KINDS),
    "knn_accuracy, test": lambda x: knn_accuracy(POINTS, KINDS, x, KINDS),
    "neighbour_hits": lambda x: metrics.neighbour_hits(x, KINDS),
    "neighbour_indices": lambda x: neighbour_indices(x, POINTS),
    "neighbour_indices, points": lambda x: neighbour_indices(POINTS, x),
    "other_neighbours": lambda x: metrics.other_neighbours(x, 3),
    "preserved_neighbours": lambda x: metrics.preserved_neighbours(x, POINTS[:, :2]),
    "preserved_neighbours, map": lambda x: metrics.preserved_neighbours(POINTS, x),
    "roc_auc": lambda x: roc_auc(x[:, 0], POINTS[:, 1]),
    "roc_auc, odd": lambda x: roc_auc(POINTS[:, 1], x[:, 0]),
}
OF_LABELS = {
    "draw_per_class": lambda y: draw_per_class(y, 2, torch.Generator().manual_seed(0)),
    "few_label_accuracy": lambda y: few_label_accuracy(POINTS, y, POINTS, y, 2),
    "knn_accuracy": lambda y: knn_accuracy(POINTS, y, POINTS, y),
    "neighbour_hits": lambda y: metrics.neighbour_hits(POINTS, y),
}


def same(one, two):
    return torch.allclose(torch.as_tensor(one).double(), torch.as_tensor(two).double())


def test_the_tables_above_hold_every_measure():
    named = {name.split(",")[0] for name in OF_POINTS | OF_LABELS}
    special = {"importance_nll", "log_importance_weights"}  # taught; its images below
    assert named | special == set(metrics.__all__)


@pytest.mark.parametrize("name", OF_POINTS)
def test_not_a_number_is_never_averaged_away(name):
    for bad in (torch.nan, torch.inf, -torch.inf, 1e30):
        points = POINTS.clone()
        points[[7, 30], 0] = bad
        with pytest.raises(ValueError, match=r"2 of the 60 .* hold NaN, infinity"):
            OF_POINTS[name](points)


def test_images_of_which_one_is_not_a_number_have_no_likelihood():
    ink = INK.clone()
    ink[3, 0, 0] = torch.nan
    with pytest.raises(ValueError, match="1 of the 60 images hold NaN"):
        metrics.importance_nll(Encoder(16, 2), ink)


@pytest.mark.parametrize("name", OF_POINTS)
def test_points_may_be_of_any_form(name):
    measure, column = OF_POINTS[name], name.startswith("roc_auc")
    expected = measure(POINTS)
    for form in (POINTS.double(), POINTS.numpy(), POINTS.clone().requires_grad_()):
        assert same(measure(form), expected)
    assert column or same(measure(POINTS.tolist()), expected)


@pytest.mark.parametrize("name", OF_LABELS)
@pytest.mark.parametrize(
    "form",
    [
        *(lambda y, d=d: y.to(d) for d in (torch.uint8, torch.int32, torch.float64)),
        torch.Tensor.tolist,
        torch.Tensor.numpy,
    ],
)
def test_labels_may_be_of_any_form(name, form):
    assert same(OF_LABELS[name](form(KINDS)), OF_LABELS[name](KINDS))


@pytest.mark.parametrize("name", OF_LABELS)
def test_labels_are_names_and_not_places(name):
    """Negative ones, as DBSCAN gives to noise, and large ones are classes too."""
    for other in (KINDS - 1, 10**9 * KINDS):
        assert same(OF_LABELS[name](other), OF_LABELS[name](KINDS))
    assert OF_LABELS[name](KINDS == 1) is not None


@pytest.mark.parametrize("name", OF_LABELS)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (KINDS + 0.5, "not all whole numbers"),
        (KINDS[:, None], "60×1 labels"),
        (["a", "b"] * 30, "no rows of numbers"),
        (torch.where(KINDS == 1, torch.nan, KINDS), r"20 of the 60 labels .* hold NaN"),
    ],
)
def test_labels_that_are_none_are_refused(name, wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        OF_LABELS[name](wrong)


def test_small_differences_far_from_zero_are_seen_in_float64():
    points = (
        1e7 + torch.rand(50, 3, generator=torch.Generator().manual_seed(0)).double()
    )
    near = metrics.other_neighbours(points - 1e7, 4)
    assert torch.equal(metrics.other_neighbours(points, 4), near)


@pytest.mark.parametrize("name", [n for n in OF_POINTS if n != "active_units"])
def test_no_float64_reaches_a_device_that_has_none(name, monkeypatch):
    """As on Apple's GPUs; emulated by a device that refuses as they do."""
    device, to = object(), torch.Tensor.to

    def refusing(self, *args, **kwargs):
        if device in args:
            assert self.dtype == torch.float32, "MPS doesn't support float64"
            return self
        return to(self, *args, **kwargs)

    expected = OF_POINTS[name](POINTS)
    apple = runtime.Runtime(device, "gpu", 0)
    monkeypatch.setattr(neighbours, "current", lambda: apple)
    monkeypatch.setattr(torch.Tensor, "to", refusing)
    assert same(OF_POINTS[name](POINTS.double()), expected)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: roc_auc([], [1.0]), "0 normal scores and 1 odd ones"),
        (lambda: neighbour_indices(X, [[1, 2], [3]]), "points are no rows of numbers"),
        (lambda: neighbour_indices(X, X[0]), r"points have the shape \[64\]"),
        (lambda: draw_per_class(Y, 0, torch.Generator()), "from 1 to that, not 0"),
    ],
)
def test_what_is_no_set_of_points_is_said(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_slant_is_the_slope_of_a_stroke():
    rows = torch.arange(28)
    for lean in (-0.5, 0.0, 0.25):  # columns to the right for each row upwards
        stroke = torch.zeros(28, 28)
        column = 14 + lean * (13.5 - rows)
        stroke[rows, column.floor().long()] = 1 - column.frac()
        stroke[rows, column.floor().long() + 1] += column.frac()
        both = torch.stack([stroke, stroke / 2])
        assert slant(both).tolist() == pytest.approx([lean] * 2, abs=1e-5)
        assert torch.equal(slant(both.flatten(1)), slant(both))
