"""Take the README's picture: the front page with its latent space, as built.

make book && python tools/picture.py
"""

import os
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build/html/book/intro.html"
PICTURE = ROOT / "book/_static/readme.png"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("COURSE_BROWSER") or shutil.which("chromium"),
        args=["--no-sandbox"],
    )
    tab = browser.new_page(viewport={"width": 1180, "height": 1000})
    tab.goto(PAGE.as_uri())
    tab.evaluate("window.MathJax?.startup?.promise")
    page = {"x": 0, "y": 0, "width": 960, "height": 1000}
    screen = Image.open(BytesIO(tab.screenshot(clip=page)))
    browser.close()
# Few colours are enough for text, dots and a grey digit, at a fraction of the size.
few = screen.convert("RGB").quantize(128, Image.Quantize.FASTOCTREE)
few.save(PICTURE, optimize=True)
print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")
