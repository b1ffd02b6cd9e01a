"""Graphs that others made: from the reader's folder, the cache or the network."""

import io
import pickle
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..downloads import File, Source, obtain
from ..shelf import Arrays
from .graph import Graph, graph_of


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
    return graph_of(
        name, source.title, arrays, source.class_names, source.licence, source.origin,
        reason=place,
    )  # fmt: skip


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
