"""Cartoon faces: every factor is in the image, where it belongs and nowhere else."""

import sys
from types import ModuleType

import pytest
import torch

from course_utils.datasets import faces, flatten, load, to_float
from course_utils.datasets.drawn import drawing
from course_utils.datasets.drawn.faces import FACTORS, draw, sample
from course_utils.runtime import seed_everything

# Which of the 32 rows a factor may change; the others change rows all over the image.
ROWS = {
    "smile": range(18, 30),
    "glasses": range(10, 22),
    "beard": range(15, 31),
    "eyes": range(8, 21),
}


@pytest.fixture(scope="module")
def people():
    """Factors of 150 faces."""
    return sample(150, seed=5)


def change(people, name):
    """What a factor does between its ends: float [n, 32, 32, 3], in grey levels."""
    low, high = (draw({**people, name: FACTORS[name][i]}).float() for i in (0, 1))
    return high - low


@pytest.fixture(scope="module")
def changes(people):
    """What each factor does to these faces."""
    return {name: change(people, name) for name in FACTORS}


def test_same_factors_same_faces_and_no_trace(people):
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    first, again = draw(people), draw(people)
    assert torch.equal(first, again)
    assert first.shape == (150, 32, 32, 3) and first.dtype == torch.uint8
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    one = draw({name: value[7] for name, value in people.items()})
    assert torch.equal(one[0], first[7]), "a face depends on its neighbours"


def test_same_seed_same_people_but_for_what_is_fixed():
    some, bearded, others = sample(50, seed=3), sample(50, seed=3, beard=1), sample(50)
    assert (bearded.pop("beard") == 1).all()
    assert all(torch.equal(some[name], value) for name, value in bearded.items())
    assert not torch.equal(some["skin"], others["skin"])


def test_any_number_can_be_drawn():
    for n in (0, 1, 101):
        assert draw(sample(n)).shape == (n, 32, 32, 3)
    assert draw({}).shape == (1, 32, 32, 3)
    assert draw({"smile": [-1, 0, 1]}).shape == (3, 32, 32, 3)


def test_factors_are_even_and_independent():
    factors = sample(5000)
    assert list(factors) == list(FACTORS)
    for name, values in factors.items():
        low, high, usual, _, binary = FACTORS[name]
        assert low <= usual <= high and values.dtype == torch.float32
        assert abs(values.mean() - (low + high) / 2) < 0.03
        assert values.min() < low + 0.01 and values.max() > high - 0.01
        assert (len(values.unique()) == 2) == binary
    together = torch.corrcoef(torch.stack(list(factors.values())))
    assert (together - torch.eye(len(factors))).abs().max() < 0.06


@pytest.mark.parametrize("seed", [0, 1])
def test_factors_share_no_random_numbers_with_the_global_stream(seed):
    factors = torch.stack(list(sample(2000, seed=seed).values()))
    seed_everything(seed)
    fresh = torch.rand(len(factors), 2000)
    together = torch.corrcoef(torch.cat([factors, fresh]))
    assert together[: len(factors), len(factors) :].abs().max() < 0.12


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_seen_in_every_face(changes, name):
    seen = changes[name].abs().amax((1, 2, 3))
    assert seen.min() > 20 and seen.quantile(0.05) > 40


@pytest.mark.parametrize("name", ROWS)
def test_a_factor_changes_its_rows_only(changes, name):
    rows = changes[name].abs().amax((0, 2, 3)).nonzero()[:, 0]
    assert rows.min() in ROWS[name] and rows.max() in ROWS[name]


def test_background_hair_and_skin_keep_their_places(people, changes):
    front = {**people, "yaw": 0}
    face = slice(12, 20), slice(13, 19)  # between forehead and mouth
    assert (change(front, "background")[:, *face] == 0).all()
    assert (change(front, "hair_colour")[:, 13:15, 14:18] == 0).all()
    corner = slice(0, 3), slice(0, 3)
    for name in FACTORS:
        still = (changes[name][:, *corner] == 0).all()
        assert still == (name != "background"), name
    short = change({**people, "hair_length": 0}, "yaw")
    assert (short[:, 30:, :4] == 0).all(), "the shirt must not turn with the head"


def test_a_face_turned_left_mirrors_a_face_turned_right(people):
    right, left = draw(people), draw({**people, "yaw": -people["yaw"]})
    difference = (right.float() - left.flip(2).float()).abs().mean((1, 2, 3))
    assert difference.max() < 2  # the light in the eyes comes from one side


def test_glasses_and_mouth_move_with_the_head(people):
    """Their centre, measured by what they change, goes right as the yaw grows."""
    columns = torch.arange(32) - 15.5
    for name in ("glasses", "smile"):
        places = []
        for yaw in (-1, -0.5, 0, 0.5, 1):
            ink = change({**people, "yaw": yaw}, name).abs().sum((1, 3))
            places.append((ink @ columns) / ink.sum(1))
        steps = torch.stack(places).diff(dim=0)
        assert steps.min() > 0.4, name
        assert places[2].abs().max() < 0.5


def test_glasses_are_seen_on_all_skins(people, changes):
    """On the darkest fifth as on the lightest: a frame, and lenses."""
    band = changes["glasses"][:, 10:22].abs().mean((1, 2, 3))
    for part in (people["skin"] < 0.2, people["skin"] > 0.8):
        assert band[part].min() > 8
    frame = change({**people, "skin": 0}, "glasses")[:, 10:22].amin((1, 2, 3))
    assert frame.max() < -40


def test_only_a_smile_shows_teeth(people):
    def white(smile):
        mouths = draw({**people, "smile": smile, "beard": 0, "skin": 0})[:, 19:29]
        return (mouths.amin(-1) > 200).sum((1, 2))

    assert (white(-1) == 0).all() and (white(0) == 0).all()
    assert (white(1) >= 4).all()


def test_every_factor_can_be_read_from_the_pixels():
    """A linear readout (ridge) from 1,500 faces explains most of each on 500 others."""
    factors = sample(2000, seed=1)
    pixels = flatten(to_float(draw(factors)))
    truth = torch.stack(list(factors.values()), dim=1)
    pixels, truth = pixels - pixels[:1500].mean(0), truth - truth[:1500].mean(0)
    known = pixels[:1500]
    weights = torch.linalg.solve(known @ known.T + 3 * torch.eye(1500), truth[:1500])
    missed = truth[1500:] - pixels[1500:] @ known.T @ weights
    explained = 1 - missed.square().mean(0) / truth[1500:].square().mean(0)
    assert explained.min() > 0.8, dict(zip(factors, explained.tolist(), strict=True))


def test_halves_lie_between(people):
    none, half, full = (draw({**people, "glasses": share}) for share in (0, 0.5, 1))
    low, high = torch.minimum(none, full), torch.maximum(none, full)
    outside = (half < low.float() - 25) | (half > high.float() + 25)
    assert not outside.any()
    assert not torch.equal(half, none) and not torch.equal(half, full)


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        ({"moustache": 1}, 'no factor "moustache"; there are yaw, smile, glasses'),
        ({"smile": 1.01}, '"smile" lies between -1 and 1'),
        ({"skin": torch.tensor([0.2, float("nan")])}, '"skin" lies between 0 and 1'),
        ({"yaw": [0, 1, 0], "eyes": [0, 1]}, r"yaw is \[3\] and \w+ \[\d\]"),
        ({"yaw": torch.zeros(2, 2)}, r"yaw \[2, 2\]"),
    ],
)
def test_what_no_face_has_is_refused_in_one_sentence(factors, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        draw(factors)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=sentence):
        sample(3, **factors)


# The data set


@pytest.fixture
def few(monkeypatch, tmp_path):
    """60 + 30 faces and an empty cache."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(faces, "TRAIN", 60)
    monkeypatch.setattr(faces, "TEST", 30)


def test_loaded_faces_are_those_their_factors_draw(few, capsys):
    data = load("faces")
    assert capsys.readouterr().out == (
        "Cartoon faces · 60 + 30 images of 32×32 · asked for by name · CC BY 4.0\n"
    )
    for images, labels, factors in [
        (data.train_images, data.train_labels, data.train_factors),
        (data.test_images, data.test_labels, data.test_factors),
    ]:
        assert list(factors) == list(FACTORS)
        assert torch.equal(draw(factors), images)
        assert labels.dtype == torch.int64
        assert torch.equal(labels, factors["glasses"].long())
    assert data.class_names == ("without glasses", "with glasses")
    assert not torch.equal(data.train_images[:30], data.test_images)


def test_drawn_once_then_kept(few, monkeypatch):
    first = load("faces", quiet=True)

    def again(factors):
        raise AssertionError("drawn a second time")

    monkeypatch.setattr(faces, "draw", again)
    second = load("faces", quiet=True)
    assert torch.equal(first.train_images, second.train_images)
    assert torch.equal(first.test_factors["yaw"], second.test_factors["yaw"])


def test_a_change_of_the_code_draws_anew(monkeypatch, tmp_path):
    module = ModuleType("a_painter")
    module.__file__ = str(tmp_path / "a_painter.py")
    monkeypatch.setitem(sys.modules, "a_painter", module)
    versions = []
    for code in ("red", "blue", "red"):
        (tmp_path / "a_painter.py").write_text(code)
        versions.append(drawing.version(["a_painter"]))
    assert versions[0] == versions[2] != versions[1]
