"""An explorer in JupyterLab: what the reader does reaches Python, and the other way."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect
from samples import position

pytestmark = pytest.mark.skipif(
    os.environ.get("COURSE_BUDGET") == "smoke",
    reason="NOT TESTED in the rehearsal: explorers live in JupyterLab",
)

# Python writes down what it hears, and answers the first time by switching the model.
CELL = f"""
import json, pathlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from samples import latent_map
explorer = latent_map()
def hear(change):
    heard = pathlib.Path("heard.json")
    if not heard.exists():
        explorer.model = "autoencoder"
    heard.write_text(json.dumps(explorer.z))
explorer.observe(hear, "z")
explorer
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab with one notebook, `live.ipynb`; yields its address."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.strip())])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "live.ipynb")
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
        yield address
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


def test_a_drag_reaches_python_and_python_moves_the_widget(
    lab: str, browser: Browser, tmp_path: Path
):
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    page.goto(f"{lab}/lab/tree/live.ipynb")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    page.keyboard.press("Shift+Enter")
    pad = page.get_by_role("slider", name="Code")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 70, steps=4)
    page.mouse.up()
    expect(page.get_by_label("autoencoder")).to_be_checked()  # Python's answer
    pad.focus()
    before = position(pad)
    page.keyboard.press("ArrowDown")
    assert position(pad) == pytest.approx((before[0], before[1] - 2), abs=0.01)
    page.keyboard.press("PageUp")
    shown = page.locator(".lc-where").text_content().replace("−", "-")
    z = [float(v) for v in shown.removeprefix("z = (").removesuffix(")").split(",")]
    for _ in range(100):
        heard = json.loads((tmp_path / "heard.json").read_text() or "[]")
        if heard == pytest.approx(z, abs=0.006):
            break
        time.sleep(0.1)
    assert heard == pytest.approx(z, abs=0.006)
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
