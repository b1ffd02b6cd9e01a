"""From noise to digit, seen from Python: ways, guidance, time, words."""

import math

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from course_utils.explorers import NoiseToDigit

SIZE, CLASSES = 4, 3
RNG = np.random.default_rng(0)
LABELS = np.arange(30) % CLASSES
CODES = RNG.normal(size=(30, SIZE)) + 2 * np.eye(SIZE)[LABELS]


def chain(inputs: int, outputs: int, seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(inputs, 16), nn.ReLU(), nn.Linear(16, outputs))


FLOW = chain(SIZE + 2 + CLASSES, SIZE, seed=1)
DECODER = nn.Sequential(*chain(SIZE, 36), nn.Sigmoid())


def noise_to_digit(flow: nn.Module = FLOW, **options) -> NoiseToDigit:
    options = {"stored": "float32", "image_shape": (6, 6)} | options
    return NoiseToDigit(flow, DECODER, CODES, LABELS, "abc", **options)


@torch.no_grad()
def by_torch(explorer: NoiseToDigit) -> torch.Tensor:
    z = torch.tensor(explorer.paths()["cloud"][0]).float()

    def velocity(card: int, t: float) -> torch.Tensor:
        told = torch.zeros(len(z), 2 + CLASSES)
        told[:, 0], told[:, 1 + card] = t, 1
        return FLOW(torch.cat([z, told], 1))

    for k in range(16):
        free = velocity(CLASSES, k / 16)
        if explorer.asked >= 0:
            told = velocity(explorer.asked, k / 16)
            free = torch.lerp(free, told, explorer.guidance)
        z = z + free / 16
    return z


@pytest.mark.parametrize(("asked", "w"), [(-1, 1.0), (0, 1.0), (2, 3.0), (1, 0.0)])
def test_the_cloud_flows_as_torch_says(asked: int, w: float):
    explorer = noise_to_digit(asked=asked, guidance=w)
    end = explorer.paths()["cloud"][-1]
    np.testing.assert_allclose(end, by_torch(explorer), atol=1e-5)


def test_a_steady_velocity_carries_everything_as_far():
    still = nn.Sequential(nn.Linear(SIZE + 2 + CLASSES, SIZE))
    with torch.no_grad():
        still[0].weight.zero_()
        still[0].bias.copy_(torch.arange(4.0))
    ways = noise_to_digit(still).paths()
    for way in ways.values():
        moved = way[-1] - way[0]
        np.testing.assert_allclose(moved, np.broadcast_to(np.arange(4), moved.shape))


def test_the_noise_is_standard_and_the_start_is_the_readers():
    explorer = noise_to_digit(start=(1.0, -0.5))
    cloud = explorer.paths()["cloud"][0]
    assert cloud.mean() == pytest.approx(0, abs=4 / math.sqrt(cloud.size))
    assert cloud.std() == pytest.approx(1, abs=0.15)
    places = []
    for roll in range(9):
        explorer.roll = roll
        own = explorer.paths()["own"][0]
        np.testing.assert_allclose(explorer.plane @ own, [1, -0.5], atol=1e-5)
        places.append(own)
    assert not np.allclose(places[0], places[1])
    np.testing.assert_array_equal(places[0], places[8])


def test_the_plane_is_orthonormal_and_shows_the_classes():
    explorer = noise_to_digit()
    plane = explorer.plane
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-6)
    assert all(row[np.abs(row).argmax()] > 0 for row in plane)
    means = [explorer.dots[explorer.labels == k].mean(0) for k in range(CLASSES)]
    assert np.ptp(means, axis=0).min() > 0.5


def test_time_moves_along_the_way():
    explorer, way = noise_to_digit(), noise_to_digit().paths()["own"]
    for time, place in ((0, way[0]), (1, way[16]), (0.28125, (way[4] + way[5]) / 2)):
        explorer.time = time
        np.testing.assert_allclose(explorer.now()["own"], place)
    names = ["now", "t = 0", "t = 0.25", "t = 0.5", "t = 0.75", "t = 1"]
    assert list(explorer.decode()) == names


def test_the_still_picture_says_where_it_stands():
    assert "at time 0.50 on their way" in noise_to_digit(time=0.5).describe()
    assert "without a label" in noise_to_digit().describe()
    told = noise_to_digit(asked=1, guidance=2.5).describe()
    assert "asked for b with guidance 2.5" in told
    assert noise_to_digit().html() == noise_to_digit().html()


def test_out_of_reach():
    with pytest.raises(traitlets.TraitError, match="class number 3; they go from 0"):
        noise_to_digit(asked=3)
    for wrong in ({"time": 1.5}, {"guidance": -1}, {"start": [0, np.nan]}):
        with pytest.raises(traitlets.TraitError):
            noise_to_digit(**wrong)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: noise_to_digit(chain(8, SIZE)), "are 9"),
        (
            lambda: NoiseToDigit(FLOW, DECODER, CODES[:9], LABELS, "abc"),
            r"shape \(9, 4\) for 30 labels",
        ),
        (lambda: NoiseToDigit(FLOW, DECODER, CODES, LABELS * 0, "abc"), "two classes"),
    ],
)
def test_mistakes_get_one_clear_sentence(call, sentence: str):
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)
