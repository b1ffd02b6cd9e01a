"""Figures: right on every page, for every reader."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from markup import check, displayed, pixels
from matplotlib.figure import Figure

import course_utils as cu
from course_utils.show.style import use_style

RANDOM = np.random.default_rng(0)
DIGITS = RANDOM.integers(0, 256, (7, 5, 4), dtype=np.uint8)
WORDS = {"alt": "a rising line", "caption": "It **rises**."}


@pytest.fixture(autouse=True)
def look():
    """The look that ``cu.setup()`` gives a chapter's figures."""
    with mpl.rc_context():
        use_style()
        yield


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
    html = displayed(cu.show, line(), **WORDS).html
    assert html.count("currentColor") > 10
    assert cu.INK not in html
    assert "<strong>rises</strong>" in html


def test_a_figure_is_well_formed_and_named():
    markup = check(displayed(cu.show, line(), alt='so-called "line"', caption="c").html)
    (svg,) = markup.all("svg")
    assert svg["role"] == "img"
    assert svg["aria-label"] == 'so-called "line"'
    assert svg["viewbox"] == "0 0 360 230.4"
    assert svg["style"] == "max-width:520px"


def test_text_stays_text_in_the_font_of_the_page():
    html = displayed(cu.show, line(), **WORDS).html
    assert "A &lt; B &amp; C</text>" in html
    assert "DejaVu" not in html


def test_ids_are_unique_on_a_page_and_every_reference_is_met():
    page = "".join(displayed(cu.show, line(), **WORDS).html for _ in range(2))
    ids = check(page).ids()
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page)) == set(ids)


def test_the_same_figure_gives_the_same_text():
    one, two = (displayed(cu.show, line(), **WORDS).html for _ in range(2))
    assert one != two  # by the ids alone
    assert re.sub(r"(lc\w+)-\d+-", r"\1-", one) == re.sub(r"(lc\w+)-\d+-", r"\1-", two)


def test_a_shown_figure_is_closed():
    fig = line()
    displayed(cu.show, fig, **WORDS)
    assert not plt.fignum_exists(fig.number)


def test_many_points_become_one_small_picture():
    fig, ax = plt.subplots()
    ax.scatter(*RANDOM.normal(size=(2, 5000)), c=RANDOM.random(5000))
    markup = check(displayed(cu.show, fig, **WORDS).html)
    assert len(markup.all("image")) == 1
    assert len(markup.all("use")) < 50
    assert len(markup.all("image")[0]["href"]) < 200_000


def test_images_in_a_figure_stay_images():
    noise = RANDOM.integers(0, 256, (400, 300), dtype=np.uint8)  # large: 120 kB
    fig, ax = plt.subplots()
    ax.imshow(noise, vmin=0, vmax=255)
    markup = check(displayed(cu.show, fig, **WORDS).html)
    seen = pixels(re.sub(r"\s", "", markup.all("image")[0]["href"] or ""))
    # within one level, which matplotlib's grey scale may lose
    assert np.allclose(seen[..., 0], noise, atol=1)


def test_codes_are_drawn_with_the_name_of_each_class():
    codes = torch.randn(60, 2) + 9 * (torch.arange(60) % 3)[:, None]
    ax = cu.scatter_codes(codes, torch.arange(60) % 3, ["zero", "one", "two"])
    names = {t.get_text(): t.get_position() for t in ax.texts}
    assert names.keys() == {"zero", "one", "two"}
    middle = np.median(codes[1::3].numpy(), axis=0)
    assert np.allclose(names["one"], middle)
    plt.close("all")


def test_codes_of_more_than_two_numbers_are_refused():
    with pytest.raises(ValueError, match="project the codes first"):
        cu.scatter_codes(torch.zeros(5, 3), torch.zeros(5))


@pytest.mark.parametrize(
    ("codes", "labels", "names", "sentence"),
    [
        (torch.zeros(6, 2), [-1, 0, 1, -1, 0, 1], ["cats", "dogs"], "numbers from 0"),
        (torch.zeros(2, 2), [0, 0.5], None, "whole numbers from 0"),
        (torch.zeros(2, 2), ["a", "b"], None, "whole numbers from 0"),
        (torch.zeros(3, 2), [0, 1, 2], ["cats", "dogs"], "3 classes but 2 class_names"),
        (torch.full((3, 2), torch.nan), [0, 1, 2], None, "3 of the 3 codes hold NaN"),
        (torch.zeros(3, 2), [[0], [1], [2]], None, r"\[3, 2\] with \[3, 1\]"),
    ],
)
def test_what_no_class_can_be_named_after_is_refused(codes, labels, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        cu.scatter_codes(codes, labels, names)
    assert not plt.get_fignums()


def test_names_of_classes_do_not_hide_each_other():
    codes = torch.randn(300, 2, generator=torch.Generator().manual_seed(0))
    codes[:30] += 8
    labels = torch.arange(300) // 30
    ax = cu.scatter_codes(codes, labels)
    places = torch.tensor([text.get_position() for text in ax.texts])
    inches = torch.tensor(ax.bbox.size / ax.figure.dpi)
    extent = codes.max(0).values - codes.min(0).values
    gaps = torch.pdist(places / extent * inches)
    assert gaps.min() > 0.25
    alone = np.median(codes[:30].numpy(), axis=0)
    assert np.allclose(places[0], alone, atol=1e-3)
