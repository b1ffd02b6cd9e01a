"""Keep together what no line should break: a formula and the comma after it.

A formula is a box to the browser, which may break a line on either side of it.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

TAIL = re.compile(r"(?:[,.;:?!)’”]|-\w+)+")


class KeepTogether(SphinxPostTransform):
    default_priority = 900  # after all that looks at texts

    def run(self, **kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            parent = formula.parent
            here = parent.index(formula)
            after = parent[here + 1] if here + 1 < len(parent) else None
            if not isinstance(after, nodes.Text) or not (tail := TAIL.match(after)):
                continue
            parts = formula.deepcopy(), nodes.Text(tail[0])
            whole = nodes.inline("", "", *parts, classes=["unbroken"])
            # by place: to `replace`, texts that are equal are the same
            parent[here : here + 2] = [whole, nodes.Text(after[tail.end() :])]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(KeepTogether)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
