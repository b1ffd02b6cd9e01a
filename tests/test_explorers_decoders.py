"""Explorers of decoders without a browser: what they pack, draw, say and refuse."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

import course_utils
from course_utils import latent
from course_utils.explorers import (
    AttributeSliders,
    FaceTriangle,
    Interpolation,
    StyleBoard,
    TwoDecoders,
    VoicePad,
)
from course_utils.explorers.base import asset
from course_utils.explorers.chain import Chain
from course_utils.explorers.decoding import DecodingExplorer, as_pixels
from course_utils.explorers.interpolation import between
from course_utils.explorers.packing import as_stored, pack

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(5, 4)).astype("float32")
FACES = RNG.integers(0, 256, (5, 8, 8, 3), "uint8")
DIGITS = RNG.integers(0, 256, (5, 6, 6), "uint8")
WAYS = {"smile": CODES[3] - CODES[4], "pose": CODES[1] - CODES[2]}


def decoder(pixels: int = 192, inputs: int = 4, seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Linear(inputs, 16), nn.LeakyReLU(0.2), nn.Linear(16, pixels)
    return nn.Sequential(*layers, nn.Sigmoid())


def interpolation(**options) -> Interpolation:
    models = {"VAE": (decoder(36), CODES), "mine": (decoder(36, seed=1), CODES)}
    return Interpolation(DIGITS, models, **options)


def triangle(**options) -> FaceTriangle:
    return FaceTriangle(decoder(), CODES, FACES, **options)


def sliders(**options) -> AttributeSliders:
    return AttributeSliders(decoder(), CODES, WAYS, FACES, **options)


def two_decoders(**options) -> TwoDecoders:
    models = {"GAN": (decoder(36), CODES[:3]), "VAE": (decoder(36, 2), None)}
    return TwoDecoders(models, image_shape=(6, 6), **options)


def style_board(**options) -> StyleBoard:
    return StyleBoard(
        decoder(36, 5), CODES[:, :2], [0, 2, 1, 1, 0], "abc", image_shape=(6, 6),
        **options,
    )  # fmt: skip


def voice_pad(**options) -> VoicePad:
    return VoicePad(
        decoder(2048, 5), ["one", "two", "six"], CODES[:, :2], [0, 2, 1, 1, 0],
        **options,
    )  # fmt: skip


ALL = [interpolation, triangle, sliders, two_decoders, style_board, voice_pad]


def twin(explorer: DecodingExplorer) -> dict:
    """The data that the page's script reads."""
    return json.loads(re.search(r'json">(.*?)</script>', explorer.html(), re.S)[1])


@pytest.mark.parametrize("make", ALL)
def test_the_same_explorer_gives_the_same_page(make: Callable):
    html = make().html()
    assert html == make().html()
    assert ' id="' not in html  # so that it may stand twice on a page
    data, _ = make()._repr_mimebundle_()
    assert data["text/html"] == html
    assert make().describe() in data["text/plain"]


def test_the_page_brings_code_without_comments():
    package = Path(course_utils.__file__).parent
    sources = [*package.glob("explorers/**/*.js"), *package.glob("explorers/**/*.css")]
    assert len(sources) > 20
    for file in sources:
        source = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
        wanted = [line.strip() for line in source.splitlines()]
        carried = re.sub(
            r"/\*.*?\*/", "", asset(file.relative_to(package / "explorers").as_posix())
        ).splitlines()
        assert [line.strip() for line in carried if line.strip()] == [
            line for line in wanted if line and not line.startswith("//")
        ]


def test_explorers_and_figures_share_no_class_name():
    """Or a rule meant for the one moves things in the other, in the same page."""
    package = Path(course_utils.__file__).parent
    names = [
        {
            name
            for file in (package / folder).rglob("*.[cjp][sy]*")
            for name in re.findall(r"lc-[a-z-]+[a-z]", file.read_text("utf-8"))
        }
        for folder in ("explorers", "show")
    ]
    assert min(map(len, names)) > 10
    assert names[0] & names[1] == {"lc-out"}


@pytest.mark.parametrize("make", ALL)
def test_rounding_is_stated(make: Callable):
    costs = [make(stored=s).rounding for s in ("float32", "float16", "int8")]
    print(f"{make.__name__}: a pixel changes by at most {costs}")
    assert costs[0] < 1e-6 < costs[1] < costs[2] < 0.02
    assert costs[1] < 1 / 255


def test_a_leak_stays_and_a_chain_knows_its_inputs():
    network = nn.Sequential(nn.Linear(4, 9), nn.LeakyReLU(0.3), nn.Linear(9, 2))
    chain = Chain.of(network)
    with torch.no_grad():
        exact = network(torch.from_numpy(CODES)).numpy()
    np.testing.assert_allclose(chain.run(CODES), exact, atol=1e-6)
    assert chain.inputs == 4
    assert chain.export("net", "float32")[0][1] == ["relu", 0.3]


def test_a_clamp_is_run_and_only_to_zero_and_one():
    network = nn.Sequential(nn.Linear(4, 9), nn.Hardtanh(0, 1))
    with torch.no_grad():
        exact = network(torch.from_numpy(CODES)).numpy()
    np.testing.assert_allclose(Chain.of(network).run(CODES), exact, atol=1e-6)
    with pytest.raises(TypeError, match="has a Hardtanh"):
        Chain.of(nn.Sequential(nn.Linear(4, 9), nn.Hardtanh()))


def test_uint8_keeps_images_as_they_were():
    pixels = as_pixels(DIGITS)
    np.testing.assert_array_equal(np.round(as_stored(pixels, "uint8") * 255), DIGITS)
    data, table = pack({"images": (pixels, "uint8")})
    assert table[0]["stored"] == "uint8"
    assert data == DIGITS.tobytes()


def test_images_of_any_kind_become_pixels():
    np.testing.assert_allclose(as_pixels(DIGITS), DIGITS / 255, atol=1e-7)
    floats = torch.from_numpy(DIGITS / 255)
    np.testing.assert_allclose(as_pixels(floats[:, None]), DIGITS / 255, atol=1e-7)
    assert as_pixels(FACES).shape == FACES.shape


@pytest.mark.parametrize("spherical", [False, True])
def test_the_way_is_the_course_s_lerp_and_slerp(spherical: bool):
    start, end = torch.from_numpy(CODES[0]), torch.from_numpy(3 * CODES[1])
    way = (latent.slerp if spherical else latent.lerp)(start, end, 11)
    mine = [between(start.numpy(), end.numpy(), i / 10, spherical) for i in range(11)]
    np.testing.assert_allclose(mine, way, atol=1e-5)


def test_where_no_arc_is_the_way_is_straight():
    for start, end in ((0 * CODES[0], CODES[1]), (CODES[0], -CODES[0])):
        middle = between(start, end, 0.5, spherical=True)
        np.testing.assert_allclose(middle, (start + end) / 2, atol=1e-6)


def test_they_decode_what_they_say():
    def check(image: np.ndarray, network: nn.Module, code: np.ndarray) -> None:
        with torch.no_grad():
            pixels = network(torch.from_numpy(code[None].astype("float32")))
        np.testing.assert_allclose(image.ravel(), pixels.numpy()[0], atol=1e-6)

    faces = triangle(corners=[0, 2, 4], weights=[0.5, 0.25, 0.25])
    check(faces.decode(), decoder(), (2 * CODES[0] + CODES[2] + CODES[4]) / 4)
    slid = sliders(start=2, amounts={"pose": -0.5})
    check(slid.decode(), decoder(), CODES[2] - 0.5 * WAYS["pose"])
    two = two_decoders(z=[2, -1]).decode()
    check(two["GAN"], decoder(36), CODES[0] + 2 * CODES[1] - CODES[2])
    check(two["VAE"], decoder(36, 2), np.array([2, -1]))
    written = style_board(z=[0.5, -1]).decode()
    assert list(written) == ["a", "b", "c"]
    check(written["c"], decoder(36, 5), np.array([0.5, -1, 0, 0, 1]))
    quarter = np.array([[0, -1], [1, 0]])
    written = style_board(z=[0.5, -1], turns=[np.eye(2), quarter, np.eye(2)]).decode()
    check(written["b"], decoder(36, 5), np.array([1, 0.5, 0, 1, 0]))
    check(written["c"], decoder(36, 5), np.array([0.5, -1, 0, 0, 1]))
    spoken = voice_pad(z=[0.5, -1], word=2).decode()
    check(spoken, decoder(2048, 5), np.array([0.5, -1, 0, 0, 1]))
    ways = interpolation(first=1, second=4, t=0.25).decode()
    assert list(ways) == ["pixel mix", "VAE", "mine"]
    mixed = (0.75 * DIGITS[1] + 0.25 * DIGITS[4]) / 255
    np.testing.assert_allclose(ways["pixel mix"], mixed, atol=1e-6)


def test_the_words_say_where_the_explorer_stands():
    assert "numbers 1, 2, 3 of 5" in triangle().describe()
    assert "from 3 to 1, one row each" in interpolation(first=2, second=0).describe()
    assert "Start 2 of 5" in sliders(start=1).describe()
    assert "smile, pose" in sliders().describe()
    assert "z = (1.00, -2.00)" in two_decoders(z=[1, -2]).describe()
    assert "asked for each of a, b, c" in style_board().describe()
    assert 'spectrogram of "two" that' in voice_pad(word=1).describe()


def test_a_borrowed_decoder_is_left_out_of_the_page():
    lender = triangle()
    page, alone = twin(sliders(weights_of=lender)), twin(sliders())
    assert set(page["binary"]) == {"arrays"}
    assert set(alone["binary"]) == {"arrays", "parameters"}
    assert page["shared"] == alone["shared"] == twin(lender)["shared"]


def test_traits_refuse_what_makes_no_sense():
    faces, slid, way = triangle(), sliders(), interpolation()
    with pytest.raises(traitlets.TraitError, match="face number 5; they go from 0"):
        faces.corners = [0, 1, 5]
    with pytest.raises(traitlets.TraitError, match="a finite number, not the float"):
        faces.weights = [np.nan, 0.5, 0.5]
    with pytest.raises(traitlets.TraitError, match="must sum to 1"):
        faces.weights = [0.5, 0.5, 0.5]
    with pytest.raises(traitlets.TraitError, match="there are: smile, pose"):
        slid.amounts = {"hair": 1.0}
    with pytest.raises(traitlets.TraitError, match="start number -1"):
        slid.start = -1
    with pytest.raises(traitlets.TraitError, match="image number 9"):
        way.second = 9
    with pytest.raises(traitlets.TraitError, match="word number 3; they go from 0"):
        voice_pad().word = 3
    with pytest.raises(traitlets.TraitError, match="t goes from 0"):
        way.t = 1.5


NETWORK = decoder()
MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "codes": (lambda: FaceTriangle(NETWORK, CODES[:, :3], FACES), "codes of 4 numbers"),
    "count": (lambda: FaceTriangle(NETWORK, CODES[:4], FACES), "5 images but 4 codes"),
    "size": (lambda: FaceTriangle(NETWORK, CODES), "image_shape=.32, 32, 3. has 3072"),
    "range": (lambda: FaceTriangle(NETWORK, CODES, FACES * 1.0), "give uint8 images"),
    "axes": (lambda: as_pixels(FACES[..., :2]), r"\(5, 8, 8, 2\); the page shows"),
    "logits": (
        lambda: AttributeSliders(NETWORK[:3], 20 * CODES, WAYS, FACES),
        "if these are logits",
    ),
    "direction": (
        lambda: AttributeSliders(NETWORK, CODES, {"pose": [1, 2]}, FACES),
        r"direction pose has shape \(2,\); a code has \(4,\)",
    ),
    "labels": (lambda: interpolation(labels=[1, 2]), "5 images but 2 labels"),
    "plane": (
        lambda: TwoDecoders({"GAN": (NETWORK, CODES)}),
        r"plane of GAN has shape \(5, 4\); give two directions",
    ),
    "mark": (
        lambda: two_decoders(marks={"7": (0, 4)}),
        r"mark 7 stands at \[0.0, 4.0\]; give two numbers from -3 to 3",
    ),
    "no plane": (
        lambda: TwoDecoders({"GAN": (NETWORK, None)}),
        "decoder of GAN takes codes of 4 numbers",
    ),
    "hands": (
        lambda: StyleBoard(decoder(36, 12), CODES, [0] * 5, image_shape=(6, 6)),
        r"codes have shape \(5, 4\) for 5 labels",
    ),
    "cards": (
        lambda: StyleBoard(decoder(36, 5), image_shape=(6, 6)),
        r"takes codes of 5 numbers.*\(250, 12\)",
    ),
    "turns": (
        lambda: style_board(turns=[np.eye(2)] * 2),
        r"turns have shape \(2, 2, 2\); give one matrix \[2, 2\] for each of 3",
    ),
    "speakers": (
        lambda: VoicePad(decoder(2048, 2), codes=CODES, labels=[0] * 5),
        r"codes have shape \(5, 4\) for 5 labels: a plane",
    ),
    "words": (
        lambda: VoicePad(decoder(2048, 2), ["one", "two"]),
        r"takes codes of 2 numbers.*\(50, 4\)",
    ),
    "picture": (
        lambda: VoicePad(decoder(1024, 2)),
        r"image_shape=\(64, 32\) has 2048",
    ),
    "NaN mark": (
        lambda: two_decoders(marks={"7": (0, np.nan)}),
        r"mark 7 stands at \[0.0, nan\]",
    ),
    "lender": (
        lambda: sliders(weights_of=triangle(stored="int8")),
        "other decoders, or stored in another way",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_clear_sentence(mistake: str):
    call, sentence = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)
