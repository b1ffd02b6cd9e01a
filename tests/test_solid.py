"""Shaded pictures of solids: where the surface is, from which side, and its light."""

import numpy as np
import pytest
import torch
from markup import check, displayed, pixels

import course_utils as cu
from course_utils.show.solid import render_solid

WORDS = {"alt": "a ball", "caption": "It **turns**."}


def ball(size=20, radius=6.0, centre=(0.0, 0.0, 0.0)):
    """A signed distance, 0.5 on the surface, as float32 [size, size, size]."""
    place = np.arange(size) - (size - 1) / 2
    axes = np.meshgrid(*(place - shift for shift in centre), indexing="ij")
    distance = np.sqrt(sum(axis**2 for axis in axes)) - radius
    return np.clip(0.5 - distance / 4, 0, 1).astype(np.float32)


def middle(picture):
    """Where the solid is seen, (row, column), in pixels from the picture's middle."""
    cover = picture[..., 3].astype(float)
    place = np.arange(len(cover)) - (len(cover) - 1) / 2
    rows, columns = cover.sum(1) @ place, cover.sum(0) @ place
    return np.array([rows, columns]) / cover.sum()


def test_a_ball_is_a_disc_of_its_size_from_every_side():
    for yaw, pitch in [(0, 0), (-30, 25), (140, -60)]:
        picture = render_solid(ball(), yaw=yaw, pitch=pitch, size=114)
        assert picture.shape == (114, 114, 4) and picture.dtype == np.uint8
        # 114 pixels see 1.14 x 20 voxels, so 5 pixels are a voxel.
        area = picture[..., 3].sum() / 255
        assert abs(area / (np.pi * 30**2) - 1) < 0.02
        assert np.abs(middle(picture)).max() < 0.1
        corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert (corners[:, 3] == 0).all()


def test_its_outline_is_smooth():
    cover = render_solid(ball(), size=96)[..., 3]
    assert ((cover > 20) & (cover < 235)).sum() > 60


@pytest.mark.parametrize(
    ("centre", "yaw", "pitch", "expected"),
    [
        ((0, 0, 4), 0, 0, (0, 20)),  # columns go right
        ((0, 4, 0), 0, 0, (20, 0)),  # rows go down
        ((4, 0, 0), 0, 0, (0, 0)),  # depth goes away from us
        ((-4, 0, 0), 30, 0, (0, 10)),  # the front turns to the right
        ((0, 0, 4), 60, 0, (0, 10)),
        ((-4, 0, 0), 0, 30, (10, 0)),  # from above, what is in front is lower
        ((0, 4, 0), 0, 60, (10, 0)),
    ],
)
def test_the_camera(centre, yaw, pitch, expected):
    picture = render_solid(
        ball(radius=3, centre=centre), yaw=yaw, pitch=pitch, size=114
    )
    assert np.abs(middle(picture) - expected).max() < 0.3


def test_what_is_in_front_hides_what_is_behind():
    near, far = ball(radius=3, centre=(-5, 0, 0)), ball(radius=5, centre=(4, 0, 0))
    front = render_solid(np.maximum(near, far), yaw=0, pitch=0)
    back = render_solid(np.maximum(near, far), yaw=180, pitch=0)
    alone_near = render_solid(near, yaw=0, pitch=0)
    alone_far = render_solid(far, yaw=180, pitch=0)
    seen = alone_near[..., 3] == 255
    assert np.array_equal(front[seen], alone_near[seen])
    seen = alone_far[..., 3] == 255
    assert np.array_equal(back[seen], alone_far[seen])


def test_light_comes_from_the_upper_left_whichever_way_the_solid_turns():
    for yaw in (0, 120):
        light = render_solid(ball(), yaw=yaw, pitch=0)[..., 0].astype(int)
        assert light[35, 35] > light[48, 48] > light[60, 60] + 10


def test_a_thin_wall_is_not_missed():
    """A plate 1.5 voxels thick, aslant, has no holes."""
    place = np.arange(20) - 9.5
    z, y, x = np.meshgrid(place, place, place, indexing="ij")
    distance = np.maximum(np.abs(0.8 * z + 0.6 * x) - 0.75, np.abs(y) - 6)
    distance = np.maximum(distance, np.abs(0.8 * x - 0.6 * z) - 6)
    picture = render_solid(np.clip(0.5 - distance / 4, 0, 1), yaw=10, pitch=20)
    assert (picture[38:58, 38:58, 3] == 255).all()


def test_bytes_floats_and_tensors_are_the_same_solid():
    volume = ball()
    shown = render_solid(volume).astype(int)
    as_bytes = np.round(128 + 255 * (volume - 0.5)).clip(0, 255).astype(np.uint8)
    for other in (as_bytes, torch.from_numpy(as_bytes), torch.from_numpy(volume)):
        assert np.abs(render_solid(other).astype(int) - shown).mean() < 1


def test_colour_and_emptiness():
    blue = render_solid(ball(), colour="#0000ff")
    assert (blue[..., :2] == 0).all() and blue[..., 2].max() > 200
    assert (render_solid(np.zeros((8, 8, 8), np.uint8))[..., 3] == 0).all()
    assert render_solid(np.ones((8, 8, 8), np.float32), size=16)[8, 8, 3] == 255


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (np.zeros((2, 8, 8, 8)), r"not \[2, 8, 8, 8\]: render one at a time"),
        (np.zeros((8, 8, 8), int), "uint8, or finite floats"),
        (np.full((8, 8, 8), np.nan), "uint8, or finite floats"),
    ],
)
def test_what_is_no_solid_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        render_solid(wrong)


# Transparent pictures in rows, montages and films


@pytest.fixture(scope="module")
def turning():
    return np.stack([render_solid(ball(), yaw=yaw, size=24) for yaw in (0, 45, 90)])


def nearly(shown, picture):
    """As transparent, and of the same colours but for what 256 colours take away."""
    solid, empty = picture[..., 3] == 255, picture[..., 3] == 0
    difference = np.abs(shown.astype(int) - picture.astype(int))
    return (shown[empty, 3] == 0).all() and difference[solid].max() < 12


def test_rows_keep_the_transparent_ground(turning):
    html = displayed(cu.image_rows, {"ball": turning}, **WORDS).html
    seen = pixels(check(html).all("img")[0]["src"])
    for i, picture in enumerate(turning):
        cell = seen[:, 26 * i : 26 * i + 24]
        assert nearly(cell, picture)


def test_a_montage_of_transparent_pictures_has_transparent_gaps(turning):
    sheet = cu.montage(turning, 2, gap=2)
    assert sheet.shape == (50, 50, 4)
    assert np.array_equal(sheet[:24, 26:], turning[1])
    assert (sheet[24:26, :, 3] == 0).all() and (sheet[26:, 26:, 3] == 0).all()


def test_a_film_keeps_the_transparent_ground(turning):
    html = displayed(cu.player, turning, **WORDS).html
    sheet = pixels(check(html).all("img")[0]["src"])
    assert nearly(sheet[:24, 24:], turning[1])
    assert "clearRect" in html, "frames would pile up"


def test_a_film_of_solids_is_light():
    """36 frames of 96 x 96 in less than 60 kB, on which a page can be generous."""
    frames = [render_solid(ball(centre=(0, 3, 3)), yaw=10 * i) for i in range(36)]
    assert len(displayed(cu.player, np.stack(frames), **WORDS).html) < 60_000


def test_a_film_may_be_kept_small(turning):
    assert "max-width:48px" in displayed(cu.player, turning, **WORDS, width=48).html
