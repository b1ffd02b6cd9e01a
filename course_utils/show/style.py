"""One digit, one colour; one model, one colour; one look for all figures."""

import matplotlib as mpl
from cycler import cycler

# Text, axes and ticks are drawn in this mid-grey, which `show` replaces by the page's
# own text colour. It is readable on white and on black, so that a figure shown without
# `show` is readable too.
INK = "#777879"

# Ten colours found by a search for what every common colour vision tells apart (as
# M. A. Petroff does, arXiv:2107.02270), here with a contrast of at least 3 to 1 on a
# white page and on a dark one, which leaves little room. Two of them differ by 9 or
# more in OKLab (x 100), also for colour-blind readers; Petroff's ten by 6, matplotlib's
# by 1. Digits often mixed up (4 7 9, 3 5 8) differ by 11.
# Ten are still too many for colour alone: name the classes too, like `scatter_codes`.
DIGIT_COLOURS = (
    "#2c64b6",  # 0 blue
    "#ff4073",  # 1 rose
    "#15976d",  # 2 green
    "#616732",  # 3 olive
    "#fa3fe9",  # 4 pink
    "#9978b3",  # 5 lavender
    "#8c00fa",  # 6 violet
    "#b71788",  # 7 magenta
    "#2498fe",  # 8 sky blue
    "#af7604",  # 9 ochre
)

# Contrast with a white and with a near-black page is at least 3 to 1 for each.
MODEL_COLOURS = {
    "pixels": "#808080",
    "pca": "#d9661f",
    "cnn": "#8f63d2",
    "linear autoencoder": "#b8860b",
    "autoencoder": "#2f86d1",
    "vae": "#1d9a6c",
    "gan": "#d6457f",
}

# The second sign beside the colour: a marker for each model.
MODEL_MARKERS = {
    "pixels": "x",
    "pca": "s",
    "cnn": "^",
    "linear autoencoder": "D",
    "autoencoder": "o",
    "vae": "v",
    "gan": "*",
}


def use_style() -> None:
    """Set matplotlib's defaults to the course's look (``cu.setup()`` does)."""
    mpl.rcParams.update(
        {
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "grid.color": INK,
            "legend.edgecolor": INK,
            "patch.edgecolor": INK,
            "hatch.color": INK,
            "boxplot.boxprops.color": INK,
            "boxplot.capprops.color": INK,
            "boxplot.flierprops.markeredgecolor": INK,
            "boxplot.whiskerprops.color": INK,
            # 5 in: at full width on a phone, 11 pt text is still 10 px high
            "figure.figsize": (5.0, 3.2),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "axes.facecolor": "none",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.prop_cycle": cycler(color=list(MODEL_COLOURS.values())),
            "font.size": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "grid.alpha": 0.25,
            "lines.linewidth": 1.8,
            "savefig.facecolor": "none",
            "image.cmap": "gray",
            "image.interpolation": "none",  # pixels stay pixels
            "svg.fonttype": "none",  # text stays text
        }
    )
