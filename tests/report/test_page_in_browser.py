"""The page in a real browser: search, sort, cards, dark colours and print."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import placement_opt as po

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")

PEOPLE = 130
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    region = po.synthetic_region(candidates=PEOPLE, openings=40, seed=2)
    path: Path = tmp_path_factory.mktemp("page") / "plan.html"
    po.solve(region, time_limit_s=20, reproducible=True).report(path, "en", "consultant")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.wrong = []
        opened.on("console", lambda message: opened.wrong.append(message.text))
        opened.on("pageerror", lambda error: opened.wrong.append(str(error)))
        opened.goto(path.as_uri())
        yield opened
        assert opened.wrong == []
        browser.close()


def first_column(page: Any) -> list[str]:
    return page.locator("#rows tbody th").all_inner_texts()


def test_the_table_shows_pages_of_all_people(page: Any) -> None:
    assert page.locator("#found").inner_text() == f"{PEOPLE} found"
    assert len(first_column(page)) == 50
    assert first_column(page)[0] == "C-00001"
    page.click("#following")
    page.click("#following")
    assert len(first_column(page)) == PEOPLE - 100
    assert page.locator("#following").is_disabled()
    page.click("#previous")
    page.click("#previous")
    assert page.locator("#previous").is_disabled()


def test_search_and_filter_narrow_it(page: Any) -> None:
    page.fill("#search", "c-00007")
    assert first_column(page) == ["C-00007"]
    page.fill("#search", "nothing like this")
    assert first_column(page) == []
    assert page.locator("#found").inner_text() == "0 found"
    page.fill("#search", "")
    page.select_option("#kind", "placed")
    placed = int(page.locator("#found").inner_text().split()[0])
    page.select_option("#kind", "left")
    assert int(page.locator("#found").inner_text().split()[0]) == PEOPLE - placed
    page.select_option("#kind", "all")


def test_columns_sort_both_ways_with_empty_cells_last(page: Any) -> None:
    hours = page.locator("#rows thead th", has_text="hours a week")
    page.select_option("#kind", "placed")
    hours.locator("button").click()
    assert hours.get_attribute("aria-sort") == "ascending"
    rows = page.locator("#rows tbody tr td.n:nth-child(6)").all_inner_texts()
    assert [float(text) for text in rows] == sorted(float(text) for text in rows)
    hours.locator("button").click()
    assert hours.get_attribute("aria-sort") == "descending"
    page.select_option("#kind", "all")
    assert page.locator("#rows tbody tr").first.locator("td.n").count() > 0
    page.locator("#rows thead th").first.locator("button").click()


def test_a_card_opens_by_keyboard_and_closes_again(page: Any) -> None:
    page.locator(".person").first.focus()
    page.keyboard.press("Enter")
    card = page.locator("#card")
    assert card.is_visible()
    assert page.locator("#card-title").inner_text() == "C-00001"
    assert "Other openings" in card.inner_text()
    page.keyboard.press("Escape")
    assert not card.is_visible()
    assert page.evaluate("document.activeElement.className") == "person"


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!/^rgba\\(.*, 0\\)$/.test(color) && color !== "transparent") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const worst = [];
  const texts = "h1,h2,h3,p,a,th,td,dt,dd,li,button,summary,label";
  for (const node of document.querySelectorAll(texts)) {
    if (!node.offsetParent || node.disabled) continue;
    const a = light(getComputedStyle(node).color), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) worst.push([node.tagName, node.innerText, ratio]);
  }
  return worst;
}"""


LINES = """(node) => {
  const text = document.createRange();
  text.selectNodeContents(node);
  return text.getClientRects().length;
}"""
"""How many lines the text of a node takes."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_what_is_behind_them(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.evaluate(CONTRAST) == []
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != background
    page.emulate_media(color_scheme="light")


def test_a_phone_needs_no_scrolling_sideways(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in page.locator("section:not(#flows) .wide").all():  # nor inside a part of the page
        assert part.evaluate("part => part.scrollWidth <= part.clientWidth")
    page.set_viewport_size({"width": 320, "height": 800})
    page.select_option("#kind", "placed")
    page.locator(".person").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for number in page.locator("#card td").all():
        if number.inner_text().replace(".", "").replace(",", "").isdigit():
            assert number.evaluate(LINES) == 1, "a number is broken in two"
    page.keyboard.press("Escape")
    page.select_option("#kind", "all")
    cell = page.locator("#rows td[data-name]").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"home: "'
    page.set_viewport_size({"width": 1200, "height": 900})


def test_paper_has_all_rows_and_no_controls(page: Any, tmp_path: Path) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    names = page.locator("#rows thead th").all_inner_texts()
    assert names[0] == "person"
    assert page.locator("#rows thead button").count() == 0  # else only one sheet has the names
    assert len(first_column(page)) == PEOPLE
    assert not page.locator(".controls").is_visible()
    page.pdf(path=str(tmp_path / "plan.pdf"), format="A4")
    assert (tmp_path / "plan.pdf").stat().st_size > 10_000
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert len(first_column(page)) == 50
    assert page.locator("#rows thead button").all_inner_texts() == names
