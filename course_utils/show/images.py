"""Pictures made of many small images: one array, or rows with names."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import output

_GAP = 2  # pixels between two images of a row
_WIDEST = 640  # CSS pixels


def to_pixels(images: Any) -> np.ndarray:
    """Images as uint8 [N, H, W] (grey), [N, H, W, 3] (colour) or [N, H, W, 4] (RGBA).

    ``images`` is uint8, or float in [0, 1] (values outside are clipped), as an array or
    a tensor of one of these shapes or of [N, 1, H, W].

    Raises ValueError for another shape or type, and for values that are not numbers.
    """
    pixels = output.as_array(images)
    if pixels.ndim == 4 and pixels.shape[1] == 1:
        pixels = pixels[:, 0]
    if not (pixels.ndim == 3 or (pixels.ndim == 4 and pixels.shape[-1] in (3, 4))):
        raise ValueError(
            "Images have shape [N, H, W], [N, H, W, 3] or [N, H, W, 4], not "
            f"{list(pixels.shape)}: reshape them, for instance with "
            "x.reshape(-1, 28, 28)."
        )
    if pixels.dtype == np.uint8:
        return pixels
    if not np.issubdtype(pixels.dtype, np.floating):
        raise ValueError(
            f"Images are uint8 or floats in [0, 1], not {pixels.dtype}: convert them."
        )
    if not np.isfinite(pixels).all():
        raise ValueError("An image holds NaN or infinite values: look at its source.")
    return np.round(pixels.clip(0, 1) * 255).astype(np.uint8)


def montage(images: Any, columns: int, *, gap: int = 1, fill: int = 128) -> np.ndarray:
    """Lay N images out on a grid, row by row.

    Parameters
    ----------
    images : uint8, or float in [0, 1]; [N, H, W], [N, H, W, 3] or RGBA [N, H, W, 4].
    columns : images per row; the last row is filled up with ``fill``.
    gap, fill : pixels between two images, and their grey value; in RGBA transparent.

    Returns
    -------
    uint8 array [rows * (H + gap) - gap, columns * (W + gap) - gap], [..., 3 or 4].

    Raises
    ------
    ValueError : no image, no column, or what `to_pixels` refuses.
    """
    pixels = to_pixels(images)
    if columns < 1 or not len(pixels):
        raise ValueError("A montage needs at least one image and one column.")
    rows = -(-len(pixels) // columns)
    high, wide = (size + gap for size in pixels.shape[1:3])
    sheet = np.full(
        (rows * high - gap, columns * wide - gap, *pixels.shape[3:]), fill, np.uint8
    )
    if pixels.shape[3:] == (4,):
        sheet[..., 3] = 0
    for index, image in enumerate(pixels):
        top, left = high * (index // columns), wide * (index % columns)
        sheet[top : top + high - gap, left : left + wide - gap] = image
    return sheet


def image_rows(
    rows: Mapping[str, Any],
    *,
    alt: str,
    caption: str,
    columns: Sequence[str] | None = None,
) -> None:
    """Display named rows of images, one above the other, as many in each row.

    Parameters
    ----------
    rows : name of the row -> images, uint8 or float in [0, 1], [N, H, W(, 3 or 4)].
        Up to ten images in a row can be told apart on a phone. Transparent ones
        (RGBA) are shown in 256 colours, to be light.
    alt : what is to be seen.    caption : what to look for.
    columns : a short heading for each column.

    Raises
    ------
    ValueError : no alt or caption, or rows of different lengths or sizes.
    """
    alt = output.required(alt, "alt", "image_rows")
    caption = output.required(caption, "caption", "image_rows")
    pixels = {str(name): to_pixels(images) for name, images in rows.items()}
    if len({images.shape[:3] for images in pixels.values()}) != 1:
        shapes = ", ".join(f"{name} {list(x.shape)}" for name, x in pixels.items())
        raise ValueError(f"All rows need as many images of the same size: {shapes}.")
    n, _, wide = next(iter(pixels.values())).shape[:3]
    if columns is not None and len(columns) != n:
        raise ValueError(f"There are {n} columns of images but {len(columns)} names.")
    native = n * (wide + _GAP) - _GAP
    heading = ""
    if columns is not None:
        cells = "".join(f"<span>{output.inline(str(name))}</span>" for name in columns)
        layout = f"grid-template-columns:repeat({n},1fr);gap:{100 * _GAP / native:.4f}%"
        heading = f'<div class="lc-columns" style="{layout}">{cells}</div>'
    lines = "".join(
        f'<div class="lc-name">{output.inline(name)}</div>'
        f'<img src="{_source(images)}" alt="">'
        for name, images in pixels.items()
    )
    named = any(name.strip() for name in pixels)
    look = "lc-rows" if named else "lc-rows lc-unnamed"
    width = native * max(1, _WIDEST // native) + (110 if named else 0)
    content = (
        f'{output.style("show/images")}<div class="{look}" role="img" '
        f'aria-label="{output.attribute(alt)}" style="max-width:{width}px">'
        f"{heading}{lines}</div>"
    )
    names = ", ".join(pixels)
    text = f"[Rows of images ({names}): {alt}]\n{caption}"
    output.figure(content, caption, "images", text=text).show()


def _source(images: np.ndarray) -> str:
    """The address of a row's picture; if its images are transparent, a light one."""
    strip = _strip(images)
    return output.png(output.lighter(strip) if images.shape[3:] == (4,) else strip)


def _strip(images: np.ndarray) -> np.ndarray:
    """The images side by side with transparent gaps: uint8 RGBA [H, width, 4]."""
    n, high, wide = images.shape[:3]
    colours = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=-1)
    strip = np.zeros((high, n, wide + _GAP, 4), np.uint8)
    strip[:, :, :wide, 3] = 255
    strip[:, :, :wide, : colours.shape[-1]] = colours.transpose(1, 0, 2, 3)
    return strip.reshape(high, -1, 4)[:, : n * (wide + _GAP) - _GAP]
