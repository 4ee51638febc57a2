"""The pictures of docs/gallery and the READMEs, taken of the real review of the sample team: `make gallery`."""

import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import toolkit as kat
from toolkit.publish.weekly_page import page

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "gallery"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
FIRST_SCREEN = 1180  # px: verdict, figures, decisions


def main() -> None:
    """Render the review in both languages, then take every look of it."""
    team = kat.load(ROOT / "sample_data")
    pages = {language: page(kat.review(team, "2026-11-20", language=language)) for language in ("zh", "en")}
    GALLERY.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language, html in pages.items():
            for width, scheme in LOOKS:
                whole = _shot(browser, html, width, scheme)
                _save(whole, f"weekly_review_{language}_{width}_{scheme}.png")
                if (width, scheme) == (1280, "light"):
                    _save(whole.crop((0, 0, width, FIRST_SCREEN)), f"first_screen_{language}.png")
        browser.close()


def _shot(browser: Browser, html: str, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sheet = context.new_page()
    sheet.set_content(html, wait_until="load")
    picture = Image.open(BytesIO(sheet.screenshot(full_page=True)))
    context.close()
    return picture


def _save(picture: Image.Image, name: str) -> None:
    """As a small PNG: 96 colours hold a page of flat colours and text."""
    picture.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(GALLERY / name, optimize=True)


if __name__ == "__main__":
    main()
