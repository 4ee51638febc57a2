"""The pictures of docs/gallery and the READMEs, of the real reports and the studio: `make gallery`."""

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import toolkit as kat
from toolkit.apps.serve import address, arguments, environment
from toolkit.data.store import Store
from toolkit.language import LANGUAGES
from toolkit.plan.index import Row
from toolkit.plan.index import page as index_page
from toolkit.plan.model import Entry, Plan
from toolkit.plan.screen import first_screen
from toolkit.publish.kinds import KINDS
from toolkit.reports.report import Report

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "gallery"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
MADE = {kat.brief: "2026-11-20", kat.review: "2026-11-20", kat.monthly: "2026-10-31", kat.what_if: "2026-11-20"}
# what the READMEs' pictures are called
FIRST = {"weekly_review": "first_screen", "monthly_review": "monthly", "what_if": "what_if"}
FIRST_SCREEN = 1180  # px: verdict, figures, decisions
PORT, TOKEN = 8897, "gallery"
SLOW = 240_000  # ms that a page may take on a busy machine


def main() -> None:
    """Render the reports in both languages, then take every look of them."""
    team = kat.load(ROOT / "sample_data")
    reports = [make(team, day, language=name) for make, day in MADE.items() for name in LANGUAGES]
    pages = {(KINDS[r.kind].stem, r.language): KINDS[r.kind].module("page").page(r) for r in reports}
    GALLERY.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for (name, language), html in pages.items():
            for width, scheme in LOOKS:
                whole = _shot(browser, html, width, scheme)
                _save(whole, f"{name}_{language}_{width}_{scheme}.png")
                if (width, scheme) == (1280, "light") and name in FIRST:
                    _save(whole.crop((0, 0, width, FIRST_SCREEN)), f"{FIRST[name]}_{language}.png")
        for language in LANGUAGES:
            html = _index([report for report in reports if report.language == language], language)
            _save(_shot(browser, html, 1280, "light"), f"reports_{language}.png")
        with _served():
            for language in LANGUAGES:
                _save(_studio(browser, language), f"studio_{language}.png")
                for name in ("chain_walk", "roi_panel"):
                    _save(_figures(browser, language, name), f"{name}_{language}.png")
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/team.db"
            store = Store(url, "gallery", make=True)
            store.take_in(team)
            store.close()
            with _served(url):
                for language in LANGUAGES:
                    _save(_home(browser, language), f"home_{language}.png")
                    for name, picture in _room(browser, language).items():
                        _save(picture, f"war_room{name}_{language}.png")
                    _save(_desk(browser, language), f"desk_{language}.png")
                    _save(_request(browser, language), f"desk_request_{language}.png")
                    _save(_approvals(browser, language), f"directing_{language}.png")
                    _save(_board(browser, language), f"board_{language}.png")
        browser.close()


@contextmanager
def _served(source: str = str(ROOT / "sample_data")):
    """The apps on the sample team, until the pictures are taken."""
    known = environment(source, "zh", TOKEN)
    server = subprocess.Popen(
        [sys.executable, "-m", "toolkit.apps.server", *arguments(PORT)], env=known, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(120):
            try:
                urlopen(f"http://127.0.0.1:{PORT}/?token={TOKEN}", timeout=5).close()
                break
            except (URLError, OSError):
                time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _index(reports: list[Report], language: str) -> str:
    """The index page of a plan in which these reports were made."""
    links = tuple((what, "#") for what in ("page", "pdf", "workbook", "notebook"))
    rows = []
    for report in reports:
        screen, made = first_screen(report), datetime(2026, 11, 20, 20, 5)
        rows.append(
            Row(report.kind, "", report.kind, screen.title, report.as_of.date(), "done", made, "", screen, links)
        )
    plan = Plan(language=language, reports=(Entry(name="weekly", kind="weekly", data="sample_data"),))
    return index_page(plan, rows, len(rows), datetime(2026, 11, 20, 20, 5))


def _studio(browser: Browser, language: str) -> Image.Image:
    """The studio with the A line lowered to 55 %."""
    name = {"zh": "A类成交概率线", "en": "Win probability for A"}[language]
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language, app="studio.ipynb"), wait_until="commit")
    tab.wait_for_selector(".kat-thresholds .verdict h2", timeout=SLOW)
    tab.get_by_role("slider", name=name).focus()
    for _ in range(5):
        tab.keyboard.press("ArrowLeft")
    tab.locator(".control.differs").wait_for(timeout=SLOW)
    tab.wait_for_timeout(3_000)
    picture = Image.open(BytesIO(tab.screenshot()))
    tab.close()
    return picture


def _home(browser: Browser, language: str) -> Image.Image:
    """The home page."""
    tab = browser.new_page(viewport={"width": 1280, "height": 760}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language), wait_until="commit")
    tab.locator("a.app").first.wait_for(timeout=SLOW)
    picture = Image.open(BytesIO(tab.screenshot()))
    tab.close()
    return picture


def _room(browser: Browser, language: str) -> dict[str, Image.Image]:
    """The war room's week, its decisions with a form open and one waived, and an account's page."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language, app="war_room.ipynb"), wait_until="commit")
    tab.locator(".week h2").wait_for(timeout=SLOW)
    found = {"": _seen(tab)}
    tab.locator(".ln").nth(3).click()
    form = tab.locator(".form >> visible=true")
    form.locator("input").fill({"zh": "先等招标结果", "en": "Wait for the tender first"}[language])
    form.locator(".v-waived").click()
    tab.locator(".act.said").first.wait_for(timeout=SLOW)
    tab.locator(".act .open").first.click()
    form.wait_for(timeout=SLOW)
    found["_decisions"] = _seen(tab)
    tab.locator(".tabs button").nth(2).click()
    tab.locator(".acc .lk[data-value=A012]").click(timeout=SLOW)
    tab.locator(".facts >> visible=true").wait_for(timeout=SLOW)
    found["_account"] = _seen(tab)
    tab.close()
    return found


def _seen(tab: Page) -> Image.Image:
    tab.mouse.move(0, 0)
    tab.wait_for_timeout(1_000)
    return Image.open(BytesIO(tab.screenshot()))


def _phone(browser: Browser, language: str, more: str, wait: str) -> Page:
    """The desk on a phone, once it shows something."""
    tab = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language, app="desk.ipynb") + more, wait_until="commit")
    tab.locator(wait).first.wait_for(timeout=SLOW)
    tab.wait_for_timeout(1_000)
    return tab


def _desk(browser: Browser, language: str) -> Image.Image:
    """The first screen of a desk."""
    return _taken(_phone(browser, language, "&rep=R01", "button.send >> visible=true"))


def _request(browser: Browser, language: str) -> Image.Image:
    """Before a request: 12 per cent off for a B account."""
    tab = _phone(browser, language, "&rep=R01", "button.send >> visible=true")
    tab.locator(".tabs button").nth(1).click()
    tab.locator(".mine .asked >> visible=true").first.wait_for(timeout=SLOW)
    tab.locator("select >> visible=true").first.select_option(label="中原重工")
    tab.locator(".three button >> visible=true").nth(1).click()
    tab.locator(".number input >> visible=true").first.fill("12")
    tab.keyboard.press("Tab")
    tab.locator(".answer-up_to >> visible=true").wait_for(timeout=SLOW)
    tab.wait_for_timeout(500)
    return _taken(tab)


def _approvals(browser: Browser, language: str) -> Image.Image:
    """What waits for the director's answer."""
    tab = _phone(browser, language, "", ".part p >> visible=true")
    tab.locator(".tabs button").nth(1).click()
    tab.locator(".asked >> visible=true").first.wait_for(timeout=SLOW)
    tab.wait_for_timeout(500)
    return _taken(tab)


def _taken(tab: Page) -> Image.Image:
    picture = Image.open(BytesIO(tab.screenshot()))
    tab.close()
    return picture


def _board(browser: Browser, language: str) -> Image.Image:
    """The campaign board with a card in the hand, over the column next to its own."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language, app="board.ipynb"), wait_until="commit")
    tab.locator("[data-card] >> visible=true").first.wait_for(timeout=SLOW)
    card, lane = (tab.locator(name).bounding_box() for name in ('[data-card="C20"]', '.lane[data-column="engaged"]'))
    assert card and lane
    tab.mouse.move(card["x"] + 60, card["y"] + 30)
    tab.mouse.down()
    tab.mouse.move(lane["x"] + 80, card["y"] + 230, steps=8)
    tab.wait_for_timeout(500)
    picture = Image.open(BytesIO(tab.screenshot()))
    tab.close()
    return picture


def _figures(browser: Browser, language: str, name: str) -> Image.Image:
    """The walk along a chain with somebody picked, or the ROI panel."""
    tab = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
    tab.goto(address(PORT, TOKEN, language=language, app=f"{name}.ipynb"), wait_until="commit")
    tab.locator(".drawing svg >> visible=true").wait_for(timeout=SLOW)
    if name == "chain_walk":
        tab.locator("select").nth(1).select_option(index=1)
        tab.locator(".go button").first.wait_for(timeout=SLOW)
    tab.wait_for_timeout(1_500)
    picture = Image.open(BytesIO(tab.screenshot()))
    tab.close()
    return picture


def _shot(browser: Browser, html: str, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sheet = context.new_page()
    sheet.set_content(html, wait_until="load")
    picture = Image.open(BytesIO(sheet.screenshot(full_page=True)))
    context.close()
    return picture


def _save(picture: Image.Image, name: str) -> None:
    """As a small PNG: 256 colours, the rare ones kept, hold a page of flat colours and text."""
    few = picture.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(GALLERY / name, optimize=True)


if __name__ == "__main__":
    main()
