"""Fold cells that follow each other under one line, if nothing is shown between them.

A page then says "Show the code" once where it said it five times.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


def is_folded(node: nodes.Node | None) -> bool:
    """Whether this is a code cell whose input, and nothing else, is folded."""
    return (
        isinstance(node, nodes.container)
        and node.get("hide_mode") == "input"
        and node[0].get("nb_element") == "cell_code_source"
    )


class JoinFolded(SphinxPostTransform):
    default_priority = 190  # before MyST-NB folds the inputs

    def run(self, **kwargs: Any) -> None:
        for cell in list(self.document.findall(is_folded)):
            after = cell.next_node(descend=False, siblings=True)
            if len(cell) == 1 and is_folded(after):  # it has no output
                joined = nodes.container(nb_element="cell_code_source")
                joined += [*self.sources(cell[0]), *self.sources(after[0])]
                after[0] = joined
                cell.parent.remove(cell)

    @staticmethod
    def sources(source: nodes.Element) -> list[nodes.Element]:
        """The inputs of one cell, or of those that were joined already."""
        return [source] if source["classes"] else list(source.children)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(JoinFolded)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
