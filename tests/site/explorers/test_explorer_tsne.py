"""t-SNE in the page: the algorithm and its controls."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE

from course_utils.explorers import LiveTSNE
from course_utils.explorers.base import asset

IMAGES, LABELS = load_digits(return_X_y=True)


def live(points: int = 120, **options: object) -> LiveTSNE:
    return LiveTSNE(IMAGES[:points], LABELS[:points], perplexity=8, **options)


RUN = """([vectors, rows, perplexity, start, steps]) => {
  const joint = jointProbabilities(squaredDistances(vectors, rows), rows, perplexity);
  const run = makeRun(joint, Float64Array.from(start));
  for (let i = 0; i < steps; i++) run.step();
  return { joint: [...joint], places: [...run.places], kl: run.divergence() };
}"""


def run(page: Page, explorer: LiveTSNE, steps: int) -> dict:
    """So many steps of the page's own algorithm from the explorer's start."""
    if page.evaluate("typeof makeRun === 'undefined'"):
        page.add_script_tag(content=asset("tsne.js"))
    rows, start = len(explorer.labels), explorer.start().ravel().tolist()
    given = [explorer.vectors.ravel().tolist(), rows, explorer.perplexity, start, steps]
    return page.evaluate(RUN, given)


def squared_distances(x: np.ndarray) -> np.ndarray:
    return np.square(x[:, None] - x).sum(2)


def ten_steps(joint: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Ten early iterations, written out with matrices: [N, N], [N, 2] → [N, 2]."""
    update, gains = np.zeros_like(places), np.ones_like(places)
    for _ in range(10):
        closeness = 1 / (1 + squared_distances(places))
        np.fill_diagonal(closeness, 0)
        force = (12 * joint - closeness / closeness.sum()) * closeness
        differences = places[:, None] - places
        gradient = 4 * (force[:, :, None] * differences).sum(1)
        gains = np.where(update * gradient < 0, gains + 0.2, gains * 0.8).clip(0.01)
        update = 0.5 * update - 50 * gains * gradient
        places = places + update
    return places


def test_the_first_steps_are_those_of_the_formulas(visit):
    explorer = live()
    found = run(visit(explorer).page, explorer, 10)
    joint = np.zeros((120, 120))
    joint[np.triu_indices(120, 1)] = found["joint"]
    joint = joint + joint.T
    assert joint.sum() == pytest.approx(1)
    exact = ten_steps(joint, explorer.start())
    np.testing.assert_allclose(np.reshape(found["places"], (120, 2)), exact, atol=1e-3)
    closeness = 1 / (1 + squared_distances(exact))
    np.fill_diagonal(closeness, 0)
    off = ~np.eye(120, dtype=bool)
    kl = joint[off] * np.log(joint[off] / (closeness / closeness.sum())[off])
    assert found["kl"] == pytest.approx(kl.sum(), rel=1e-3)


def test_its_maps_are_as_good_as_scikit_learns(visit):
    """Steps this large are chaotic, so maps differ; their quality does not."""
    ours, theirs = [], []
    page = visit(live()).page
    for seed in range(3):
        explorer = live(seed=seed)
        ours.append(run(page, explorer, 1000)["kl"])
        start = explorer.start().astype("float32")
        tsne = TSNE(perplexity=8, init=start, method="exact").fit(explorer.vectors)
        theirs.append(tsne.kl_divergence_)
    print(f"KL {np.mean(ours):.4f} in the page, {np.mean(theirs):.4f} in scikit-learn")
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.04)


def figures(page: Page) -> list[str]:
    return page.locator(".lc-live-tsne dd").all_text_contents()


def drawn(page: Page) -> str:
    """The map as the page shows it."""
    return page.locator(".lc-map canvas").evaluate("c => c.toDataURL()")


@pytest.mark.parametrize("home", ["http", "file"])
def test_without_motion_it_shows_the_end(visit, home: str):
    explorer = live()
    page = visit(explorer, home=home).page
    expect(page.locator(".lc-phase")).to_have_text("Done.")
    exact = run(page, explorer, 1000)
    iteration, kl, kept = figures(page)
    assert iteration == "1,000 of 1,000"
    assert float(kl.split()[0]) == pytest.approx(exact["kl"], abs=0.0011)
    places = np.reshape(exact["places"], (120, 2))
    assert float(kept.rstrip("%")) == pytest.approx(share_kept(places), abs=1.01)
    expect(page.get_by_role("status")).to_contain_text("Done at iteration 1000")
    # A share of the map is painted: some 120 characters.
    blank = page.evaluate("""() => { const c = document.querySelector('.lc-map canvas');
      return document.createElement('canvas').toDataURL() === c.toDataURL(); }""")
    assert not blank


def share_kept(places: np.ndarray) -> float:
    """Percent of the ten nearest images that are among the ten nearest on the map."""
    nearest = []
    for x in (IMAGES[:120], places):
        far = squared_distances(x)
        np.fill_diagonal(far, np.inf)
        nearest.append([set(row[:10]) for row in far.argsort(1)])
    return 10 * np.mean([len(a & b) for a, b in zip(*nearest, strict=True)])


def test_it_runs_pauses_and_goes_on(visit):
    page = visit(live(300), reduced_motion="no-preference").page
    page.wait_for_function("document.querySelector('.lc-live-tsne dd').textContent")
    page.get_by_role("button", name="Pause").click()
    paused = figures(page)
    assert paused[0] != "1,000 of 1,000"
    expect(page.get_by_role("status")).to_contain_text("Paused at iteration")
    picture = drawn(page)
    page.wait_for_timeout(300)
    assert figures(page) == paused
    assert drawn(page) == picture
    page.get_by_role("button", name="Continue").click()
    page.wait_for_function(
        "old => document.querySelector('.lc-live-tsne dd').textContent !== old",
        arg=paused[0],
    )


def test_shown_once_more_it_stands_where_it_stood(visit):
    explorer = live()
    explorer.places = explorer.reference().ravel().tolist()
    explorer.running, explorer.iteration = False, 400
    page = visit(explorer).page
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    iteration, _, kept = figures(page)
    assert iteration == "400 of 1,000"
    share = share_kept(explorer.positions)
    assert float(kept.rstrip("%")) == pytest.approx(share, abs=1.01)


def test_it_rests_while_nobody_sees_it(visit):
    page = visit(live(300), reduced_motion="no-preference").page
    page.evaluate("document.querySelector('main').style.paddingTop = '3000px'")
    page.evaluate(  # counts the frames that it asks for
        "() => { window.asked = 1; const ask = requestAnimationFrame;"
        "window.requestAnimationFrame = (f) => { asked++; return ask(f); }; }"
    )
    page.wait_for_function(
        "() => { const some = asked; asked = 0; return !some; }", polling=100
    )
    before = drawn(page)
    assert page.evaluate("new Promise((r) => setTimeout(() => r(asked), 300))") == 0
    assert drawn(page) == before
    page.locator(".lc-map").scroll_into_view_if_needed()
    page.wait_for_function(
        "old => document.querySelector('.lc-map canvas').toDataURL() !== old",
        arg=before,
    )


def test_the_keyboard_changes_perplexity_and_seed(visit):
    page = visit(live()).page
    done = page.locator(".lc-phase")
    expect(done).to_have_text("Done.")
    first = figures(page)
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Perplexity")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    page.wait_for_function(
        "old => document.querySelectorAll('.lc-live-tsne dd')[1].textContent !== old",
        arg=first[1],
    )
    expect(done).to_have_text("Done.")
    explorer = live()
    explorer.perplexity = 2
    kl = float(figures(page)[1].split()[0])
    assert kl == pytest.approx(run(page, explorer, 1000)["kl"], abs=0.0011)
    picture = drawn(page)
    page.get_by_role("button", name="Restart, new seed").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    page.wait_for_function(
        "old => document.querySelector('.lc-map canvas').toDataURL() !== old",
        arg=picture,
    )


def test_a_tap_pauses_and_long_names_get_a_key(visit):
    names = [f"class {c}" for c in range(10)]
    size = {"width": 390, "height": 844}
    options = {"reduced_motion": "no-preference", "has_touch": True, "viewport": size}
    page = visit(live(300, class_names=names), **options).page
    page.get_by_role("button", name="Pause").tap()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert page.locator(".lc-key > span").all_text_contents() == names
