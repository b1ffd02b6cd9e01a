"""The project's files agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAMES = {Requirement(r).name for r in PROJECT["dependencies"]}
TEXT_FILES = {".py", ".md", ".yml", ".toml", ".txt", ".ipynb", ".js", ".css", ".cff"}


def test_environment_is_the_project() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, by_pip = environment["dependencies"]
    assert python == f"python{PROJECT['requires-python']}"
    assert pip == "pip"
    constraints, itself = by_pip["pip"]
    assert constraints == "-c constraints.txt"
    extras = re.fullmatch(r"-e \.\[(.*)\]", itself)[1].split(",")
    assert set(extras) == {"book", "test"}
    assert set(extras) <= set(EXTRAS)


def test_constraints_cover_what_is_declared() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [Requirement(x) for x in lines if x and not x.startswith("#")]
    assert all(str(r.specifier).startswith("==") for r in pinned)
    declared = {Requirement(r).name for extra in EXTRAS.values() for r in extra}
    assert NAMES | declared <= {r.name for r in pinned}
    for requirement in map(Requirement, [*PROJECT["dependencies"], *EXTRAS["book"]]):
        version = next(p for p in pinned if p.name == requirement.name).specifier
        assert requirement.specifier.contains(str(version)[2:])


def test_nothing_that_colab_ships_is_pinned() -> None:
    """A lower bound says what the course needs to run; an upper one would be a pin."""
    for requirement in map(Requirement, PROJECT["dependencies"]):
        assert all(bound.operator == ">=" for bound in requirement.specifier)


def test_jupyter_book_stays_below_2() -> None:
    assert "jupyter-book<2" in EXTRAS["book"]


@pytest.mark.parametrize("name", ["LICENSE", "LICENSE-TEXT", *PROJECT["license-files"]])
def test_licences_are_there(name: str) -> None:
    assert (ROOT / name).read_text("utf-8").strip()


def test_versions_agree() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]


def test_links_between_documents() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / target).exists(), f"{name} points to {target}"


def test_readme_names_the_two_commands_and_every_chapter() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make book" in readme
    assert "make test" in readme
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert readme.count(f"notebooks/{notebook.name}") >= 2


def test_table_of_contents_is_complete() -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    named = {c["file"] for part in toc["parts"] for c in part["chapters"]}
    pages = {*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")}
    found = {p.relative_to(ROOT).with_suffix("").as_posix() for p in pages}
    assert named | {toc["root"]} == found


def test_references_can_be_read() -> None:
    pybtex = pytest.importorskip("pybtex.database")
    text = (ROOT / "book/references.bib").read_text("utf-8")
    entries = pybtex.parse_string(text, "bibtex").entries
    assert len(entries) == text.count("\n@") + text.startswith("@")


def test_every_reference_is_cited() -> None:
    entries = (ROOT / "book/references.bib").read_text("utf-8")
    keys = re.findall(r"^@\w+\{(\w+),", entries, flags=re.M)
    pages = [*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    roles = re.findall(
        r"\{cite(?::\w+)?\}`([^`]+)`", "".join(p.read_text("utf-8") for p in pages)
    )
    cited = {key.strip() for role in roles for key in role.split(",")}
    assert sorted(keys) == sorted(cited)
