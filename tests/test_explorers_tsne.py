"""t-SNE in the page, seen from Python."""

import numpy as np
import pytest
import traitlets

from course_utils.explorers import LiveTSNE

RNG = np.random.default_rng(0)
LABELS = np.arange(60) % 3
VECTORS = (4 * np.eye(3)[LABELS] + RNG.normal(size=(60, 3))).astype("float32")


def squared_distances(x: np.ndarray) -> np.ndarray:
    return np.square(x[:, None] - x).sum(2)


def test_the_components_keep_the_distances():
    x = VECTORS @ RNG.normal(size=(3, 200)).astype("float32") + 100
    given, kept = squared_distances(x), squared_distances(LiveTSNE(x, LABELS).vectors)
    np.testing.assert_allclose(kept / kept.max(), given / given.max(), atol=2e-3)


def test_neighbours_are_others_even_among_copies():
    x = np.repeat(VECTORS[:15], 4, axis=0)
    explorer = LiveTSNE(x, LABELS, neighbours=3)
    entry = next(e for e in explorer.array_table if e["name"] == "neighbours")
    packed = np.frombuffer(explorer.arrays, "float16", 180, entry["at"]).reshape(60, 3)
    for i, row in enumerate(packed.astype(int)):
        assert set(row) == set(range(i // 4 * 4, i // 4 * 4 + 4)) - {i}


def test_the_still_picture_is_a_map_with_the_clusters():
    explorer = LiveTSNE(VECTORS, LABELS, ["a", "b", "c"], perplexity=10)
    far = squared_distances(explorer.reference())
    np.fill_diagonal(far, np.inf)
    assert (LABELS[far.argmin(1)] == LABELS).mean() > 0.9
    assert "60 points with perplexity 10, coloured by class: a, b, c" in (
        explorer.describe()
    )
    html = explorer.html()
    explorer.places = RNG.normal(size=120).tolist()  # where a reader's run has ended
    assert explorer.positions.shape == (60, 2)
    assert explorer.html() != html
    explorer.running = False
    explorer.seed = 1
    assert explorer.places == []
    assert explorer.running


def test_perplexity_within_reach():
    explorer = LiveTSNE(VECTORS, LABELS, perplexity=19)
    assert explorer.largest == 19
    with pytest.raises(traitlets.TraitError, match="60 points choose from 2 to 19"):
        explorer.perplexity = 20


@pytest.mark.parametrize(
    ("rows", "labels", "sentence"),
    [
        (np.zeros((500, 2)), np.zeros(500), "from 11 to 400 points, not 500"),
        (np.zeros((5, 2)), np.zeros(5), "from 11 to 400 points, not 5"),
        (VECTORS, LABELS[:9], "one label for each of its 60 vectors"),
        (np.full((60, 2), np.nan), LABELS, "NaN"),
        (VECTORS, LABELS - 1, "whole numbers from 0"),
    ],
)
def test_mistakes_get_one_clear_sentence(rows, labels, sentence: str):
    with pytest.raises(ValueError, match=sentence) as caught:
        LiveTSNE(rows, labels, perplexity=5)
    assert "\n" not in str(caught.value)


def test_too_few_names():
    with pytest.raises(ValueError, match="3 classes but 1 class_names"):
        LiveTSNE(VECTORS, LABELS, ["a"], perplexity=5)
