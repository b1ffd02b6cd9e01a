"""What all displayed things share: escaping, style sheets, numbers, pictures as data.

An output is HTML that carries its own small style sheet, and a plain-text twin for
terminals. Nothing in it refers to the network or to a page-wide name.
"""

import base64
import html
import io
import math
import re
from functools import cache
from importlib.resources import files
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from IPython.display import display
from PIL import Image

# On a control: JupyterLab leaves the arrow keys to it, instead of changing the cell.
OWN_KEYS = 'data-lm-suppress-shortcuts="true"'


class Output:
    """HTML for the page and plain text for everything else."""

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text

    def show(self) -> None:
        """Display this below the cell (outside a notebook: print the text)."""
        display(self)


@cache
def asset(path: str) -> str:
    """A style sheet or script, such as "show/player.js", without its comments."""
    text = files("course_utils").joinpath(path).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/\s*", "", text, flags=re.S).strip()


def style(*paths: str) -> str:
    """A ``<style>`` element with the style sheets, such as "show/table"."""
    sheets = "\n".join(asset(f"{path}.css") for path in paths)
    return "<style>" + re.sub(r"\s+", " ", sheets) + "</style>"


def figure(
    content: str, caption: str, kind: str, *, text: str, tail: str = ""
) -> Output:
    """Wrap ``content`` in a captioned figure of class ``lc-<kind>``."""
    return Output(
        f'<figure class="lc-out lc-figure lc-{kind}">{style("show/figure")}{content}'
        f"<figcaption>{inline(caption)}</figcaption>{tail}</figure>",
        text,
    )


def required(value: str, name: str, function: str) -> str:
    """Return ``value``; raise ValueError if it is blank, for every figure needs it."""
    if not isinstance(value, str) or not value.strip():
        what = {
            "alt": "what is to be seen, for readers who cannot see it",
            "caption": "what to look for",
        }
        raise ValueError(f"{function} needs {name}=…: say {what[name]}.")
    return value.strip()


def attribute(text: str) -> str:
    """``text`` made safe inside a double-quoted HTML attribute."""
    return html.escape(text, quote=True)


def inline(text: str) -> str:
    """Escape ``text`` for HTML; `code`, **strong** and *emphasis* as in Markdown."""
    text = html.escape(text, quote=False).replace("\0", "")
    # Code is taken out and put back: its own stars, as in `x**2`, mean no emphasis.
    code = iter(re.findall(r"`([^`]+)`", text))
    text = re.sub(r"`[^`]+`", "\0", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"<em>\1</em>", text)
    return re.sub("\0", lambda _: f"<code>{next(code)}</code>", text)


# Short names that a Python name can only write in small letters.
_NAMES = "AUC CNN ELBO GAN Gaussian Gumbel ICA KL LDA NLL NN PCA Rand SVD UMAP VAE"
_SPELLED = {name.lower(): name for name in _NAMES.split()}
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def spelled(name: str) -> str:
    """A Python name as a reader writes it: "VAE with KL" for ``vae_with_kl``.

    Other text, such as "t-SNE, 5 rounds", is returned as it is.
    """
    if not name.isidentifier():
        return name
    words = re.sub(r"\bt ?sne\b", "t-SNE", name.replace("_", " "))
    return " ".join(_SPELLED.get(word, word) for word in words.split())


def number(value: Any) -> str:
    """A number as a reader wants it: 12,000, −0.942, 2.1·10⁻⁷; others as text."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, Real):
        return str(value)
    return _digits(value).replace("-", "−")


def _digits(value: Any) -> str:
    if isinstance(value, Integral):
        return f"{int(value):,}"
    x = float(value)
    if not math.isfinite(x):
        return f"{x:g}"
    if x == 0:  # or −0
        return "0"
    if abs(x) >= 999.95:  # four digits round it to 1,000
        return f"{x:,.0f}"
    if abs(x) < 1e-4:
        digits, power = f"{x:.1e}".split("e")
        return f"{digits.removesuffix('.0')}·10{str(int(power)).translate(_POWERS)}"
    if abs(x) < 1e-3:
        return f"{x:.2g}"
    return f"{x:.4g}" if abs(x) >= 1 else f"{x:.3g}"


def as_array(values: Any) -> np.ndarray:
    """A numpy array from an array, a tensor on any device, or nested lists."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if values.dtype == torch.bfloat16:  # numpy has no such type
            values = values.float()
        values = values.numpy()
    return np.asarray(values)


def lighter(pixels: np.ndarray) -> np.ndarray | Image.Image:
    """RGBA pixels [H, W, 4] in 256 colours, a tenth of the weight; others unchanged."""
    if pixels.ndim != 3 or pixels.shape[-1] != 4:
        return pixels
    return Image.fromarray(pixels).quantize(256, method=Image.Quantize.FASTOCTREE)


def png(picture: np.ndarray | Image.Image) -> str:
    """A picture, or uint8 pixels [H, W] or [H, W, 3 or 4], as ``data:`` address."""
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
