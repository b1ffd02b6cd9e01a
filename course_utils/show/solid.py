"""A solid, given on a grid of voxels, as a shaded picture."""

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from scipy.ndimage import map_coordinates

from . import output

CLAY = "#e8946a"  # readable on a white page and on a dark one
_STEP = 0.5  # voxels from one sample on a ray to the next
_LIGHT = np.array([-0.45, -0.65, -0.6]) / np.linalg.norm([0.45, 0.65, 0.6])
_AMBIENT = 0.5  # of the light comes from everywhere


def render_solid(
    volume: Any,
    *,
    yaw: float = -30,
    pitch: float = 25,
    size: int = 96,
    colour: str = CLAY,
) -> np.ndarray:
    """Render a solid as seen from far away, lit from the upper left.

    Parameters
    ----------
    volume : [depth, row, column], an array or a tensor; uint8, with the surface at 128,
        or float, at 0.5. Larger values are inside.
    yaw, pitch : degrees; how far the solid turns to the right, and how far we look down
        on it. At 0 and 0 we see rows and columns as in an image.
    size : width and height of the picture in pixels, at least 8.
    colour : of the solid, as matplotlib names it.

    Returns
    -------
    uint8 RGBA [size, size, 4], transparent round the solid. Several of them, stacked,
    are images for `image_rows`, `montage` and `player`.

    Raises ValueError for volumes of another shape or with values that are no numbers.
    """
    values = _values(volume)
    start, across, down, ahead = _camera(values.shape, yaw, pitch, size)
    steps = int(np.ceil(np.linalg.norm(values.shape) / _STEP))
    pixels = np.arange(size) + 0.5
    outer = np.multiply.outer
    near = outer(down, pixels)[:, :, None] + outer(across, pixels)[:, None]
    near += start[:, None, None]  # [3, size, size], where each pixel's ray begins
    rays = near[..., None] + outer(ahead, np.arange(steps) * _STEP)[:, None, None]
    along = _sample(values, rays)  # [size, size, steps]
    points = near + outer(ahead, _surface(along))
    slope = _gradient(values, points)
    steep = np.linalg.norm(slope, axis=0) + 1e-6
    normal = -slope / steep
    pixel = np.linalg.norm(across)  # voxels
    light = _LIGHT @ np.stack([across / pixel, down / pixel, ahead])
    lambert = np.tensordot(light, normal, 1).clip(0)
    shade = _AMBIENT + (1 - _AMBIENT) * lambert
    # At the outline, the share of the pixel that the solid covers.
    cover = (along.max(-1) - 0.5) / (steep * pixel) + 0.5
    picture = np.empty((size, size, 4))
    picture[..., :3] = np.array(to_rgb(colour)) * shade[..., None]
    picture[..., 3] = cover.clip(0, 1)
    picture[cover <= 0] = 0
    return np.round(255 * picture.clip(0, 1)).astype(np.uint8)


def _values(volume: Any) -> np.ndarray:
    values = output.as_array(volume)
    if values.ndim != 3:
        raise ValueError(
            f"A solid has shape [depth, row, column], not {list(values.shape)}: "
            "render one at a time."
        )
    if values.dtype == np.uint8:
        return (values.astype(np.float32) - 128) / 255 + 0.5
    if not np.issubdtype(values.dtype, np.floating) or not np.isfinite(values).all():
        raise ValueError("A solid's values are uint8, or finite floats.")
    return values.astype(np.float32)


def _camera(
    shape: tuple[int, ...], yaw: float, pitch: float, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where rays start, one pixel to the right, one down, one voxel ahead: voxels."""
    turn, tilt = np.radians([yaw, pitch])
    # In order depth, row, column.
    across = np.array([-np.sin(turn), 0, np.cos(turn)])
    level = np.array([np.cos(turn), 0, np.sin(turn)])
    ahead = np.cos(tilt) * level + np.sin(tilt) * np.array([0, 1, 0])
    down = np.cos(tilt) * np.array([0, 1, 0]) - np.sin(tilt) * level
    wide = 1.14 * max(shape)  # of the picture, voxels
    far = np.linalg.norm(shape) / 2
    middle = (np.array(shape) - 1) / 2
    start = middle - far * ahead - wide / 2 * (across + down)
    return start, across * wide / size, down * wide / size, ahead


def _sample(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    return map_coordinates(values, points, order=1, mode="constant", cval=0)


def _surface(along: np.ndarray) -> np.ndarray:
    """How far along each ray the surface is; if it misses, where it comes nearest."""
    inside = along > 0.5
    hit = inside.any(-1)
    index = np.where(hit, inside.argmax(-1), along.argmax(-1))
    at = np.take_along_axis(along, index[..., None], -1)[..., 0]
    before = np.take_along_axis(along, (index - 1).clip(0)[..., None], -1)[..., 0]
    back = np.where(hit & (index > 0), (at - 0.5) / np.maximum(at - before, 1e-6), 0)
    return (index - back) * _STEP


def _gradient(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Change per voxel along each axis, at points [3, H, W], over a distance of 2."""
    slopes = []
    for axis in range(3):
        shift = np.zeros((3, 1, 1))
        shift[axis] = 1
        ahead, back = _sample(values, points + shift), _sample(values, points - shift)
        slopes.append((ahead - back) / 2)
    return np.stack(slopes)
