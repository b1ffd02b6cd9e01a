"""How every chapter shows things: figures, images, animations, tables, sentences.

Everything here displays in the page's own text colour on a transparent ground, so it
reads the same on the built site, in JupyterLab, VS Code and Colab, light or dark, and
asks nothing of the network.
"""

from .audio import listen
from .figure import show
from .film import player
from .images import image_rows, montage
from .plots import scatter_codes
from .solid import render_solid
from .style import (
    DIGIT_COLOURS,
    INK,
    MODEL_COLOURS,
    MODEL_MARKERS,
    use_style,
)
from .text import say, table

__all__ = [
    "DIGIT_COLOURS",
    "INK",
    "MODEL_COLOURS",
    "MODEL_MARKERS",
    "image_rows",
    "listen",
    "montage",
    "player",
    "render_solid",
    "say",
    "scatter_codes",
    "show",
    "table",
    "use_style",
]
