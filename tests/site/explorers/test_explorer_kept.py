"""An explorer that was saved, and one that has left its page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browsing import barriers
from decoder_samples import (
    agent_eyes,
    attribute_sliders,
    difference,
    face_triangle,
    interpolation,
    noise_to_digit,
    pictures,
    rub_out,
    style_board,
    two_decoders,
    voice_pad,
)
from explorer_samples import latent_map, word_map
from playwright.sync_api import Browser

from course_utils.explorers import GaussianKL, LiveTSNE, ReparameterizationExplorer
from course_utils.explorers.base import Explorer


def live_tsne() -> LiveTSNE:
    return LiveTSNE(np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3)


ALL = [latent_map, word_map, interpolation, face_triangle, attribute_sliders]
ALL += [
    agent_eyes,
    rub_out,
    two_decoders,
    style_board,
    voice_pad,
    noise_to_digit,
    GaussianKL,
    ReparameterizationExplorer,
    live_tsne,
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_explorer_works_from_its_file_alone(
    browser: Browser, tmp_path: Path, scheme: str
):
    file = attribute_sliders(weights_of=face_triangle()).save(tmp_path / "faces.html")
    page = browser.new_page(
        color_scheme=scheme, viewport={"width": 390, "height": 844}, offline=True
    )
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text))
    page.goto(file.as_uri())
    page.wait_for_selector(".lc-live")
    assert page.title().startswith("Attributes: one direction")
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    explorer = attribute_sliders(start=1)
    shown = pictures(page)["changed"]
    assert difference(shown, explorer.decode()) <= 1 / 255
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    outside = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert outside == [file.as_uri()]
    assert complaints == []
    page.close()


# A second view of the explorer's model, with what it has opened counted.
VIEW = """async () => {
  const home = document.querySelector('.lc-explorer');
  const data = home.querySelector('script[type="application/json"]').textContent;
  const text = new Blob([JSON.parse(data).module], { type: 'text/javascript' });
  const { default: explorer } = await import(URL.createObjectURL(text));
  let open = 0;
  for (const name of ['ResizeObserver', 'IntersectionObserver']) {
    window[name] = class extends window[name] {
      observe(node) { open++; super.observe(node); }
      disconnect() { open--; super.disconnect(); }
    };
  }
  const { model } = home.explorer;
  const counted = {
    ...model,
    on: (...what) => { open++; model.on(...what); },
    off: (...what) => { open--; model.off(...what); },
  };
  const el = document.createElement('div');
  home.after(el);
  const stop = explorer.render({ model: counted, el });
  window.second = { el, stop, open: () => open };
}"""


@pytest.mark.parametrize("make", ALL)
def test_what_leaves_the_page_lets_go_of_all(visit, make: Callable[[], Explorer]):
    page = visit(make()).page
    page.evaluate(VIEW)
    assert page.evaluate("second.open()") > 0
    page.evaluate("second.stop()")
    assert page.evaluate("second.open()") == 0
    page.evaluate("document.querySelector('.lc-explorer').explorer.stop()")
    control = page.locator(".lc-live").first.locator("[role=slider], input").first
    before = page.locator(".lc-live").first.inner_html()
    control.press("ArrowRight")  # is heard, and changes nothing that is shown
    assert page.locator(".lc-live").first.inner_html() == before


def test_a_change_is_heard_once_and_no_change_not_at_all(visit):
    page = visit(ReparameterizationExplorer()).page
    heard = page.evaluate(
        """() => {
          const { model } = document.querySelector('.lc-explorer').explorer;
          let heard = 0;
          const listen = () => heard++;
          model.on('change:mu', listen);
          model.set('mu', 1);
          model.set('mu', 1);
          model.off('change:mu', listen);
          model.set('mu', 0);
          return heard;
        }"""
    )
    assert heard == 1
    drawn = page.evaluate(
        """async () => {
          const { model } = document.querySelector('.lc-explorer').explorer;
          const chart = document.querySelector('.lc-samples path');
          let drawn = 0;
          new MutationObserver((all) => drawn += all.length)
            .observe(chart, { attributes: true });
          for (const name of ['mu', 'sigma', 'seed']) model.set(name, 1.5);
          await new Promise(requestAnimationFrame);
          return drawn;
        }"""
    )
    assert drawn == 1  # for three traits


def test_two_views_of_one_run_end_with_one_map(visit):
    page = visit(live_tsne(), reduced_motion="no-preference").page
    page.evaluate(VIEW)
    first, second = (page.locator(".lc-live-tsne").nth(k) for k in (0, 1))
    second.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('.lc-phase')].every(p => p.textContent)"
    )
    second.get_by_role("button", name="Pause").click()
    figures = "[...document.querySelectorAll('.lc-live-tsne dl')].map(d => d.innerText)"
    page.wait_for_function(f"new Set({figures}).size === 1")
    first.get_by_role("button", name="Continue").click()
    page.wait_for_function(
        "[...document.querySelectorAll('.lc-phase')]"
        ".every(p => p.textContent === 'Done.')"
    )
    page.wait_for_function(f"new Set({figures}).size === 1")
    state = page.evaluate(
        "() => { const { model } = document.querySelector('.lc-explorer').explorer;"
        "return [model.get('iteration'), model.get('running')]; }"
    )
    assert state == [1000, False]
