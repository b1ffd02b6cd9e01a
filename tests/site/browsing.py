"""The built site's pages, and how to look at them."""

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
# What a rehearsal builds lies apart from the real thing.
REHEARSAL = os.environ.get("COURSE_BUDGET") == "smoke"
SITE = ROOT / ("_build/smoke" if REHEARSAL else "_build") / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE = 1280, 390


def named_pages() -> list[str]:
    """Every page that the table of contents names, and those that Sphinx adds."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    named = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    return [toc["root"], *named, "search", "genindex"]


def find_browser(playwright: Playwright) -> str | None:
    """Chromium's or Chrome's command; COURSE_BROWSER names another one.

    Where there is none, Playwright fetches its own Chromium, if the network allows.
    """
    if chosen := os.environ.get("COURSE_BROWSER"):
        return chosen
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    own = Path(playwright.chromium.executable_path)
    installed = [shutil.which(name) for name in BROWSERS]
    installed += [str(path) for path in (mac, own) if path.exists()]
    if not any(installed):
        fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(fetch, timeout=300, capture_output=True)
        installed = [str(own)] if own.exists() else []
    return next(filter(None, installed), None)


@dataclass
class Tab:
    """A browser tab with the network cut, and what happened while it was open."""

    page: Page
    left: list[str] = field(default_factory=list)  # addresses outside the site
    complaints: list[str] = field(default_factory=list)  # errors and warnings

    def go(self, url: str) -> None:
        """Open a page and wait until its formulas stand."""
        self.left.clear()
        self.complaints.clear()
        self.page.goto(url)
        self.page.evaluate("window.MathJax?.startup?.promise")

    def show(self, *, width: int, dark: bool) -> None:
        """Give the page a width and a colour scheme, as a reader's device would."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        theme = "dark" if dark else "light"
        self.page.wait_for_selector(f"html[data-theme={theme}]")

    def unrendered_formulas(self) -> int:
        """How many formulas MathJax has left alone or stumbled over."""
        formulas = self.page.locator("article .math")
        rendered = formulas.filter(has=self.page.locator("mjx-container"))
        wrong = self.page.locator("mjx-merror")
        return formulas.count() - rendered.count() + wrong.count()

    def too_wide(self) -> list[str]:
        """What sticks out to the right, if the page can be scrolled sideways."""
        return self.page.evaluate(
            """() => document.documentElement.scrollWidth > innerWidth
                ? [...document.querySelectorAll("body *")]
                    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
                    .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)
                : []"""
        )

    def clipped_code(self) -> list[str]:
        """The first line of every code cell that is wider than its box."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("div.cell pre")]
                .filter((pre) => pre.checkVisibility()
                    && pre.scrollWidth > pre.clientWidth + 1)
                .map((pre) => pre.innerText.split("\\n", 1)[0])"""
        )

    def clipped_formulas(self) -> list[str]:
        """What every displayed formula is called that is wider than its box."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("mjx-container[display=true]")]
                .filter((box) => box.scrollWidth > box.clientWidth + 1)
                .map((box) => box.closest("[id]").id)"""
        )

    def barriers(self) -> list[str]:
        """What stands in the way of some readers of the page."""
        return barriers(self.page)


def barriers(page: Page) -> list[str]:
    """Serious and critical findings of axe-core."""
    # `preload` would fetch style sheets, which no page may do from a file; the rule is
    # off by default in older versions
    rules = {"label-content-name-mismatch": {"enabled": True}}
    options = {"preload": False, "rules": rules}
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: "
        + " | ".join(node["html"][:150] for node in found["nodes"][:4])
        for found in Axe().run(page, options=options).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
