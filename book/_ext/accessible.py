"""Mend what the theme and its extensions write that readers stumble over."""

import re
from typing import Any

from sphinx.application import Sphinx

# A pattern in a page's body -> what should stand there.
MENDED = {
    # a list whose children are no list items
    r'role="doc-biblioentry"': 'role="listitem"',
    # the same id for every exercise on a page
    r'<section id="(exercise|solution)-content">': "<section>",
    # a link that begins with a blank, which is underlined
    r"Solution to(<a [^>]*>) ": r"Solution to \1",
}


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    for wrong, right in MENDED.items():
        context["body"] = re.sub(wrong, right, context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
