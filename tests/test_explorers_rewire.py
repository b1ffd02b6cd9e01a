"""The graph that the reader rewires, seen from Python."""

from itertools import pairwise

import numpy as np
import pytest
import traitlets

from course_utils.datasets import graphs
from course_utils.explorers import Rewire

GRAPH = graphs.drawn(0.5, nodes=90, degree=6, telling=0.2)
X, Y = GRAPH.features.numpy(), GRAPH.labels.numpy()


def test_a_larger_homophily_only_bends_edges_back():
    explorer = Rewire(X, Y)
    kept = []
    for homophily in (0, 0.25, 0.5, 0.75, 1):
        a, b = explorer.edges(homophily).T
        assert (a < b).all()
        within = (Y[a] == Y[b]).mean()
        assert within == pytest.approx(homophily, abs=0.05)
        kept.append({(i, j) for i, j in zip(a, b, strict=True) if Y[i] == Y[j]})
    assert all(few <= more for few, more in pairwise(kept))


def test_descriptions_are_averages():
    explorer = Rewire(X, Y, homophily=0.5)
    ways = explorer.described(steps=1)
    edges = explorer.edges()
    i = int(np.bincount(edges.ravel()).argmax())
    around = [b if a == i else a for a, b in edges if i in (a, b)]
    mean = ways["alone"][around].mean(0)
    np.testing.assert_allclose(ways["apart"][i], [*ways["alone"][i], *mean])
    still = explorer.described(steps=0)
    np.testing.assert_array_equal(still["averaged"], still["alone"])


def test_labels_that_mean_nothing_are_guessed():
    rng = np.random.default_rng(0)
    rates = []
    for seed in range(5):
        features = rng.normal(size=(200, 30))
        rates += Rewire(features, rng.permutation(np.arange(200) % 2), seed=seed,
                        homophily=0.45).accuracies().values()  # fmt: skip
    assert np.mean(rates) == pytest.approx(0.5, abs=0.08)


def test_the_still_picture_says_where_it_stands():
    explorer = Rewire(X, Y, homophily=0.25, steps=2)
    assert "a share 0.25 of edges" in explorer.describe()
    assert "After 2 averaging steps" in explorer.describe()
    assert explorer.html() == Rewire(X, Y, homophily=0.25, steps=2).html()
    assert len(explorer.html()) < 200_000


def test_out_of_reach():
    with pytest.raises(traitlets.TraitError):
        Rewire(X, Y, homophily=1.2)
    with pytest.raises(traitlets.TraitError):
        Rewire(X, Y).steps = 4


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Rewire(X, Y[:9]), "one label for each"),
        (lambda: Rewire(X[:9], Y[:9]), "from 20 to 400 nodes"),
        (lambda: Rewire(X * np.nan, Y), "finite features"),
        (lambda: Rewire(X, Y * 0), "between two classes"),
        (lambda: Rewire(X, Y, degree=1), "choose from 2 to 20"),
        (lambda: Rewire(X, Y, ["one"]), "2 classes but 1 class_names"),
    ],
)
def test_mistakes_get_one_clear_sentence(call, sentence: str):
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)
