"""Opens a page of explorers in a real browser, with the network cut."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from course_utils.explorers.base import Explorer

HTTP = "http://course.invalid/page.html"
# Explorers start a moment after the page has loaded: each shows itself or has given up.
STARTED = (
    "[...document.querySelectorAll('.lc-explorer')].every(explorer =>"
    " !('running' in explorer.dataset) || explorer.querySelector('.lc-live'))"
)


@dataclass
class Visit:
    """A page, and what happened while it was open."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Opens a page of explorers; at the end nothing may have been asked or wrong."""
    visits = []

    def open_page(
        *explorers: Explorer,
        home: str = "file",
        dark: bool = False,
        **options,
    ) -> Visit:
        colours = "#14161c;color:#ddd" if dark else "#fff;color:#222"
        text = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>'
            '<meta name="viewport" content="width=device-width">'
            f'<body style="background:{colours};font-family:sans-serif"><main><h1>Page'
            f"</h1>{''.join(explorer.html() for explorer in explorers)}</main>"
        )
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        address = HTTP if home == "http" else file.as_uri()
        options = {"reduced_motion": "reduce", **options}
        seen = Visit(browser.new_context(**options).new_page())
        page = seen.page

        def answer(route: Route, request: Request) -> None:
            if request.url == address:
                route.fulfill(body=text, content_type="text/html")
            else:
                seen.requests.append(request.url)
                route.abort()

        page.route(lambda url: not url.startswith(("blob:", "data:")), answer)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("console", lambda line: seen.complaints.append(line.text))
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.wait_for_function(STARTED)
        visits.append(seen)
        return seen

    yield open_page
    for seen in visits:
        seen.page.context.close()
        assert seen.requests == []
        assert seen.complaints == []
