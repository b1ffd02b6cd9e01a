"""Graphs: modules, drawn ones, and files of others, a hostile one among them.

Where a data folder holds the real files, they are looked at too.
"""

import io
import os
import pickle
from collections import defaultdict
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.datasets import DataUnavailable, downloads, graphs
from course_utils.datasets.graphs import Graph, libraries, published
from course_utils.datasets.graphs.graph import each_once

OWN = Path(os.environ.get("LATENT_DATA_DIR", ""))
REAL = pytest.mark.skipif(
    not (OWN / "Cora/raw").is_dir() or not (OWN / "heterophilous").is_dir(),
    reason="NOT TESTED: the real graphs, LATENT_DATA_DIR does not hold them",
)


def homophily(graph: Graph) -> float:
    a, b = graph.labels[graph.edges].T
    return (a == b).float().mean().item()


def check(graph: Graph) -> None:
    """What holds for every graph."""
    n = len(graph.labels)
    assert graph.features.shape[0] == n
    assert graph.features.dtype == torch.float32
    a, b = graph.edges.T
    assert (a < b).all() and b.max() < n
    assert len(graph.edges.unique(dim=0)) == len(graph.edges)
    assert graph.labels.max() + 1 == len(graph.class_names)
    parts = graph.split(0)
    together = torch.cat(parts)
    assert len(together.unique()) == len(together)
    assert (graph.labels[together] >= 0).all()
    assert all(graph.labels[part].numel() for part in parts)
    assert str(n) in graph.describe().replace(",", "") and graph.licence


def test_modules_ask_two_questions_of_one_graph():
    subject, role = graphs.modules("subject"), graphs.modules("role")
    for graph in (subject, role):
        check(graph)
    assert torch.equal(subject.edges, role.edges)
    assert torch.equal(subject.features, role.features)
    assert role.class_names == ("module", "test", "__init__")
    assert homophily(subject) > homophily(role) + 0.3
    assert subject.names == role.names and len(set(subject.names)) == len(role.labels)
    with pytest.raises(ValueError, match='"subject" or "role", not \'size\''):
        graphs.modules("size")


def test_a_known_import_is_an_edge_and_no_word():
    graph = graphs.modules()
    if not graph.title.endswith("scipy"):
        pytest.skip("SciPy is not installed with its tests")
    at = {name: i for i, name in enumerate(graph.names)}
    pair = sorted((at["scipy.stats._covariance"], at["scipy.stats._multivariate"]))
    assert pair in graph.edges.tolist()
    assert graph.labels[at["scipy.stats._covariance"]] == (
        graph.class_names.index("stats")
    )


def library(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_every_form_of_import_is_read(tmp_path, monkeypatch):
    library(
        tmp_path / "tiny",
        {
            "__init__.py": "",
            "a/__init__.py": "from . import one",
            "a/one.py": "from ..b.two import (thing,\n    other)\nalpha = beta",
            "b/__init__.py": "",
            "b/two.py": "import tiny.a.one as x, os\nfrom tiny.b import three",
            "b/three.py": "def f():\n    from .two import f  # late\n# from nowhere",
            "b/broken.py": "import\nfrom . import two\nthis is { no Python",
        },
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = dict(libraries._parsed("tiny"))
    index = {name: i for i, name in enumerate(found)}
    to = {name: libraries._targets(m.imports, index) for name, m in found.items()}
    assert to["tiny.a"] == {"tiny.a.one"}
    assert to["tiny.a.one"] == {"tiny.b.two"}
    assert to["tiny.b.two"] == {"tiny.a.one", "tiny.b.three"}
    assert to["tiny.b.three"] == {"tiny.b.two"}
    assert to["tiny.b.broken"] == {"tiny.b.two"}
    assert found["tiny.a.one"].words == {"alpha", "beta"}
    with pytest.raises(DataUnavailable, match="too few modules"):
        libraries._read_library("tiny")


def test_without_libraries_modules_are_drawn(monkeypatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(libraries, "version_of", missing)
    subject, role = graphs.modules("subject"), graphs.modules("role")
    for graph in (subject, role):
        check(graph)
        assert "drawn by the course" in graph.title
    assert homophily(subject) > 0.7
    assert homophily(role) < 0.5


@pytest.mark.parametrize("asked", [0, 0.3, 1])
def test_a_drawn_graph_has_the_homophily_asked_for(asked: float):
    graph = graphs.drawn(asked, seed=3)
    check(graph)
    assert homophily(graph) == pytest.approx(asked, abs=0.03)
    other = graphs.drawn(0.5, seed=3)
    assert torch.equal(graph.features, other.features)
    assert torch.equal(graph.labels, other.labels)
    assert not torch.equal(graph.features, graphs.drawn(asked, seed=4).features)


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("pairs", {(0, 1), (2, 3)}),
        ("ring", {(0, 1), (1, 2), (2, 3), (0, 3)}),
        ("any", {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}),
    ],
)
def test_strangers_follow_the_pattern(pattern, allowed):
    graph = graphs.drawn(0, classes=4, pattern=pattern)
    pairs = graph.labels[graph.edges].sort(dim=1).values.unique(dim=0)
    assert set(map(tuple, pairs.tolist())) == allowed


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"homophily": 1.1}, "from 0 to 1"),
        ({"homophily": 0, "pattern": "star"}, "does not fit 2 classes"),
        ({"homophily": 0, "pattern": "pairs", "classes": 3}, "does not fit 3"),
        ({"homophily": 0, "nodes": 3}, "two or more each"),
    ],
)
def test_mistakes_get_one_clear_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        graphs.drawn(**options)
    assert "\n" not in str(caught.value)


# --- Files of others ---------------------------------------------------------------


class csr_matrix:  # as SciPy's name stands in the files
    """What a file holds in the place of a sparse matrix."""

    __module__ = "scipy.sparse.csr"
    __qualname__ = "csr_matrix"


def stored(value: object, protocol: int = 3) -> bytes:
    """A pickle with the names of Python 2 and its time, as Planetoid's files are."""
    matrix = type(value) is csr_matrix
    if matrix:
        import sys
        import types

        module = types.ModuleType("scipy.sparse.csr")
        module.csr_matrix = csr_matrix
        before = sys.modules.get(module.__name__)
        sys.modules[module.__name__] = module
    try:
        data = pickle.dumps(value, protocol)
    finally:
        if matrix:
            sys.modules.pop("scipy.sparse.csr")
            if before is not None:
                sys.modules["scipy.sparse.csr"] = before
    data = data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    return data.replace(b"cbuiltins\n", b"c__builtin__\n")


def sparse(rows: list[list[int]]) -> csr_matrix:
    array = np.array(rows, dtype=np.float32)
    matrix = csr_matrix()
    matrix.__dict__ |= {
        "_shape": array.shape,
        "data": np.ones(int(array.sum()), np.float32),
        "indices": np.concatenate([r.nonzero()[0] for r in array]).astype(np.int32),
        "indptr": np.r_[0, array.sum(1).cumsum()].astype(np.int32),
    }
    return matrix


def small_planetoid() -> list[bytes]:
    """Six nodes: 0 to 2 known, 5 and 3 tested in that order, 4 without anything."""
    links = defaultdict(list, {0: [1, 5], 1: [0, 1], 2: [3], 3: [2, 2], 4: [], 5: [0]})
    return [
        stored(sparse([[1, 0, 0], [0, 1, 0], [1, 1, 0]])),
        stored(sparse([[0, 0, 1], [1, 0, 1]])),
        stored(np.array([[1, 0], [0, 1], [1, 0]])),
        stored(np.array([[0, 1], [1, 0]])),
        stored(links),
        b"5\n3\n",
    ]


def test_planetoid_rows_find_their_nodes():
    arrays = published.read_planetoid(small_planetoid())
    assert arrays["labels"].tolist() == [0, 1, 0, 0, -1, 1]
    assert arrays["features"].tolist() == [
        [1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 0], [0, 0, 1],
    ]  # fmt: skip
    pairs = each_once(arrays["edges"])
    assert pairs.tolist() == [[0, 1], [0, 5], [2, 3]]


class Hostile:
    """Unpickled by Python's own reader, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_hostile_pickle_is_refused(tmp_path, hidden: bool):
    victim = tmp_path / "victim"
    value = Hostile(victim)
    if hidden:  # inside what is allowed
        array = np.empty(1, dtype=object)
        array[0] = value
        value = defaultdict(list, {0: [array]})
    with pytest.raises(pickle.UnpicklingError, match="no place in a file of arrays"):
        published.ArraysOnly(io.BytesIO(stored(value)), encoding="latin1").load()
    assert not victim.exists()
    pickle.loads(pickle.dumps(value))  # Python's own reader would have done it
    assert victim.exists()


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "__builtin__.getattr", "scipy.sparse.load_npz"],
)
def test_no_other_name_is_known(name: str):
    module, _, function = name.rpartition(".")
    hostile = f"c{module}\n{function}\n(S'x'\ntR.".encode()
    with pytest.raises(pickle.UnpicklingError, match=name):
        published.ArraysOnly(io.BytesIO(hostile)).load()


def test_an_npz_with_a_pickle_in_it_is_refused():
    buffer = io.BytesIO()
    np.savez(buffer, train_masks=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        published.read_npz([buffer.getvalue()])


def nowhere(name: str) -> downloads.Source:
    """A graph on a server that is not there."""
    source = published.SOURCES[name]
    files = tuple(f._replace(urls=("http://127.0.0.1:9/",)) for f in source.files)
    return source._replace(files=files)


def test_what_cannot_be_had_says_so_and_is_asked_for_once(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("LATENT_DATA_DIR", raising=False)
    for name in ("texas", "cora"):
        monkeypatch.setitem(published.SOURCES, name, nowhere(name))
    with pytest.raises(DataUnavailable, match="Texas could not be") as caught:
        graphs.load("texas")
    assert "\n" not in str(caught.value) and "heterophilous" in str(caught.value)
    monkeypatch.setattr(downloads, "_first_to_answer", None)  # may not be called
    with pytest.raises(DataUnavailable, match="Texas could not be"):
        graphs.load("cora")
    with pytest.raises(ValueError, match='no graph "karate"; choose one of cora'):
        graphs.load("karate")


def test_a_damaged_file_is_not_read(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(published.SOURCES, "cora", nowhere("cora"))
    (tmp_path / "Cora/raw").mkdir(parents=True)
    (tmp_path / "Cora/raw/ind.cora.allx").write_bytes(stored(Hostile(tmp_path / "v")))
    with pytest.raises(DataUnavailable, match="checksum is wrong"):
        graphs.load("cora")
    assert not (tmp_path / "v").exists()


# nodes, edges, share of edges within a class; counted from the raw files by others
COUNTS = {
    "cora": (2708, 5278, 0.810),
    "citeseer": (3327, 4552, 0.736),
    "texas": (183, 279, 0.061),
    "wisconsin": (251, 450, 0.178),
    "cornell": (183, 277, 0.123),
    "actor": (7600, 26659, 0.217),
    "chameleon": (2277, 31371, 0.230),
    "chameleon_filtered": (890, 8854, 0.236),
    "squirrel_filtered": (2223, 46998, 0.207),
}


@REAL
@pytest.mark.parametrize("name", COUNTS)
def test_the_real_graphs(name: str):
    graph = graphs.load(name)
    check(graph)
    found = len(graph.labels), len(graph.edges), homophily(graph)
    assert found == pytest.approx(COUNTS[name], abs=0.003)
    if name in ("cora", "citeseer"):
        assert graph.splits is None
    else:
        assert graph.splits.shape[:2] == (10, 3)
        with pytest.raises(IndexError):
            graph.split(10)


@REAL
def test_citeseers_unlabelled_nodes_belong_to_no_class():
    graph = graphs.load("citeseer")
    unknown = graph.labels == -1
    assert unknown.sum() == 15
    assert not graph.features[unknown].any()
    assert not unknown[torch.cat(graph.split(0))].any()
    sizes = torch.bincount(graph.labels[~unknown]).tolist()
    assert dict(zip(graph.class_names, sizes, strict=True)) == {
        "artificial intelligence": 249, "machine learning": 590, "retrieval": 668,
        "databases": 701, "agents": 596, "interaction": 508,
    }  # fmt: skip
