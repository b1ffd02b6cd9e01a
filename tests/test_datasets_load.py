"""load(): which data set, in which order, and what every data set holds."""

import os

import pytest
import torch

from course_utils.datasets import (
    Dataset,
    DataUnavailable,
    downloads,
    flatten,
    load,
    to_float,
)
from course_utils.datasets.drawn import pen_strokes


def no_answer(urls):
    raise ConnectionError("no answer from the network")


@pytest.fixture(autouse=True)
def small_world(monkeypatch, tmp_path):
    """An empty cache, no wishes, no network, and few images to draw."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("LATENT_DATA_DIR", raising=False)
    monkeypatch.setattr(downloads, "_first_to_answer", no_answer)
    few = {
        name: (title, alphabet, 60, 30)
        for name, (title, alphabet, _, _) in pen_strokes.DATASETS.items()
    }
    monkeypatch.setattr(pen_strokes, "DATASETS", few)


@pytest.mark.parametrize("name", ["pen_strokes", "pen_letters", "digits"])
def test_every_data_set_has_the_same_form(name):
    data = load(name, quiet=True)
    assert isinstance(data, Dataset) and data.name == name
    for images, labels in [
        (data.train_images, data.train_labels),
        (data.test_images, data.test_labels),
    ]:
        assert images.dtype == torch.uint8 and images.ndim == 3
        assert images.max() > 200 and images.min() == 0
        assert labels.dtype == torch.int64 and labels.shape == images.shape[:1]
        assert set(labels.tolist()) <= set(range(len(data.class_names)))
    assert len(data.class_names) == 10 == len(data.train_labels.unique())
    assert data.licence and data.source and data.title


@pytest.mark.parametrize("name", ["pen_strokes", "pen_letters"])
def test_what_the_course_draws_has_known_factors(name):
    data = load(name, quiet=True)
    assert data.train_factors and data.test_factors
    assert list(data.train_factors) == [*pen_strokes.HANDS, "style"]
    assert all(values.shape == (60,) for values in data.train_factors.values())
    assert all(values.shape == (30,) for values in data.test_factors.values())
    assert not torch.equal(data.train_images[:30], data.test_images)


def test_one_line_says_what_how_many_why_and_the_licence(capsys):
    load("pen_letters")
    assert capsys.readouterr().out == (
        "Pen letters · 60 + 30 images of 28×28 · asked for by name · CC BY 4.0\n"
    )
    load("pen_letters", quiet=True)
    assert capsys.readouterr().out == ""


def test_a_name_comes_before_course_data(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "digits")
    assert load("pen_letters", quiet=True).name == "pen_letters"
    by_wish = load(quiet=True)
    assert by_wish.name == "digits" and by_wish.reason == "COURSE_DATA asks for it"


def test_without_mnist_the_default_is_pen_strokes_and_says_why(capsys):
    data = load()
    assert data.name == "pen_strokes"
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "since MNIST could not be downloaded: no answer from the network" in line
    assert 'load("mnist") tries again' in line and "LATENT_DATA_DIR" in line


def test_mnist_is_not_asked_for_again_the_same_day(monkeypatch, tmp_path):
    first = load(quiet=True)
    asked = []
    monkeypatch.setattr(
        downloads, "_first_to_answer", lambda urls: asked.append(1) or no_answer(urls)
    )
    assert load(quiet=True).reason == first.reason
    assert not asked, "the second chapter waited for the network again"
    with pytest.raises(DataUnavailable):
        load("mnist")
    assert len(asked) == 1, "asking by name must try again"
    two_days_ago = (tmp_path / "datasets/mnist.failure").stat().st_mtime - 48 * 3600
    os.utime(tmp_path / "datasets/mnist.failure", (two_days_ago, two_days_ago))
    load(quiet=True)
    assert len(asked) == 2, "the next day it must try again"


def test_an_unknown_name_lists_the_valid_ones(monkeypatch):
    with pytest.raises(ValueError, match=r'no data set "minst"; choose one of mnist,'):
        load("minst")
    monkeypatch.setenv("COURSE_DATA", "cifar")
    with pytest.raises(ValueError, match=r'"cifar".*pen_strokes.*digits'):
        load()


@pytest.mark.skipif("LATENT_DATA_DIR" not in os.environ, reason="no data folder here")
def test_mnist_from_the_data_folder(monkeypatch, capsys):
    monkeypatch.setenv("LATENT_DATA_DIR", DATA_FOLDER)
    data = load()
    assert data.train_images.shape == (60_000, 28, 28)
    assert data.test_images.shape == (10_000, 28, 28)
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert abs(to_float(data.train_images).mean() - 0.1307) < 1e-4
    assert "the default, found in LATENT_DATA_DIR" in capsys.readouterr().out


DATA_FOLDER = os.environ.get("LATENT_DATA_DIR", "")


def test_to_float_and_flatten():
    images = torch.tensor([[[0, 51], [102, 255]]], dtype=torch.uint8)
    assert torch.equal(flatten(images), torch.tensor([[0, 51, 102, 255]]).byte())
    assert torch.allclose(
        to_float(images), torch.tensor([[[0.0, 0.2], [0.4, 1.0]]]), atol=1e-7
    )
    assert flatten(torch.zeros(3, 4, 5, 3)).shape == (3, 60)


def test_repr_is_one_short_line():
    assert repr(load("digits", quiet=True)).startswith(
        "<Dataset: scikit-learn's digits"
    )
