"""The modules of an installed library: imports are edges, words are features."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from ..dataset import DataUnavailable
from ..shelf import Arrays, keep, version
from .drawing import draw_modules
from .graph import Graph, each_once, graph_of

Question = Literal["subject", "role"]

# What to import -> what to install, the first choice first.
LIBRARIES = {"scipy": "scipy", "sklearn": "scikit-learn", "sympy": "sympy"}
ROLES = ("module", "test", "__init__")
VOCABULARY = 1000
SUBJECT_AT_LEAST, ROLE_AT_LEAST, NODES_AT_LEAST = 20, 10, 150
# Helpers of all: they would link every subject with every other one.
NO_SUBJECT = ("", "_lib", "externals", "utils", "tests", "testing")

_WORD = re.compile(r"[a-z]{3,}")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+[.\w]+[ \t]+)?import[ \t]+(?:\([^)]*\)|[^\n#;(]+)", re.M
)
_TEST = re.compile(r"(^|\.)(tests?|testing|conftest)(\.|$)|\.test_")


class _Module(NamedTuple):
    words: frozenset[str]
    imports: frozenset[str]  # whatever follows "import", or "from … import", in full
    is_init: bool


def modules(question: Question = "subject") -> Graph:
    """A library's own modules, and one of two questions about them.

    Nodes, edges and words are the same for both: which *subject* is a module about
    (its sub-package), and which *role* does it play (module, test or ``__init__``)?
    The library is SciPy, else scikit-learn or SymPy; where none is installed with its
    tests, the course draws such a graph.

    Raises ValueError for another question.
    """
    if question not in ("subject", "role"):
        raise ValueError(f'The question is "subject" or "role", not {question!r}.')
    for library, distribution in LIBRARIES.items():
        try:
            number = version_of(distribution)
            code = version([__name__, each_once.__module__])
            mark = hashlib.sha256(f"{library} {number} {code}".encode())
            key = f"modules-{mark.hexdigest()[:12]}"
            arrays = keep(key, partial(_read_library, library))
        except (PackageNotFoundError, DataUnavailable):
            continue
        title, origin = f"Modules of {distribution}", f"{distribution} {number}"
        licence = "the library's own (BSD)"
        break
    else:
        arrays, title = draw_modules(), "Modules drawn by the course"
        origin, licence = "the course, since no library's modules are at hand", "CC0"
    names = arrays["subjects"].tolist() if question == "subject" else ROLES
    return graph_of(
        "modules", title, arrays | {"labels": arrays[question]}, names, licence, origin,
        reason=f"asked for their {question}",
    )  # fmt: skip


def _read_library(library: str) -> Arrays:
    """Features, edges, names and both labels of a library's modules.

    Raises DataUnavailable where there are too few, as in a library without its tests.
    """
    found = dict(_parsed(library))
    subject = {name: (*name.split("."), "")[1] for name in found}
    sizes = Counter(subject.values())
    chosen = [
        name
        for name in found
        if sizes[subject[name]] >= SUBJECT_AT_LEAST and subject[name] not in NO_SUBJECT
    ]
    index = {name: i for i, name in enumerate(chosen)}
    edges = each_once(
        np.array(
            [(i, index[to]) for name, i in index.items()
             for to in _targets(found[name].imports, index)],
        )
    )  # fmt: skip
    used, edges = np.unique(edges, return_inverse=True)  # who has no edge, goes
    chosen = [chosen[i] for i in used]
    roles = [
        2 if found[name].is_init else int(bool(_TEST.search(name))) for name in chosen
    ]
    if len(chosen) < NODES_AT_LEAST or min(np.bincount(roles, minlength=3)) < (
        ROLE_AT_LEAST
    ):
        raise DataUnavailable(f"{library} has too few modules here, or no tests.")
    subjects, labels = np.unique(
        [subject[name] for name in chosen], return_inverse=True
    )
    telling = {word for name in subjects for word in _WORD.findall(name)} | {library}
    texts = [found[name].words - telling for name in chosen]
    return {
        "features": _bags(texts),
        "edges": edges.reshape(-1, 2),
        "names": np.array(chosen),
        "subjects": subjects,
        "subject": labels,
        "role": np.array(roles),
    }


def _parsed(library: str) -> Iterator[tuple[str, _Module]]:
    """Every module of a library by its dotted name."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        return
    root = Path(spec.origin).parent
    for path in sorted(root.rglob("*.py")):
        parts = [library, *path.relative_to(root).with_suffix("").parts]
        is_init = parts[-1] == "__init__"
        package = parts[:-1]
        text = path.read_text(encoding="utf-8", errors="ignore")
        # without its imports, or the words would tell the edges
        words = frozenset(_WORD.findall(_IMPORT.sub("", text).lower()))
        statements = [node for found in _IMPORT.findall(text) for node in _read(found)]
        imports = frozenset(x for node in statements for x in _asked(node, package))
        yield ".".join(package if is_init else parts), _Module(words, imports, is_init)


def _read(statement: str) -> list[ast.Import | ast.ImportFrom]:
    """An import that was found in a text; none if it is but a sentence that looks so.

    Parsing whole files instead takes ten times as long.
    """
    try:
        nodes = ast.parse(statement.strip()).body
    except SyntaxError:
        return []
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]


def _asked(node: ast.Import | ast.ImportFrom, package: list[str]) -> Iterator[str]:
    """The full names after an import, relative ones made absolute."""
    before: list[str] = []
    if isinstance(node, ast.ImportFrom):
        if node.level:
            before = package[: len(package) + 1 - node.level]
        before = before + ([node.module] if node.module else [])
    return (".".join([*before, alias.name]) for alias in node.names)


def _targets(imports: frozenset[str], known: dict[str, int]) -> set[str]:
    """The known modules among these names, or the modules that hold them."""
    parents = (name.rpartition(".")[0] for name in imports if name not in known)
    return {name for name in (*imports, *parents) if name in known}


def _bags(texts: Sequence[frozenset[str]]) -> np.ndarray:
    """Which of the most frequent words each text holds: 0 or 1, uint8 [N, F].

    Words of fewer than five texts, or of more than half of them, are left out.
    """
    counts = Counter(word for text in texts for word in text)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    kept = [word for word in ranked if 5 <= counts[word] <= len(texts) / 2]
    return np.array(
        [[w in text for w in kept[:VOCABULARY]] for text in texts], np.uint8
    )
