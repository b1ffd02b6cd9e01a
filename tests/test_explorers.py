"""Explorers without a browser: what they pack, draw, say and refuse."""

import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets
from explorer_samples import CODES, LABELS, WORDS, decoder, latent_map, word_map
from torch import nn

from course_utils.explorers import (
    GaussianKL,
    LatentMap,
    ReparameterizationExplorer,
    WordMap,
)
from course_utils.explorers.chain import Chain
from course_utils.explorers.packing import as_stored, pack


def alone(**options: object) -> LatentMap:
    """The map of one model."""
    return LatentMap(decoder(), CODES, LABELS, **options)


def twin(html: str) -> dict:
    """The data that the page's script reads."""
    return json.loads(re.search(r'json">(.*?)</script>', html, re.DOTALL)[1])


def test_numbers_survive_packing():
    rng = np.random.default_rng(0)
    matrix, vector = rng.normal(size=(7, 5)), rng.normal(size=3)
    data, table = pack({"v": (vector, "float16"), "m": (matrix, "int8")})
    entry = table[1]
    assert entry["at"] % 4 == 0  # or the page cannot read it as a typed array
    scales = np.frombuffer(data, "float32", 7, entry["at"])
    values = np.frombuffer(data, "int8", 35, entry["at"] + 28).reshape(7, 5)
    stored = scales[:, None] * values
    np.testing.assert_allclose(stored, as_stored(matrix, "int8"), rtol=1e-6)
    assert np.abs(stored - matrix).max() <= np.abs(matrix).max() / 253
    np.testing.assert_allclose(np.frombuffer(data, "float16", 3), vector, rtol=1e-3)


def test_what_float16_cannot_hold_is_refused():
    with pytest.raises(ValueError, match=r"big holds values that float16 cannot"):
        pack({"big": (np.array([1e6]), "float16")})


def test_the_chain_is_the_decoder():
    network = nn.Sequential(nn.Linear(2, 9, bias=False), nn.Tanh(), decoder()[2:])
    network[2] = nn.Sequential(nn.Linear(9, 784), nn.Sigmoid())
    with torch.no_grad():
        exact = network(torch.from_numpy(CODES)).numpy()
    np.testing.assert_allclose(Chain.of(network).run(CODES), exact, atol=1e-6)


@pytest.mark.parametrize(("stored", "limit"), [("float32", 1e-6), ("float16", 0.004)])
def test_rounding_is_stated_and_cannot_be_seen(stored: str, limit: float):
    rounding = alone(stored=stored).rounding
    print(f"{stored}: a pixel changes by at most {rounding:.1e}")
    assert rounding <= limit  # 1/255 is one step of a screen


def test_the_same_explorer_gives_the_same_page():
    html = latent_map().html()
    assert html == latent_map().html()
    assert ' id="' not in html  # so that it may stand twice on a page
    assert "</script>" not in re.search(r'json">(.*?)</script>', html, re.DOTALL)[1]


def test_the_page_gets_every_trait_and_the_live_module():
    explorer = latent_map(model="autoencoder", z=[0.5, -1])
    data = twin(explorer.html())
    assert data["module"] == explorer._esm
    assert data["state"]["z"] == [0.5, -1]
    assert set(data["state"]) | set(data["binary"]) == {
        *("arrays", "array_table", "classes", "decoders", "image_shape", "label"),
        *("model", "parameters", "parameter_table", "try_this", "views", "z"),
    }


def test_an_output_has_all_its_forms(monkeypatch: pytest.MonkeyPatch):
    data, _ = latent_map()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"].startswith("<figure")
    assert data["image/png"].startswith("iVBOR")
    assert data["text/plain"].startswith("[Explorer: Latent map")
    monkeypatch.setitem(__import__("sys").modules, "google.colab", object())
    monkeypatch.setattr("anywidget.widget.in_colab", lambda: False)
    assert "text/html" not in latent_map()._repr_mimebundle_()[0]


def test_the_still_picture_says_where_the_explorer_stands():
    explorer = latent_map()
    explorer.z = [1, -2]
    assert "z = (1.00, -2.00)" in explorer.describe()
    assert "Nearest to row: " in word_map().describe()
    assert len(explorer.html()) > len(explorer._png()) > 1000


def test_traits_refuse_what_makes_no_sense():
    explorer = latent_map()
    with pytest.raises(traitlets.TraitError, match="there are: VAE"):
        explorer.model = "gan"
    with pytest.raises(traitlets.TraitError):
        explorer.z = [1, 2, 3]
    with pytest.raises(traitlets.TraitError, match=r"word - word \+ word"):
        word_map().query = "row * row"


class Skip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 784)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.layer(z) + z.sum())


def test_a_decoder_in_any_state_is_shown_as_it_is():
    network = nn.Sequential(*decoder()[:3], nn.Dropout(0.5), nn.Sigmoid()).double()
    explorer = LatentMap(network, CODES, LABELS)
    image = explorer.decode()
    with torch.no_grad():
        exact = network.eval()(torch.tensor([explorer.z]).double()).numpy()
        network[0].weight.zero_()  # trained on, afterwards
    np.testing.assert_allclose(image.ravel(), exact[0], atol=1e-6)
    np.testing.assert_array_equal(explorer.decode(), image)


def test_one_activation_may_stand_at_two_places():
    act = nn.LeakyReLU(0.1)
    network = nn.Sequential(nn.Linear(2, 9), act, nn.Linear(9, 784), act, nn.Sigmoid())
    assert np.isfinite(LatentMap(network, CODES, LABELS).decode()).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("codes", [CODES * 1e-4, CODES * 0, CODES * 0 + 3])
def test_codes_that_have_collapsed_are_a_map(codes: np.ndarray):
    explorer = LatentMap(decoder(), codes, LABELS)
    (centre, reach) = explorer.views["decoder"].values()
    assert (np.abs(codes - centre) <= 2 * reach).all()
    assert np.ptp(codes) / 10 < reach <= max(1, np.ptp(codes))
    explorer.draw().canvas.draw()


def test_words_are_found_in_other_capitals():
    words = ["Paris", *WORDS[1:-1], "paris"]
    explorer = word_map(words)
    assert explorer.nearest("PARIS") == explorer.nearest("Paris")
    assert explorer.nearest("paris") != explorer.nearest("Paris")
    explorer.query = "Rows"
    assert "Nearest to Rows: " in explorer.describe()
    assert "not known" not in explorer.describe()


def test_a_saved_page_is_whole(tmp_path: Path):
    lender = alone(label="Maps & <digits>")
    file = tmp_path / "map.html"
    file.write_text("old")
    assert alone(weights_of=lender).save(file) == file
    borrowed = twin(file.read_text("utf-8"))
    assert set(borrowed["binary"]) == {"arrays", "parameters"}
    lender.save(str(file))
    page = file.read_text("utf-8")
    assert "<title>Maps &amp; &lt;digits&gt;</title>" in page
    assert lender.html() in page
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["", "file/map.html", "nul\0.html"])
def test_a_page_that_cannot_be_saved_says_so(name: str, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="name a file in a folder") as caught:
        word_map().save(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_no_explorer_takes_a_number_that_is_none(number: float):
    """Pages could not hold it, and sliders would stand nowhere."""
    for explorer in (latent_map(), GaussianKL(), ReparameterizationExplorer()):
        for name, trait in explorer.traits(sync=True).items():
            value = getattr(explorer, name)
            if isinstance(trait, traitlets.Float):
                wrong = number
            elif value and isinstance(value, list) and isinstance(value[0], float):
                wrong = [number, *value[1:]]
            else:
                continue
            with pytest.raises(traitlets.TraitError):
                setattr(explorer, name, wrong)
            assert getattr(explorer, name) == value


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "nothing": (lambda: LatentMap(labels=LABELS), "either decoder and codes, or"),
    "no labels": (lambda: LatentMap(decoder(), CODES), "needs labels"),
    "3-D": (lambda: LatentMap(decoder(), np.ones((200, 3)), LABELS), r"\(200, 3\)"),
    "logits": (lambda: LatentMap(decoder()[:3], CODES, LABELS), "if these are logits"),
    "size": (lambda: alone(image_shape=(8, 8)), r"image_shape=\(8, 8\) has 64"),
    "forward": (lambda: LatentMap(Skip(), CODES, LABELS), "more than its layers"),
    "negative": (lambda: LatentMap(decoder(), CODES, LABELS - 1), "from 0, one for"),
    "halves": (lambda: LatentMap(decoder(), CODES, LABELS / 2), "whole numbers from 0"),
    "NaN": (lambda: LatentMap(decoder(), CODES * np.nan, LABELS), "NaN or infinity"),
    "names": (lambda: alone(class_names=["a"]), "10 classes but 1 class_names"),
    "twice": (lambda: WordMap(["a", "a"], np.eye(2), np.eye(2)), "twice"),
    "space": (lambda: WordMap(["a b", "c"], np.eye(2), np.eye(2)), "'a b' holds"),
    "shape": (lambda: WordMap(["a", "b"], np.eye(2), np.eye(3)), "not .2, 2. and"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_clear_sentence(mistake: str):
    call, sentence = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_layers_that_the_page_cannot_run_are_named():
    with pytest.raises(TypeError, match="this decoder has a ConvTranspose2d"):
        LatentMap(nn.ConvTranspose2d(1, 1, 2), CODES, LABELS)
    with pytest.raises(TypeError, match=r"not a method: pass the module itself"):
        LatentMap(decoder().forward, CODES, LABELS)


def nearest(vectors: np.ndarray, count: int = 5) -> list[set[int]]:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    return [set(row) for row in np.argsort(-cosines, axis=1)[:, :count]]


@pytest.mark.skipif(
    os.environ.get("COURSE_BUDGET") == "smoke",
    reason="NOT TESTED in the rehearsal: int8 word vectors against float32",
)
def test_int8_word_vectors_have_the_same_neighbours():
    """On the docstrings, as chapter 1 makes them, in its own small way."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import svds

    from course_utils.datasets import load_words

    words = 2500
    ids = load_words(words, quiet=True).ids.numpy()
    pairs = [(ids[:-k], ids[k:]) for k in (1, 2, 3)]
    i, j = (np.concatenate(side) for side in zip(*pairs, strict=True))
    counts = coo_matrix((np.ones(len(i)), (i, j)), (words, words)).tocsr()
    counts = (counts + counts.T).tocoo()
    often = np.asarray(counts.tocsr().sum(1)).ravel()
    pmi = np.log(counts.data * often.sum() / often[counts.row] / often[counts.col])
    ppmi = coo_matrix((pmi.clip(0), (counts.row, counts.col)), (words, words))
    u, s, _ = svds(ppmi.tocsr(), k=100, random_state=0)
    vectors = (u * np.sqrt(s)).astype("float32")
    exact, stored = nearest(vectors), nearest(as_stored(vectors, "int8"))
    shared = np.mean([len(a & b) / 5 for a, b in zip(exact, stored, strict=True)])
    same = np.mean([a == b for a, b in zip(exact, stored, strict=True)])
    print(f"five nearest: {shared:.1%} of them shared, all five for {same:.1%}")
    assert shared > 0.98
    assert same > 0.93
    names = [f"w{i}" for i in range(words)]
    size = len(WordMap(names, vectors, vectors[:, :2]).html())
    print(f"{size / 1000:.0f} kB on the page")
    assert size < 500_000
