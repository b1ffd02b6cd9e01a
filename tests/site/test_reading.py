"""What a reader does on the site: search, tick off, follow a term, leave no trace."""

from pathlib import Path

import pytest
from browsing import PHONE, Tab
from playwright.sync_api import Locator

CHAPTER = "notebooks/01-latent-space"


@pytest.fixture(params=["http", "file"])
def base(request, site: Path, server: str) -> str:
    return server if request.param == "http" else site.as_uri()


def keys(tab: Tab) -> list[str]:
    return tab.page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('latent-course:'))"
    )


def come_back(tab: Tab, url: str, box: Locator) -> None:
    """Open a page again, where a box should be ticked.

    Once, on a busy machine, the tick was not there at once. We could not repeat that;
    we suppose that Chromium, whose storage is a process of its own, was still writing.
    So a tick may come late. One that is lost stays lost, however often we look.
    """
    for _ in range(10):
        tab.go(url)
        if box.is_checked():
            return
        tab.page.wait_for_timeout(300)
    pytest.fail(f"{url} has forgotten {box}.")


def test_search_finds_pages(new_tab, base: str) -> None:
    tab = new_tab()
    tab.go(f"{base}/book/intro.html")
    tab.page.locator(
        ".search-button-field:visible, .search-button:visible"
    ).first.click()
    tab.page.keyboard.type("bottleneck")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("#search-results ul.search li a")
    found = tab.page.locator("#search-results ul.search li a").all_text_contents()
    assert any("Autoencoders" in text for text in found)
    assert any("Glossary" in text for text in found)
    assert tab.left == []


def test_progress_is_remembered_and_forgotten(new_tab, base: str) -> None:
    tab = new_tab()
    tab.go(f"{base}/{CHAPTER}.html")
    read = tab.page.get_by_label("I have read this chapter")
    done = tab.page.locator(".exercise").first.get_by_label("Done")
    read.check()
    done.check()
    for box in (read, done):
        come_back(tab, f"{base}/{CHAPTER}.html", box)
    assert tab.page.locator(".bd-sidenav a.course-read").count() == 1

    tab.go(f"{base}/book/study.html")
    status = tab.page.locator("#course-progress")
    assert "chapters read: 1, exercises done: 1" in status.inner_text()
    tab.page.get_by_role("button", name="Forget my progress").click()
    assert "chapters read: 0, exercises done: 0" in status.inner_text()
    assert keys(tab) == []
    assert tab.complaints == []


def test_quiz_answers_are_remembered(new_tab, base: str) -> None:
    tab = new_tab()
    tab.go(f"{base}/{CHAPTER}.html")
    answer = tab.page.locator(".lc-quiz input[type=radio]").first
    answer.check()
    come_back(tab, f"{base}/{CHAPTER}.html", answer)
    tab.go(f"{base}/book/study.html")
    status = tab.page.locator("#course-progress").inner_text()
    assert "quiz questions answered: 1" in status


def test_page_works_without_storage(new_tab, base: str) -> None:
    tab = new_tab()
    tab.page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"])
             Storage.prototype[name] = () => { throw new Error("no storage"); };"""
    )
    tab.go(f"{base}/{CHAPTER}.html")
    box = tab.page.get_by_label("I have read this chapter")
    box.check()
    assert box.is_checked()
    ours = [c for c in tab.complaints if "progress.js" in c or "quiz" in c]
    assert ours == []


def test_bold_terms_lead_to_the_glossary(new_tab, base: str) -> None:
    tab = new_tab()
    tab.go(f"{base}/{CHAPTER}.html")
    tab.page.locator("a.glossary-link").first.click()
    tab.page.wait_for_url("**/book/glossary.html#term-*")


@pytest.mark.parametrize("page", ["03-vae-mathematics", "05-t-sne"])
def test_no_line_breaks_inside_a_formula_and_its_comma(
    new_tab, site: Path, page: str
) -> None:
    tab = new_tab(width=PHONE)
    tab.go(f"{site.as_uri()}/notebooks/{page}.html")
    kept = tab.page.locator("article .unbroken")
    broken = kept.evaluate_all(
        "all => all.filter(e => e.getClientRects().length > 1).map(e => e.innerText)"
    )
    assert kept.count() > 5
    assert broken == []
    assert tab.too_wide() == []


def test_chapter_head(new_tab, base: str) -> None:
    tab = new_tab()
    tab.go(f"{base}/{CHAPTER}.html")
    head = tab.page.locator(".chapter-head")
    assert "Ran in" in head.inner_text()
    colab = head.get_by_text("Open in Colab").get_attribute("href")
    assert colab.startswith("https://colab.research.google.com/github/")
    assert colab.endswith(f"/{CHAPTER}.ipynb")
    assert head.get_by_text("Download the notebook").get_attribute("href")


def test_on_paper_a_page_is_light_and_unfolded(new_tab, base: str) -> None:
    tab = new_tab(dark=True)
    tab.go(f"{base}/{CHAPTER}.html")
    page = tab.page
    folded = page.locator("details:not([open])").count()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert folded

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("details *").evaluate_all(
        "all => all.every(e => getComputedStyle(e).animationName === 'none')"
    )
    assert page.locator(".lc-still img").first.is_visible()
    assert not page.locator(".lc-live").first.is_visible()

    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("details:not([open])").count() == folded
    assert tab.complaints == []
