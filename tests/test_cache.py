"""The cache: where it is, and that nothing it does can stop a chapter."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import filelock
import platformdirs
import pytest
import torch

from course_utils import cache
from course_utils.datasets import load, load_words, shelf, words
from course_utils.datasets.drawn import pen_strokes
from course_utils.models import DenseVAE
from course_utils.objectives import elbo_loss
from course_utils.training import fit, store


def test_it_is_where_it_is_told_to_be(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "a" / "b"))
    assert cache.cache_dir() == tmp_path / "a" / "b"
    assert cache.cache_dir("room") == tmp_path / "a/b/room"
    assert (tmp_path / "a/b/room").is_dir()
    monkeypatch.delenv("COURSE_CACHE")
    monkeypatch.setattr(
        platformdirs, "user_cache_dir", lambda name: str(tmp_path / name)
    )
    assert cache.cache_dir() == tmp_path / "latent-course"


def test_a_relative_or_home_path_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_CACHE", "mine")
    assert cache.cache_dir() == tmp_path / "mine"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", "~/ours")
    assert cache.cache_dir() == tmp_path / "ours"


def test_without_a_home_it_is_an_oserror(monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", "~nobody-of-that-name/cache")
    with pytest.raises(OSError, match="home"):
        cache.cache_dir()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="needs root")
def test_a_user_without_name_and_home():
    """As in a container that runs under any number: nothing is kept, all is made."""
    script = """
import os
import course_utils as cu
from course_utils.datasets.drawn import pen_strokes
few = {name: (*it[:2], 30, 20) for name, it in pen_strokes.DATASETS.items()}
pen_strokes.DATASETS = few
os.setuid(54321)
for name in ("COURSE_CACHE", "HOME", "XDG_CACHE_HOME"):
    os.environ.pop(name, None)
print(len(cu.load("pen_letters").test_images))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "could not be kept" in done.stdout and done.stdout.endswith("20\n")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new/thing"
    cache.write_atomically(path, lambda file: file.write(b"first"))

    def fail(file):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        cache.write_atomically(path, fail)
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path], "no half-written file may stay"


def test_one_at_a_time(tmp_path):
    start, inside, most = threading.Barrier(4), [], []

    def work():
        start.wait()
        for _ in range(5):
            with cache.locked(tmp_path / "thing"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 20


def test_without_a_lock_the_work_is_done_all_the_same(tmp_path):
    (tmp_path / "file").write_text("")
    with cache.locked(tmp_path / "file/thing"):
        done = True
    assert done
    with pytest.raises(KeyError), cache.locked(tmp_path / "file/thing"):
        raise KeyError
    with cache.locked(tmp_path / "room/thing"):  # removed while in use
        shutil.rmtree(tmp_path / "room")


# --- a cache that cannot be used loses nothing and stops nothing -------------------


def _full(monkeypatch, tmp_path):
    """Every file can be opened, but none takes a byte."""

    def write(path, write):
        raise OSError(errno.ENOSPC, "No space left on device")

    for module in (shelf, store):
        monkeypatch.setattr(module, "write_atomically", write)
    return str(tmp_path / "full")


def _below_a_file(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    return str(tmp_path / "file/cache")


def _dangling(monkeypatch, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    return str(tmp_path / "link")


def _removed_in_use(monkeypatch, tmp_path):
    """The folder goes whenever a lock is held: after reading, before writing."""
    folder = tmp_path / "removed"

    @contextmanager
    def removing(path):
        with cache.locked(path):
            shutil.rmtree(folder)
            yield

    for module in (shelf, store):
        monkeypatch.setattr(module, "locked", removing)
    return str(folder)


def _relative(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return "cache"


def _read_only(monkeypatch, tmp_path):
    """As a kernel answers who may not write; root may, whatever the mode says."""
    folder = tmp_path / "locked"
    for room in ("datasets", "checkpoints"):
        (folder / room).mkdir(parents=True)

    def refuse(self, *arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    def locked(path):
        monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
        return cache.locked(path)

    real = Path.open

    def open_(self, mode="r", *arguments, **options):
        if folder in self.parents and mode != "rb":
            refuse(self)
        return real(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_)
    for module in (shelf, store):
        monkeypatch.setattr(module, "locked", locked)
    return str(folder)


STATES = {
    "full": _full,
    "below a file": _below_a_file,
    "in /proc": lambda monkeypatch, tmp_path: "/proc/nowhere",
    "a dangling link": _dangling,
    "no home": lambda monkeypatch, tmp_path: "~nobody-of-that-name/cache",
    "removed in use": _removed_in_use,
    "read-only": _read_only,
    "relative": _relative,
}
KEEPS = {"removed in use", "relative"}


def _a_data_set():
    data = load("pen_letters", quiet=True)
    assert data.train_images.shape == (30, 28, 28)


def _words():
    assert load_words(1, quiet=True).vocabulary == ("word",)


def _a_model():
    images = torch.zeros(8, 28, 28, dtype=torch.uint8)
    history = fit(DenseVAE(2, 8), elbo_loss(), images, epochs=1, keep_as="toy")
    assert len(history.losses) == 1 and not history.reused


@pytest.mark.skipif(os.name == "nt", reason="paths and links of other systems")
@pytest.mark.parametrize("keep", [_a_data_set, _words, _a_model])
@pytest.mark.parametrize("state", STATES)
def test_a_cache_that_cannot_be_used_stops_nothing(
    state, keep, monkeypatch, tmp_path, capsys
):
    few = {name: (*it[:2], 30, 20) for name, it in pen_strokes.DATASETS.items()}
    monkeypatch.setattr(pen_strokes, "DATASETS", few)
    monkeypatch.setattr(words, "_docstrings", lambda module: ["a word"])
    monkeypatch.setenv("COURSE_CACHE", STATES[state](monkeypatch, tmp_path))
    keep()
    said = capsys.readouterr().out
    if state in KEEPS:
        assert "not be kept" not in said
    else:
        assert said.count("\n") == 1 and "COURSE_CACHE" in said, said
