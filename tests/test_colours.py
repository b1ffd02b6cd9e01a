"""The colours' promises, as style.py makes them, measured."""

import numpy as np
import pytest

import course_utils as cu


def matrix(numbers: str) -> np.ndarray:
    return np.array(numbers.split(), float).reshape(3, 3)


# What complete dichromats see, in linear RGB (Machado, Oliveira & Fernandes 2009)
VISIONS = {
    "normal": np.eye(3),
    "protan": matrix("0.152 1.053 -0.205  0.115 0.786 0.099  -0.004 -0.048 1.052"),
    "deutan": matrix("0.367 0.861 -0.228  0.280 0.673 0.047  -0.012 0.043 0.969"),
    "tritan": matrix("1.256 -0.077 -0.179  -0.078 0.931 0.148  0.005 0.691 0.304"),
}
# OKLab (B. Ottosson, 2020)
TO_CONES = matrix("0.4122 0.5363 0.0514  0.2119 0.6807 0.1074  0.0883 0.2817 0.6300")
TO_LAB = matrix("0.2105 0.7936 -0.0041  1.9780 -2.4286 0.4506  0.0259 0.7828 -0.8087")


def linear(colours) -> np.ndarray:
    """Hexadecimal colours as linear RGB [N, 3]."""
    rgb = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours]
    rgb = np.array(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB [N, 3] as OKLab x 100."""
    return 100 * np.cbrt(rgb.clip(0, 1) @ TO_CONES.T) @ TO_LAB.T


def contrasts(colours, page: str) -> np.ndarray:
    """WCAG contrast of each colour with a page."""
    luminance = linear([*colours, page]) @ (0.2126, 0.7152, 0.0722) + 0.05
    ratio = luminance[:-1] / luminance[-1]
    return np.maximum(ratio, 1 / ratio)


@pytest.mark.parametrize("vision", VISIONS)
def test_ten_classes_can_be_told_apart(vision):
    seen = oklab(linear(cu.DIGIT_COLOURS) @ VISIONS[vision].T)
    apart = np.linalg.norm(seen[:, None] - seen, axis=-1) + 99 * np.eye(10)
    assert apart.min() >= (14 if vision == "normal" else 9)
    for alike in ([4, 7, 9], [3, 5, 8]):
        assert apart[np.ix_(alike, alike)].min() >= 11


@pytest.mark.parametrize("page", ["#ffffff", "#14161c"])
def test_colours_stand_out_on_light_and_dark_pages(page):
    assert contrasts(cu.DIGIT_COLOURS, page).min() >= 3
    assert contrasts(cu.MODEL_COLOURS.values(), page).min() >= 3
    assert contrasts([cu.INK], page)[0] >= 4


def test_every_model_has_a_marker_of_its_own():
    assert cu.MODEL_MARKERS.keys() == cu.MODEL_COLOURS.keys()
    assert len(set(cu.MODEL_MARKERS.values())) == len(cu.MODEL_MARKERS)
