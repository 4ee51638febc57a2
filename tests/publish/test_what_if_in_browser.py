"""The what-if page as people see it: all widths, both schemes, print; nothing fetched, clipped or covered."""

import pytest

from tests.publish.example_what_if import example
from tests.publish.test_in_browser import FAULTS, browser, opened
from toolkit.publish.what_if_page import fragment, page

__all__ = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The page on disk, by language."""
    folder = tmp_path_factory.mktemp("pages")
    for language in ("zh", "en"):
        (folder / f"{language}.html").write_text(page(example(language)), encoding="utf-8")
    return lambda language: folder / f"{language}.html"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (800, "light"), (390, "light")])
def test_nothing_is_fetched_clipped_or_covered(browser, path, language, width, scheme):
    tab, faults = opened(browser, path(language), width, scheme)
    assert faults + tab.evaluate(FAULTS) == []
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate(FAULTS) == [], "with the evidence unfolded"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_prints_on_few_sheets(browser, path, language):
    tab, _ = opened(browser, path(language), 1280, "dark")
    pdf = tab.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 9


def test_on_the_phone_the_evidence_is_folded_and_the_questions_are_not(browser, path):
    tab, _ = opened(browser, path("zh"), 390, "light")
    assert tab.locator("details.fold:visible").count() == 4
    assert tab.locator(".act.ask").first.is_visible() and tab.locator(".limits").is_visible()


def test_a_fragment_is_as_wide_as_its_cell(browser, tmp_path):
    file = tmp_path / "cell.html"
    html = f'<!doctype html><body style="margin:0"><div style="width:520px">{fragment(example("en"), "price")}</div>'
    file.write_text(html, encoding="utf-8")
    tab, _ = opened(browser, file, 1280, "light")
    cards = tab.locator(".duo > .card").evaluate_all("all => all.map(e => e.getBoundingClientRect().left)")
    assert len(set(cards)) == 1, "the two cards stand beneath each other"
