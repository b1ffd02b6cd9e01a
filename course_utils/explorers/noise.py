"""The pseudo-random numbers of noise.js, so that Python can say what a page shows."""

import numpy as np


def uniform_noise(seed: int, count: int) -> np.ndarray:
    """``count`` uniform numbers in (0, 1), float64 [count], as in noise.js.

    The generator is mulberry32 (Tommy Ettinger, public domain), which browsers can
    compute exactly.
    """
    steps = np.arange(1, count + 1, dtype=np.uint64)
    state = (np.uint64(seed) + steps * np.uint64(0x6D2B79F5)) & np.uint64(0xFFFFFFFF)
    bits = _times(state ^ (state >> 15), state | 1)
    bits ^= (bits + _times(bits ^ (bits >> 7), bits | 61)) & np.uint64(0xFFFFFFFF)
    return ((bits ^ (bits >> 14)) + 0.5) / 2**32


def normal_noise(seed: int, count: int) -> np.ndarray:
    """``count`` standard normal numbers, float64 [count]: Box and Muller's method."""
    uniform = uniform_noise(seed, 2 * count)
    radius = np.sqrt(-2 * np.log(uniform[::2]))
    return radius * np.cos(2 * np.pi * uniform[1::2])


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The lower 32 bits of a product, as JavaScript's Math.imul."""
    return (a * b) & np.uint64(0xFFFFFFFF)
