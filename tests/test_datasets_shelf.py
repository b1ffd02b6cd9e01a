"""The store: atomic, checked, and usable whatever the disk does."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import shelf as store


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    return tmp_path


class Maker:
    """Makes arrays and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> store.Arrays:
        self.times += 1
        return {"pixels": np.arange(1000, dtype=np.uint8), "words": np.array(["ä"])}


def check(arrays: store.Arrays) -> None:
    assert arrays["pixels"].sum() == np.arange(1000, dtype=np.uint8).sum()
    assert arrays["words"].tolist() == ["ä"]


def test_made_once_then_read():
    make = Maker()
    check(store.keep("thing", make))
    check(store.keep("thing", make))
    assert make.times == 1


@pytest.mark.parametrize("damage", ["truncated", "tampered", "empty"])
def test_a_damaged_file_is_made_anew(damage, cache, capsys):
    make = Maker()
    store.keep("thing", make)
    path = cache / "datasets/thing.npz"
    content = bytearray(path.read_bytes())
    if damage == "tampered":
        content[len(content) // 2] ^= 1
    path.write_bytes(
        {"truncated": content[:-100], "tampered": content, "empty": b""}[damage]
    )
    check(store.keep("thing", make))
    assert make.times == 2
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "was damaged" in said and "made anew" in said
    check(store.keep("thing", make))
    assert make.times == 2, "the new file must be whole"


def test_no_flipped_bit_changes_what_is_read(cache):
    store.keep("thing", Maker())
    path = cache / "datasets/thing.npz"
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        end = file.start_dir  # what follows is a table of contents, without checksum
    for place in range(0, end, 3):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        check(store.keep("thing", Maker()))


def test_numpy_reads_what_is_kept(cache):
    store.keep("thing", Maker())
    with np.load(cache / "datasets/thing.npz") as arrays:
        check(dict(arrays))


def test_an_error_while_making_leaves_nothing(cache):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.keep("thing", fail)
    assert not (cache / "datasets/thing.npz").exists()
    check(store.keep("thing", Maker()))  # and the lock is free again
