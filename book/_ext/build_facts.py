"""Say on the pages what this build ran on, and how long each chapter took.

Nothing here is typed by hand: the facts come from `facts.json`, which
`tools/prepare.py` writes, and the times from MyST-NB's execution.

- The role {runtime}`notebooks/01-latent-space`: that notebook's run time.
- The directive {build-facts}: tables of run times, machine, data and versions.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode


class runtime(nodes.Inline, nodes.Element):
    """Where the run time of a notebook will stand."""


class build_facts(nodes.General, nodes.Element):
    """Where the tables of facts will stand."""


def load_facts(app: Sphinx) -> None:
    path = Path(app.outdir).parent / "facts.json"
    if not path.exists():
        raise ExtensionError(
            f"{path} is missing: build the book by `make book` or by "
            "`python tools/build.py`, which write down what it runs on."
        )
    app.env.build_facts = json.loads(path.read_text("utf-8"))


def run_times(env: Any) -> dict[str, float]:
    """Seconds that each executed notebook took, by page."""
    found = getattr(env, "nb_metadata", {})
    seconds = {page: found[page].get("exec_data", {}).get("runtime") for page in found}
    return {page: s for page, s in sorted(seconds.items()) if s is not None}


def spell_time(seconds: float) -> str:
    """Seconds as a reader says them: 48 s, 3 min."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def table(
    *rows: tuple[Any, ...],
    head: tuple[str, ...],
    widths: tuple[int, ...] = (),
    name: str = "build-facts",
) -> nodes.table:
    """A table of texts, nodes or whole paragraphs, with a class of this name."""

    def make_row(cells: tuple[Any, ...]) -> nodes.row:
        row = nodes.row()
        for cell in cells:
            inside = cell if isinstance(cell, nodes.Node) else nodes.Text(str(cell))
            whole = isinstance(inside, nodes.paragraph)
            row += nodes.entry("", inside if whole else nodes.paragraph("", "", inside))
        return row

    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths or [1] * len(head)]
    group += nodes.thead("", make_row(head))
    group += nodes.tbody("", *[make_row(row) for row in rows])
    return nodes.table("", group, classes=[name])


class RuntimeRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[Any]]:
        return [runtime(page=self.text)], []


class BuildFacts(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [build_facts()]


class WriteFacts(SphinxPostTransform):
    """Fill the places in, once every notebook has run."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        times = run_times(self.env)
        for place in list(self.document.findall(runtime)):
            seconds = times.get(place["page"])
            if seconds is None:
                raise ExtensionError(
                    f"{{runtime}}`{place['page']}` in {self.env.docname}: "
                    "this build executed no such notebook."
                )
            place.replace_self(nodes.Text(spell_time(seconds)))
        for place in list(self.document.findall(build_facts)):
            place.replace_self(self.tables(times))

    def tables(self, times: dict[str, float]) -> list[nodes.Node]:
        facts, here = self.env.build_facts, self.env.docname

        def link(page: str) -> nodes.Node:
            title = nodes.Text(self.env.titles[page].astext())
            return make_refnode(self.app.builder, here, page, "", title)

        machine, data = facts["machine"], facts["data"]
        general = [
            ("Machine", machine["runtime"]),
            ("System", machine["system"]),
            ("Python", machine["python"]),
            ("Data set", f"{data['title']} ({data['reason']})"),
            *sorted(facts["settings"].items()),
        ]
        return [
            table(
                *[(link(page), spell_time(s)) for page, s in times.items()],
                head=("Chapter", "Run time"),
            ),
            table(*general, head=("What", "In this build")),
            table(*facts["libraries"].items(), head=("Library", "Version")),
        ]


def empty_store(app: Sphinx, docname: str, source: list[str]) -> None:
    # A run time is that of someone who starts here: without the models that the
    # chapters before have trained.
    shutil.rmtree(Path(app.outdir).parent / "cache/checkpoints", ignore_errors=True)


def rewrite_pages_with_facts(app: Sphinx, env: Any) -> list[str]:
    # Any page may quote the run time of another one, which has just changed.
    times = run_times(env)
    if getattr(env, "written_times", None) == times:
        return []
    env.written_times = times
    return list(env.found_docs)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(runtime)
    app.add_node(build_facts)
    app.add_role("runtime", RuntimeRole())
    app.add_directive("build-facts", BuildFacts)
    app.add_post_transform(WriteFacts)
    app.connect("builder-inited", load_facts)
    app.connect("source-read", empty_store)
    app.connect("env-updated", rewrite_pages_with_facts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
