"""A page of all claims: what each chapter says, what it measured, and the floor.

The directive {all-claims} becomes a table for every chapter. Nothing in it is typed
by hand: the sentences and figures are those that the cells displayed (`cu.claim`
leaves them in its output), the conditions stand in the cells' code.
"""

import ast
import json
from html.parser import HTMLParser
from typing import Any

from build_facts import table
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

BESIDE = ("floor", "ceiling", "spread")  # figures that have a column of their own


class all_claims(nodes.General, nodes.Element):
    """Where the tables of claims will stand."""


class Outputs(HTMLParser):
    """The claims in a cell's HTML: statement and figures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        data = dict(attrs)
        if statement := data.get("data-claim"):
            figures = json.loads(data["data-figures"] or "{}")
            self.found.append({"statement": statement, "figures": figures})


def conditions(code: str) -> list[str]:
    """What each `cu.claim(…)` in a cell's code compares, in the order of the code."""
    try:
        calls = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)]
    except SyntaxError:  # a line for IPython, such as %pip
        return []
    claims = [
        call
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset))
        if getattr(call.func, "attr", "") == "claim" and len(call.args) > 1
    ]
    return [ast.unparse(call.args[1]) for call in claims]


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note a page's claims, and give their cells an address."""
    env = app.env
    env.claims = getattr(env, "claims", {})
    env.claims[env.docname] = rows = []
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        raw = [
            n.astext() for n in cell.findall(nodes.raw) if "data-claim" in n.astext()
        ]
        found = [claim for html in raw for claim in Outputs(html).found]
        if not found:
            continue
        address = f"claims-{len(rows) + 1}"
        cell["ids"].append(address)
        code = next((n.astext() for n in cell.findall(nodes.literal_block)), "")
        tested = conditions(code)
        if len(tested) != len(found):  # claims in a loop
            tested = tested * len(found) if len(tested) == 1 else [""] * len(found)
        rows += [
            claim | {"address": address, "condition": condition}
            for claim, condition in zip(found, tested, strict=True)
        ]


def forget(app: Sphinx, env: Any, docname: str) -> None:
    getattr(env, "claims", {}).pop(docname, None)


def rewrite_the_page(app: Sphinx, env: Any) -> list[str]:
    """The page of claims follows every change of a chapter."""
    if getattr(env, "written_claims", None) == env.claims:
        return []
    env.written_claims = {page: list(rows) for page, rows in env.claims.items()}
    return list(getattr(env, "claims_pages", []))


class AllClaims(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.claims_pages = {self.env.docname}
        return [all_claims()]


class WriteClaims(SphinxPostTransform):
    """Fill the tables in, once every notebook has run."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        for place in list(self.document.findall(all_claims)):
            pages = sorted(page for page, rows in self.env.claims.items() if rows)
            place.replace_self([node for page in pages for node in self.chapter(page)])

    def chapter(self, page: str) -> list[nodes.Node]:
        rows = self.env.claims[page]
        title = self.env.titles[page].astext()
        floors = sum(any(name in row["figures"] for name in BESIDE) for row in rows)
        head = nodes.rubric("", f"{title}: {len(rows)} claims, {floors} beside a floor")
        told = []
        for row in rows:
            link = make_refnode(
                self.app.builder,
                self.env.docname,
                page,
                row["address"],
                nodes.Text(row["statement"]),
            )
            claimed = nodes.paragraph("", "", link)
            if row["condition"]:
                claimed += [nodes.Text(" "), nodes.literal("", row["condition"])]
            figures = row["figures"]
            rest = {k: v for k, v in figures.items() if k not in BESIDE}
            beside = {k: v for k, v in figures.items() if k in BESIDE}
            told.append((claimed, self.spell(rest), self.spell(beside)))
        names = ("What is claimed, and when it holds", "Measured", "Floor, spread")
        return [head, table(*told, head=names, widths=(6, 3, 2), name="all-claims")]

    @staticmethod
    def spell(figures: dict[str, Any]) -> nodes.Text:
        told = []
        for name, value in figures.items():
            number = f"{value:.4g}" if isinstance(value, float) else str(value)
            minus = number.replace("-", "−") if not isinstance(value, str) else number
            told.append(f"{name} {minus}")
        return nodes.Text("; ".join(told))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(all_claims)
    app.add_directive("all-claims", AllClaims)
    app.add_post_transform(WriteClaims)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", rewrite_the_page)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
