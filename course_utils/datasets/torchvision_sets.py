"""MNIST and Fashion-MNIST: from the reader's folder, the cache or the network."""

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from .dataset import Dataset, DataUnavailable
from .network import answers, patience
from .shelf import Arrays, keep, shelf

ANSWER_WITHIN = 4.0  # seconds that a server has for its first answer
STALL_AFTER = 10.0  # seconds without a byte that end a download
ASK_AGAIN_AFTER = 24 * 3600.0  # seconds, when a download failed

# File of torchvision's layout -> what it holds.
FILES = {
    "train-images-idx3-ubyte": "train_images",
    "train-labels-idx1-ubyte": "train_labels",
    "t10k-images-idx3-ubyte": "test_images",
    "t10k-labels-idx1-ubyte": "test_labels",
}


class Collection(NamedTuple):
    """A data set of torchvision; `sha256` of its unpacked files, ordered as FILES."""

    title: str
    folder: str  # also the name of torchvision's class
    class_names: tuple[str, ...]
    licence: str
    source: str
    sha256: tuple[str, str, str, str]


COLLECTIONS = {
    "mnist": Collection(
        title="MNIST",
        folder="MNIST",
        class_names=tuple("0123456789"),
        licence="CC BY-SA 3.0",
        source="LeCun, Cortes & Burges: The MNIST database of handwritten digits",
        sha256=(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    "fashion_mnist": Collection(
        title="Fashion-MNIST",
        folder="FashionMNIST",
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
        source="Xiao, Rasul & Vollgraf: Fashion-MNIST (Zalando Research)",
        sha256=(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
}


def load(name: str, *, insist: bool = True) -> Dataset:
    """Load "mnist" or "fashion_mnist".

    Raises DataUnavailable if it is neither in LATENT_DATA_DIR nor cached and cannot
    be downloaded. Unless we `insist`, a download that failed is not tried again for a
    day.
    """
    collection = COLLECTIONS[name]
    own, trouble = os.environ.get("LATENT_DATA_DIR"), ""
    if own:
        try:
            arrays = _read(collection, Path(own))
            return _dataset(name, arrays, "found in LATENT_DATA_DIR")
        except DataUnavailable as problem:
            trouble = f". LATENT_DATA_DIR does not help: {problem}"
    try:
        arrays = keep(name, lambda: _download(name, insist))
    except DataUnavailable as problem:
        raise DataUnavailable(f"{problem}{trouble}") from None  # it says all
    return _dataset(name, arrays, f"found in the course's cache{trouble}")


def _dataset(name: str, arrays: Arrays, reason: str) -> Dataset:
    collection = COLLECTIONS[name]
    return Dataset(
        name=name,
        title=collection.title,
        train_images=torch.from_numpy(arrays["train_images"]),
        train_labels=torch.from_numpy(arrays["train_labels"]).long(),
        test_images=torch.from_numpy(arrays["test_images"]),
        test_labels=torch.from_numpy(arrays["test_labels"]).long(),
        class_names=collection.class_names,
        licence=collection.licence,
        source=collection.source,
        reason=reason,
    )


def _read(collection: Collection, root: Path) -> Arrays:
    """Read a folder in torchvision's layout, checking every file's checksum."""
    arrays = {}
    for (file, part), sha256 in zip(FILES.items(), collection.sha256, strict=True):
        path = root.resolve() / collection.folder / "raw" / file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataUnavailable(
                f"{path} cannot be read ({error.strerror}), and torchvision's layout "
                f"has it, unpacked, as {collection.folder}/raw/{file}"
            ) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DataUnavailable(f"{path} is damaged (its checksum is wrong)")
        # The header: a magic number whose last byte counts the axes, then their sizes.
        axes = content[3]
        shape = np.frombuffer(content, ">i4", count=axes, offset=4)
        values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
        arrays[part] = values.reshape(shape).copy()
    return arrays


def _download(name: str, insist: bool) -> Arrays:
    """Download, unless a download failed lately and we do not insist."""
    failure = "" if insist else _recent_failure(name)
    if failure:
        raise DataUnavailable(failure)
    try:
        return _fetch(COLLECTIONS[name])
    except DataUnavailable as problem:
        folder = f"{COLLECTIONS[name].folder}/raw"
        message = (
            f'{problem} (load("{name}") tries again; '
            f"or let LATENT_DATA_DIR name a folder that holds {folder})"
        )
        with contextlib.suppress(OSError):  # then the next chapter tries once more
            _failure_file(name).write_text(message)
        raise DataUnavailable(message) from None  # it says all


def _recent_failure(name: str) -> str:
    """Why a download failed less than a day ago; empty if none did."""
    try:
        age = time.time() - _failure_file(name).stat().st_mtime
        return _failure_file(name).read_text() if age < ASK_AGAIN_AFTER else ""
    except OSError:
        return ""


def _failure_file(name: str) -> Path:
    return shelf() / f"{name}.failure"


def _fetch(collection: Collection) -> Arrays:
    """Download through torchvision, into a folder of its own that is then dropped."""
    try:
        from torchvision import datasets  # here, since it takes a second

        reader = getattr(datasets, collection.folder)
        if not answers(reader.mirrors, within=ANSWER_WITHIN):
            raise ConnectionError("no answer from the network")
        with tempfile.TemporaryDirectory() as folder, patience(STALL_AFTER):
            reader(folder, download=True)
            return _read(collection, Path(folder))
    except (ImportError, OSError, RuntimeError) as error:
        cause = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise DataUnavailable(
            f"{collection.title} could not be downloaded: {cause}"
        ) from error
