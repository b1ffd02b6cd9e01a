"""The directive {first-figure}: show the first figure of a notebook on another page.

The front page's picture is the one that opens a chapter, as this build computed it.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class first_figure(nodes.General, nodes.Element):
    """Where the figure will stand."""


class FirstFigure(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [first_figure(page=self.arguments[0])]


class CopyFigure(SphinxPostTransform):
    default_priority = 3  # before MyST-NB picks one form of each output

    def run(self, **kwargs: Any) -> None:
        for place in list(self.document.findall(first_figure)):
            notebook = self.env.get_doctree(place["page"])
            figure = next(
                (n for n in notebook.findall(nodes.raw) if "<figure" in n.astext()),
                None,
            )
            if figure is None:
                raise ExtensionError(
                    f"{{first-figure}} {place['page']} in {self.env.docname}: "
                    "that notebook shows no figure."
                )
            place.replace_self(figure.deepcopy())


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(first_figure)
    app.add_directive("first-figure", FirstFigure)
    app.add_post_transform(CopyFigure)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
