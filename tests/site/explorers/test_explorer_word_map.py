"""The word map on a page: neighbours, analogies, spelling."""

import pytest
from explorer_samples import WORDS, word_map
from playwright.sync_api import Locator, Page, expect


def field(page: Page, name: str = "word") -> Locator:
    """One of the word map's three fields."""
    return page.get_by_role("combobox", name=name, exact=True)


def found(page: Page) -> list[str]:
    """The words that the page lists."""
    return page.locator(".lc-found button").evaluate_all(
        "list => list.map(button => button.firstChild.textContent)"
    )


@pytest.mark.parametrize("home", ["http", "file"])
def test_a_word_gets_its_neighbours(visit, home: str):
    explorer = word_map()
    page = visit(explorer, home=home).page
    for query in ("row", "mean", "rows - row + column", "rows - row", "red + green"):
        field(page).fill(query)
        page.keyboard.press("Enter")
        explorer.query = query
        assert found(page) == [word for word, _ in explorer.nearest()]
        shown = page.locator(".lc-cosine").all_text_contents()
        cosines = [float(c.replace("−", "-")) for c in shown]
        assert cosines == pytest.approx([c for _, c in explorer.nearest()], abs=0.0051)
        tags = page.locator(".lc-map .lc-near.lc-tag").all_text_contents()
        assert tags == found(page)
    page.get_by_role("button", name="rows − row + column").click()
    assert found(page)[0] == "columns"
    assert field(page, "minus").input_value() == "row"


def test_typing_completes_and_answers_at_once(visit):
    page = visit(word_map()).page
    word = field(page)
    word.fill("")
    word.press_sequentially("col")
    options = page.locator("datalist option")
    assert options.evaluate_all("o => o.map(e => e.value)") == ["column", "columns"]
    word.press_sequentially("umn")
    assert "Nearest to column, " in page.get_by_role("status").text_content()
    assert word.input_value() == "column"


def test_clear_makes_room_for_a_single_word(visit):
    explorer = word_map()
    page = visit(explorer).page
    page.get_by_role("button", name="rows − row + column").click()
    page.get_by_role("button", name="Clear").click()
    expect(field(page)).to_be_focused()
    assert found(page) == []
    page.keyboard.type("mean")
    explorer.query = "mean"
    assert found(page) == [word for word, _ in explorer.nearest()]


def test_an_unknown_word_gets_one_sentence_and_near_spellings(visit):
    page = visit(word_map()).page
    field(page).fill("medain")
    page.keyboard.press("Enter")
    said = page.get_by_role("status")
    expect(said).to_contain_text("“medain” is not among the 10 words of this map.")
    assert found(page) == []
    said.get_by_role("button", name="median").click()
    assert field(page).input_value() == "median"
    assert "variance" in found(page)
    field(page).fill("row * 2")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Write a word, or word − word + word.")


def test_capitals_are_found_and_kept(visit):
    words = ["Paris", *WORDS[1:]]
    explorer = word_map(words)
    page = visit(explorer).page
    for query in ("paris", "ROWS - paris"):
        field(page).fill(query)
        page.keyboard.press("Enter")
        explorer.query = query
        assert found(page) == [word for word, _ in explorer.nearest()]
    page.get_by_role("button", name="Clear").click()
    field(page).fill("rows")
    page.get_by_role("button", name="Paris").click()
    assert field(page).input_value() == "Paris"
    assert len(found(page)) == 4


def test_neighbours_and_dots_lead_on(visit):
    explorer = word_map()
    page = visit(explorer).page
    page.locator(".lc-found button").first.click()
    explorer.query = explorer.nearest("row")[0][0]
    assert found(page) == [word for word, _ in explorer.nearest()]
    box = page.locator(".lc-map").bounding_box()
    x, y = explorer._places[WORDS.index("blue")].tolist()
    page.mouse.click(
        box["x"] + (0.03 + 0.94 * x) * box["width"],
        box["y"] + (0.97 - 0.94 * y) * box["height"],
    )
    assert field(page).input_value() == "blue"
