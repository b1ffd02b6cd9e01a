"""A little film of images: one picture with all frames, and a player for it."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import output
from .images import to_pixels

_WIDEST = 560  # CSS pixels
_LARGEST_SHEET = 16_000_000  # pixels; phones refuse to decode larger pictures


def player(
    frames: Any,
    *,
    alt: str,
    caption: str,
    labels: Sequence[str] | None = None,
    fps: float = 12,
    start: int = 0,
    width: int | None = None,
) -> None:
    """Display frames as a film to play, to stop, and to leaf through with the slider.

    It never starts by itself. Where scripts do not run, the frame ``start`` shows.

    Parameters
    ----------
    frames : uint8, or float in [0, 1]; [T, H, W], [T, H, W, 3] or RGBA [T, H, W, 4],
        which is shown in 256 colours, to be light.
    alt : what is to be seen, and how it changes.    caption : what to look for.
    labels : a line for each frame, such as "k = 12 components, error 9.1".
    fps : frames per second.
    start : the frame shown first.
    width : greatest width on the page, in CSS pixels; if None, the largest whole
        multiple of W up to 560.

    Raises
    ------
    ValueError : no alt or caption, labels that do not match, or too many pixels.
    """
    alt = output.required(alt, "alt", "player")
    caption = output.required(caption, "caption", "player")
    pixels = to_pixels(frames)
    total, high, wide = pixels.shape[:3]
    if not 0 <= start < total:
        raise ValueError(f"There is no frame {start} among {total}.")
    labels = labels or [f"frame {i + 1} of {total}" for i in range(total)]
    if len(labels) != total:
        raise ValueError(f"There are {total} frames but {len(labels)} labels.")
    columns = math.ceil(math.sqrt(total * high / wide))
    sheet = sprite(pixels, columns)
    picture = output.png(output.lighter(sheet))
    left, top = start % columns, start // columns
    # Without the script, the stage is a window on one frame of the sheet.
    up = -100 * top * high / wide
    place = f"width:{100 * columns}%;margin:{up:.6g}% 0 0 {-100 * left}%"
    width = width or wide * max(1, _WIDEST // wide)
    data = f'data-high="{high}" data-wide="{wide}" data-columns="{columns}"'
    if pixels.shape[3:] == (4,):  # a shaded picture, whose pixels nobody wants to see
        data += " data-smooth"
    lines = [output.attribute(str(label)) for label in labels]
    content = (
        f"{output.style('show/player')}"
        f'<div class="lc-film" style="max-width:{width}px" {data} data-fps="{fps:g}">'
        f'<div class="lc-stage" style="aspect-ratio:{wide}/{high}">'
        f'<img alt="{output.attribute(alt)}" style="{place}" src="{picture}">'
        f"</div>"
        f'<div class="lc-controls" hidden>'
        f'<button type="button" {output.OWN_KEYS}>Play</button>'
        f'<input type="range" aria-label="Frame" {output.OWN_KEYS} '
        f'min="0" max="{total - 1}" value="{start}"></div>'
        f'<p class="lc-label">{lines[start]}</p>'
        f'<ol hidden class="lc-labels"><li>{"</li><li>".join(lines)}</li></ol></div>'
    )
    script = f"<script>{output.asset('show/player.js')}</script>"
    text = f"[Film of {total} frames: {alt}]\n{caption}"
    output.figure(content, caption, "player", text=text, tail=script).show()


def sprite(frames: np.ndarray, columns: int) -> np.ndarray:
    """All frames [T, H, W(, 3 or 4)] on one sheet, row by row, ``columns`` to a row.

    Raises ValueError if the sheet is larger than phones can show.
    """
    total, high, wide = frames.shape[:3]
    rows = math.ceil(total / columns)
    if rows * high * columns * wide > _LARGEST_SHEET:
        raise ValueError(
            f"{total} frames of {wide} x {high} are more than a phone can show: "
            "take every second frame, or fewer or smaller images."
        )
    sheet = np.zeros((rows * high, columns * wide, *frames.shape[3:]), np.uint8)
    for i, frame in enumerate(frames):
        top, left = i // columns * high, i % columns * wide
        sheet[top : top + high, left : left + wide] = frame
    return sheet
