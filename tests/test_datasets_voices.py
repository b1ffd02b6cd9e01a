"""Spoken words: pitch, tract and time are in the sound as they were asked for."""

import math

import pytest
import torch

from course_utils import sound
from course_utils.datasets import flatten, load, to_float, voices
from course_utils.datasets.drawn.voices import (
    FACTORS,
    SPEAKERS,
    WORDS,
    draw,
    sample,
    speak,
)


@pytest.fixture(scope="module")
def recordings():
    """Factors of 120 recordings: each speaker says each word twice."""
    return sample(120, seed=5)


def period(wave: torch.Tensor, pitch: float) -> float:
    """The samples after which a wave repeats itself best, near those of this pitch."""
    wave = wave.double()
    near = sound.RATE / pitch
    lags = range(round(0.7 * near), round(1.4 * near))
    pairs = [(wave[lag:], wave[:-lag]) for lag in lags]
    alike = torch.stack([a @ b / (a.norm() * b.norm()) for a, b in pairs])
    return lags[int(alike.argmax())]


@pytest.mark.parametrize("pitch", [80, 140, 200, 310])
def test_the_voice_has_the_pitch_asked_for(pitch: float):
    """It falls by a quarter through the word, so a short piece is looked at."""
    wave = speak({"word": 9, "pitch": pitch, "seconds": 0.46})[0]
    for start in (400, 1000, 1600):
        piece = wave[start : start + 800]
        middle = (start + 400) / sound.RATE / 0.46
        expected = pitch * (1 - 0.25 * middle)
        found = sound.RATE / period(piece, expected)
        assert found == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("pitch", [70, 100])
@pytest.mark.parametrize(("word", "formant", "hertz"), [(2, 0, 320), (3, 1, 2250)])
def test_formants_move_with_the_tract_and_not_with_the_pitch(
    word: int, formant: int, hertz: float, pitch: float
):
    """In the last vowel, u or i, where harmonics are so near that a formant shows."""
    tracts = torch.tensor([13.0, 15, 17, 19])
    waves = speak({"word": word, "pitch": pitch, "tract": tracts, "seconds": 0.46})
    spectra = torch.fft.rfft(waves[:, 1800:3400], n=sound.RATE).abs()  # 1 Hz
    width = 2 * round(pitch) + 1
    smooth = torch.nn.functional.avg_pool1d(spectra[:, None], width, 1, width // 2)
    for tract, spectrum in zip(tracts, smooth[:, 0], strict=True):
        expected = hertz * 17 / float(tract)
        low, high = round(0.75 * expected), round(1.25 * expected)
        found = low + int(spectrum[low:high].argmax())
        assert found == pytest.approx(expected, abs=60 + 0.3 * pitch), formant


def test_a_word_lasts_as_long_as_asked():
    seconds = torch.linspace(0.25, 0.48, 7)
    waves = speak({"word": 4, "seconds": seconds})
    loud = waves.abs() > 0.02
    last = torch.tensor([int(row.nonzero().max()) for row in loud]) / sound.RATE
    assert (last - seconds).abs().max() < 0.03


def test_same_factors_same_sounds_and_no_trace(recordings):
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    first, again = draw(recordings), draw(recordings)
    assert torch.equal(first, again)
    assert first.shape == (120, sound.BANDS, sound.FRAMES)
    assert first.dtype == torch.uint8
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    alone = speak({name: value[7] for name, value in recordings.items()})
    both = speak({name: value[6:8] for name, value in recordings.items()})
    assert torch.allclose(alone[0], both[1], atol=1e-6), "it depends on its neighbours"


def test_waves_are_equally_loud_and_whole(recordings):
    waves = speak(recordings)
    assert waves.shape == (120, sound.SAMPLES) and waves.dtype == torch.float32
    assert waves.isfinite().all()
    assert (waves.square().mean(1).sqrt() - 0.1).abs().max() < 0.003
    grey = draw(recordings)
    assert (grey == 255).float().mean() < 0.001


def test_another_take_differs_a_little_and_another_word_much(recordings):
    same, other = draw(recordings).float(), draw({**recordings, "take": 77}).float()
    word = draw({**recordings, "word": (recordings["word"] + 1) % 10}).float()
    gaps = [(same - x).abs().mean((1, 2)) for x in (other, word)]
    assert (gaps[0] > 0).all() and (gaps[0].mean() < 0.8 * gaps[1].mean())


def test_same_seed_same_people_but_for_what_is_fixed():
    some, others = sample(60, seed=3), sample(60, seed=4)
    one = sample(60, seed=3, word=7)
    assert (one.pop("word") == 7).all()
    assert all(torch.equal(some[name], value) for name, value in one.items())
    assert not torch.equal(some["pitch"], others["pitch"])
    pairs = set(zip(some["word"].tolist(), some["speaker"].tolist(), strict=True))
    assert len(pairs) == 60
    otto = sample(60, speaker=0)
    assert (otto["pitch"] / SPEAKERS["Otto"][0] - 1).abs().max() <= 0.0701
    assert (sample(5, pitch=200)["pitch"] == 200).all()


def test_any_number_can_be_drawn():
    for n in (1, 101):
        assert draw(sample(n)).shape == (n, sound.BANDS, sound.FRAMES)
    assert list(sample(3)) == list(FACTORS)
    assert len(WORDS) == 10 and len(SPEAKERS) == 6


def test_a_word_and_its_speaker_can_be_read_from_the_picture():
    """By the nearest of 60 mean pictures, each of five recordings."""
    factors = sample(360, seed=1, seconds=0.4)
    pictures = flatten(to_float(draw(factors)))
    means = pictures[:300].unflatten(0, (5, 60)).mean(0)
    nearest = torch.cdist(pictures[300:], means).argmin(1)
    word = (nearest % 10 == factors["word"][300:]).float().mean()
    speaker = (nearest // 10 == factors["speaker"][300:]).float().mean()
    print(f"word {word:.2f}, speaker {speaker:.2f}")
    assert word > 0.85 and speaker > 0.7


def test_pitch_survives_picture_and_griffin_lim():
    """A picture of 64 bands still shows the harmonics of most voices."""
    factors = sample(60, seed=2, take=0)
    waves = speak(factors)
    heard = sound.griffin_lim(sound.magnitude(sound.spectrogram(waves)))
    asked = factors["pitch"] * (1 - 0.25 * 0.125 / factors["seconds"])
    pieces = [(wave[700:1300], float(p)) for wave, p in zip(heard, asked, strict=True)]
    found = torch.tensor([sound.RATE / period(*each) for each in pieces])
    right = ((found / asked - 1).abs() < 0.1).float().mean()
    print(f"pitch within a tenth: {right:.2f}")
    assert right > 0.7


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        ({"volume": 1}, 'no factor "volume"; there are word, speaker, pitch'),
        ({"pitch": 30}, '"pitch" lies between 70 and 320'),
        ({"tract": math.nan}, '"tract" lies between 12 and 20'),
        ({"word": 2.5}, '"word" is a whole number'),
        ({"word": [1, 2], "pitch": [90, 100, 110]}, r"word is \[2\] and pitch \[3\]"),
    ],
)
def test_what_nobody_says_is_refused_in_one_sentence(factors, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        speak(factors)
    assert "\n" not in str(error.value)


def test_loaded_words_are_those_their_factors_say(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(voices, "TRAIN", 60)
    monkeypatch.setattr(voices, "TEST", 30)
    data = load("voices")
    assert capsys.readouterr().out == (
        "Spoken words · 60 + 30 images of 64×32 · asked for by name · CC BY 4.0\n"
    )
    assert torch.equal(draw(data.train_factors), data.train_images)
    assert torch.equal(draw(data.test_factors), data.test_images)
    assert torch.equal(data.test_labels, data.test_factors["word"].long())
    assert data.class_names[:3] == ("zero", "one", "two")
    monkeypatch.setattr(voices, "draw", None)  # a second time it is read
    assert torch.equal(load("voices", quiet=True).train_images, data.train_images)
