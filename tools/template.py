"""Write the template: what is left of the last chapter without its explanations.

    python tools/template.py     # after a change of that chapter

It keeps the chapter's cells that are tagged `template`, under the headings of their
sections, and ends with the points to report, as a form.
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "notebooks/14-your-own-latent-space.ipynb"
TEMPLATE = ROOT / "templates/my-latent-space.ipynb"

INTRODUCTION = """\
# My latent space

The template of the course's chapter *Your own latent space*, which explains each step.
Name your folder below, run all cells, fill in the report at the end."""


def form(rubric: str) -> str:
    """The chapter's numbered points, each with room for an answer."""
    points = re.findall(r"^\d\. .*(?:\n   .*)*", rubric, flags=re.M)
    return "## Report\n\n" + "\n\n   …\n\n".join(points) + "\n\n   …"


def template(chapter: NotebookNode) -> NotebookNode:
    """The template as a notebook.

    Raises
    ------
    StopIteration
        If the chapter has no cell called `folder-name` or `rubric`.
    """
    made = new_notebook(metadata=chapter.metadata)
    cells = [new_markdown_cell(INTRODUCTION, id="introduction")]
    heading, told = "", ""
    for cell in chapter.cells:
        if found := re.search(r"^##+ .*$", cell.source, flags=re.M):
            heading = found.group() if cell.cell_type == "markdown" else heading
        if cell.id != "colab" and "template" not in cell.metadata.get("tags", []):
            continue
        if heading != told:
            cells.append(new_markdown_cell(heading, id=f"about-{cell.id}"))
            told = heading
        # a solution without its check
        source = re.sub(r"\n+ch14\.check_.*", "", cell.source)
        if cell.id == "folder-name":
            source = source.replace("None", '"my-images"')
        kept = new_code_cell(source, id=cell.id)
        if cell.id == "colab":
            kept.metadata = cell.metadata
        cells.append(kept)
    rubric = next(cell.source for cell in chapter.cells if cell.id == "rubric")
    made.cells = [*cells, new_markdown_cell(form(rubric), id="report")]
    return made


if __name__ == "__main__":
    TEMPLATE.parent.mkdir(exist_ok=True)
    nbformat.write(template(nbformat.read(CHAPTER, as_version=4)), TEMPLATE)
    print(f"Written: {TEMPLATE.relative_to(ROOT)}.")
