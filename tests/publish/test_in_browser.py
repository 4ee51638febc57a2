"""The page as people see it: both widths, both schemes, print; nothing fetched, clipped or covered."""

import shutil
from urllib.parse import urlparse

import pytest

from tests.publish.example_report import example
from toolkit.publish.weekly_page import fragment, page

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
FAULTS = """() => {
  const faults = [], wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide + 1) faults.push('wider than the window');
  const start = e => e.textContent.trim().slice(0, 30);
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const silent = e => ['STYLE', 'TITLE', 'DESC'].includes(e.tagName.toUpperCase());
  const shown = e => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility !== 'hidden';
  };
  const told = [...document.querySelectorAll('body *')].filter(e => !silent(e) && own(e) && shown(e));
  for (const e of told)
    if (e.clientWidth && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX !== 'visible')
      faults.push('clipped: ' + start(e));
  const block = e => e.namespaceURI.includes('svg') || getComputedStyle(e).display !== 'inline';
  const boxes = told.filter(block).map(e => {
    const g = document.createRange();
    g.selectNodeContents(e);
    return [e, g.getBoundingClientRect()];
  });
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    if (a.contains(b) || b.contains(a)) continue;
    const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (across > 3 && down > 4) faults.push('covering: ' + start(a) + ' | ' + start(b));
  }
  return faults;
}"""


@pytest.fixture(scope="module")
def browser():
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser, path, width, scheme):
    """The page in a window, and what went wrong while it loaded."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab, faults = context.new_page(), []

    def only_here(route, request):
        if urlparse(request.url).scheme in ("file", "data"):
            route.continue_()
        else:
            faults.append("asked for " + request.url)
            route.abort()

    context.route("**/*", only_here)
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    return tab, faults


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 800, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_fetched_clipped_or_covered(browser, tmp_path, language, width, scheme):
    path = tmp_path / "weekly_review.html"
    path.write_text(page(example(language)), encoding="utf-8")
    tab, faults = opened(browser, path, width, scheme)
    assert faults + tab.evaluate(FAULTS) == []
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate(FAULTS) == [], "with the evidence unfolded"


def test_on_the_phone_the_evidence_is_folded_and_opens(browser, tmp_path):
    path = tmp_path / "weekly_review.html"
    path.write_text(page(example("zh")), encoding="utf-8")
    tab, _ = opened(browser, path, 390, "light")
    tiers = tab.locator("table.tiers")
    assert not tiers.is_visible()
    tab.locator("details.fold summary").first.click()
    assert tiers.is_visible()
    tab.emulate_media(media="print")
    assert tab.locator(".ev > .body").evaluate_all("all => all.every(e => e.offsetHeight > 0)")


def test_on_a_wide_page_nothing_is_folded(browser, tmp_path):
    path = tmp_path / "weekly_review.html"
    path.write_text(page(example("en")), encoding="utf-8")
    tab, _ = opened(browser, path, 1280, "light")
    assert tab.locator("details.fold:visible").count() == 0
    assert tab.locator(".ev > .body").evaluate_all("all => all.every(e => e.offsetHeight > 0)")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_prints_on_few_sheets(browser, tmp_path, language):
    path = tmp_path / "weekly_review.html"
    path.write_text(page(example(language)), encoding="utf-8")
    tab, _ = opened(browser, path, 1280, "dark")
    pdf = tab.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 8


@pytest.mark.parametrize(("theme", "ground"), [("true", "rgb(255, 255, 255)"), ("false", "rgb(26, 33, 43)")])
def test_a_fragment_takes_the_notebooks_theme(browser, tmp_path, theme, ground):
    path = tmp_path / "notebook.html"
    html = f'<!doctype html><body data-jp-theme-light="{theme}">{fragment(example("en"), "decisions")}'
    path.write_text(html, encoding="utf-8")
    tab, _ = opened(browser, path, 1000, "dark" if theme == "true" else "light")
    assert tab.locator(".card").first.evaluate("e => getComputedStyle(e).backgroundColor") == ground
