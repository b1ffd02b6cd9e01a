"""Write the repository's address wherever it stands.

    python tools/address.py            # after changing pyproject.toml in a fork
    python tools/address.py --check    # change nothing, fail if something differs

The address and the revision that Colab installs stand in `pyproject.toml`
([project.urls] and [tool.course]). They also have to stand in links, in the
configuration of the site and in the first code cell of every notebook and template.
"""

import argparse
import sys
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
FILES = ("_config.yml", "README.md", "CONTRIBUTING.md", "CITATION.cff", "book/study.md")
HOST = "https://github.com/"

SETUP_CELL = """\
# On Colab this installs the course; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q git+{repository}@{revision}"""
# The site does not show the cell: it is of no use to a reader there.
SETUP_TAGS = ["remove-cell"]


def wanted() -> tuple[str, str]:
    """The repository's address and revision, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    address = project["project"]["urls"]["Repository"]
    return address, project["tool"]["course"]["revision"]


def written() -> tuple[str, str]:
    """The address and revision that the files hold now, from _config.yml."""
    lines = (ROOT / "_config.yml").read_text("utf-8").splitlines()
    start = lines.index("repository:")
    values = dict(line.strip().split(": ", 1) for line in lines[start + 1 : start + 4])
    return values["url"], values["branch"]


def setup_cell() -> str:
    """The first code cell of every notebook."""
    repository, revision = wanted()
    return SETUP_CELL.format(repository=repository, revision=revision)


def rewrite_text(text: str) -> str:
    """A file's text with the wanted address and revision."""
    (old, old_revision), (new, revision) = written(), wanted()
    old, new = old.removeprefix(HOST), new.removeprefix(HOST)
    for place in ("/blob/", "/edit/", "/tree/"):
        text = text.replace(f"{old}{place}{old_revision}/", f"{new}{place}{revision}/")
    text = text.replace(f"\n  branch: {old_revision}\n", f"\n  branch: {revision}\n")
    return text.replace(old, new)


def rewrite_notebook(text: str) -> str:
    """A notebook's text with the wanted set-up cell."""
    notebook = nbformat.reads(text, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    if "google.colab" not in first.source:
        raise ValueError("its first code cell is not the set-up cell")
    if first.source == setup_cell() and first.metadata.get("tags") == SETUP_TAGS:
        return text
    first.source = setup_cell()
    first.metadata["tags"] = SETUP_TAGS
    return nbformat.writes(notebook) + "\n"


def differing() -> dict[Path, str]:
    """The files that do not say what they should, with the text they should hold."""
    jobs = [(ROOT / name, rewrite_text) for name in FILES]
    notebooks = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("templates/*.ipynb")]
    jobs += [(path, rewrite_notebook) for path in notebooks]
    texts = {}
    for path, rewrite in jobs:
        before = path.read_text("utf-8")
        try:
            after = rewrite(before)
        except ValueError as error:
            raise SystemExit(f"{path}: {error}") from None
        if after != before:
            texts[path] = after
    return texts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    texts = differing()
    for path, text in texts.items():
        print(f"{'differs' if check else 'rewritten'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_text(text, "utf-8")
    return int(check and bool(texts))


if __name__ == "__main__":
    sys.exit(main())
