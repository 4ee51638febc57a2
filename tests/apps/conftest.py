"""A browser for the tests of the apps: every request off the machine refused, and none tried."""

import shutil
import time
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.apps.served import FLAGS, SOON, STUDIO, Server
from tests.widgets.team import source
from toolkit.apps.serve import HERE


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The apps on the small team, in a working folder of their own."""
    folder = tmp_path_factory.mktemp("team")
    running = Server(source(folder / "data"), folder)
    yield running
    running.end()


@pytest.fixture(scope="module")
def sample_server(tmp_path_factory):
    """The apps on the sample team."""
    running = Server(Path("sample_data").resolve(), tmp_path_factory.mktemp("sample"), heated=False)
    yield running
    running.end()


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, server):
    """`opened(...)` gives a tab on an app, and the list of what went wrong in it."""
    contexts = []

    def open_one(
        language="zh", width=1280, scheme="light", running=server, wait=".verdict h2", app=STUDIO, more="", touch=False
    ):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=touch)
        context.set_default_timeout(SOON)
        contexts.append(context)
        tab, faults = context.new_page(), []

        def only_here(route, request):
            where = urlparse(request.url)
            if where.scheme in ("data", "blob") or where.hostname == HERE:
                route.continue_()
            else:
                faults.append("asked for " + request.url)
                route.abort()

        context.route("**/*", only_here)
        tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        start = time.monotonic()
        tab.goto(running.page(language, app) + more, wait_until="commit")
        tab.wait_for_selector(wait, timeout=SOON)
        print(f"ready in {time.monotonic() - start:.2f} s")
        return tab, faults

    yield open_one
    for context in contexts:
        context.close()
