"""Montages, rows of images and films show exactly the pixels they were given."""

import numpy as np
import pytest
import torch
from markup import check, displayed, pixels

import course_utils as cu

RANDOM = np.random.default_rng(0)
DIGITS = RANDOM.integers(0, 256, (7, 5, 4), dtype=np.uint8)
WORDS = {"alt": "a rising line", "caption": "It **rises**."}


def test_a_montage_holds_every_image_in_reading_order():
    sheet = cu.montage(DIGITS, 3, gap=1, fill=9)
    assert sheet.shape == (3 * 6 - 1, 3 * 5 - 1)
    for i, image in enumerate(DIGITS):
        row, column = divmod(i, 3)
        assert np.array_equal(sheet[6 * row :, 5 * column :][:5, :4], image)
    assert (sheet[5] == 9).all()
    assert (sheet[12:, 5:] == 9).all()  # the places left over


def test_floats_channels_and_tensors_are_images_too():
    grey = DIGITS / np.float32(255)
    assert np.array_equal(cu.montage(grey, 7, gap=0), cu.montage(DIGITS, 7, gap=0))
    tensor = torch.tensor(DIGITS[:, None] / 255, dtype=torch.bfloat16)
    assert cu.montage(tensor, 7).shape == cu.montage(DIGITS, 7).shape
    assert cu.montage(np.zeros((2, 5, 4, 3), np.uint8), 2).shape == (5, 9, 3)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (np.zeros((3, 784)), r"not \[3, 784\]"),
        (np.zeros((3, 4, 4), int), "not int64"),
        (np.full((3, 4, 4), np.nan), "NaN"),
        (np.zeros((0, 4, 4)), "at least one image"),
    ],
)
def test_what_is_no_image_is_refused_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        cu.montage(wrong, 2)


def test_rows_of_images_show_exactly_these_pixels():
    rows = {"input": DIGITS, "a < b": DIGITS[::-1]}
    html = displayed(cu.image_rows, rows, **WORDS, columns=list("abcdefg")).html
    markup = check(html)
    assert "a &lt; b" in html
    for strip, row in zip(markup.all("img"), rows.values(), strict=True):
        seen = pixels(strip["src"])
        for i, image in enumerate(row):
            cell = seen[:, 6 * i : 6 * i + 4]
            assert np.array_equal(cell[..., 0], image)
            assert (cell[..., 3] == 255).all()


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"input \[7, 5, 4\], PCA \[6, 5, 4\]"):
        cu.image_rows({"input": DIGITS, "PCA": DIGITS[:6]}, **WORDS)
    with pytest.raises(ValueError, match="7 columns of images but 2 names"):
        cu.image_rows({"input": DIGITS}, **WORDS, columns=["a", "b"])


def test_rows_without_names_leave_no_room_for_them():
    named = displayed(cu.image_rows, {"input": DIGITS}, **WORDS).html
    plain = displayed(cu.image_rows, {"": DIGITS}, **WORDS).html
    assert 'class="lc-rows"' in named
    assert 'class="lc-rows lc-unnamed"' in plain


# Films


@pytest.mark.parametrize("shape", [(7, 5, 4), (1, 3, 9), (12, 2, 3, 3)])
def test_a_film_holds_every_frame_exactly(shape):
    frames = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    markup = check(displayed(cu.player, frames, **WORDS).html)
    sheet = pixels(markup.all("img")[0]["src"])
    data = next(a for _, a in markup.elements if "data-columns" in a)
    high, wide, columns = (
        int(data[f"data-{key}"]) for key in ("high", "wide", "columns")
    )
    assert (high, wide) == shape[1:3]
    for i, frame in enumerate(frames):
        row, column = divmod(i, columns)
        cell = sheet[high * row :, wide * column :][:high, :wide]
        assert np.array_equal(cell, frame)


def test_a_films_controls_have_names_and_its_labels_are_safe():
    html = displayed(cu.player, DIGITS, **WORDS, labels=["<b>k</b> = 1"] * 7).html
    markup = check(html)
    assert markup.all("input")[0]["aria-label"]
    for control in markup.all("input") + markup.all("button"):
        assert "data-lm-suppress-shortcuts" in control  # else JupyterLab takes its keys
    assert "<b>k" not in html


def test_films_that_cannot_be_shown_are_refused():
    with pytest.raises(ValueError, match="7 frames but 2 labels"):
        cu.player(DIGITS, **WORDS, labels=["a", "b"])
    with pytest.raises(ValueError, match="no frame 7"):
        cu.player(DIGITS, **WORDS, start=7)
    with pytest.raises(ValueError, match="more than a phone can show"):
        cu.player(np.zeros((100, 500, 500), np.uint8), **WORDS)
