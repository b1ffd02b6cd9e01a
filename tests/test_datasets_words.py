"""The docstring corpus, read from a small library that these tests write."""

from pathlib import Path

import pytest
import torch

from course_utils.datasets import DataUnavailable, load_words, words

SOURCE = '''"""The Matrix has rows. Rows, rows!"""

def f(x):
    r"""Return a 2-d matrix."""
    y = "not a docstring"  # nor is this
    return y
'''


def write_library(folder: Path, version: str, source: str) -> None:
    for metadata in folder.glob("tinylib-*.dist-info/METADATA"):
        metadata.unlink()
        metadata.parent.rmdir()
    (folder / "tinylib/tests").mkdir(parents=True, exist_ok=True)
    (folder / "tinylib/__init__.py").write_text(source)
    (folder / "tinylib/tests/test_it.py").write_text('"""Never read tests."""')
    metadata = folder / f"tinylib-{version}.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: tinylib\nVersion: {version}\n")


@pytest.fixture(autouse=True)
def library(monkeypatch, tmp_path) -> Path:
    folder = tmp_path / "site"
    write_library(folder, "1.0", SOURCE)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(words, "LIBRARIES", {"tinylib": "tinylib"})
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return folder


def test_the_words_of_docstrings_in_reading_order():
    corpus = load_words(quiet=True)
    assert " ".join(corpus.tokens) == "the matrix has rows rows rows return matrix"
    assert corpus.vocabulary[:2] == ("rows", "matrix")
    assert corpus.counts.tolist() == [3, 2, 1, 1, 1]
    assert corpus.ids.dtype == torch.int64
    assert torch.equal(torch.bincount(corpus.ids), corpus.counts)
    assert all(corpus.vocabulary[i] == word for word, i in corpus.index.items())
    assert corpus.sources == {"tinylib 1.0": 8} and corpus.licence


def test_a_small_vocabulary_keeps_the_most_frequent_words():
    corpus = load_words(2, quiet=True)
    assert corpus.vocabulary == ("rows", "matrix")
    assert " ".join(corpus.tokens) == "matrix rows rows rows matrix"
    assert corpus.counts.tolist() == [3, 2]


def test_one_line_says_what_was_read(capsys):
    load_words()
    assert capsys.readouterr().out == (
        "Docstrings · 8 words, 5 different · from tinylib 1.0 · "
        "each library's own (BSD-style)\n"
    )


def test_read_once_per_version(library, monkeypatch):
    load_words(quiet=True)
    read = []
    docstrings = words._docstrings
    monkeypatch.setattr(
        words, "_docstrings", lambda module: read.append(module) or docstrings(module)
    )
    load_words(quiet=True)
    assert not read
    write_library(library, "1.1", '"""Columns."""')
    assert load_words(quiet=True).tokens == ["columns"]
    assert read == ["tinylib"]


def test_a_missing_library_is_left_out(monkeypatch):
    monkeypatch.setattr(words, "LIBRARIES", {"tinylib": "tinylib", "nolib": "nolib"})
    assert list(load_words(quiet=True).sources) == ["tinylib 1.0"]
    monkeypatch.setattr(words, "LIBRARIES", {"nolib": "nolib"})
    with pytest.raises(DataUnavailable, match="install one of nolib"):
        load_words()


@pytest.mark.parametrize("size", [0, -1, words.LARGEST_VOCABULARY + 1])
def test_an_impossible_vocabulary_size(size):
    with pytest.raises(ValueError, match="choose 1 to 20,000"):
        load_words(size)


def test_a_folder_above_may_be_called_tests(library, monkeypatch, tmp_path):
    inside = tmp_path / "tests/build"
    inside.mkdir(parents=True)
    library.rename(inside / "site")
    monkeypatch.syspath_prepend(str(inside / "site"))
    assert len(load_words(quiet=True).tokens) == 8


def test_other_code_reads_the_words_anew(monkeypatch):
    load_words(quiet=True)
    monkeypatch.setattr(words, "version", lambda modules: "another")
    read = []
    docstrings = words._docstrings
    monkeypatch.setattr(
        words, "_docstrings", lambda module: read.append(module) or docstrings(module)
    )
    load_words(quiet=True)
    assert read == ["tinylib"]


def test_a_library_without_sources_is_said(library):
    (library / "tinylib/__init__.py").write_text("")
    with pytest.raises(DataUnavailable, match=r"No docstrings found in tinylib 1\.0"):
        load_words()
