"""Arrays as few bytes for a page, which page.js unpacks."""

from typing import Any, Literal

import numpy as np

from ..show import output

Stored = Literal["float32", "float16", "int8", "uint8"]


def as_array(values: Any) -> np.ndarray:
    """A float32 array from a tensor on any device, an array or nested lists."""
    return output.as_array(values).astype("float32")


def quantise(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One scale per row and int8 values: [N, D] → float32 [N], int8 [N, D].

    The error of a value is at most half its row's scale, the row's largest / 254.
    """
    scales = np.abs(rows).max(1).clip(1e-12) / 127
    return scales.astype("float32"), np.round(rows / scales[:, None]).astype("int8")


def as_stored(array: np.ndarray, stored: Stored) -> np.ndarray:
    """The float32 values that the page will hold, rounding included."""
    if stored == "int8" and array.ndim == 2:
        scales, values = quantise(array)
        return scales[:, None] * values
    if stored == "uint8":
        return (_grey_levels(array) / np.float32(255)).astype("float32")
    return array.astype("float32" if stored == "float32" else "float16").astype(
        "float32"
    )


def _grey_levels(array: np.ndarray) -> np.ndarray:
    """Pixels in [0, 1] as whole numbers to 255, as image files hold them."""
    return np.round(array * 255).astype("uint8")


def _parts(array: np.ndarray, kind: Stored) -> tuple[np.ndarray, ...]:
    """What to write, one after the other."""
    if kind == "int8":
        return quantise(array)
    return (_grey_levels(array) if kind == "uint8" else array.astype(kind),)


def pack(arrays: dict[str, tuple[np.ndarray, Stored]]) -> tuple[bytes, list[dict]]:
    """Arrays as one string of bytes, and the table of where each one lies.

    In int8 a matrix is its rows' scales, then its values; a vector stays float16.
    Images in [0, 1] that were made of uint8 keep every pixel in "uint8".
    """
    data, table = bytearray(), []
    for name, (array, stored) in arrays.items():
        kind = "float16" if stored == "int8" and array.ndim == 1 else stored
        data.extend(bytes(-len(data) % 4))  # typed arrays in the page start at such
        table.append(
            {"name": name, "stored": kind, "shape": list(array.shape), "at": len(data)}
        )
        with np.errstate(over="ignore"):  # the next lines say it better
            parts = _parts(array, kind)
        if not all(np.isfinite(part).all() for part in parts):
            raise ValueError(
                f"{name} holds values that {kind} cannot: NaN, infinity or beyond "
                "65,504. Look at the training, or store it as float32."
            )
        for part in parts:
            data.extend(part.tobytes())
    return bytes(data), table
