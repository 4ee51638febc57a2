"""The studio in Chromium on the sample team: a slider's move to the redrawn result, and how soon a page is ready."""

import importlib.util
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import toolkit as kat
from benchmarks.timing import Measured, Row, measure
from toolkit.parameters import Parameters

ROOT = Path(__file__).resolve().parents[1]
PATH, LABEL = "tiers.a.min_win_probability", "Win probability for A"
HEATED_AFTER = 25  # seconds until the next kernel has run, on a machine that is busy
MOVE = """([label, key]) => new Promise((done, failed) => {
  const handle = [...document.querySelectorAll('.noUi-handle')].find(h => h.getAttribute('aria-label') === label);
  const verdict = document.querySelector('.verdict'), detail = document.querySelector('.detail');
  const before = Number(handle.getAttribute('aria-valuenow')), wanted = before + (key === 'ArrowLeft' ? -1 : 1);
  const lines = () => [...detail.querySelectorAll('svg.l text.name')];
  const redrawn = () => lines().some(text => text.textContent.includes(` ${wanted}%`));
  handle.focus();
  const start = performance.now();
  const seen = new MutationObserver(() => {
    if (!redrawn() || verdict.classList.contains('busy')) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));  // the frame is on the screen
  });
  seen.observe(document.body, { subtree: true, childList: true, attributes: true });
  handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  setTimeout(() => failed('nothing was redrawn'), 30000);
})"""


def run(quick: bool) -> list[Row]:
    """Moves and openings; no row, but a word, where Chromium, Playwright or Voila is not there."""
    missing = [name for name in ("playwright", "voila") if importlib.util.find_spec(name) is None]
    missing += [] if shutil.which("chromium") else ["chromium"]
    if missing:
        print(f"studio: left out, since {', '.join(missing)} is not installed", flush=True)
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        from tests.apps.served import FLAGS

        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        moves, heated, memory = _heated(browser, folder, 6 if quick else 24, 1 if quick else 5)
        cold = _cold(browser, folder, 1 if quick else 3)
        browser.close()
    again = measure(_the_review_again(), repeats=1 if quick else 3)
    move_note = f"median of {len(moves)} moves by keyboard at 1,280 px, from the key to the frame that shows the result"
    ready_note = f"median of {len(heated)} openings from the address to the result; the peak is the kernel's memory"
    return [
        Row("studio, slider move", 1, "move", _measured(moves, memory), "the review again", again, 1, 150.0, move_note),
        Row("studio, ready", 1, "page", _measured(heated, memory), "kernel not heated", cold, 1, 2000.0, ready_note),
    ]


def _measured(seconds: list[float], memory: float) -> Measured:
    return Measured(statistics.median(seconds), memory)


def _heated(browser: Any, folder: str, moves: int, openings: int) -> tuple[list[float], list[float], float]:
    """Seconds of each move and of each opening with a heated kernel; a kernel's memory in MB."""
    from tests.apps.served import Server

    server = Server(ROOT / "sample_data", folder)
    try:
        ready = []
        for opening in range(openings):
            time.sleep(HEATED_AFTER)
            seconds, tab = _open(browser, server)
            ready.append(seconds)
            if opening < openings - 1:
                tab.close(run_before_unload=True)
        tab.wait_for_timeout(1000)
        tab.evaluate(MOVE, [LABEL, "ArrowLeft"])  # the first one warms up
        keys = ["ArrowLeft" if number // 6 % 2 == 0 else "ArrowRight" for number in range(moves)]
        moved = [tab.evaluate(MOVE, [LABEL, key]) / 1000 for key in keys]
        memory = max(_resident(pid) for pid in server.kernel_pids())
        tab.context.close()
        return moved, ready, memory
    finally:
        server.end()


def _cold(browser: Any, folder: str, openings: int) -> Measured:
    """Opening without a heated kernel."""
    from tests.apps.served import Server

    server = Server(ROOT / "sample_data", folder, heated=False)
    try:
        seconds = []
        for _ in range(openings):
            one, tab = _open(browser, server)
            seconds.append(one)
            tab.context.close()
        return _measured(seconds, 0.0)
    finally:
        server.end()


def _open(browser: Any, server: Any) -> tuple[float, Any]:
    """A page opened in a browser without a cache: the seconds until it shows its result, and the tab."""
    tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    start = time.perf_counter()
    tab.goto(server.page("en"), wait_until="commit")
    tab.wait_for_selector(".verdict h2", timeout=120_000)
    return time.perf_counter() - start, tab


def _the_review_again() -> Any:
    """What one would do without the studio: the whole review under the changed line."""
    data = kat.load(ROOT / "sample_data")
    changed = Parameters.read(overrides={PATH: 0.55})
    return lambda: kat.review(data, parameters=changed)


def _resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
