"""The same notebooks in JupyterLab: they run, answer, follow the theme; nothing off the machine is asked for."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlparse

import pytest

from tests.widgets.team import source
from toolkit.apps.serve import HERE, environment
from toolkit.base.places import notebooks

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lab")]

TOKEN = "for-this-test"
SOON = 60_000  # ms
BEGUN = "[...document.querySelectorAll('.jp-InputArea-prompt')].some(at => /\\[(\\*|\\d+)\\]/.test(at.textContent))"
LAB = [
    "--no-browser", f"--ServerApp.ip={HERE}", "--ServerApp.port_retries=0", "--allow-root",
    f"--ServerApp.root_dir={notebooks() / 'apps'}", "--LabApp.news_url=", "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]  # fmt: skip


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on the apps' folder, with a home of its own; the address of a notebook in it."""
    with socket.socket() as free:
        free.bind((HERE, 0))
        port = free.getsockname()[1]
    known = environment(str(source(tmp_path / "data")), "en", TOKEN) | {"HOME": str(tmp_path)}
    known |= {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces")}
    known |= {"KAT_FOLDER": str(tmp_path)}
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}", *LAB]
    process = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{HERE}:{port}/api", timeout=5)
            break
        except OSError:
            time.sleep(0.3)
    yield lambda name: f"http://{HERE}:{port}/lab/tree/{name}?token={TOKEN}"
    process.terminate()
    process.wait(30)


@pytest.fixture
def run_all(lab):
    """`run_all(name)`: a tab with every cell of the notebook run, and what was asked of other machines."""
    from playwright import sync_api

    asked = []

    def only_here(route, request):
        where = urlparse(request.url)
        if where.scheme in ("data", "blob") or where.hostname == HERE:
            route.continue_()
        else:
            asked.append(request.url)
            route.abort()

    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        tab = chromium.new_context(viewport={"width": 1400, "height": 950}).new_page()
        tab.context.route("**/*", only_here)

        def run(name, wait=".kat-thresholds .verdict h2"):
            tab.goto(lab(name))
            tab.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SOON)
            tab.wait_for_selector(".jp-NotebookPanel-toolbar >> text=Python 3", timeout=SOON)
            for _ in range(10):  # a notebook that is not yet the active one ignores the menu
                tab.get_by_role("menuitem", name="Run", exact=True).click()
                tab.get_by_text("Run All Cells", exact=True).click()
                try:
                    tab.wait_for_function(BEGUN, timeout=6_000)
                    break
                except sync_api.TimeoutError:
                    continue
            tab.wait_for_selector(wait, timeout=SOON)
            return tab, asked

        yield run
        chromium.close()


def lower_the_a_line(tab):
    """By five points, with the keyboard."""
    tab.locator(".kat-thresholds .noUi-handle").first.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowLeft")
    tab.locator(".verdict h2", has_text="1 account moves up").wait_for(timeout=SOON)


def test_the_panel_in_jupyterlab(run_all):
    tab, asked = run_all("threshold_panel.ipynb")
    lower_the_a_line(tab)
    for theme, colour in (("JupyterLab Dark", "rgb(17, 22, 29)"), ("JupyterLab Light", "rgb(245, 247, 250)")):
        tab.get_by_role("menuitem", name="Settings", exact=True).click()
        tab.locator(".lm-Menu-itemLabel", has_text="Theme").first.click()
        tab.get_by_text(theme, exact=True).click()
        tab.wait_for_function(
            f"getComputedStyle(document.querySelector('.kat-thresholds')).backgroundColor === '{colour}'",
            timeout=SOON,
        )
    assert asked == []
    assert os.path.getsize(notebooks() / "apps" / "threshold_panel.ipynb") < 4000  # nothing was saved into it


def test_the_studio_in_jupyterlab_looks_ahead_in_the_background(run_all):
    tab, asked = run_all("studio.ipynb")
    tab.locator(".tabs button", has_text="Ahead").click()
    lower_the_a_line(tab)
    tab.locator(".section", has_text="1000 futures").wait_for(timeout=SOON)
    assert asked == []


def test_the_board_in_jupyterlab_is_there_without_a_network(run_all):
    tab, asked = run_all("board.ipynb", ".kat-board .headline")
    assert tab.locator(".kat-board .headline").inner_text() == "No campaigns on record, nothing to show on the board"
    assert "kat import" in tab.locator(".kat-board .note").inner_text() and asked == []
