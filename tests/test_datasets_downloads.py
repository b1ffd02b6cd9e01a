"""MNIST and the Olivetti faces: from a folder, from a server, and what can go wrong.

The server runs on this machine; its "MNIST" has 30 + 10 images. Where a data folder
holds the real Olivetti faces, they are looked at too.
"""

import gzip
import hashlib
import http.server
import io
import multiprocessing
import os
import socket
import struct
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import savemat

from course_utils.datasets import DataUnavailable, downloads, load
from course_utils.datasets.downloads import PARTS, SOURCES

OWN = os.environ.get("LATENT_DATA_DIR", "")
NOBODY = "http://127.0.0.1:9/"


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
CONTENTS = {file: idx(ARRAYS[part]) for part, file in PARTS.items()}
PACKED = {f"{file}.gz": gzip.compress(it, mtime=0) for file, it in CONTENTS.items()}
LAST = "t10k-images-idx3-ubyte"

# Grey levels 0 to 242, as in the real file of the faces.
FACES = np.random.default_rng(0).integers(0, 243, (400, 64, 64), dtype=np.uint8)
FACES[0, 0, :2] = 0, 242


def matlab(images: np.ndarray) -> bytes:
    """Matlab's file: one image a column, its pixels column by column."""
    buffer = io.BytesIO()
    savemat(buffer, {"faces": images.transpose(0, 2, 1).reshape(400, -1).T})
    return buffer.getvalue()


MATLAB = matlab(FACES)


def small_sources(*mirrors: str) -> dict[str, downloads.Source]:
    """The small data sets in place of the large ones, at these servers."""
    sha256 = [hashlib.sha256(content).hexdigest() for content in CONTENTS.values()]
    (faces,) = SOURCES["olivetti"].files
    faces = faces._replace(
        urls=tuple(f"{mirror}faces.mat" for mirror in mirrors),
        sha256=(hashlib.sha256(MATLAB).hexdigest(),),
    )
    files = downloads.idx_files("MNIST", mirrors, sha256)
    return {
        "mnist": SOURCES["mnist"]._replace(files=files),
        "olivetti": SOURCES["olivetti"]._replace(files=(faces,)),
    }


@pytest.fixture(autouse=True)
def small_world(monkeypatch, tmp_path):
    """Small data sets at a server that is not there, an empty cache, no folder."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("LATENT_DATA_DIR", raising=False)
    use(monkeypatch, NOBODY)


def use(monkeypatch, *mirrors: str) -> None:
    for name, source in small_sources(*mirrors).items():
        monkeypatch.setitem(SOURCES, name, source)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """A server of the folder which this fixture returns."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    for file, content in {**PACKED, "faces.mat": MATLAB}.items():
        (folder / file).write_bytes(content)
    handler = partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        use(monkeypatch, f"http://127.0.0.1:{server.server_address[1]}/")
        yield folder
        server.shutdown()


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """A folder of the reader's own."""
    own = tmp_path / "own"
    (own / "MNIST/raw").mkdir(parents=True)
    (own / "Olivetti").mkdir()
    for file, content in CONTENTS.items():
        (own / "MNIST/raw" / file).write_bytes(content)
    (own / "Olivetti/olivettifaces.mat").write_bytes(MATLAB)
    monkeypatch.setenv("LATENT_DATA_DIR", str(own))
    return own


def check_mnist(data) -> None:
    for part, array in ARRAYS.items():
        assert np.array_equal(getattr(data, part).numpy(), array), part


def check_faces(data) -> None:
    """Eight images of each person to train with, the last two to test with."""
    stretched = np.round(FACES / 242 * 255).astype(np.uint8).reshape(40, 10, 64, 64)
    assert np.array_equal(data.train_images, stretched[:, :8].reshape(320, 64, 64))
    assert np.array_equal(data.test_images, stretched[:, 8:].reshape(80, 64, 64))
    assert torch.equal(data.train_labels, torch.arange(40).repeat_interleave(8))
    assert torch.equal(data.test_labels, torch.arange(40).repeat_interleave(2))
    assert data.train_labels.dtype == torch.int64
    assert data.train_images.dtype == torch.uint8
    assert data.class_names[39] == "person 40" and len(data.class_names) == 40
    assert "AT&T" in data.licence and data.train_factors is None


CHECKS = {"mnist": check_mnist, "olivetti": check_faces}
NAMES = pytest.mark.parametrize("name", CHECKS)


def sentence(error: pytest.ExceptionInfo) -> str:
    """The message, which must be one line that says how to go on."""
    message = str(error.value)
    assert "\n" not in message
    assert '") tries again' in message and "LATENT_DATA_DIR" in message
    return message


def test_from_the_folder(folder):
    data = load(quiet=True)
    check_mnist(data)
    assert data.reason == "the default, found in LATENT_DATA_DIR"
    check_faces(load("olivetti", quiet=True))


def test_a_folder_in_the_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    monkeypatch.setenv("LATENT_DATA_DIR", f"~/{folder.name}")
    assert load(quiet=True).reason == "the default, found in LATENT_DATA_DIR"
    monkeypatch.setenv("LATENT_DATA_DIR", "~nobody-of-that-name/data")
    with pytest.raises(DataUnavailable, match="~nobody-of-that-name"):
        load("mnist")


@NAMES
def test_downloaded_once_then_cached(name, mirror, tmp_path, capsys, recwarn):
    CHECKS[name](load(name, quiet=True))
    for file in mirror.iterdir():
        file.unlink()
    data = load(name, quiet=True)
    CHECKS[name](data)
    assert data.reason == "asked for by name, found in the course's cache"
    kept = {path.name for path in (tmp_path / "cache/datasets").iterdir()}
    assert kept <= {f"{name}.npz", f"{name}.npz.lock"}
    assert capsys.readouterr().out == "" and not recwarn.list


def test_a_damaged_cache_is_downloaded_again(mirror, tmp_path, capsys):
    load("mnist", quiet=True)
    path = tmp_path / "cache/datasets/mnist.npz"
    path.write_bytes(path.read_bytes()[:-9])
    check_mnist(load("mnist", quiet=True))
    assert "was damaged" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["truncated", "tampered", "missing"])
@pytest.mark.parametrize(
    ("name", "path"),
    [("mnist", f"MNIST/raw/{LAST}"), ("olivetti", "Olivetti/olivettifaces.mat")],
)
def test_a_bad_folder_is_explained_and_the_network_helps(
    name, path, damage, folder, mirror
):
    file = folder / path
    content = bytearray(file.read_bytes())
    if damage == "truncated":
        file.write_bytes(content[:-1])
    elif damage == "tampered":
        content[-1] ^= 1
        file.write_bytes(content)
    else:
        file.unlink()
    data = load(name, quiet=True)
    CHECKS[name](data)
    assert str(file) in data.reason
    explained = "cannot be read" if damage == "missing" else "its checksum is wrong"
    assert explained in data.reason


def test_the_wrong_folder_names_the_layout_expected(folder, monkeypatch):
    monkeypatch.setenv("LATENT_DATA_DIR", str(folder / "MNIST/raw"))
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "LATENT_DATA_DIR does not help" in sentence(error)
    assert "unpacked, as MNIST/raw/train-images-idx3-ubyte" in sentence(error)


def test_without_folder_and_network_one_sentence_says_what_to_do():
    with pytest.raises(DataUnavailable) as error:
        load("olivetti")
    assert str(error.value) == (
        "Olivetti faces could not be downloaded: no answer from the network "
        '(load("olivetti") tries again; or let LATENT_DATA_DIR name a folder that '
        "holds Olivetti/olivettifaces.mat)"
    )
    with pytest.raises(DataUnavailable, match="a folder that holds MNIST/raw"):
        load("mnist")


@pytest.mark.parametrize("damage", ["truncated", "tampered", "another file", "gone"])
def test_a_damaged_download_is_refused(mirror, damage, tmp_path):
    file = mirror / f"{LAST}.gz"
    content = bytearray(PACKED[file.name])
    if damage == "tampered":
        content[-9] ^= 1
    elif damage == "another file":
        content = gzip.compress(b"another")
    file.write_bytes(content[:-50] if damage == "truncated" else content)
    if damage == "gone":
        file.unlink()
    with pytest.raises(DataUnavailable) as error:
        load("mnist")
    assert "MNIST could not be downloaded: " in sentence(error)
    assert not (tmp_path / "cache/datasets/mnist.npz").exists()
    file.write_bytes(PACKED[file.name])
    check_mnist(load("mnist", quiet=True))


OK = b"HTTP/1.1 200 OK\r\n"
BREAKDOWNS = {
    "the end comes in the middle of a chunk": OK
    + b"Transfer-Encoding: chunked\r\n\r\n1000\r\nxx",
    "a chunk without a size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx",
    "less than announced": OK + b"Content-Length: 1000\r\n\r\nxx",
    "a portal without HTTP": b"please log in\r\n\r\n",
    "a portal with HTTP": OK + b"Content-Length: 6\r\n\r\nlog in",
    "a header of 70 kB": OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
    "a redirection to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://\r\n\r\n",
    "a redirection in a circle": b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
    "a wrong status": b"HTTP/1.1 abc OK\r\n\r\n",
    "no access": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("reply", BREAKDOWNS.values(), ids=BREAKDOWNS)
def test_the_network_may_fail_in_any_way(reply, monkeypatch, tmp_path):
    """The page falls back, says why, and does not ask again that day."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                asked.append(1)
                with connection:
                    connection.recv(4096)
                    connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        use(monkeypatch, f"http://127.0.0.1:{server.getsockname()[1]}/")
        data = load(quiet=True)
        assert data.name == "pen_strokes"
        assert "since MNIST could not be downloaded: " in data.reason
        assert "\n" not in data.reason
        note = tmp_path / "cache/datasets/mnist.failure"
        assert note.read_text("utf-8") in data.reason
        before = len(asked)
        assert load(quiet=True).reason == data.reason
        assert len(asked) == before > 0
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(autouse=True)
def few_pen_strokes(monkeypatch):
    from course_utils.datasets.drawn import pen_strokes

    few = {name: (*it[:2], 60, 30) for name, it in pen_strokes.DATASETS.items()}
    monkeypatch.setattr(pen_strokes, "DATASETS", few)


def test_another_server_helps_where_one_fails(mirror, monkeypatch):
    (served,) = SOURCES["olivetti"].files[0].urls
    here = served.removesuffix("faces.mat")
    use(monkeypatch, NOBODY, f"{here}nothing/", here)
    CHECKS["olivetti"](load("olivetti", quiet=True))
    check_mnist(load("mnist", quiet=True))


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(downloads, "ANSWER_WITHIN", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ConnectionError, match="no answer"):
            downloads._first_to_answer([address, NOBODY])


def test_a_name_server_that_hangs_is_given_up(monkeypatch):
    released, ended = threading.Event(), threading.Event()

    def hang(url, timeout):
        released.wait(60)
        ended.set()
        raise OSError("no such name")

    monkeypatch.setattr(downloads, "ANSWER_WITHIN", 0.3)
    monkeypatch.setattr(downloads, "urlopen", hang)
    with pytest.raises(ConnectionError, match="no answer"):
        downloads._first_to_answer(["http://nowhere.example/"])
    assert not ended.is_set(), "we waited for the name server"
    released.set()


def _load_in_another_process(mirror, cache, start, results):
    """Load once everybody is there; tell how often we downloaded and what we got."""
    os.environ["COURSE_CACHE"] = cache
    SOURCES.update(small_sources(mirror))
    fetch, fetched = downloads._fetch, []

    def counting_fetch(file, first):
        fetched.append(1)
        return fetch(file, first)

    downloads._fetch = counting_fetch
    start.wait()
    mnist = load("mnist", quiet=True)
    letters = load("pen_letters", quiet=True)
    results.put(
        (len(fetched), int(mnist.train_images.sum()), int(letters.test_images.sum()))
    )


def test_two_processes_at_once(mirror, tmp_path):
    """One downloads and draws, the other waits; both get the same."""
    (served,) = SOURCES["olivetti"].files[0].urls
    processes = multiprocessing.get_context("spawn")
    start, results = processes.Barrier(2), processes.Queue()
    here = served.removesuffix("faces.mat")
    arguments = (here, str(tmp_path / "both"), start, results)
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
    assert sum(fetched for fetched, _, _ in got) == len(PARTS)
    assert {mnist for _, mnist, _ in got} == {int(ARRAYS["train_images"].sum())}
    assert len({letters for _, _, letters in got}) == 1


@pytest.mark.skipif(
    not (Path(OWN) / "Olivetti/olivettifaces.mat").exists(),
    reason="no such faces in a folder here",
)
def test_the_real_faces(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("LATENT_DATA_DIR", OWN)
    data = load("olivetti", quiet=True)
    assert data.train_images.shape == (320, 64, 64)
    assert data.test_images.shape == (80, 64, 64)
    assert data.train_images.min() == 0 and data.train_images.max() == 255
    # The labels fit: the nearest of the training images mostly shows the same person.
    test, train = (x.flatten(1).float() for x in (data.test_images, data.train_images))
    found = data.train_labels[torch.cdist(test, train).argmin(1)]
    accuracy = (found == data.test_labels).float().mean()
    assert accuracy > 0.75, accuracy


def test_first_addresses_are_those_of_torchvision_and_scikit_learn(monkeypatch):
    """Whose maintainers follow when a server moves."""
    monkeypatch.undo()
    from sklearn.datasets._olivetti_faces import FACES
    from torchvision.datasets import MNIST, FashionMNIST

    for name, theirs in (("mnist", MNIST), ("fashion_mnist", FashionMNIST)):
        first = [file.urls[0] for file in SOURCES[name].files]
        assert first == [theirs.mirrors[0] + file for file, _ in theirs.resources]
    (faces,) = SOURCES["olivetti"].files
    assert faces.urls == (FACES.url,)
    assert FACES.checksum in faces.sha256
