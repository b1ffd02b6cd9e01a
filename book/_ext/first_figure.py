"""The directive {first-figure}: show the first figure of a notebook on another page.

What the front page shows is what a chapter shows, as this build computed it. With the
option ``containing`` it is the first figure in whose HTML that text stands:

    ```{first-figure} notebooks/02-autoencoders
    :containing: lc-explorer
    ```
"""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class first_figure(nodes.General, nodes.Element):
    """Where the figure will stand."""


class FirstFigure(SphinxDirective):
    required_arguments = 1
    option_spec: ClassVar = {"containing": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        wanted = self.options.get("containing", "<figure")
        return [first_figure(page=self.arguments[0], wanted=wanted)]


class CopyFigure(SphinxPostTransform):
    default_priority = 3  # before MyST-NB picks one form of each output

    def run(self, **kwargs: Any) -> None:
        for place in list(self.document.findall(first_figure)):
            notebook = self.env.get_doctree(place["page"])
            figure = next(
                (
                    n
                    for n in notebook.findall(nodes.raw)
                    if place["wanted"] in n.astext()
                ),
                None,
            )
            if figure is None:
                raise ExtensionError(
                    f"{{first-figure}} {place['page']} in {self.env.docname}: "
                    f"that notebook shows nothing with {place['wanted']!r}."
                )
            place.replace_self(figure.deepcopy())


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(first_figure)
    app.add_directive("first-figure", FirstFigure)
    app.add_post_transform(CopyFigure)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
