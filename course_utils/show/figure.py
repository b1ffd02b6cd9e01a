"""A matplotlib figure as an inline SVG that is right on every page."""

import base64
import hashlib
import io
import re
from itertools import count

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import Collection, QuadMesh
from matplotlib.figure import Figure
from PIL import Image

from . import output
from .style import INK

_PIXELS_PER_INCH = 104  # 11 pt text is then as large as the text around it
_MANY_POINTS = 1500  # beyond this, a picture of the points is smaller than the points
_LARGE_PICTURE = 50_000  # bytes
_shown = count(1)


def show(fig: Figure, *, alt: str, caption: str, width: int | None = None) -> None:
    """Display a matplotlib figure as SVG in the page's own text colour, and close it.

    Text stays text; axes and words take the colour and font of the page around them,
    light or dark. Clouds of many points become a picture inside the drawing.

    Parameters
    ----------
    fig : the figure. Keep it at most 6.4 inches wide, better the default 5: on a
        phone all of it shrinks to about 350 px. Draw what should take the page's text
        colour in ``color=cu.INK``, never in black or white.
    alt : what is to be seen, for readers who cannot see it.
    caption : what to look for.
    width : greatest width on the page, in CSS pixels; 104 per inch if None.

    Raises
    ------
    ValueError : alt or caption is missing.
    """
    alt = output.required(alt, "alt", "show")
    caption = output.required(caption, "caption", "show")
    box, drawing = _svg(fig)
    width = width or round(fig.get_figwidth() * _PIXELS_PER_INCH)
    plt.close(fig)
    svg = (
        f'<svg class="lc-svg" role="img" aria-label="{output.attribute(alt)}" '
        f'style="max-width:{width}px" viewBox="{box}">{drawing}'
    )
    text = f"[Figure: {alt}]\n{caption}"
    output.figure(svg, caption, "plot", text=text).show()


def _svg(fig: Figure) -> tuple[str, str]:
    """The figure's view box, and its drawing with page-proof colours, fonts and ids."""
    for artist in fig.findobj(Collection):
        many = np.size(artist.get_offsets()) > 2 * _MANY_POINTS
        if many or isinstance(artist, QuadMesh):
            artist.set_rasterized(True)
    buffer = io.StringIO()
    # A fixed salt: the same figure gives the same text, so pages can be compared.
    with mpl.rc_context({"svg.hashsalt": "course", "svg.fonttype": "none"}):
        fig.savefig(buffer, format="svg", transparent=True, dpi=200)
    found = re.search(r'<svg [^>]*viewBox="([^"]*)"[^>]*>(.*)', buffer.getvalue(), re.S)
    if found is None:
        raise RuntimeError("matplotlib wrote no <svg>: its SVG format has changed.")
    box, drawing = found.groups()
    # Without its style element, which would apply to the whole page.
    for part in (r"<metadata>.*?</metadata>", r"<style.*?</style>", r"<!--.*?-->"):
        drawing = re.sub(part, "", drawing, flags=re.S)
    drawing = re.sub(r"data:image/png;base64,([\w+/=\s]+)", _lighter, drawing)
    drawing = drawing.replace("xlink:href=", "href=").replace(INK, "currentColor")
    drawing = re.sub(r"font-family: [^;\"]+;?", "", drawing)
    return box, re.sub(r"\s*\n\s*", "\n", _own_ids(drawing))


def _lighter(match: re.Match[str]) -> str:
    """A large cloud of points in 256 colours; images, which are opaque, unchanged."""
    data = base64.b64decode(match[1])
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    opaque = picture.getchannel("A").getextrema()[0] == 255
    if opaque or len(data) < _LARGE_PICTURE:
        return match[0]
    return output.png(picture.quantize(256, method=Image.Quantize.FASTOCTREE))


def _own_ids(svg: str) -> str:
    """Drop ids that nothing uses; make the others unique on the page."""
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg))
    names = {name for pair in used for name in pair if name}
    digest = hashlib.sha256(svg.encode()).hexdigest()[:8]
    prefix = f"lc{digest}-{next(_shown)}-"

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}{match[1]}"' if match[1] in names else ""

    svg = re.sub(r'\sid="([^"]*)"', rename, svg)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", svg)
