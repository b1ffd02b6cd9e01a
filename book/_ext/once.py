"""A style sheet that many outputs of a page bring along is kept once.

In a notebook every output stands for itself; on a page the copies weigh 25 to 50 kB.
"""

import re
from typing import Any

from sphinx.application import Sphinx


def once(body: str) -> str:
    """The page's body, in which each style sheet stands where it came first."""
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
    context["body"] = once(context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
