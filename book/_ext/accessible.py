"""Mend what the theme and Sphinx write that a screen reader stumbles over."""

from typing import Any

from sphinx.application import Sphinx

# What stands in a page's body -> what should.
MENDED = {
    # a list whose children are no list items
    'role="doc-biblioentry"': 'role="listitem"',
    # the same id for every exercise on a page
    '<section id="exercise-content">': "<section>",
    '<section id="solution-content">': "<section>",
}


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    for wrong, right in MENDED.items():
        context["body"] = context.get("body", "").replace(wrong, right)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
