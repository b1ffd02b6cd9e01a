"""What every displayed piece of HTML must satisfy."""

import base64
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from course_utils.show.output import Output

VOID = {"img", "input", "br", "hr", "meta", "link"}


class Markup(HTMLParser):
    """Reads HTML strictly: raises AssertionError unless every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [a["id"] or "" for _, a in self.elements if "id" in a]


def displayed(function: Callable[..., None], *args: Any, **kwargs: Any) -> Output:
    """What ``function`` displays, an `Output`."""
    outputs: list[Output] = []
    with patch.object(Output, "show", lambda self: outputs.append(self)):
        function(*args, **kwargs)
    (output,) = outputs
    return output


def check(html: str) -> Markup:
    """Well-formed, asks nothing of the network, leaves the page's names alone."""
    assert not re.search(r"https?:|//[a-z]+\.|@import", html)
    for style in re.findall(r"<style>(.*?)</style>", html, re.S):
        rules = re.sub(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", r"\1", style)
        for selector in re.findall(r"([^{}]+)\{", rules):
            assert all(".lc-" in part for part in selector.split(",")), selector
    return Markup(html)


def pixels(address: str) -> np.ndarray:
    """The pixels behind a ``data:`` address."""
    data = address.removeprefix("data:image/png;base64,")
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    return np.asarray(picture.convert("RGBA") if picture.mode == "P" else picture)
