"""The apps in Chromium on a store of the sample team: how soon a page is ready, what a click takes, what an app holds.

A click is measured in the page: from the event to the frame that shows its answer. Memory is the kernel's proportional
set size (PSS): what it holds for itself, and its share of what it holds with others.
"""

import importlib.util
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import toolkit as kat
from benchmarks.timing import Measured, Row
from toolkit.data.store import Store

ROOT = Path(__file__).resolve().parents[1]
HEATED_AFTER = 30  # seconds until the next kernel has run, on a machine that is busy
CLICK = """([act, seen]) => new Promise((done, failed) => {
  const shown = (css) => [...document.querySelectorAll(css)].filter((one) => one.offsetParent !== null);
  const pick = (css, value) => { const one = shown(css)[0]; one.value = value; one.selectedIndex = Number(value);
    one.dispatchEvent(new Event('change', { bubbles: true })); };
  const type = (css, text) => { const one = shown(css)[0]; one.value = text;
    for (const kind of ['input', 'change']) one.dispatchEvent(new Event(kind, { bubbles: true })); };
  const key = (name) => { const one = shown('.noUi-handle')[0]; one.focus();
    one.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true })); };
  const said = (css) => shown(css).map((one) => one.textContent).join();
  const words = { shown, pick, type, key, said };
  const run = (code, more) => new Function(...Object.keys(words), 'before', code)(...Object.values(words), more);
  const before = run(`return ${seen.includes('before') ? seen.split('!==')[0] : 'null'}`);
  const start = performance.now();
  const ready = () => run(`return ${seen}`, before);
  const look = () => { if (!ready()) return; seer.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); };
  const seer = new MutationObserver(look);
  seer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  run(act);
  setTimeout(() => failed(`nothing answered ${act}`), 60000);
})"""


@dataclass(frozen=True)
class Subject:
    """An app: what shows that it is ready, and clicks: what is done, and what is seen then (`before`: as it was)."""

    name: str
    ready: str
    clicks: tuple[tuple[str, str], ...]
    heated: bool = False
    more: str = ""


def _tab(number: int, seen: str) -> tuple[str, str]:
    return f"shown('.tabs button')[{number}].click()", seen


ROOM = (
    _tab(1, "shown('.acts').length > 0"),
    ("shown('.act .open')[0].click()", "shown('.form').length > 0"),
    ("shown('.act .open')[2].click()", "shown('.act')[2].querySelector('[aria-expanded=true]')"),
    _tab(2, "shown('.acc').length > 0"),
    ("type('.filters input', '张')", "said('.list h3') !== before"),
    ("shown('.list .all')[0].click()", "said('.list h3') !== before"),
    ("shown('.acc .lk[data-value=A012]')[0].click()", "shown('.facts').length > 0"),
    ("shown('.bk button')[0].click()", "shown('.acc').length > 0"),
    ("shown('.acc .lk[data-value=A014]')[0].click()", "shown('.facts').length > 0"),
    _tab(0, "shown('.four').length > 0"),
)
SLIDER = (("key('ArrowLeft')", "said('.verdict') !== before"), ("key('ArrowRight')", "said('.verdict') !== before"))
TONGUE = (
    ("shown('.language button')[0].click()", "said('.head h1') !== before"),
    ("shown('.language button')[1].click()", "said('.head h1') !== before"),
)
SUBJECTS = (
    Subject("war_room", ".week h2", ROOM, heated=True),
    Subject("desk", ".kat-desk button >> visible=true", TONGUE, heated=True, more="&rep=R01"),
    Subject("studio", ".verdict h2", SLIDER, heated=True),
    Subject("board", ".kat-board h2 >> visible=true", TONGUE),
    Subject("threshold_panel", ".verdict h2", SLIDER),
    Subject("chain_walk", ".drawing svg >> visible=true", TONGUE),
    Subject("roi_panel", ".verdict h2", SLIDER),
    Subject("drill", ".case h1 >> visible=true", TONGUE),
)


@dataclass(frozen=True)
class Found:
    """Seconds until ready and of each click; MB that a kernel holds waiting (0: none does) and open; kernels left."""

    ready: list[float]
    clicks: list[float]
    waiting: float
    held: float
    left: int


def run(quick: bool) -> list[Row]:
    """A row for how soon each app is ready and one for its clicks; a word where something is not installed."""
    missing = [name for name in ("playwright", "voila") if importlib.util.find_spec(name) is None]
    missing += [] if shutil.which("chromium") else ["chromium"]
    if missing:
        print(f"apps: left out, since {', '.join(missing)} is not installed", flush=True)
        return []
    from playwright.sync_api import sync_playwright

    subjects, openings = (SUBJECTS[:1], 1) if quick else (SUBJECTS, 3)
    rows: list[Row] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        from tests.apps.served import FLAGS

        url = f"sqlite:///{folder}/team.db"
        store = Store(url, "benchmark", make=True)
        store.take_in(kat.load(ROOT / "sample_data"))
        store.close()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for subject in subjects:
            cold = _measured(browser, url, folder, subject, openings, heated=False)
            warm = _measured(browser, url, folder, subject, openings, heated=True) if subject.heated else cold
            rows += _rows(subject, warm, cold)
        browser.close()
    return rows


def _rows(subject: Subject, warm: Found, cold: Found) -> list[Row]:
    name, n = subject.name.replace("_", " "), len(warm.ready)
    held = f"open it holds {warm.held:.0f} MB"
    waits = f", waiting {warm.waiting:.0f} MB; " if subject.heated else "; "
    note = f"median of {n} openings; {held}{waits}kernels after closing: {warm.left}"
    slow = max(warm.clicks)
    clicks = f"median of {len(warm.clicks)} clicks, the slowest {slow * 1e3:.0f} ms"
    not_heated = Measured(statistics.median(cold.ready), cold.held)
    ready = Measured(statistics.median(warm.ready), warm.held)
    click = Measured(statistics.median(warm.clicks), warm.held)
    target = 2000.0 if subject.heated else None
    return [
        Row(f"{name}, ready", 1, "page", ready, "kernel not heated", not_heated, 1, target, note),
        Row(f"{name}, a click", 1, "click", click, "opening it again", ready, 1, 150.0, clicks),
    ]


def _measured(browser: Any, url: str, folder: str, subject: Subject, openings: int, *, heated: bool) -> Found:
    from tests.apps.served import Server

    server = Server(url, folder, heated=[f"{subject.name}.ipynb"] if heated else ())
    ready, clicks, waiting, held = [], [], 0.0, 0.0
    try:
        for opening in range(openings):
            if heated:
                time.sleep(HEATED_AFTER)
                waiting = max((_held(pid) for pid in server.kernel_pids()), default=0.0)
            before = set(server.kernel_pids())
            tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            start = time.perf_counter()
            where = server.page("en", f"{subject.name}.ipynb") + subject.more
            tab.goto(where, wait_until="commit")
            tab.wait_for_selector(subject.ready, timeout=180_000)
            ready.append(time.perf_counter() - start)
            if opening == openings - 1:
                tab.wait_for_timeout(3000)
                clicks = [tab.evaluate(CLICK, list(click)) / 1000 for _ in range(3) for click in subject.clicks]
                mine = set(server.kernel_pids()) if heated else set(server.kernel_pids()) - before
                held = max(_held(pid) for pid in mine)
            tab.close(run_before_unload=True)
            tab.context.close()
        kept = 1 if heated else 0  # the one that is heated for whoever comes next
        return Found(ready, clicks, waiting, held, server.settled(kept, 90))
    finally:
        server.end()


def _held(pid: int) -> float:
    """The proportional set size of a process in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
