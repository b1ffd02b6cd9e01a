"""The built site's pages, and how to look at them."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
# What a rehearsal builds lies apart from the real thing.
REHEARSAL = os.environ.get("COURSE_BUDGET") == "smoke"
SITE = ROOT / ("_build/smoke/_build" if REHEARSAL else "_build") / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def named_pages() -> list[str]:
    """Every page that the table of contents names, and those that Sphinx adds."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    named = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    return [toc["root"], *named, "search", "genindex"]


def find_browser() -> str | None:
    """Chromium's or Chrome's command; COURSE_BROWSER names another one."""
    if chosen := os.environ.get("COURSE_BROWSER"):
        return chosen
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    found = (shutil.which(name) for name in BROWSERS)
    return next(filter(None, found), str(mac) if mac.exists() else None)


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
