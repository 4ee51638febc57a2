"""Ten browsers write for two minutes: `python -m benchmarks.soak [--database postgresql] [--minutes 2] [--browsers 10]`

Each is a page of Chromium on a rep's desk, served by Voila on the sample team. It types a note into one of the rep's
reports of today and taps Send twice at once, over and over, account after account; some share a rep with another, so
that two write into one row. Afterwards the store is counted: every note that the page said was sent must stand in the
journal exactly once (none lost, none doubled), and the newest of each report in its row.
"""

import argparse
import asyncio
import collections
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import toolkit as kat
from toolkit.data.store import Store

SOON, LONGEST = 120_000, 600_000  # ms; until a page is ready: ten kernels start at once on two cores
SEND = "button.send >> visible=true"


@dataclass
class Browser:
    """One page: whose desk it is, the notes that it sent and was told so, and how long each took."""

    number: int
    rep: str
    rounds: int = 0
    sent: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


async def written(chromium: Any, server: Any, one: Browser, until: list[float], door: Any, ready: Any) -> None:
    """Open the desk, wait for the others, write until the time is up."""
    context = await chromium.new_context(viewport={"width": 390, "height": 900})
    tab = await context.new_page()
    async with door:  # two come in at a time: a kernel that gets no turn for a minute is given up by Voila
        await tab.goto(server.page("en", "desk.ipynb") + f"&rep={one.rep}", wait_until="commit", timeout=LONGEST)
        await tab.wait_for_selector(SEND, timeout=LONGEST)
    pills, tabs = tab.locator(".pills button"), tab.locator(".tabs button")

    async def settled() -> None:
        """The kernel answers in turn: once it has turned the tab, it has done all that was asked before."""
        await tabs.nth(2).click()
        await tab.wait_for_selector(SEND, state="hidden", timeout=SOON)
        await tabs.nth(0).click()
        await tab.wait_for_selector(SEND, timeout=SOON)

    await ready()
    while time.monotonic() < until[0]:
        note = f"soak-{one.number}-{one.rounds}"
        await pills.nth(one.rounds % await pills.count()).click()
        one.rounds += 1
        await settled()
        await tab.get_by_role("button", name="No competitor move today").click()
        await tab.get_by_role("button", name="No resources today, all 0").click()
        await tab.get_by_label("Note").fill("")
        await tab.keyboard.type(note)
        start = time.monotonic()
        await tab.locator(SEND).first.click()
        await tab.locator(SEND).first.click()  # an impatient finger
        await settled()
        if (
            await tab.locator(".problem >> visible=true").count()
            or not await tab.locator(".done >> visible=true").count()
        ):
            one.refused.append((await tab.inner_text("body"))[-300:])
        else:
            one.sent.append(note)
            one.seconds.append(time.monotonic() - start)
    await context.close()


async def soak(server: Any, browsers: list[Browser], minutes: float) -> None:
    """All of them at once, once all are ready."""
    from playwright.async_api import async_playwright

    from tests.apps.served import FLAGS

    until, waiting, begin, door = [0.0], [len(browsers)], asyncio.Event(), asyncio.Semaphore(2)

    async def ready() -> None:
        waiting[0] -= 1
        if not waiting[0]:
            until[0] = time.monotonic() + minutes * 60
            begin.set()
        await begin.wait()

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        await asyncio.gather(*(written(chromium, server, one, until, door, ready) for one in browsers))
        await chromium.close()


def counted(url: str, browsers: list[Browser]) -> dict[str, int]:
    """What was sent, and what is found of it."""
    store = Store(url, "count")
    j = store.tables.journal
    from sqlalchemy import select

    query = select(j.c.after).where(j.c.table_name == "daily_reports").order_by(j.c.number)
    after = [image for (image,) in store.run(lambda connection: connection.execute(query).all())]
    written = collections.Counter(image["note"] for image in after)
    newest = {image["report_id"]: image["note"] for image in after}
    rows = {row.values["report_id"]: row.values["note"] for row in store.rows("daily_reports", report_id=list(newest))}
    store.close()
    sent = [note for one in browsers for note in one.sent]
    return {
        "told as sent": len(sent),
        "lost": sum(note not in written for note in sent),
        "doubled": sum(count > 1 for count in written.values()),
        "rows that are not the newest write": sum(rows.get(key) != note for key, note in newest.items()),
        "reports": len(rows),
        "refused or unanswered": sum(len(one.refused) for one in browsers),
    }


def main() -> None:
    """Run it on one database and print the figures; exit code 1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--browsers", type=int, default=10)
    given = parser.parse_args()
    from tests.apps.served import Server
    from tests.data.databases import postgresql

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = given.database == "postgresql"
        url = stack.enter_context(postgresql()).address if postgres else f"sqlite:///{folder}/team.db"
        team = kat.load("sample_data")
        store = Store(url, "import", make=True)
        store.take_in(team)
        store.close()
        owners = team.accounts.loc[team.accounts["status"] == "active", "owner_id"].value_counts()
        reps = sorted(owners.index)[: -(-given.browsers * 3 // 4)]  # some have a desk open twice
        browsers = [Browser(n, reps[n % len(reps)]) for n in range(given.browsers)]
        server = Server(url, folder, heated=False)
        stack.callback(server.end)
        start = time.monotonic()
        asyncio.run(soak(server, browsers, given.minutes))
        took = time.monotonic() - start
        print(f"{given.database}: {given.browsers} browsers, {given.minutes:g} min of writing, {took:.0f} s in all")
        figures = counted(url, browsers)
        times = sorted(second for one in browsers for second in one.seconds)
        for name, value in figures.items():
            print(f"  {name}: {value}")
        if times:
            print(
                f"  seconds until told: median {times[len(times) // 2]:.2f}, 95 % {times[int(len(times) * 0.95)]:.2f}"
            )
        for one in browsers:
            for line in one.refused:
                print(f"  browser {one.number}: {line}")
    sys.exit(1 if figures["lost"] or figures["doubled"] or figures["rows that are not the newest write"] else 0)


if __name__ == "__main__":
    main()
