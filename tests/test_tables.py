"""Tables, numbers and sentences that a cell computed."""

import re

import pytest
import torch
from IPython.display import Markdown
from markup import check, displayed

import course_utils as cu
from course_utils.show import text
from course_utils.show.output import inline, number, spelled

ROWS = [
    {"model": "PCA", "accuracy": 0.9571, "seconds": 12.3, "images": 60_000},
    {"model": "cnn", "accuracy": torch.tensor(0.9714), "seconds": None},
]


def test_a_table_names_its_rows_and_columns():
    html = displayed(cu.table, ROWS, caption="Who wins?").html
    markup = check(html)
    scopes = [th["scope"] for th in markup.all("th")]
    assert scopes == ["col"] * 4 + ["row"] * 2
    assert re.findall(r"<td[^>]*>([^<]*)", html) == [
        *("0.957", "12.3", "60,000"),
        *("0.971", "–", "–"),
    ]


def test_the_best_is_marked_by_more_than_colour():
    best = {"accuracy": "max", "seconds": "min"}
    html = displayed(cu.table, ROWS, caption="c", best=best).html
    assert re.findall(r"<strong>([^<]*)</strong>\u00a0<span[^>]*>★", html) == [
        "12.3",
        "0.971",
    ]
    assert html.count(" best</span>") == 2


def test_what_looks_equal_wins_together():
    columns = {"model": ["a", "b", "c"], "error": [0.12341, 0.12342, 0.2]}
    html = displayed(cu.table, columns, caption="c", best={"error": "min"}).html
    assert html.count("<strong>0.123</strong>") == 2


def test_a_small_number_is_not_rounded_away():
    html = displayed(
        cu.table, {"rate": ["a", "b"], "lr": [0.0005, 0.04]}, caption="c"
    ).html
    assert "0.0005" in html


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([0.0, 1.0, 16.0], ["0", "1", "16"]),
        ([68.0, 30.5], ["68.0", "30.5"]),
        ([1, 0.953, None], ["1.000", "0.953", "–"]),
        ([1.0, 1.0], ["1.000", "1.000"]),
        ([0.5, 4e-6], ["0.5", "4·10⁻⁶"]),
        ([True, False], ["yes", "no"]),
        ([-0.0, -2.5], ["0.0", "−2.5"]),
        (["-105", "12.3", "413 – 476"], ["−105", "12.3", "413 – 476"]),
    ],
)
def test_a_column_is_written_alike(column, expected):
    html = displayed(cu.table, {"row": column, "x": column}, caption="c").html
    assert re.findall(r"<td[^>]*>([^<]*)", html) == expected
    right = html.count('<td class="lc-number">')
    assert right == (0 if column[0] is True else len(column))


def test_words_stand_at_the_left():
    html = displayed(cu.table, {"row": [1, 2], "x": ["[1, 2]", "3"]}, caption="c").html
    assert "lc-number" not in html.split("<table")[1]


def test_names_are_spelled_for_readers():
    rows = {"factor": ["hair_length", "pca"], "with_kl": ["loss_D", "PCA, 2"]}
    html = displayed(cu.table, rows, caption="c").html
    assert re.findall(r"<t[hd]\b[^>]*>([^<]*)", html) == [
        *("factor", "with KL"),
        *("hair_length", "loss_D"),  # the chapter's own words
        *("pca", "PCA, 2"),
    ]


def test_columns_may_be_named_by_numbers():
    rows = [{"d": 2, 16: 0.5, 32: 0.25}, {"d": 3, 16: 0.75, 32: 0.125}]
    html = displayed(cu.table, rows, caption="c", best={16: "max"}).html
    assert re.findall(r"<th\b[^>]*>([^<]*)", html) == ["d", "16", "32", "2", "3"]
    assert "<strong>0.750</strong>" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`x**2` and `y**2`", "<code>x**2</code> and <code>y**2</code>"),
        ("`a*b` is *not* `c*d`", "<code>a*b</code> is <em>not</em> <code>c*d</code>"),
        ("**the `k` nearest**", "<strong>the <code>k</code> nearest</strong>"),
        ("one ` alone, \0 < 2", "one ` alone,  &lt; 2"),
    ],
)
def test_stars_in_code_mean_no_emphasis(text, html):
    assert inline(text) == html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("five_nn", "five NN"),
        ("t_sne", "t-SNE"),
        ("tsne_keeps", "t-SNE keeps"),
        ("coldest_gumbel_softmax", "coldest Gumbel softmax"),
        ("with_R1", "with R1"),
        ("pca of 3", "pca of 3"),
    ],
)
def test_a_python_name_is_spelled_out(name, expected):
    assert spelled(name) == expected


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
    ("value", "expected"),
    [
        (12_000, "12,000"),
        (123_456.7, "123,457"),
        (999.94, "999.9"),
        (999.96, "1,000"),
        (-0.0, "0"),
        (150.64, "150.6"),
        (0.9423, "0.942"),
        (-0.05, "−0.05"),
        (0.00026, "0.00026"),
        (2.14e-7, "2.1·10⁻⁷"),
        (-4e-6, "−4·10⁻⁶"),
        (0.0, "0"),
        (float("nan"), "nan"),
        (True, "yes"),
        ("pen strokes", "pen strokes"),
    ],
)
def test_numbers_are_written_for_readers(value, expected):
    assert number(value) == expected


def test_say_displays_markdown(monkeypatch):
    kept = []
    monkeypatch.setattr(text, "display", kept.append)
    cu.say("**0.95** nats")
    assert isinstance(kept[0], Markdown)
    assert kept[0].data == "**0.95** nats"
