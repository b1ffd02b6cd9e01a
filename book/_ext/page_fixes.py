"""Mend what the theme, its extensions and outputs write into a page."""

import re
from typing import Any

from sphinx.application import Sphinx

# A pattern in a page's body -> what should stand there.
MENDED = {
    # a list whose children are no list items
    r'role="doc-biblioentry"': 'role="listitem"',
    # the same id for every exercise on a page
    r'<section id="(exercise|solution)-content">': "<section>",
    # a button with a name other than the one that is seen on it
    r'<summary aria-label="Toggle hidden content">': "<summary>",
    # a link that begins with a blank, which is underlined
    r"Solution to(<a [^>]*>) ": r"Solution to \1",
}


def once(body: str) -> str:
    """The page's body, in which each style sheet stands where it came first.

    In a notebook every output stands for itself and brings its own; on a page the
    copies weigh 25 to 50 kB.
    """
    seen: set[str] = set()

    def first(match: re.Match[str]) -> str:
        sheet = match[0]
        is_new = sheet not in seen
        seen.add(sheet)
        return sheet if is_new else ""

    return re.sub(r"<style>.*?</style>", first, body, flags=re.S)


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    body = context.get("body", "")
    for wrong, right in MENDED.items():
        body = re.sub(wrong, right, body)
    context["body"] = once(body)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
