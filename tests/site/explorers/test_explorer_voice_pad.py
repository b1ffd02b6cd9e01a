"""Voices on a pad in a browser: what it shows, and what it plays when asked."""

import re

import numpy as np
import pytest
import torch
from decoder_samples import difference, pictures, position, touch_drag, voice_pad
from playwright.sync_api import Page, expect

from course_utils import sound
from course_utils.explorers.base import asset
from course_utils.explorers.noise import uniform_noise

# Keeps what would be played, and how many AudioContexts are open.
RECORDER = """() => {
window.played = [];
window.opened = 0;
window.AudioContext = class {
  constructor() { window.opened++; }
  resume() {}
  close() { window.opened--; }
  createBuffer(channels, samples, rate) {
    return { rate, copyToChannel(data) { this.data = [...data]; } };
  }
  createBufferSource() {
    return { connect() {}, stop() {},
      start() { played.push([this.buffer.rate, this.buffer.data]); } };
  }
};
}"""


def record(page: Page) -> Page:
    """From now on the page plays into a list."""
    page.evaluate(RECORDER)
    return page


def heard(page: Page, count: int) -> np.ndarray:
    """The last of ``count`` waves that the page has played."""
    page.wait_for_function(f"played.length >= {count}")
    played = page.evaluate("played")
    assert len(played) == count
    assert played[-1][0] == sound.RATE
    return np.array(played[-1][1])


def as_loud(wave: np.ndarray) -> np.ndarray:
    return wave * min(10, 0.1 / np.sqrt((wave**2).mean()))


@pytest.mark.parametrize("stored", ["float32", "int8"])
def test_hand_and_keys_move_the_voice(visit, stored: str):
    explorer = voice_pad(stored, z=[0, 0])
    page = visit(explorer).page
    pad = page.get_by_role("slider")
    box = pad.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    for key in ("ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    where = page.locator(".lc-where")
    expect(where).to_have_text(re.compile(r"z = \(1\.[34]., 0\.[56].\), nearest to "))
    page.get_by_label("three").check()
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    left, bottom = position(pad)
    explorer.z, explorer.word = [6 * left / 100 - 3, 6 * bottom / 100 - 3], 2
    worst = difference(pictures(page)["spectrogram"], explorer.decode())
    assert worst <= 0.01 + 2 * explorer.rounding


def test_it_is_silent_until_asked_and_plays_what_it_shows(visit):
    explorer = voice_pad(z=[1, -1], word=1)
    page = record(visit(explorer).page)
    pad = page.get_by_role("slider")
    pad.press("ArrowLeft")
    pad.press("ArrowRight")
    page.get_by_label("two").check()
    page.wait_for_timeout(500)
    assert page.evaluate("[opened, played.length]") == [0, 0]
    page.get_by_role("button", name="Play").click()
    wave, expected = heard(page, 1), as_loud(explorer.hear())
    off = np.sqrt(((wave - expected) ** 2).mean()) / 0.1
    print(f"the wave differs by {off:.4f} of its loudness")
    assert off < 0.1  # the page's inverse is float16; the next test has none
    assert np.sqrt((wave**2).mean()) == pytest.approx(0.1, rel=1e-3)


def test_griffin_lim_is_python_s(visit):
    """The same numbers from the same magnitudes and phases, and in good time."""
    page = visit(voice_pad()).page
    time = torch.arange(sound.SAMPLES, dtype=torch.float64) / sound.RATE
    wave = (2 * torch.pi * (300 + 500 * time) * time).sin() * (8 * time).sin()
    magnitude = sound.stft(wave[None]).abs()
    noise = uniform_noise(0, magnitude.numel()).reshape(magnitude.shape)
    phase = 2 * torch.pi * torch.from_numpy(noise)
    flat = [part[0].T.flatten().tolist() for part in (magnitude, phase)]
    made = page.evaluate(
        "([magnitude, phase]) => {"
        + asset("page/griffin_lim.js")
        + "const griffinLim = makeGriffinLim({ size: 512, hop: 128, frames: 32 });"
        "const waves = [0, 1, 32].map((n) => [...griffinLim(magnitude, phase, n)]);"
        "const start = performance.now();"
        "griffinLim(magnitude, phase, 32);"
        "return [waves, performance.now() - start]; }",
        flat,
    )
    for rounds, mine in zip((0, 1, 32), made[0], strict=True):
        exact = sound.griffin_lim(magnitude, rounds, phase)[0].numpy()
        np.testing.assert_allclose(mine, exact, atol=1e-6)
    print(f"32 rounds take {made[1]:.0f} ms")
    assert made[1] < 1000  # about 40 on a core that does nothing else


def test_keys_alone_play_and_change_the_word(visit):
    explorer = voice_pad(z=[0.5, 0.5])
    page = record(visit(explorer).page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider")).to_be_focused()
    page.keyboard.press("Enter")
    first = heard(page, 1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Play")).to_be_focused()
    page.keyboard.press("Space")
    np.testing.assert_array_equal(heard(page, 2), first)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # play every change
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("two").is_checked()
    assert np.abs(heard(page, 3) - first).max() > 0.01


def test_every_change_is_played_once_the_hand_rests(visit):
    size = {"width": 390, "height": 844}
    page = record(visit(voice_pad(), has_touch=True, viewport=size).page)
    page.get_by_label("play every change").check()
    box = page.get_by_role("slider").bounding_box()
    steps = [(box["x"] + 20 * k, box["y"] + 50) for k in range(1, 8)]
    touch_drag(page, *steps)
    heard(page, 1)
    page.evaluate("document.querySelector('.lc-explorer').explorer.stop()")
    assert page.evaluate("opened") == 0


def test_a_decoder_without_words_has_none_to_choose(visit):
    page = visit(voice_pad(words=())).page
    assert page.get_by_role("radio").count() == 0
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_low_sounds_stand_low_and_the_axes_beside_the_picture(visit):
    page = visit(voice_pad()).page
    image = page.locator(".lc-picture canvas")
    assert image.evaluate("c => getComputedStyle(c).transform") == (
        "matrix(1, 0, 0, -1, 0, 0)"
    )
    box = image.bounding_box()
    marks = page.locator(".lc-upward span")
    heights = [mark.bounding_box()["y"] for mark in marks.all()]
    assert heights == sorted(heights, reverse=True)
    assert marks.first.text_content() == "0.1"
    assert all(mark.bounding_box()["x"] < box["x"] for mark in marks.all())
    for mark in page.locator(".lc-onward span").all():
        assert mark.bounding_box()["y"] > box["y"] + box["height"]
