"""The built site, a server for it and a real browser to look at it with."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsing import SITE, Tab, find_browser
from playwright.sync_api import Browser, ConsoleMessage, Request, Route, sync_playwright

NO_BROWSER = (
    "THE SITE WAS NOT TESTED: no Chromium or Chrome was found, and Playwright could "
    "fetch none. Install one, or name its command in COURSE_BROWSER."
)


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    if not (SITE / "index.html").exists():
        pytest.fail("The site is not built yet: run `make book`, or `make test`.")
    return SITE


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """The site over http, on this machine; yields its address."""
    handler = partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser; without one the tests skip, and fail in CI."""
    with sync_playwright() as playwright:
        command = find_browser(playwright)
        if command is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
        # Root needs --no-sandbox; the pages are our own.
        flags = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=command, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def new_tab(browser: Browser, site: Path, server: str) -> Iterator[Callable[..., Tab]]:
    """Opens a tab with a storage of its own and the network cut but for the site."""
    contexts = []
    inside = (server, site.as_uri(), "data:", "blob:")

    def open_tab(*, width: int = 1280, dark: bool = False) -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            has_touch=width < 600,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = Tab(context.new_page())

        def cut(route: Route, request: Request) -> None:
            tab.left.append(request.url)
            route.abort()

        def listen(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                tab.complaints.append(message.text)

        context.route(lambda url: not url.startswith(inside), cut)
        tab.page.on("console", listen)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        return tab

    yield open_tab
    for context in contexts:
        context.close()
