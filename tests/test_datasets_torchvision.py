"""MNIST: from a folder, from a mirror, and all that can go wrong.

The mirror is a small server on this machine; its "MNIST" has 30 + 10 images.
"""

import errno
import gzip
import hashlib
import http.server
import multiprocessing
import socket
import struct
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import MNIST

from course_utils.datasets import DataUnavailable, load, network, torchvision_sets
from course_utils.datasets.torchvision_sets import COLLECTIONS, FILES


def idx(array: np.ndarray) -> bytes:
    """The file format of MNIST: a magic number, the sizes, the bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
    return header + array.astype(np.uint8).tobytes()


ARRAYS = {
    "train_images": np.arange(30 * 28 * 28).reshape(30, 28, 28) % 251,
    "train_labels": np.arange(30) % 10,
    "test_images": np.arange(10 * 28 * 28).reshape(10, 28, 28) % 241,
    "test_labels": np.arange(10),
}
CONTENTS = {file: idx(ARRAYS[part]) for file, part in FILES.items()}
PACKED = {
    f"{file}.gz": gzip.compress(content, mtime=0) for file, content in CONTENTS.items()
}
SMALL = COLLECTIONS["mnist"]._replace(
    sha256=tuple(hashlib.sha256(content).hexdigest() for content in CONTENTS.values())
)
RESOURCES = [(file, hashlib.md5(packed).hexdigest()) for file, packed in PACKED.items()]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(autouse=True)
def small_mnist(monkeypatch, tmp_path):
    """The small data set in place of the large one, an empty cache, no folder."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("LATENT_DATA_DIR", raising=False)
    monkeypatch.setitem(COLLECTIONS, "mnist", SMALL)
    monkeypatch.setattr(MNIST, "resources", RESOURCES)
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])  # nobody is there


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """A mirror that serves the folder which this fixture returns."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    for file, packed in PACKED.items():
        (folder / file).write_bytes(packed)
    handler = partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        monkeypatch.setattr(MNIST, "mirrors", [address])
        yield folder
        server.shutdown()


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """A folder of the reader's own, in torchvision's layout."""
    raw = tmp_path / "own/MNIST/raw"
    raw.mkdir(parents=True)
    for file, content in CONTENTS.items():
        (raw / file).write_bytes(content)
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "own"))
    return raw


def check(data) -> None:
    for part, array in ARRAYS.items():
        assert np.array_equal(getattr(data, part).numpy(), array), part


def sentence(error: pytest.ExceptionInfo) -> str:
    """The message, which must be one line that says how to go on."""
    message = str(error.value)
    assert "\n" not in message
    assert 'load("mnist") tries again' in message and "LATENT_DATA_DIR" in message
    return message


def test_from_the_folder(folder):
    data = load(quiet=True)
    check(data)
    assert data.reason == "the default, found in LATENT_DATA_DIR"


def test_downloaded_once_then_cached(mirror, tmp_path):
    check(load("mnist", quiet=True))
    for file in mirror.iterdir():
        file.unlink()
    data = load(quiet=True)
    check(data)
    assert data.reason == "the default, found in the course's cache"
    kept = sorted(path.name for path in (tmp_path / "cache/datasets").iterdir())
    assert kept in (["mnist.npz"], ["mnist.npz", "mnist.npz.lock"])


def test_a_damaged_cache_is_downloaded_again(mirror, tmp_path, capsys):
    load("mnist", quiet=True)
    path = tmp_path / "cache/datasets/mnist.npz"
    path.write_bytes(path.read_bytes()[:-9])
    check(load("mnist", quiet=True))
    assert "was damaged" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["truncated", "tampered", "missing"])
def test_a_bad_folder_is_explained_and_the_network_helps(folder, mirror, damage):
    file = folder / "t10k-images-idx3-ubyte"
    content = bytearray(file.read_bytes())
    if damage == "truncated":
        file.write_bytes(content[:-1])
    elif damage == "tampered":
        content[-1] ^= 1
        file.write_bytes(content)
    else:
        file.unlink()
    data = load(quiet=True)
    check(data)
    assert str(file) in data.reason
    explained = "cannot be read" if damage == "missing" else "its checksum is wrong"
    assert explained in data.reason


def test_the_wrong_folder_names_the_layout_expected(folder, monkeypatch):
    monkeypatch.setenv("LATENT_DATA_DIR", str(folder))  # .../MNIST/raw itself
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "LATENT_DATA_DIR does not help" in sentence(error)
    assert "as MNIST/raw/train-images-idx3-ubyte" in sentence(error)


def test_no_network():
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "MNIST could not be downloaded: no answer" in sentence(error)


@pytest.mark.parametrize("damage", ["truncated", "tampered"])
def test_a_damaged_download_is_refused(mirror, damage, tmp_path):
    file = mirror / "t10k-images-idx3-ubyte.gz"
    packed = bytearray(file.read_bytes())
    packed[-1] ^= 1
    file.write_bytes(packed[:-50] if damage == "truncated" else packed)
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "corrupted" in sentence(error)
    assert not (tmp_path / "cache/datasets/mnist.npz").exists()
    file.write_bytes(PACKED[file.name])
    check(load("mnist", quiet=True))


def test_no_disk_space_for_the_download(mirror, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", full)
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "MNIST could not be downloaded: No space left on device" in sentence(error)


def test_a_torchvision_that_does_not_fit_torch(mirror, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(MNIST, "__init__", broken)
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "nms does not exist" in sentence(error)


def test_a_server_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        start = time.monotonic()
        assert not network.answers([address, "http://127.0.0.1:9/"], within=0.3)
        assert time.monotonic() - start < 2


def test_a_name_server_that_hangs_is_given_up(monkeypatch):
    released = threading.Event()

    def hang(url, timeout):
        released.wait(20)
        raise OSError("no such name")

    monkeypatch.setattr(network, "urlopen", hang)
    start = time.monotonic()
    assert not network.answers(["http://nowhere.example/"], within=0.3)
    assert time.monotonic() - start < 2
    released.set()


def test_a_refusal_is_an_answer(mirror):
    assert network.answers([MNIST.mirrors[0] + "no-such-page"], within=5)


def test_patience_ends_with_its_block():
    with network.patience(3):
        assert socket.getdefaulttimeout() == 3
    assert socket.getdefaulttimeout() is None


def _load_in_another_process(mirrors, cache, start, results):
    """Load once everybody is there; tell how often we downloaded and what we got."""
    import os

    os.environ["COURSE_CACHE"] = cache
    MNIST.mirrors, MNIST.resources = mirrors, RESOURCES
    COLLECTIONS["mnist"] = SMALL
    fetch, downloads = torchvision_sets._fetch, []

    def slow_fetch(collection):
        downloads.append(1)
        time.sleep(0.5)  # long enough for the others to want it too
        return fetch(collection)

    torchvision_sets._fetch = slow_fetch
    start.wait()
    mnist = load("mnist", quiet=True)
    letters = load("pen_letters", quiet=True)
    results.put(
        (len(downloads), int(mnist.train_images.sum()), int(letters.test_images.sum()))
    )


def test_two_processes_at_once(mirror, tmp_path, monkeypatch):
    """One downloads and draws, the other waits; both get the same."""
    processes = multiprocessing.get_context("spawn")
    start, results = processes.Barrier(2), processes.Queue()
    arguments = (MNIST.mirrors, str(tmp_path / "both"), start, results)
    workers = [
        processes.Process(target=_load_in_another_process, args=arguments)
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    got = [results.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join(timeout=30)
        assert worker.exitcode == 0
    assert sum(downloads for downloads, _, _ in got) == 1
    assert {mnist for _, mnist, _ in got} == {int(ARRAYS["train_images"].sum())}
    assert len({letters for _, _, letters in got}) == 1
