"""MNIST and Fashion-MNIST: from the reader's folder, the cache, or the network."""

import hashlib
import os
import socket
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torchvision
from torchvision.datasets import MNIST

from .dataset import Dataset, DataUnavailable
from .store import Arrays, keep, shelf

ANSWER_WITHIN = 4.0  # seconds that a mirror has for its first answer
STALL_AFTER = 15.0  # seconds without a byte that end a download
ONE_DAY = 24 * 3600.0


@dataclass(frozen=True)
class _Kind:
    """One data set of torchvision's MNIST family."""

    name: str
    title: str
    class_names: tuple[str, ...]
    licence: str
    source: str
    sha256: dict[str, str]  # of the unpacked files, where published

    @property
    def reader(self) -> type[MNIST]:
        return getattr(torchvision.datasets, self.folder)

    @property
    def folder(self) -> str:
        return "MNIST" if self.name == "mnist" else "FashionMNIST"

    @property
    def files(self) -> list[str]:
        return [name.removesuffix(".gz") for name, _ in self.reader.resources]


KINDS = {
    "mnist": _Kind(
        name="mnist",
        title="MNIST",
        class_names=tuple("0123456789"),
        licence="CC BY-SA 3.0",
        source="LeCun, Cortes & Burges, The MNIST database of handwritten digits",
        sha256={
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738"
            "ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5"
            "333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77"
            "db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351"
            "222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
    "fashion_mnist": _Kind(
        name="fashion_mnist",
        title="Fashion-MNIST",
        class_names=(
            "T-shirt",
            "trousers",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "boot",
        ),
        licence="MIT",
        source="Xiao, Rasul & Vollgraf, Fashion-MNIST (Zalando Research)",
        sha256={},
    ),
}


def load(name: str, *, insist: bool = True) -> Dataset:
    """Load "mnist" or "fashion_mnist".

    Raises DataUnavailable if it is neither in LATENT_DATA_DIR nor cached and cannot
    be downloaded. Unless we `insist`, a download that found no network is not tried
    again for a day.
    """
    kind = KINDS[name]
    own = os.environ.get("LATENT_DATA_DIR")
    if own:
        try:
            return _dataset(kind, _read_folder(kind, Path(own)), "in LATENT_DATA_DIR")
        except DataUnavailable as problem:
            print(problem)
    arrays = keep(name, lambda: _download(kind, insist))
    return _dataset(kind, arrays, "in your cache")


def _dataset(kind: _Kind, arrays: Arrays, found: str) -> Dataset:
    tensors = {part: torch.from_numpy(array) for part, array in arrays.items()}
    return Dataset(
        name=kind.name,
        title=kind.title,
        class_names=kind.class_names,
        licence=kind.licence,
        source=kind.source,
        reason=found,
        **tensors,
    )


def _read_folder(kind: _Kind, root: Path) -> Arrays:
    """Read torchvision's layout, checking that each file is there and undamaged."""
    raw = root / kind.folder / "raw"
    for file in kind.files:
        if not (raw / file).is_file():
            raise DataUnavailable(
                f"LATENT_DATA_DIR={root} is passed over: it should hold "
                f"{kind.folder}/raw/{file} (torchvision's layout, unpacked)."
            )
        expected = kind.sha256.get(file)
        if expected and _sha256(raw / file) != expected:
            raise DataUnavailable(
                f"{raw / file} is passed over: it is damaged (wrong checksum); "
                "download it again."
            )
    try:
        train, test = kind.reader(root, train=True), kind.reader(root, train=False)
    except (ValueError, RuntimeError, AssertionError) as error:
        raise DataUnavailable(f"{raw} is passed over: {error}") from error
    return {
        "train_images": train.data.numpy(),
        "train_labels": train.targets.numpy(),
        "test_images": test.data.numpy(),
        "test_labels": test.targets.numpy(),
    }


def _download(kind: _Kind, insist: bool) -> Arrays:
    """Download through torchvision, which checks the MD5 of each packed file."""
    no_network = shelf() / f"{kind.name}.no-network"
    if not insist and _age(no_network) < ONE_DAY:
        raise DataUnavailable(
            f"{kind.title} was out of reach less than a day ago "
            f'(load("{kind.name}") tries again)'
        )
    if not _answers(kind.reader.mirrors):
        no_network.touch()
        raise DataUnavailable(
            f"{kind.title} could not be downloaded: no answer within "
            f"{ANSWER_WITHIN:.0f} s. Connect to the network, or put it into a folder "
            "and name that in LATENT_DATA_DIR."
        )
    try:
        with tempfile.TemporaryDirectory(dir=shelf()) as folder, _patience():
            kind.reader(folder, download=True)
            arrays = _read_folder(kind, Path(folder))
    except (OSError, RuntimeError) as error:
        raise DataUnavailable(
            f"{kind.title} could not be downloaded: {error}."
        ) from error
    no_network.unlink(missing_ok=True)
    return arrays


def _answers(mirrors: list[str]) -> bool:
    """Whether one of the mirrors answers in time.

    In threads, since looking up a name may hang for longer than any time-out.
    """
    answered = threading.Event()

    def ask(url: str) -> None:
        try:
            urllib.request.urlopen(url, timeout=ANSWER_WITHIN).close()
        except urllib.error.HTTPError:
            pass  # it refuses its front page, but it is there
        except OSError:
            return
        answered.set()

    for url in mirrors:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    return answered.wait(ANSWER_WITHIN)


@contextmanager
def _patience() -> Iterator[None]:
    """Let no connection opened inside stall for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_AFTER)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _age(path: Path) -> float:
    """Seconds since the file was touched; infinite if there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
