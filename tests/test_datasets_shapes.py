"""Crockery in three dimensions: distances, factors, and where each is seen."""

import pytest
import torch
from torch.nn.functional import avg_pool3d

from course_utils.datasets import flatten, load, shapes, to_float
from course_utils.datasets.drawn.shapes import FACTORS, REACH, SIZE, draw, sample


@pytest.fixture(scope="module")
def pots():
    """Factors of 100 solids."""
    return sample(100, seed=5)


@pytest.fixture(scope="module")
def changes(pots):
    """What each factor does between its ends: float [n, 20, 20, 20], in grey levels."""

    def change(name):
        low, high = (draw({**pots, name: FACTORS[name][i]}).float() for i in (0, 1))
        return high - low

    return {name: change(name) for name in FACTORS}


def test_same_factors_same_solids_and_any_number_of_them(pots):
    threads = torch.get_num_threads()
    solids = draw(pots)
    assert solids.shape == (100, SIZE, SIZE, SIZE) and solids.dtype == torch.uint8
    assert torch.equal(solids, draw(pots)) and torch.get_num_threads() == threads
    one = draw({name: value[7] for name, value in pots.items()})
    assert torch.equal(one[0], solids[7]), "a solid depends on its neighbours"
    assert draw(sample(0)).shape == (0, SIZE, SIZE, SIZE)
    assert draw({"height": [0, 0.5, 1]}).shape == (3, SIZE, SIZE, SIZE)


def test_values_are_distances_with_128_on_the_surface():
    """A wide straight mug's wall: known radius, so known distances across it."""
    mug = draw({"width": 1, "square": 0})[0].float()
    place = (torch.arange(SIZE) + 0.5) / (SIZE / 2) - 1
    z, x = torch.meshgrid(place, place, indexing="ij")
    away = (x**2 + z**2).sqrt()
    radius = 0.33 + 0.16
    distance = (away - (radius - shapes.WALL / 2)).abs() - shapes.WALL / 2
    expected = (128 - 127 / REACH * distance).clamp(0, 255)
    assert (mug[:, SIZE // 2] - expected).abs().max() < 3
    assert mug.min() == 0
    solid = draw(sample(50)) > 128
    assert solid.flatten(1).any(1).all()


def test_nothing_is_cut_off_at_the_border():
    """Not even the largest: all corners of the range of factors."""
    ends = [FACTORS[name][:2] for name in FACTORS]
    corners = torch.cartesian_prod(*map(torch.tensor, ends)).float().T
    solids = draw(dict(zip(FACTORS, corners, strict=True)))
    for axis in (1, 2, 3):
        border = solids.index_select(axis, torch.tensor([0, SIZE - 1]))
        assert border.max() < 128


def test_every_solid_is_symmetric_from_front_to_back(pots):
    solids = draw(pots)
    assert torch.equal(solids, solids.flip(1))


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_seen_in_every_solid(changes, name):
    seen = changes[name].abs().amax((1, 2, 3))
    assert seen.min() > 60


def test_handle_and_spout_have_their_sides(changes):
    left, right = slice(0, SIZE // 2), slice(SIZE // 2, SIZE)
    assert (changes["handle"][..., left] == 0).all()
    assert (changes["spout"][..., right] == 0).all()
    for name in ("handle", "spout"):
        assert (changes[name] >= 0).all(), "a part took something away"


def test_a_handle_leaves_a_hole():
    """From the body's right side to the handle there is air, and then clay."""
    middle = draw({"handle": 1})[0, SIZE // 2, SIZE // 2, SIZE // 2 :].float()
    inside = (middle > 128).int().diff()
    assert inside.tolist().count(1) == 2 and inside.tolist().count(-1) == 2


def test_a_lid_is_on_top_and_a_stem_below(pots, changes):
    assert (changes["lid"][:, :, SIZE // 2 + 2 :] == 0).all()
    assert (changes["lid"][:, :, : SIZE // 2].amax((1, 2, 3)) > 100).all()
    highest = [
        (draw({**pots, "lid": 0, "stem": share}) > 128).any(3).any(1).int().argmax(1)
        for share in (0, 1)
    ]
    assert torch.equal(*highest), "the rim must stay where it is"
    low = changes["stem"][:, :, SIZE // 2 :]
    assert (low.amin((1, 2, 3)) < -60).all(), "the body must rise"


def test_a_goblet_stands_on_a_thin_stem():
    goblet = (draw({"stem": 1})[0] > 128).sum((0, 2))  # clay in each row
    rows = goblet.nonzero()[:, 0]
    stem = goblet[SIZE // 2 : rows.max()].min()
    assert 0 < stem < goblet[rows.max()] / 3


def test_every_factor_can_be_read_from_the_voxels():
    """A linear readout from 1,000 coarse solids explains most of each on 300 others."""
    factors = sample(1300, seed=1)
    voxels = flatten(avg_pool3d(to_float(draw(factors))[:, None], 2))
    truth = torch.stack(list(factors.values()), dim=1)
    voxels, truth = voxels - voxels[:1000].mean(0), truth - truth[:1000].mean(0)
    known = voxels[:1000]
    weights = torch.linalg.solve(known @ known.T + 3 * torch.eye(1000), truth[:1000])
    missed = truth[1000:] - voxels[1000:] @ known.T @ weights
    explained = 1 - missed.square().mean(0) / truth[1000:].square().mean(0)
    assert explained.min() > 0.8, dict(zip(factors, explained.tolist(), strict=True))


def test_half_a_handle_is_thinner(pots):
    none, half, full = (draw({**pots, "handle": share}) for share in (0, 0.5, 1))
    assert (none <= half).all() and (half <= full).all()
    assert ((half > none).sum() > 0) and ((full > half).sum() > 0)


def test_what_no_solid_has_is_refused():
    with pytest.raises(ValueError, match='no factor "glasses"; there are height'):
        draw({"glasses": 1})
    with pytest.raises(ValueError, match='"flare" lies between -1 and 1'):
        sample(3, flare=-2)


def test_loaded_solids_are_those_their_factors_draw(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(shapes, "TRAIN", 40)
    monkeypatch.setattr(shapes, "TEST", 20)
    data = load("shapes")
    assert capsys.readouterr().out == (
        "Crockery · 40 + 20 solids of 20×20×20 · asked for by name · CC BY 4.0\n"
    )
    assert torch.equal(draw(data.train_factors), data.train_images)
    assert torch.equal(draw(data.test_factors), data.test_images)
    assert torch.equal(data.test_labels, data.test_factors["handle"].long())
    monkeypatch.setattr(shapes, "draw", None)  # a second time it is read
    assert torch.equal(load("shapes", quiet=True).train_images, data.train_images)
