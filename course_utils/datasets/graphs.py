"""Graphs: nodes that have words and a label, and edges between them.

Three kinds. The *modules* of a library that is installed anyway: its imports are the
edges. Graphs *drawn* by the course, whose homophily is a parameter. And graphs that
others made, through the ladder of `downloads`: from the reader's folder, the cache or
the network, verified.
"""

import ast
import hashlib
import io
import pickle
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from .dataset import DataUnavailable
from .downloads import File, Source, obtain
from .shelf import Arrays, keep, version

SHARES = (0.48, 0.32, 0.2)  # to train, to choose by, to test: the usual split

Question = Literal["subject", "role"]
Pattern = Literal["any", "pairs", "ring"]


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """Nodes, what they say, who is linked to whom, and what they are.

    `features` (float32, [N, F]) are the words of each node, mostly 0 or 1. `edges`
    (int64, [E, 2]) hold every pair once, the smaller number first, no node with
    itself. `labels` (int64, [N]) are indices into `class_names`, -1 where nobody knows.
    `names` are the nodes' own names, if they have any. `splits` (bool, [S, 3, N]) are
    published splits: nodes to train, to validate and to test.
    """

    name: str
    title: str
    features: Tensor
    edges: Tensor
    labels: Tensor
    class_names: tuple[str, ...]
    licence: str
    source: str
    reason: str = ""
    names: tuple[str, ...] = ()
    splits: Tensor | None = None

    def split(self, number: int = 0) -> tuple[Tensor, Tensor, Tensor]:
        """Nodes to train, to validate, to test: three int64 arrays of indices.

        The published split of this number, or the one that is drawn from it: 48, 32
        and 20 % of the labelled nodes. Raises IndexError beyond the published ones.
        """
        if self.splits is not None:
            train, validate, test = (x.nonzero()[:, 0] for x in self.splits[number])
            return train, validate, test
        known = (self.labels >= 0).nonzero()[:, 0]
        generator = torch.Generator().manual_seed(number)
        order = known[torch.randperm(len(known), generator=generator)]
        ends = (np.cumsum(SHARES[:2]) * len(known)).astype(int).tolist()
        train, validate, test = order.tensor_split(ends)
        return train, validate, test

    def describe(self) -> str:
        """One line: which graph, how large, why this one, under which licence."""
        size = f"{len(self.features):,} nodes, {len(self.edges):,} edges"
        words = f"{self.features.shape[1]:,} words, {len(self.class_names)} classes"
        facts = [self.title, size, words, self.reason, self.licence]
        return " · ".join(filter(None, facts))

    def __repr__(self) -> str:
        return f"<Graph: {self.describe()}>"


def load(name: str, *, insist: bool = False) -> Graph:
    """Load one of `NAMES`, made by others.

    Raises ValueError for another name, and DataUnavailable if the graph is neither in
    LATENT_DATA_DIR nor cached and cannot be downloaded. Unless we `insist`, a download
    that failed is not tried again for a day.
    """
    if name not in SOURCES:
        raise ValueError(
            f'There is no graph "{name}"; choose one of {", ".join(NAMES)}.'
        )
    source = SOURCES[name]
    arrays, place = obtain(name, source, insist=insist)
    return _graph(
        name, source.title, arrays, source.class_names, source.licence, source.origin,
        reason=place,
    )  # fmt: skip


def _graph(
    name: str,
    title: str,
    arrays: Arrays,
    class_names: Sequence[str],
    licence: str,
    origin: str,
    *,
    reason: str = "",
) -> Graph:
    """A graph from arrays; its edges in the one order."""
    labels = torch.from_numpy(arrays["labels"].astype(np.int64))
    classes = int(labels.max()) + 1
    splits = arrays.get("splits")
    return Graph(
        name=name,
        title=title,
        features=torch.from_numpy(arrays["features"].astype(np.float32)),
        edges=torch.from_numpy(each_once(arrays["edges"])),
        labels=labels,
        class_names=tuple(class_names) or tuple(f"class {c}" for c in range(classes)),
        licence=licence,
        source=origin,
        reason=reason,
        names=tuple(arrays["names"].tolist()) if "names" in arrays else (),
        splits=None if splits is None else torch.from_numpy(splits),
    )


def each_once(pairs: np.ndarray) -> np.ndarray:
    """Pairs [E, 2] sorted within, each once, none of a node with itself: int64."""
    pairs = np.sort(np.asarray(pairs, dtype=np.int64).reshape(-1, 2), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


# --- The modules of an installed library: imports are edges, words are features -----

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
            mark = f"{library} {number} {version([__name__])}".encode()
            key = f"modules-{hashlib.sha256(mark).hexdigest()[:12]}"
            arrays = keep(key, partial(_read_library, library))
        except (PackageNotFoundError, DataUnavailable):
            continue
        title, origin = f"Modules of {distribution}", f"{distribution} {number}"
        licence = "the library's own (BSD)"
        break
    else:
        arrays, title = _draw_modules(), "Modules drawn by the course"
        origin, licence = "the course, since no library's modules are at hand", "CC0"
    names = arrays["subjects"].tolist() if question == "subject" else ROLES
    return _graph(
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


# --- Drawn graphs ------------------------------------------------------------------


def drawn(
    homophily: float,
    *,
    classes: int = 2,
    pattern: Pattern = "any",
    nodes: int = 600,
    degree: int = 8,
    telling: float = 0.1,
    seed: int = 0,
) -> Graph:
    """A graph of short texts in which a share `homophily` of edges keeps to the class.

    The other edges go where the `pattern` says: to *any* other class, to the partner
    in *pairs* (0 and 1, 2 and 3), or to the two next ones on a *ring*. Of a text's
    words a share `telling` is about its class. Of one seed the
    nodes and their words are always the same; a larger homophily only bends edges back.

    Raises ValueError for a homophily outside 0 … 1, an unknown pattern, or classes and
    nodes that do not fit.
    """
    if not 0 <= homophily <= 1:
        raise ValueError(f"homophily is {homophily}; choose a share from 0 to 1.")
    if classes < 2 or nodes < 2 * classes:
        raise ValueError(f"{nodes} nodes in {classes} classes: give two or more each.")
    partners = _partners(pattern, classes)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(nodes) % classes)
    start = np.repeat(np.arange(nodes), degree // 2)
    members = [np.flatnonzero(labels == c) for c in range(classes)]
    sizes = np.array([len(group) for group in members])
    rank = np.zeros(nodes, dtype=int)
    for group in members:
        rank[group] = np.arange(len(group))
    own = labels[start]
    # the same number of draws whatever the homophily, so that nothing else changes
    chance, step, choice, place = rng.random((4, len(start)))
    beside = (rank[start] + 1 + (step * (sizes[own] - 1)).astype(int)) % sizes[own]
    away = np.array(
        [p[int(u * len(p))] for p, u in zip(partners[own], choice, strict=True)]
    )
    far = (place * sizes[away]).astype(int)
    stays = chance < homophily
    to = [
        members[a][b]
        for a, b in zip(
            np.where(stays, own, away), np.where(stays, beside, far), strict=True
        )
    ]
    arrays = {
        "features": _texts(rng, labels, classes, telling),
        "edges": np.stack([start, to], axis=1),
        "labels": labels,
    }
    title = f"Drawn graph, homophily {homophily:.2g}"
    return _graph("drawn", title, arrays, (), "CC0", "the course", reason=pattern)


def _partners(pattern: str, classes: int) -> np.ndarray:
    """For each class the classes that its other edges may lead to: int [C, P]."""
    own = np.arange(classes)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "any": lambda: (own[:, None] + np.arange(1, classes)) % classes,
        "pairs": lambda: (own ^ 1)[:, None],
        "ring": lambda: (own[:, None] + [1, classes - 1]) % classes,
    }
    if pattern not in ways or (pattern == "pairs" and classes % 2):
        raise ValueError(
            f'The pattern {pattern!r} does not fit {classes} classes: choose "any", '
            '"ring" or, for an even number, "pairs".'
        )
    return ways[pattern]()


def _texts(
    rng: np.random.Generator,
    labels: np.ndarray,
    classes: int,
    telling: float = 0.1,
    vocabulary: int = 300,
    uneven: float = 0.5,
) -> np.ndarray:
    """Texts of some 20 words, so many about the class: 0 or 1, uint8 [N, F].

    `uneven` is the standard deviation of the logarithm of their length.
    """
    frequency = 1 / np.arange(1, vocabulary + 1)
    topic = vocabulary // classes // 2  # the rare words at the end are about a class
    features = np.zeros((len(labels), vocabulary), np.uint8)
    for words, label in zip(features, labels, strict=True):
        length = max(3, int(rng.lognormal(3, uneven)))
        common = rng.choice(vocabulary, length, p=frequency / frequency.sum())
        about = vocabulary - 1 - label * topic - rng.integers(topic, size=length)
        words[np.where(rng.random(length) < telling, about, common)] = 1
    return features


def _draw_modules(nodes: int = 700, subjects: int = 8, circle: int = 12) -> Arrays:
    """As if a library had been read: edges keep to the subject and change the role.

    Within a subject modules stand in circles, whose members import one another.
    """
    rng = np.random.default_rng(0)
    subject = rng.integers(subjects, size=nodes)
    role = rng.choice(3, nodes, p=[0.55, 0.4, 0.05])
    circles = nodes // subjects // circle  # in each subject
    group = subject * circles + rng.integers(circles, size=nodes)
    liking = np.where(subject[:, None] == subject, 8.0, 1)
    liking *= np.where(group[:, None] == group, 30, 1)
    liking *= np.where(role[:, None] == role, 1, 1.6)
    np.fill_diagonal(liking, 0)
    start = np.repeat(np.arange(nodes), 3)
    reach = (liking / liking.sum(1, keepdims=True)).cumsum(1)[start]
    to = (reach < rng.random((len(start), 1))).sum(1).clip(max=nodes - 1)
    about = [
        _texts(rng, subject, subjects, 0.2, uneven=1.0),
        _texts(rng, role, 3, 0.6, uneven=1.0),
        _texts(rng, group, subjects * circles, 0.2, vocabulary=900, uneven=1.0),
    ]
    return {
        "features": np.concatenate(about, axis=1),
        "edges": np.stack([start, to], axis=1),
        "names": np.array([f"drawn.{i}" for i in range(nodes)]),
        "subjects": np.array([f"subject {c}" for c in range(subjects)]),
        "subject": subject,
        "role": role,
    }


# --- Cora and CiteSeer: papers and their citations, in Planetoid's pickles -----------


class _Shell:
    """Holds what a pickled sparse matrix held; has no methods to run."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class ArraysOnly(pickle.Unpickler):
    """Reads arrays, lists and dictionaries from a pickle, and refuses all else.

    A pickle is a program: it may import any function and call it. This reader knows
    six names, none of which does harm.
    """

    KNOWN: dict[tuple[str, str], Any] = {  # noqa: RUF012  # never changed
        ("scipy.sparse.csr", "csr_matrix"): _Shell,
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("collections", "defaultdict"): defaultdict,
        ("__builtin__", "list"): list,
    }

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for; raises UnpicklingError for all others."""
        try:
            return self.KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module}.{name} has no place in a file of arrays: it is not read."
            ) from None


PARTS = ("allx", "tx", "ally", "ty", "graph", "test.index")


def read_planetoid(contents: Sequence[bytes]) -> Arrays:
    """Features, labels and edges from files ordered as PARTS.

    The rows of tx and ty belong to the nodes that test.index names. Those that it
    leaves out (15 in CiteSeer) have neither words nor a label: -1.
    """
    *pickles, listed = contents
    allx, tx, ally, ty, links = (
        ArraysOnly(io.BytesIO(content), encoding="latin1").load() for content in pickles
    )
    tested = np.array(listed.split(), dtype=np.int64)
    features = np.zeros((len(links), allx._shape[1]), np.uint8)
    labels = np.full(len(links), -1)
    for rows, words, marks in (
        (np.arange(len(ally)), allx, ally),
        (tested, tx, ty),
    ):
        where = rows.repeat(np.diff(words.indptr))
        features[where, words.indices] = words.data != 0
        labels[rows] = np.where(marks.any(1), marks.argmax(1), -1)
    edges = [(a, b) for a, others in links.items() for b in others]
    return {"features": features, "labels": labels, "edges": np.array(edges)}


def _planetoid(
    title: str, folder: str, classes: Sequence[str], sha256: Sequence[str]
) -> Source:
    home = "https://raw.githubusercontent.com/kimiyoung/planetoid"
    revisions = ("42d4a8b59d52366873cc685bb235c8a87fb77224", "master")
    names = [f"ind.{folder.lower()}.{part}" for part in PARTS]
    return Source(
        title=title,
        files=tuple(
            File(
                f"{folder}/raw/{name}",
                tuple(f"{home}/{revision}/data/{name}" for revision in revisions),
                (sha,),
            )
            for name, sha in zip(names, sha256, strict=True)
        ),
        read=read_planetoid,
        licence="MIT (the repository)",
        origin="Yang, Cohen & Salakhutdinov 2016, github.com/kimiyoung/planetoid",
        class_names=tuple(classes),
        again=f'graphs.load("{folder.lower()}", insist=True)',
        family="graphs",
    )


# --- Six graphs with little homophily, two of them also without their copies ---------


def read_npz(contents: Sequence[bytes]) -> Arrays:
    """Features, labels, edges and ten splits from one of Platonov's .npz files."""
    with np.load(io.BytesIO(contents[0]), allow_pickle=False) as arrays:
        masks = [arrays[f"{part}_masks"] for part in ("train", "val", "test")]
        return {
            "features": arrays["node_features"],
            "labels": arrays["node_labels"],
            "edges": arrays["edges"],
            "splits": np.stack(masks, axis=1).astype(bool),
        }


def _heterophilous(name: str, title: str, sha256: str) -> Source:
    revision = "a431395582e929d88271309716bea4fe24ce6318"
    home = "https://raw.githubusercontent.com/yandex-research/heterophilous-graphs"
    return Source(
        title=title,
        files=(
            File(
                f"heterophilous/{name}.npz",
                (f"{home}/{revision}/data/{name}.npz",),
                (sha256,),
            ),
        ),
        read=read_npz,
        licence="MIT (the repository)",
        origin="Platonov et al. 2023, github.com/yandex-research/heterophilous-graphs",
        class_names=(),
        again=f'graphs.load("{name}", insist=True)',
        family="graphs",
    )


SOURCES = {
    "cora": _planetoid(
        "Cora",
        "Cora",
        (
            "theory",
            "reinforcement learning",
            "genetic algorithms",
            "neural networks",
            "probabilistic methods",
            "case-based",
            "rule learning",
        ),
        (
            "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543",
            "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a",
            "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71",
            "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad",
            "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d",
            "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875",
        ),
    ),
    "citeseer": _planetoid(
        "CiteSeer",
        "CiteSeer",
        (
            "artificial intelligence",
            "machine learning",
            "retrieval",
            "databases",
            "agents",
            "interaction",
        ),
        (
            "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668",
            "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21",
            "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95",
            "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce",
            "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7",
            "2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4",
        ),
    ),
    "texas": _heterophilous(
        "texas",
        "Texas",
        "b164b99e6c3d43e4ab07488ec59bd8c815f90cbc1bd4cf425ce587d2b534d844",
    ),
    "wisconsin": _heterophilous(
        "wisconsin",
        "Wisconsin",
        "2543c89838cfc75f737f7c4664cc1d097f8268602c20b2d1bd4f21407df9c074",
    ),
    "cornell": _heterophilous(
        "cornell",
        "Cornell",
        "684c54ba3daa13b0ba1f04a3d6dd1b1175c1ae9bdeb982851fd4ff96d3aac298",
    ),
    "actor": _heterophilous(
        "actor",
        "Actor",
        "c350eef06b2c2a9bf8218be2b57cac6d4003d0922eb597a039e9123f75817816",
    ),
    "chameleon": _heterophilous(
        "chameleon",
        "Chameleon",
        "4c640bd2877fc4f9f101531e2f977bc16445a54e09a5cb01178df608e552f3fd",
    ),
    "squirrel": _heterophilous(
        "squirrel",
        "Squirrel",
        "d436e3b42c0546b105241c0ab0766097074e68e55f67b133eeb9b0162e55cbd9",
    ),
    "chameleon_filtered": _heterophilous(
        "chameleon_filtered",
        "Chameleon without copies",
        "bf46f07e1fb5249280447e5fe3100f3e82fc4b93ad1e13ffcfdec924b6ac0bb5",
    ),
    "squirrel_filtered": _heterophilous(
        "squirrel_filtered",
        "Squirrel without copies",
        "f06370ffb3116c5de8b7a600005400b2293c025e0ce2f6916d8201a825505ac7",
    ),
}
NAMES = tuple(SOURCES)
