"""What every explorer is: one ES module with two homes.

*Live* (JupyterLab, VS Code, Colab) the module runs through anywidget, and its traits
are synced with Python both ways. *On the built page* there is no kernel and no
network: the output carries, as ``text/html``, the values of the traits, the same
module and a stand-in for anywidget's ``model`` (twin.js). Where no script runs
(GitHub's preview, paper) a still picture is left.

What explorers share in the page stands once, in the folder page. An explorer's module
is the parts that it names, one after the other, nothing more: the shared parts only
define functions, the explorer's own part comes last and ends in
``export default { render }``.
"""

import base64
import hashlib
import html
import io
import json
import math
import os
import re
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure
from PIL import Image

from ..cache import absolute, why, write_atomically

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 44rem; margin: auto; padding: 1rem; font: 1rem/1.5 sans-serif; }}
</style>
<main>{explorer}</main>
</html>
"""
# Comments that fill whole lines, then the spaces before code.
_BESIDE_CODE = re.compile(r"^ *(?://.*|/\*(?:[^*]|\*(?!/))*\*/)\n|^ +", re.MULTILINE)


class Finite(traitlets.Float):
    """A number that a page can hold: neither NaN nor infinite."""

    info_text = "a finite number"

    def validate(self, obj: Any, value: Any) -> float:
        number = super().validate(obj, value)
        if not math.isfinite(number):
            self.error(obj, value)
        return number


class Explorer(anywidget.AnyWidget):
    """A widget that also works on a page without a kernel.

    A subclass sets ``_esm = assemble("its.js")`` and ``_css`` likewise, and says with
    `draw` and `describe` what to show where no script runs.
    """

    label = traitlets.Unicode(help="what this is").tag(sync=True)
    try_this = traitlets.Unicode(help="one line: what to do first").tag(sync=True)
    arrays = traitlets.Bytes(help="numbers, see packing.py").tag(sync=True)
    array_table: traitlets.List = traitlets.List(help="where each array lies").tag(
        sync=True
    )

    # Traits of bytes that explorers on one page may share, and those of them that an
    # explorer further up the page brings. Live, each has its own.
    shared: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()

    def draw(self) -> Figure:
        """The still picture: the explorer as it stands now."""
        raise NotImplementedError

    def describe(self) -> str:
        """The still picture in one sentence, for those who cannot see it."""
        raise NotImplementedError

    def html(self) -> str:
        """The explorer for a page: still picture, state, module and stand-in model.

        The same explorer gives the same text, without ids, so that it may stand on a
        page more than once and builds can be compared.
        """
        return self._html(self._png())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the explorer as a page of its own that works without a network.

        A file that stands there is replaced whole. Returns the path. Raises OSError
        where no file can be written.
        """
        explorer = self._html(self._png(), whole=True)
        page = _PAGE.format(title=html.escape(self.label), explorer=explorer).encode()
        try:
            file = absolute(os.fspath(path))
            write_atomically(file, lambda partial: partial.write(page))
        except (OSError, ValueError) as error:
            raise OSError(
                f"The explorer cannot be saved as {str(path)!r} ({why(error)}): name a "
                "file in a folder where you may write."
            ) from error
        return file

    def _html(self, png: str, *, whole: bool = False) -> str:
        """As `html`; the whole explorer brings along what it could borrow."""
        state: dict[str, Any] = {}
        binary: dict[str, str] = {}
        shared = {name: _key(getattr(self, name)) for name in self.shared}
        inherited = anywidget.AnyWidget.class_traits(sync=True)
        for name in sorted(self.traits(sync=True)):
            value = getattr(self, name)
            left = name in inherited or (name in self.borrowed and not whole)
            if left or name.startswith("_"):
                continue
            if isinstance(value, bytes):
                binary[name] = base64.b64encode(value).decode()
            else:
                state[name] = value
        parts = {"state": state, "binary": binary, "shared": shared}
        twin = json.dumps(
            parts | {"module": str(self._esm)},
            allow_nan=False,
            ensure_ascii=False,
            separators=(",", ":"),
        ).replace("<", "\\u003c")  # no "</script>" inside a script
        return (
            '<figure class="lc-out lc-explorer">'
            f"<style>{self._css}</style>"
            f'<div class="lc-still"><img alt="{html.escape(self.describe())}" '
            f'src="data:image/png;base64,{png}">'
            f"<figcaption>{html.escape(self.label)} This is a still picture; explore "
            "it on the course's site or in a notebook.</figcaption></div>"
            f'<script type="application/json">{twin}</script>'
            f"<script>{asset('page/twin.js')}</script>"
            "</figure>"
        )

    def _png(self) -> str:
        """The still picture in few colours, base64."""
        drawn, small = io.BytesIO(), io.BytesIO()
        self.draw().savefig(drawn, format="png", dpi=130, transparent=True)
        picture = Image.open(drawn).quantize(128, Image.Quantize.FASTOCTREE)
        picture.save(small, "PNG", optimize=True)
        return base64.b64encode(small.getvalue()).decode()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data["text/plain"] = f"[Explorer: {self.label}] {self.describe()}"
        # Colab saves the widget itself and picks among the forms of an output by rules
        # of its own: there the live widget is the only form.
        if "google.colab" not in sys.modules:
            png = self._png()
            data |= {"text/html": self._html(png), "image/png": png}
        return data, metadata


def _key(data: bytes) -> str:
    """A short name that only these bytes have."""
    return hashlib.sha256(data).hexdigest()[:16]


@cache
def asset(name: str) -> str:
    """A script or style sheet of this folder, as text for a page.

    Its comments and indents stay behind: every explorer on a page brings its own copy.
    """
    text = files("course_utils.explorers").joinpath(name).read_text(encoding="utf-8")
    return _BESIDE_CODE.sub("", text)


def assemble(*names: str) -> str:
    """One module, or one style sheet, of several files, page/page's before them."""
    first = f"page/page.{names[0].rsplit('.')[-1]}"
    return "\n".join(asset(name) for name in (first, *names))
