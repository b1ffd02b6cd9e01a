"""An explorer in JupyterLab: what the reader does reaches Python, and the other way."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from decoder_samples import difference, face_triangle, pictures, position
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.skipif(
    os.environ.get("COURSE_BUDGET") == "smoke",
    reason="NOT TESTED in the rehearsal: explorers live in JupyterLab",
)

START = f"""
import json, pathlib, sys
sys.path[:0] = {[str(Path(__file__).parents[k]) for k in (0, 2)]!r}
"""
# In each notebook Python writes down what it hears, and answers the first time: by
# switching the model, or by another corner.
NOTEBOOKS = {
    "map": """
from explorer_samples import latent_map
explorer = latent_map()
def hear(change):
    heard = pathlib.Path("map.json")
    if not heard.exists():
        explorer.model = "autoencoder"
    heard.write_text(json.dumps(explorer.z))
explorer.observe(hear, "z")
explorer
""",
    "faces": """
from decoder_samples import face_triangle
explorer = face_triangle()
def hear(change):
    heard = pathlib.Path("faces.json")
    if not heard.exists():
        explorer.corners = [4, 1, 2]
    heard.write_text(json.dumps([explorer.corners, explorer.weights]))
explorer.observe(hear, ["corners", "weights"])
explorer
""",
    "three": """
import numpy as np
from IPython.display import display
from course_utils.explorers import GaussianKL, LiveTSNE, ReparameterizationExplorer
kl, cloud = GaussianKL(), ReparameterizationExplorer()
tsne = LiveTSNE(np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3)
def hear(change):
    kl.mixture = change.name != "q" and kl.mixture
    cloud.objective = "bumpy" if change.name == "mu" else cloud.objective
    said = [kl.q, [cloud.mu, cloud.sigma], tsne.iteration, len(tsne.positions)]
    pathlib.Path("three.json").write_text(json.dumps(said))
kl.observe(hear, "q")
cloud.observe(hear, ["mu", "sigma"])
tsne.observe(hear, ["iteration", "places"])
display(kl, cloud, tsne)
""",
    "rest": """
from decoder_samples import attribute_sliders, interpolation, two_decoders
from IPython.display import display
from explorer_samples import word_map
two, way, slid, words = two_decoders(), interpolation(), attribute_sliders(), word_map()
def hear(change):
    way.spherical = way.spherical or change.name == "z"
    slid.start = 3 if change.name == "query" else slid.start
    said = [two.z, way.t, slid.amounts, words.query]
    pathlib.Path("rest.json").write_text(json.dumps(said))
two.observe(hear, "z")
way.observe(hear, "t")
slid.observe(hear, "amounts")
words.observe(hear, "query")
display(two, way, slid, words)
""",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab with the notebooks above; yields its address and its folder."""
    tmp_path = tmp_path_factory.mktemp("lab")
    for name, code in NOTEBOOKS.items():
        cell = nbformat.v4.new_code_cell((START + code).strip())
        notebook = nbformat.v4.new_notebook(cells=[cell])
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook.metadata["kernelspec"] = kernel
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {
        "ServerApp.port": port,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.root_dir": tmp_path,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    # Nothing of the user's own settings, and none left behind.
    own = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "RUNTIME")
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in settings.items())],
            cwd=tmp_path,
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(address, server, tmp_path / "log")
        yield address, tmp_path
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            return
        except urllib.error.URLError:
            time.sleep(0.25)
    pytest.fail("JupyterLab did not start:\n" + log.read_text())


def run(browser: Browser, address: str, name: str) -> Page:
    """Open a notebook and run its cell."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    # A busy JupyterLab once put a dialog over the cell. We say yes, and which it was.
    asked = page.locator(".jp-Dialog")

    def agree() -> None:
        print(f"JupyterLab asked: {asked.inner_text()!r}")
        asked.locator(".jp-mod-accept").click()

    page.add_locator_handler(asked, agree)
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").first
    for _ in range(30):  # a dialog or a busy start may swallow a key
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1000)
        if prompt.text_content() != "[ ]:":
            return page
    pytest.fail(f"JupyterLab did not run the cell of {name}.ipynb.")


def heard(file: Path, hoped: Callable[[list], bool]) -> list:
    """What Python has heard: what was hoped for, or else the last of ten seconds."""
    for _ in range(100):
        last = json.loads((file.read_text() if file.exists() else "") or "[]")
        if last and hoped(last):
            break
        time.sleep(0.1)
    return last


def drag(page: Page) -> Locator:
    """Drag over a pad of codes, by mouse; returns the pad."""
    pad = page.get_by_role("slider", name="Code")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 70, steps=4)
    page.mouse.up()
    return pad


def code_shown(page: Page) -> Any:
    """The code that stands under a pad, as exactly as its two decimals say."""
    shown = page.locator(".lc-where").text_content().replace("−", "-")
    z = shown.removeprefix("z = (").removesuffix(")").split(",")
    return pytest.approx([float(v) for v in z], abs=0.006)


def test_a_drag_reaches_python_and_python_moves_the_widget(
    lab: tuple[str, Path], browser: Browser
):
    address, folder = lab
    page = run(browser, address, "map")
    pad = drag(page)
    expect(page.get_by_label("autoencoder")).to_be_checked()  # Python's answer
    pad.focus()
    before = position(pad)
    page.keyboard.press("ArrowDown")
    assert position(pad) == pytest.approx((before[0], before[1] - 2), abs=0.01)
    page.keyboard.press("PageUp")
    file, near = folder / "map.json", code_shown(page)
    assert heard(file, lambda last: last == near) == near
    # Keys that mean something to JupyterLab in command mode stay in the explorer.
    page.get_by_label("autoencoder").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("VAE", exact=True)).to_be_checked()
    page.get_by_role("button", name="Glide to 3").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lc-nearby")).to_have_text("nearest image: 3, 0.00 away")
    page.keyboard.press("b")  # insert a cell below
    expect(page.get_by_role("button", name="Glide to 3")).to_be_focused()
    expect(page.locator(".jp-Cell")).to_have_count(2)
    page.close()


def test_a_point_between_faces_reaches_python_and_python_swaps_a_face(
    lab: tuple[str, Path], browser: Browser
):
    address, folder = lab
    page = run(browser, address, "faces")
    pad = page.get_by_role("slider", name="Point between three faces")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] - 8, steps=4)
    page.mouse.up()
    expect(pad).to_have_attribute("aria-valuetext", "0% top, 100% left, 0% right")
    # The first word of the drag reached Python, whose answer swaps the face on top.
    corner = pytest.approx([0, 1, 0], abs=1e-3)
    said = heard(folder / "faces.json", lambda last: last == [[4, 1, 2], corner])
    assert said == [[4, 1, 2], corner]
    pad.press("PageUp")
    page.get_by_role("button", name="Next face, left").click()
    explorer = face_triangle()
    explorer.corners = [4, 3, 2]
    corners, weights = heard(folder / "faces.json", lambda last: last[0] == [4, 3, 2])
    assert corners == [4, 3, 2]
    explorer.weights = weights
    shown = pictures(page)["decoded mix of the three faces"]
    assert difference(shown, explorer.decode()) <= 1 / 255
    page.close()


def test_bells_and_a_map_in_the_making_reach_python(
    lab: tuple[str, Path], browser: Browser
):
    address, folder = lab
    page = run(browser, address, "three")
    page.get_by_role("slider", name="q", exact=True).press("ArrowRight")
    expect(page.get_by_label("p has two peaks")).not_to_be_checked()  # Python's answer
    handle = page.get_by_role("slider", name="μ and σ")
    handle.press("ArrowRight")
    handle.press("ArrowDown")
    expect(page.get_by_label("bumpy")).to_be_checked()
    page.locator(".lc-live-tsne .lc-map").scroll_into_view_if_needed()
    expect(page.locator(".lc-phase")).to_have_text("Done.")
    q, cloud = pytest.approx([-0.9, 1]), pytest.approx([-0.4, 1.05])
    expected = [q, cloud, 1000, 60]
    assert heard(folder / "three.json", lambda last: last == expected) == expected
    page.close()


def test_pads_sliders_and_words_reach_python(lab: tuple[str, Path], browser: Browser):
    address, folder = lab
    page = run(browser, address, "rest")
    drag(page)
    expect(page.get_by_label("spherical")).to_be_checked()  # Python's answer
    page.get_by_role("slider", name="Way from one").fill("0.75")
    page.get_by_role("slider", name="smile").fill("-1.4")
    page.get_by_role("combobox", name="word", exact=True).fill("mean")
    page.keyboard.press("Enter")
    attributes = page.locator(".lc-live", has=page.get_by_text("smile"))
    expect(attributes.locator(".lc-strip input").nth(3)).to_be_checked()  # and here
    expected = [code_shown(page), 0.75, {"smile": -1.4}, "mean"]
    assert heard(folder / "rest.json", lambda last: last == expected) == expected
    page.close()
