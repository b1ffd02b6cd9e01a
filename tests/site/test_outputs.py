"""Films, quizzes and all else that cells show, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from browsing import Tab
from markup import displayed
from playwright.sync_api import Browser, Page, expect

from course_utils import (
    image_rows,
    player,
    quiz,
    scatter_codes,
    show,
    table,
)
from course_utils.show import use_style
from course_utils.show.note import note

FRAMES = np.random.default_rng(0).integers(0, 256, (6, 20, 30, 3), dtype=np.uint8)
WORDS = {"alt": "noise", "caption": "Only **noise**, in `six` frames."}
LABELS = [f"step {i}" for i in range(6)]


def film_html() -> str:
    return displayed(player, FRAMES, **WORDS, labels=LABELS, fps=30, start=2).html


def quiz_html() -> str:
    answers = {"pixels": "Yes.", "the batch": "No: averaged.", "latents": "No."}
    return displayed(
        quiz, "Summed over what?", answers, right="pixels", name="sum"
    ).html


def everything() -> str:
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1])
    map_ = scatter_codes(np.eye(2), np.arange(2), ["one", "two"])
    rows = [{"model": "PCA", "error": 0.1}, {"model": "cnn", "error": 0.2}]
    outputs = [
        displayed(show, fig, **WORDS),
        displayed(show, map_.figure, **WORDS),
        displayed(
            image_rows, {"input": FRAMES, "PCA": FRAMES}, **WORDS, columns=LABELS
        ),
        displayed(table, rows, caption="Errors", best={"error": "min"}),
        note("good", "", "codes beat pixels (codes = 0.9)"),
        note("bad", "Not yet.", "You averaged over `pixels`."),
        note("open", "Not attempted yet.", "Centre the images"),
    ]
    return "".join(o.html for o in outputs) + film_html() + quiz_html()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a bare page that holds some outputs, from a file, with no network."""
    contexts = []

    def open_page(body: str, *, dark: bool = False, **options: object) -> Page:
        look = "background:#14161c;color:#ddd" if dark else "background:#fff;color:#222"
        path = tmp_path / "page.html"
        path.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>'
            f'<body style="{look}"><main><h1>Outputs</h1>{body}</main></body></html>',
            encoding="utf-8",
        )
        scheme = "dark" if dark else "light"
        context = browser.new_context(offline=True, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def shown(page: Page, film: int = 0) -> np.ndarray:
    """The pixels on a film's canvas, [H, W, 3]."""
    expect(page.locator("canvas").nth(film)).to_be_visible()
    rgba = (
        page.locator("canvas")
        .nth(film)
        .evaluate(
            """(canvas) => [...canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data]"""
        )
    )
    return np.array(rgba, np.uint8).reshape(20, 30, 4)[..., :3]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1200])
def test_everything_fits_and_has_no_barriers(open_page, width, dark):
    page = open_page(everything(), dark=dark, viewport={"width": width, "height": 900})
    page.get_by_label("the batch").check()
    expect(page.locator("canvas")).to_be_visible()
    tab = Tab(page)
    assert page.complaints == []
    assert tab.too_wide() == []
    assert tab.barriers() == []


def test_a_figure_takes_the_colour_of_the_text_around_it(open_page):
    with mpl.rc_context():
        use_style()  # as `cu.setup()` does at the head of a chapter
        page = open_page(everything(), dark=True)
    words = page.locator(".lc-plot svg text").first
    assert words.evaluate("e => getComputedStyle(e).fill") == "rgb(221, 221, 221)"


def test_a_film_shows_each_frame_exactly(open_page):
    page = open_page(film_html())
    slider = page.get_by_role("slider", name="Frame")
    assert np.array_equal(shown(page), FRAMES[2])
    for k in (5, 0, 3):
        slider.fill(str(k))
        assert np.array_equal(shown(page), FRAMES[k])
        expect(page.locator(".lc-label")).to_have_text(f"step {k}")
        expect(slider).to_have_attribute("aria-valuetext", f"step {k}")


def test_a_film_is_led_by_the_keyboard(open_page):
    page = open_page(film_html())
    expect(page.locator("canvas")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Play")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".lc-label")).to_have_text("step 3")


def test_a_film_waits_to_be_played_and_stops_at_its_end(open_page):
    page = open_page(film_html())
    page.wait_for_timeout(200)
    expect(page.locator(".lc-label")).to_have_text("step 2")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".lc-label")).to_have_text("step 5")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert np.array_equal(shown(page), FRAMES[5])


def test_the_same_output_shown_twice_lives_twice(open_page):
    page = open_page(2 * film_html() + 2 * quiz_html())
    page.get_by_role("slider").nth(1).fill("4")
    assert np.array_equal(shown(page, 0), FRAMES[2])
    assert np.array_equal(shown(page, 1), FRAMES[4])
    page.get_by_label("pixels").nth(0).check()
    page.get_by_label("the batch").nth(1).check()
    expect(page.get_by_label("pixels").nth(0)).to_be_checked()
    assert page.complaints == []


def test_without_scripts_the_still_and_the_explanations_show(open_page):
    page = open_page(film_html() + quiz_html(), java_script_enabled=False)
    expect(page.get_by_role("button")).to_have_count(0)
    stage = page.locator(".lc-stage").bounding_box()
    sheet = page.locator(".lc-stage img").bounding_box()
    # 6 frames of 30 x 20 lie 2 to a row: frame 2 is the first of the second row
    assert sheet["width"] == pytest.approx(2 * stage["width"], rel=0.01)
    assert sheet["x"] == pytest.approx(stage["x"], abs=1)
    assert sheet["y"] == pytest.approx(stage["y"] - stage["height"], abs=1)
    page.get_by_label("the batch").check()
    expect(page.get_by_text("No: averaged.")).to_be_visible()


def test_an_answer_shows_its_own_explanation_only(open_page):
    page = open_page(quiz_html())
    expect(page.get_by_text("No: averaged.")).to_be_hidden()
    page.get_by_label("the batch").check()
    expect(page.get_by_text("No: averaged.")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("Right.")).to_be_visible()
    expect(page.get_by_text("No: averaged.")).to_be_hidden()


def test_an_answer_is_remembered_and_can_be_forgotten(open_page):
    page = open_page(quiz_html())
    page.get_by_label("the batch").check()
    page.reload()
    expect(page.get_by_label("the batch")).to_be_checked()
    expect(page.get_by_text("No: averaged.")).to_be_visible()
    page.evaluate("localStorage.removeItem('latent-course:quiz:sum')")
    page.reload()
    expect(page.get_by_label("the batch")).not_to_be_checked()


def test_where_storage_is_forbidden_a_quiz_forgets(open_page):
    frame = quiz_html().replace("&", "&amp;").replace('"', "&quot;")
    page = open_page(f'<iframe sandbox="allow-scripts" srcdoc="{frame}"></iframe>')
    inside = page.frame_locator("iframe")
    inside.get_by_label("the batch").check()
    expect(inside.get_by_text("No: averaged.")).to_be_visible()
    assert page.complaints == []
