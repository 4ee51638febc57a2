"""Plans to test with: a small team, tiny notebooks, and a maker that makes reports of nothing but their records."""

import json
import os
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat
import yaml

from tests.widgets.team import source
from toolkit.plan.inside import PLAN
from toolkit.plan.order import Outcome
from toolkit.plan.report import Asked, report
from toolkit.publish.staging import staged

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2026, 11, 20)


def environment():
    """The environment of a `kat` that is run as a process."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def moment(text):
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def notebook(path, *cells, parameters='as_of = ""\nlanguage = "en"'):
    """A notebook of one's own with a `parameters` cell and these cells behind it."""
    tagged = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    pages = nbformat.v4.new_notebook(cells=[tagged, *map(nbformat.v4.new_code_cell, cells)])
    nbformat.write(pages, path)
    return str(path)


def plan_file(folder, reports, **more):
    """A plan in English for the small team, with its output beside it and no waiting; the file."""
    data = folder / "team"
    if not data.exists():
        source(data)
    retry = {"times": 0, "wait_seconds": 0}
    tree = {"language": "en", "output": str(folder / "out"), "data": str(data), "retry": retry, **more}
    file = folder / "plan.yaml"
    file.write_text(yaml.safe_dump({**tree, "reports": reports}, allow_unicode=True, sort_keys=False), "utf-8")
    return str(file)


def stub(orders):
    """A maker that leaves the record that a real one would, and no files."""
    for order in orders:
        yield order, stubbed(order)


def stubbed(order):
    """One report of the stub."""
    verdict = f"{order.name} of {order.day}"
    own = {**order.facts, "fingerprint": dict(order.fingerprint), "screen": {"title": order.title, "verdict": verdict}}
    record = {"version": order.fingerprint["version"], PLAN: own}
    with staged(Path(order.root) / order.folder) as place:
        (place / "run.json").write_text(json.dumps(record), "utf-8")
    return Outcome("done", record)


def run(file, *, day=FRIDAY, at="2026-11-21T09:00", maker=stub, **asked):
    """A run of a plan at a frozen moment; what it made."""
    return report(Asked(file, day, **asked), clock=lambda: moment(at), maker=maker)[0]


def told(run_):
    """Name, day, status and freshness of what a run made."""
    return [(one.name, one.day.isoformat(), one.status, one.fresh) for one in run_.made]
