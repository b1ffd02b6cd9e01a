"""Data sets that others made: from the reader's folder, the cache or the network.

One ladder for all: `obtain` looks into LATENT_DATA_DIR, then into the cache, then asks
the servers. Wherever the files come from, their SHA-256 must be right.
"""

import gzip
import hashlib
import io
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import torch

from ..cache import absolute, cache_dir, why, write_atomically
from .dataset import Dataset, DataUnavailable
from .shelf import Arrays, keep

ANSWER_WITHIN = 4.0  # seconds that the servers have for their first answer
STALL_AFTER = 10.0  # seconds without a byte that end a download
ASK_AGAIN_AFTER = 24 * 3600.0  # seconds, when a download failed


class File(NamedTuple):
    """A file of a data set.

    `path` is its place in LATENT_DATA_DIR, `urls` are servers' copies of it (packed
    where they end in .gz), `sha256` the checksums of the unpacked content, one or more.
    """

    path: str
    urls: tuple[str, ...]
    sha256: tuple[str, ...]


class Source(NamedTuple):
    """Where a data set comes from, and how its files' contents become arrays.

    `again` is the call that tries a download once more, if it is not ``load(name)``.
    Where one of the data sets of a `family` could not be downloaded, no other of them
    is asked for in vain: they lie on the same server.
    """

    title: str
    files: tuple[File, ...]
    read: Callable[[Sequence[bytes]], Arrays]
    licence: str
    origin: str
    class_names: tuple[str, ...]
    again: str = ""
    family: str = ""


def load(name: str, *, insist: bool = True) -> Dataset:
    """Load one of SOURCES: MNIST, Fashion-MNIST, or the Olivetti faces.

    Raises DataUnavailable if it is neither in LATENT_DATA_DIR nor cached and cannot
    be downloaded. Unless we `insist`, a download that failed is not tried again for a
    day.
    """
    source = SOURCES[name]
    arrays, place = obtain(name, source, insist=insist)
    return Dataset(
        name=name,
        title=source.title,
        train_images=torch.from_numpy(arrays["train_images"]),
        train_labels=torch.from_numpy(arrays["train_labels"]).long(),
        test_images=torch.from_numpy(arrays["test_images"]),
        test_labels=torch.from_numpy(arrays["test_labels"]).long(),
        class_names=source.class_names,
        licence=source.licence,
        source=source.origin,
        reason=place,
    )


def obtain(name: str, source: Source, *, insist: bool = True) -> tuple[Arrays, str]:
    """The arrays of a source, and in a few words where they were found.

    Raises DataUnavailable as `load` does.
    """
    own, trouble = own_folder(), ""
    if own:
        try:
            contents = [_from_folder(own, file) for file in source.files]
            return source.read(contents), "found in LATENT_DATA_DIR"
        except DataUnavailable as problem:
            trouble = f". LATENT_DATA_DIR does not help: {problem}"
    try:
        arrays = keep(name, lambda: source.read(_download(name, source, insist)))
    except DataUnavailable as problem:
        raise DataUnavailable(f"{problem}{trouble}") from None  # it says all
    return arrays, f"found in the course's cache{trouble}"


def own_folder() -> Path | None:
    """The reader's own folder of data, LATENT_DATA_DIR, as an absolute path."""
    chosen = os.environ.get("LATENT_DATA_DIR")
    if not chosen:
        return None
    try:
        return absolute(chosen)
    except OSError:  # "~" without a home: say that this folder is not there
        return Path(chosen)


def _from_folder(folder: Path, file: File) -> bytes:
    path = folder / file.path
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(
            f"{path} cannot be read ({why(error)}): "
            f"the folder must hold it, unpacked, as {file.path}"
        ) from error
    if not _is_right(content, file):
        raise DataUnavailable(f"{path} is damaged (its checksum is wrong)")
    return content


def _is_right(content: bytes, file: File) -> bool:
    return hashlib.sha256(content).hexdigest() in file.sha256


def _download(name: str, source: Source, insist: bool) -> list[bytes]:
    """Download, unless a download failed lately and we do not insist."""
    note = source.family or name
    failure = "" if insist else _recent_failure(note)
    if failure:
        raise DataUnavailable(failure)
    try:
        first = _first_to_answer(source.files[0].urls)
        return [_fetch(file, first) for file in source.files]
    except ConnectionError as error:
        path = Path(source.files[0].path)
        wanted = path if len(source.files) == 1 else path.parent
        again = source.again or f'load("{name}")'
        message = (
            f"{source.title} could not be downloaded: {error} "
            f"({again} tries again; "
            f"or let LATENT_DATA_DIR name a folder that holds {wanted.as_posix()})"
        )
        with suppress(OSError):  # then the next chapter tries once more
            write_atomically(_failure(note), lambda file: file.write(message.encode()))
        raise DataUnavailable(message) from error


def _failure(name: str) -> Path:
    return cache_dir("datasets") / f"{name}.failure"


def _recent_failure(name: str) -> str:
    """Why a download failed less than a day ago; empty if none did."""
    try:
        age = time.time() - _failure(name).stat().st_mtime
        recent = age < ASK_AGAIN_AFTER
        return _failure(name).read_text("utf-8", "replace") if recent else ""
    except OSError:
        return ""


def _first_to_answer(urls: Sequence[str]) -> int:
    """Which of the servers is the first to answer, be it with "no".

    In threads, since looking up a name may hang for longer than any time-out.
    Raises ConnectionError if none answers in time.
    """
    replies: queue.Queue[int | None] = queue.Queue()

    def ask(number: int) -> None:
        try:
            urlopen(urls[number], timeout=ANSWER_WITHIN).close()
            replies.put(number)
        except HTTPError:  # it refuses this page, but it is there
            replies.put(number)
        except Exception:  # whatever it is, it is no answer
            replies.put(None)

    for number in range(len(urls)):
        threading.Thread(target=ask, args=(number,), daemon=True).start()
    deadline = time.monotonic() + ANSWER_WITHIN
    with suppress(queue.Empty):
        for _ in urls:
            reply = replies.get(timeout=max(0.0, deadline - time.monotonic()))
            if reply is not None:
                return reply
    raise ConnectionError("no answer from the network")


def _fetch(file: File, first: int) -> bytes:
    """Download and unpack a file, from the `first` server or else from the others.

    Raises ConnectionError, whatever went wrong.
    """
    trouble = ""
    for url in [*file.urls[first:], *file.urls[:first]]:
        try:
            with urlopen(url, timeout=STALL_AFTER) as reply:
                content = reply.read()
            if url.endswith(".gz"):
                content = gzip.decompress(content)
        except Exception as error:  # networks fail in more ways than can be listed
            trouble = why(error)
            continue
        if _is_right(content, file):
            return content
        trouble = f"{url} is damaged (its checksum is wrong)"
    raise ConnectionError(trouble)


# --- MNIST and Fashion-MNIST, in the layout of torchvision's folders ---------------

PARTS = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}


def idx_files(
    folder: str, mirrors: Sequence[str], sha256: Sequence[str]
) -> tuple[File, ...]:
    """The files of PARTS in a folder, each at all mirrors."""
    return tuple(
        File(f"{folder}/raw/{part}", tuple(f"{m}{part}.gz" for m in mirrors), (sha,))
        for part, sha in zip(PARTS.values(), sha256, strict=True)
    )


def read_idx(contents: Sequence[bytes]) -> Arrays:
    """Images [N, H, W] and labels [N], uint8, from files ordered as PARTS.

    A file starts with a magic number whose last byte counts the axes, then their sizes.
    """
    arrays = {}
    for part, content in zip(PARTS, contents, strict=True):
        axes = content[3]
        shape = np.frombuffer(content, ">i4", count=axes, offset=4)
        values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
        arrays[part] = values.reshape(shape).copy()
    return arrays


# --- Olivetti: 40 people, ten photographs of each, taken at AT&T from 1992 to 1994 --

PEOPLE, EACH, SIZE = 40, 10, 64
TEST = 2  # the last images of each person


def read_olivetti(contents: Sequence[bytes]) -> Arrays:
    """Images uint8 [320 and 80, 64, 64]; labels say which of the 40 people."""
    from scipy.io import loadmat  # here, since most chapters do without

    faces = loadmat(io.BytesIO(contents[0]))["faces"].T  # pixels column by column
    images = faces.reshape(PEOPLE, EACH, SIZE, SIZE).swapaxes(-1, -2)
    images = images.astype(np.float32) - images.min()  # grey levels from 0 to 255
    images = np.round(images / images.max() * 255).astype(np.uint8)
    people = np.arange(PEOPLE)
    return {
        "train_images": images[:, :-TEST].reshape(-1, SIZE, SIZE),
        "train_labels": people.repeat(EACH - TEST),
        "test_images": images[:, -TEST:].reshape(-1, SIZE, SIZE),
        "test_labels": people.repeat(TEST),
    }


SOURCES = {
    "mnist": Source(
        title="MNIST",
        files=idx_files(
            "MNIST",
            (
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
            (
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
        read=read_idx,
        licence="CC BY-SA 3.0",
        origin="LeCun, Cortes & Burges: The MNIST database of handwritten digits",
        class_names=tuple("0123456789"),
    ),
    "fashion_mnist": Source(
        title="Fashion-MNIST",
        files=idx_files(
            "FashionMNIST",
            (
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            ),
            (
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        ),
        read=read_idx,
        licence="MIT",
        origin="Xiao, Rasul & Vollgraf: Fashion-MNIST (Zalando Research)",
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
    ),
    "olivetti": Source(
        title="Olivetti faces",
        files=(
            File(
                "Olivetti/olivettifaces.mat",
                ("https://ndownloader.figshare.com/files/5976027",),
                (  # as the file goes round, and as that server has it
                    "b1988d02c72fe5b8ee82b5ef3bb7982eafc74f1e1ff0ae0ade35061ad0af534d",
                    "b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
                ),
            ),
        ),
        read=read_olivetti,
        licence="free to use, with credit to AT&T Laboratories Cambridge",
        origin="Samaria & Harter 1994, Parameterisation of a stochastic model for "
        "human face identification",
        class_names=tuple(f"person {i + 1}" for i in range(PEOPLE)),
    ),
}
