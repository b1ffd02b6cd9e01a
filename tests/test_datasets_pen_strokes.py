"""Pen strokes: the factors are in the images, and the images look like MNIST's."""

import pytest
import torch

from course_utils.datasets import to_float
from course_utils.datasets.drawn import glyphs, pen, pen_strokes
from course_utils.datasets.drawn.pen_strokes import HANDS, draw


@pytest.fixture(scope="module")
def drawn():
    """Images as float, labels, factors."""
    images, labels, factors = draw(3000, seed=5)
    return to_float(images), labels, factors


def moments(images):
    """Centre (x, y) and covariances (xx, xy, yy) of each image's ink, in pixels."""
    place = torch.arange(pen.SIZE) - (pen.SIZE - 1) / 2
    mass = images.sum((1, 2))
    x = (images.sum(1) @ place) / mass
    y = (images.sum(2) @ place) / mass
    dx, dy = place - x[:, None], place - y[:, None]
    xx = (images.sum(1) * dx**2).sum(1) / mass
    yy = (images.sum(2) * dy**2).sum(1) / mass
    xy = torch.einsum("nyx,ny,nx->n", images, dy, dx) / mass
    return x, y, xx, xy, yy


def correlation(a, b, groups):
    """Correlation of a and b within groups (digits written in the same style)."""

    def centred(values):
        values = values.clone().float()
        for group in groups.unique():
            values[groups == group] -= values[groups == group].mean()
        return values

    return torch.corrcoef(torch.stack([centred(a), centred(b)]))[0, 1].item()


def test_same_seed_same_images():
    first, again, other = (draw(200, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert all(torch.equal(first[2][name], again[2][name]) for name in first[2])
    assert not torch.equal(first[0], other[0])


def test_drawing_leaves_no_trace():
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    draw(50)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_any_number_can_be_drawn():
    for n in (0, 1, 7):
        images, labels, factors = draw(n)
        assert images.shape == (n, 28, 28) and images.dtype == torch.uint8
        assert labels.shape == (n,) and factors["style"].shape == (n,)


def test_factors_can_be_measured_in_the_images(drawn):
    images, labels, factors = drawn
    style = 10 * labels + factors["style"]
    _, _, xx, xy, yy = moments(images)
    lean = -xy / yy  # pixels to the right per pixel up
    ink = images.sum((1, 2))
    assert correlation(lean, factors["slant"], style) > 0.8
    assert correlation(lean - factors["slant"], factors["rotation"], style) > 0.35
    assert correlation(ink, factors["thickness"], style) > 0.7
    assert correlation(yy.sqrt(), factors["height"], style) > 0.35
    # A slanted stem is wide without being written wide.
    wide = (factors["slant"].abs() < 0.2) & (labels != 1)
    assert correlation(xx[wide].sqrt(), factors["width"][wide], style[wide]) > 0.6


def test_slant_and_rotation_lean_the_same_way(monkeypatch):
    for name, lean in (("slant", 0.3), ("rotation", 0.3)):
        hands = {key: (mean, 0.0) for key, (mean, _) in HANDS.items()}
        monkeypatch.setattr(
            pen_strokes,
            "HANDS",
            hands | {"slant": (0, 0), "wobble": (0, 0), name: (lean, 0)},
        )
        images, labels, factors = draw(100)
        stems = to_float(images[(labels == 1) & (factors["style"] == 0)])
        _, _, _, xy, yy = moments(stems)
        assert ((-xy / yy - lean).abs() < 0.12).all(), name


def test_thickness_is_the_width_of_the_line_in_pixels(monkeypatch):
    for thickness in (2.0, 3.0, 4.0):
        hands = {key: (mean, 0.0) for key, (mean, _) in HANDS.items()}
        still = {"slant": (0, 0), "wobble": (0, 0), "thickness": (thickness, 0)}
        monkeypatch.setattr(pen_strokes, "HANDS", hands | still)
        images, labels, factors = draw(100)
        stem = to_float(images[(labels == 1) & (factors["style"] == 0)][0])
        assert abs(stem[12:16].sum(1).mean() - thickness) < 0.35


def test_without_deviations_every_hand_is_the_same_but_for_its_style(monkeypatch):
    still = {key: (mean, 0.0) for key, (mean, _) in HANDS.items()}
    monkeypatch.setattr(pen_strokes, "HANDS", still | {"wobble": (0.0, 0.0)})
    images, labels, factors = draw(300)
    style = 10 * labels + factors["style"]
    for group in style.unique():
        assert (images[style == group] == images[style == group][0]).all()
    assert len(images.flatten(1).unique(dim=0)) == len(style.unique()) > 20
    monkeypatch.setattr(pen_strokes, "HANDS", still | {"wobble": (0.05, 0.0)})
    wobbly, _, _ = draw(300)
    assert len(wobbly.flatten(1).unique(dim=0)) == 300


def test_styles_come_as_often_as_their_shares_say(drawn):
    _, labels, factors = drawn
    for label, styles in enumerate(glyphs.DIGITS.values()):
        chosen = factors["style"][labels == label]
        shares = torch.tensor([style.share for style in styles])
        found = torch.bincount(chosen, minlength=len(styles)) / len(chosen)
        assert (found - shares / shares.sum()).abs().max() < 0.12


def test_the_images_have_mnists_greys_and_centre(drawn):
    """MNIST: mean 0.131, deviation 0.308, 19 % of the pixels inked."""
    images, _, _ = drawn
    assert abs(images.mean() - 0.131) < 0.01
    assert abs(images.std() - 0.308) < 0.01
    assert abs((images > 0).float().mean() - 0.19) < 0.02
    x, y, *_ = moments(images)
    assert ((x.abs() < 1) & (y.abs() < 1)).float().mean() > 0.95
    border = torch.cat([images[:, [0, -1]], images[:, :, [0, -1]].mT], dim=1)
    assert (border.amax((1, 2)) > 0.5).float().mean() < 0.05
    assert (images.amax((1, 2)) > 0.8).all(), "an image without ink"


def test_digits_are_a_task_like_mnist_neither_trivial_nor_hopeless(drawn):
    images, labels, _ = drawn
    pixels = images.flatten(1)
    nearest = torch.cdist(pixels[2000:], pixels[:2000]).argmin(1)
    accuracy = (labels[nearest] == labels[2000:]).float().mean()
    assert 0.85 < accuracy < 0.985


@pytest.mark.parametrize("alphabet", [glyphs.DIGITS, glyphs.LETTERS])
def test_the_glyphs_are_well_formed(alphabet):
    assert len(alphabet) == 10
    for character, styles in alphabet.items():
        assert len({style.name for style in styles}) == len(styles)
        for style in styles:
            assert style.share > 0
            for stroke in style.path.split("/"):
                points = pen._points(stroke)
                assert len(points) >= 3, (character, style.name, "curves need 3 points")
                assert points.min() >= 0 and points.max() <= 1
