"""The built pages as documents: links, headings, alternatives for pictures."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsing import SITE, named_pages
from bs4 import BeautifulSoup, Tag

PAGES = pytest.mark.parametrize("page", named_pages())


@cache
def parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def content(path: Path) -> Tag:
    """What a page says, without the theme around it."""
    return parse(path).find("article") or parse(path).find("main")


@cache
def anchors(path: Path) -> set[str]:
    """Every place in a page that a link can point to."""
    found = parse(path).find_all(attrs={"id": True})
    return {tag["id"] for tag in found} | {""}


def broken(path: Path) -> list[str]:
    """Links of a page that lead nowhere inside the site."""
    wrong = []
    for tag, attribute in (
        ("a", "href"),
        ("link", "href"),
        ("img", "src"),
        ("script", "src"),
    ):
        for element in parse(path).find_all(tag, attrs={attribute: True}):
            link = element[attribute]
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            target = (
                (path.parent / unquote(address.path)).resolve()
                if address.path
                else path
            )
            if not target.is_file():
                wrong.append(f"{link}: no such file")
            elif target.suffix == ".html" and (
                unquote(address.fragment) not in anchors(target)
            ):
                wrong.append(f"{link}: no such place in that page")
    return wrong


@PAGES
def test_internal_links_lead_somewhere(site: Path, page: str) -> None:
    assert broken(site / f"{page}.html") == []


@PAGES
def test_headings_are_in_order(site: Path, page: str) -> None:
    article = content(site / f"{page}.html")
    levels = [
        int(h.name[1]) for h in article.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    assert jumps == []


def named(picture: Tag) -> bool:
    """Whether it, or the one picture that it is a part of, has a label or is hidden."""
    return any(
        tag.get("aria-hidden") == "true"
        or (tag.get("role") == "img" and tag.get("aria-label"))
        for tag in (picture, *picture.parents)
    )


@PAGES
def test_pictures_have_words(site: Path, page: str) -> None:
    article = content(site / f"{page}.html")
    silent = [
        str(picture)[:120]
        for picture in article.find_all(["img", "svg", "canvas"])
        if not (picture.get("alt") or named(picture))
    ]
    assert silent == []


@PAGES
def test_ids_are_unique(site: Path, page: str) -> None:
    ids = [
        tag["id"] for tag in parse(site / f"{page}.html").find_all(attrs={"id": True})
    ]
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


def test_front_door(site: Path) -> None:
    refresh = parse(site / "index.html").find("meta", attrs={"http-equiv": "Refresh"})
    target = refresh["content"].split("url=")[1]
    assert (site / target).is_file()


def test_every_page_is_named() -> None:
    """No page is left over from a chapter that has gone."""
    found = {
        p.relative_to(SITE).with_suffix("").as_posix()
        for p in SITE.rglob("*.html")
        if "_static" not in p.parts
    }
    assert found - {"index"} == set(named_pages())
