"""Sounds on a page: a button to play for each, which nothing starts by itself."""

import base64
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import output


def listen(clips: Mapping[str, Any], *, caption: str, rate: int = 8_000) -> None:
    """Display sounds, each beside its name, with the browser's own controls.

    A clip is a WAV file of 8 bits in the page: 5 kB for half a second. All are made
    louder alike, until the loudest is as loud as can be.

    Parameters
    ----------
    clips : name -> wave [samples], floats around 0.
    caption : what to listen for.
    rate : samples per second.

    Raises
    ------
    ValueError : no caption, no clips, or a wave that is none.
    """
    caption = output.required(caption, "caption", "listen")
    waves = {name: _wave(name, clip) for name, clip in clips.items()}
    if not waves:
        raise ValueError("There is nothing to listen to: give at least one clip.")
    loudest = max(float(np.abs(wave).max()) for wave in waves.values()) or 1.0
    rows, said = "", []
    for name, wave in waves.items():
        seconds = f"{len(wave) / rate:.1f} s"
        data = base64.b64encode(_wav(wave / loudest, rate)).decode()
        rows += (
            f'<li><span aria-hidden="true">{output.inline(name)}</span>'
            f'<audio controls preload="metadata" {output.OWN_KEYS} '
            f'aria-label="{output.attribute(f"{name}, {seconds}")}" '
            f'src="data:audio/wav;base64,{data}"></audio></li>'
        )
        said.append(f"[Sound: {name}, {seconds}]")
    output.figure(
        f'{output.style("show/audio")}<ul class="lc-clips">{rows}</ul>',
        caption,
        "sound",
        text="\n".join([*said, caption]),
    ).show()


def _wave(name: str, clip: Any) -> np.ndarray:
    """A clip as float64 [samples]."""
    wave = output.as_array(clip).astype(float)
    if wave.ndim != 1 or not wave.size or not np.isfinite(wave).all():
        raise ValueError(
            f'The clip "{name}" has shape {wave.shape}: give finite numbers in one '
            "row, [samples]."
        )
    return wave


def _wav(wave: np.ndarray, rate: int) -> bytes:
    """A wave in [−1, 1] as a WAV file: one channel, 8 bits, silence is 128."""
    data = (128 + 127 * wave).round().astype(np.uint8).tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    body += bytes(len(data) % 2)
    return struct.pack("<4sI", b"RIFF", len(body)) + body
