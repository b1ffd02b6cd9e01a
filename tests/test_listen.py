"""Sounds on a page: small files, named, silent until asked."""

import base64
import io
import re
import wave

import numpy as np
import pytest
import torch
from markup import check, displayed

import course_utils as cu

WAVE = 0.2 * np.sin(np.arange(3968) / 5)


def files(html: str) -> list[tuple[int, np.ndarray]]:
    """Rate and samples in [−1, 1] of each clip."""
    found = []
    for data in re.findall(r"data:audio/wav;base64,([^\"]+)", html):
        with wave.open(io.BytesIO(base64.b64decode(data))) as file:
            assert file.getnchannels() == 1 and file.getsampwidth() == 1
            samples = np.frombuffer(file.readframes(10**6), np.uint8)
            found.append((file.getframerate(), (samples - 128.0) / 127))
    return found


def test_a_clip_is_the_wave_as_loud_as_can_be():
    clips = {"Otto": WAVE, "Mimi < Vera": torch.tensor(WAVE[:1001] / 2)}
    output = displayed(cu.listen, clips, caption="Two **voices**.")
    check(output.html)
    (rate, first), (_, second) = files(output.html)
    assert rate == 8000
    np.testing.assert_allclose(first, WAVE / WAVE.max(), atol=0.006)
    np.testing.assert_allclose(second, WAVE[:1001] / WAVE.max() / 2, atol=0.006)
    assert "autoplay" not in output.html
    assert output.html.count('preload="metadata"') == 2
    assert 'aria-label="Mimi &lt; Vera, 0.1 s"' in output.html
    assert output.text.splitlines()[0] == "[Sound: Otto, 0.5 s]"
    assert len(output.html) < 9000


def test_silence_stays_silent():
    output = displayed(cu.listen, {"nothing": np.zeros(8)}, caption="Hush.")
    assert (files(output.html)[0][1] == 0).all()


@pytest.mark.parametrize(
    ("clips", "caption", "sentence"),
    [
        ({"a": WAVE}, " ", "listen needs caption"),
        ({}, "Hear.", "give at least one clip"),
        ({"two": WAVE[None]}, "Hear.", r'"two" has shape \(1, 3968\)'),
        ({"bad": WAVE * np.nan}, "Hear.", '"bad" has shape'),
    ],
)
def test_what_cannot_be_heard_is_refused(clips, caption, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        cu.listen(clips, caption=caption)
    assert "\n" not in str(caught.value)
