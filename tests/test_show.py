"""Figures, images, films and tables: right on every page, for every reader."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.display import Markdown
from markup import check, pixels
from matplotlib.figure import Figure

import course_utils as cu
from course_utils.show import figure, film, images, text
from course_utils.show.output import number

RANDOM = np.random.default_rng(0)
DIGITS = RANDOM.integers(0, 256, (7, 5, 4), dtype=np.uint8)
WORDS = {"alt": "a rising line", "caption": "It **rises**."}


def line() -> Figure:
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], "o-", label="rise")
    ax.set(title="A < B & C", xlabel=r"noise $\sigma^2$")
    ax.legend()
    ax.grid()
    return fig


# Every way to show something needs words beside it.


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (cu.show, line),
        (cu.image_rows, lambda: {"input": DIGITS}),
        (cu.player, lambda: DIGITS),
    ],
)
@pytest.mark.parametrize("missing", ["alt", "caption"])
def test_alt_and_caption_are_asked_for(function, what, missing):
    with pytest.raises(ValueError, match=missing):
        function(what(), **WORDS | {missing: "  "})
    plt.close("all")


def test_outside_a_notebook_the_words_are_printed(capsys):
    cu.show(line(), **WORDS)
    assert capsys.readouterr().out == "[Figure: a rising line]\nIt **rises**.\n"


# Figures


def test_a_figure_takes_the_colour_of_the_page():
    html = figure.as_output(line(), **WORDS).html
    assert html.count("currentColor") > 10
    assert cu.INK not in html
    assert "<strong>rises</strong>" in html


def test_a_figure_is_well_formed_and_named():
    markup = check(figure.as_output(line(), alt='so-called "line"', caption="c").html)
    (svg,) = markup.all("svg")
    assert svg["role"] == "img"
    assert svg["aria-label"] == 'so-called "line"'
    assert svg["viewbox"] == "0 0 360 230.4"
    assert svg["style"] == "max-width:520px"


def test_text_stays_text_in_the_font_of_the_page():
    html = figure.as_output(line(), **WORDS).html
    assert "A &lt; B &amp; C</text>" in html
    assert "DejaVu" not in html


def test_ids_are_unique_on_a_page_and_every_reference_is_met():
    page = "".join(figure.as_output(line(), **WORDS).html for _ in range(2))
    ids = check(page).ids()
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page)) == set(ids)


def test_the_same_figure_gives_the_same_text():
    one, two = (figure.as_output(line(), **WORDS).html for _ in range(2))
    assert one != two  # by the ids alone
    assert re.sub(r"(lc\w+)-\d+-", r"\1-", one) == re.sub(r"(lc\w+)-\d+-", r"\1-", two)


def test_a_shown_figure_is_closed():
    fig = line()
    figure.as_output(fig, **WORDS)
    assert not plt.fignum_exists(fig.number)


def test_many_points_become_one_small_picture():
    fig, ax = plt.subplots()
    ax.scatter(*RANDOM.normal(size=(2, 5000)), c=RANDOM.random(5000))
    markup = check(figure.as_output(fig, **WORDS).html)
    assert len(markup.all("image")) == 1
    assert len(markup.all("use")) < 50
    assert len(markup.all("image")[0]["href"]) < 200_000


def test_images_in_a_figure_stay_images():
    noise = RANDOM.integers(0, 256, (400, 300), dtype=np.uint8)  # large: 120 kB
    fig, ax = plt.subplots()
    ax.imshow(noise, vmin=0, vmax=255)
    markup = check(figure.as_output(fig, **WORDS).html)
    shown = pixels(re.sub(r"\s", "", markup.all("image")[0]["href"] or ""))
    # within one level, which matplotlib's grey scale may lose
    assert np.allclose(shown[..., 0], noise, atol=1)


def test_codes_are_drawn_with_the_name_of_each_class():
    codes = torch.randn(60, 2)
    ax = cu.scatter_codes(codes, torch.arange(60) % 3, ["zero", "one", "two"])
    names = {t.get_text(): t.get_position() for t in ax.texts}
    assert names.keys() == {"zero", "one", "two"}
    middle = np.median(codes[1::3].numpy(), axis=0)
    assert np.allclose(names["one"], middle)
    plt.close("all")


def test_codes_of_more_than_two_numbers_are_refused():
    with pytest.raises(ValueError, match="project the codes first"):
        cu.scatter_codes(torch.zeros(5, 3), torch.zeros(5))


# Images


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
    html = images.as_output(rows, **WORDS, columns=list("abcdefg")).html
    markup = check(html)
    assert "a &lt; b" in html
    for strip, row in zip(markup.all("img"), rows.values(), strict=True):
        shown = pixels(strip["src"])
        for i, image in enumerate(row):
            cell = shown[:, 6 * i : 6 * i + 4]
            assert np.array_equal(cell[..., 0], image)
            assert (cell[..., 3] == 255).all()


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"input \[7, 5, 4\], PCA \[6, 5, 4\]"):
        cu.image_rows({"input": DIGITS, "PCA": DIGITS[:6]}, **WORDS)
    with pytest.raises(ValueError, match="7 columns of images but 2 names"):
        cu.image_rows({"input": DIGITS}, **WORDS, columns=["a", "b"])


# Films


@pytest.mark.parametrize("shape", [(7, 5, 4), (1, 3, 9), (12, 2, 3, 3)])
def test_a_film_holds_every_frame_exactly(shape):
    frames = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    markup = check(film.as_output(frames, **WORDS).html)
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
    html = film.as_output(DIGITS, **WORDS, labels=["<b>k</b> = 1"] * 7).html
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


# Tables and numbers

ROWS = [
    {"model": "PCA", "accuracy": 0.9571, "seconds": 12.3, "images": 60_000},
    {"model": "cnn", "accuracy": torch.tensor(0.9714), "seconds": None},
]


def test_a_table_names_its_rows_and_columns():
    html = text.as_output(ROWS, caption="Who wins?").html
    markup = check(html)
    scopes = [th["scope"] for th in markup.all("th")]
    assert scopes == ["col"] * 4 + ["row"] * 2
    assert re.findall(r"<td[^>]*>([^<]*)", html) == [
        *("0.957", "12.30", "60,000"),
        *("0.971", "–", "–"),
    ]


def test_the_best_is_marked_by_more_than_colour():
    best = {"accuracy": "max", "seconds": "min"}
    html = text.as_output(ROWS, caption="c", best=best).html
    assert re.findall(r"<strong>([^<]*)</strong> <span[^>]*>★", html) == [
        "12.30",
        "0.971",
    ]
    assert html.count(" best</span>") == 2


def test_what_looks_equal_wins_together():
    columns = {"model": ["a", "b", "c"], "error": [0.12341, 0.12342, 0.2]}
    html = text.as_output(columns, caption="c", best={"error": "min"}).html
    assert html.count("<strong>0.123</strong>") == 2


def test_a_small_number_is_not_rounded_away():
    html = text.as_output({"rate": ["a", "b"], "lr": [0.0005, 0.04]}, caption="c").html
    assert "0.0005" in html


def test_tables_that_cannot_be_shown_are_refused():
    with pytest.raises(ValueError, match="at least one row"):
        cu.table([], caption="c")
    with pytest.raises(ValueError, match=r"no column of the table: \['error'\]"):
        cu.table(ROWS, caption="c", best={"error": "min"})
    with pytest.raises(ValueError, match="as many values"):
        cu.table({"a": [1], "b": [1, 2]}, caption="c")
    with pytest.raises(ValueError, match="caption"):
        cu.table(ROWS, caption="")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12_000, "12,000"),
        (123_456.7, "123,457"),
        (150.64, "150.6"),
        (0.9423, "0.942"),
        (-0.05, "-0.05"),
        (2.14e-7, "2.1e-7"),
        (0.0, "0"),
        (float("nan"), "nan"),
        (True, "yes"),
        ("pen strokes", "pen strokes"),
    ],
)
def test_numbers_are_written_for_readers(value, shown):
    assert number(value) == shown


def test_say_displays_markdown(monkeypatch):
    shown = []
    monkeypatch.setattr(text, "display", shown.append)
    cu.say("**0.95** nats")
    assert isinstance(shown[0], Markdown)
    assert shown[0].data == "**0.95** nats"
