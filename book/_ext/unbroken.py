"""Keep together what no line should break: a formula and the comma after it, t-SNE.

A formula is a box to the browser, which may break a line on either side of it, and any
word may break at a hyphen.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

WORD = re.compile(r"(\bt-SNE\b)")
TAIL = re.compile(r"(?:[,.;:?!)’”]|-\w+)+")


def unbroken(*children: nodes.Node) -> nodes.inline:
    return nodes.inline("", "", *children, classes=["unbroken"])


class KeepTogether(SphinxPostTransform):
    default_priority = 900  # after all that looks at texts

    def run(self, **kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            parent = formula.parent
            here = parent.index(formula)
            after = parent[here + 1] if here + 1 < len(parent) else None
            if not isinstance(after, nodes.Text) or not (tail := TAIL.match(after)):
                continue
            whole = unbroken(formula.deepcopy(), nodes.Text(tail[0]))
            # by place: to `replace`, texts that are equal are the same
            parent[here : here + 2] = [whole, nodes.Text(after[tail.end() :])]
        for text in list(self.document.findall(nodes.Text)):
            literal = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw)
            if isinstance(text.parent, literal) or not WORD.search(text):
                continue
            parts = filter(None, WORD.split(text))
            pieces = [
                unbroken(nodes.Text(part)) if WORD.match(part) else nodes.Text(part)
                for part in parts
            ]
            text.parent.replace(text, pieces)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(KeepTogether)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
