"""The cache: where it is, and that nothing it does can stop a chapter."""

import errno
import shutil
import threading

import platformdirs
import pytest

from course_utils import cache


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
