"""One worker, two, or a cluster: the same reports, and the same as the commands make."""

import asyncio
import contextvars
import json
import re
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from jupyter_core.utils import run_sync

import toolkit as kat
from tests.plan.plans import FRIDAY, plan_file, run
from tests.widgets.team import source
from toolkit.base.errors import InputError
from toolkit.plan import inside, pool
from toolkit.plan.order import Order
from toolkit.plan.pool import here, on_cluster
from toolkit.plan.seat import Seat
from toolkit.publish import pdf
from toolkit.publish.deliver import deliver
from toolkit.reports.brief import brief

pytestmark = pytest.mark.xdist_group("plan")
TEAMS = {"north": {"A1": "North 一号"}, "south": {"A1": "South <b>&</b> 二号"}}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The briefs of two teams by one worker, by two and by a cluster of two, and the runs."""
    from distributed import LocalCluster

    folder = tmp_path_factory.mktemp("workers")
    for team, names in TEAMS.items():
        source(folder / "teams" / team, **names)
    entry = {"name": "brief of {team}", "kind": "daily", "teams": list(TEAMS), "data": str(folder / "teams" / "{team}")}
    entry |= {"folder": "{team}/{day}"}
    runs = {}
    places = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None}
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, **places) as cluster:
        makers = {"one": here(1), "two": here(2), "cluster": on_cluster(cluster.scheduler_address, "en")}
        for name, maker in makers.items():
            (folder / name).mkdir()
            file = plan_file(folder / name, [entry], data=str(folder), pdf=name == "one")
            runs[name] = run(file, maker=maker)
    return folder, runs


def files(folder, name, kind):
    out = folder / name / "out"
    return {
        path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob(f"*.{kind}") if path.parent != out
    }


def test_all_are_done(made):
    for name, done in made[1].items():
        assert [one.status for one in done.made] == ["done", "done"], (name, done.made)


def test_two_workers_and_a_cluster_make_what_one_makes_byte_for_byte(made):
    for kind in ("csv", "html"):
        one = files(made[0], "one", kind)
        assert len(one) >= 2
        assert files(made[0], "two", kind) == one
        assert files(made[0], "cluster", kind) == one


def test_threads_that_share_a_context_do_not_share_an_event_loop():
    async def slow() -> int:
        await asyncio.sleep(0.2)
        return 1

    run_sync(slow)()  # this context has a loop from now on, as that of a cluster's worker
    seats = [Seat(), Seat()]
    for seat in seats:
        seat._run = run_sync(slow)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(contextvars.copy_context().run, seat.run) for seat in seats]
        wait(waiting)
    assert [one.exception() for one in waiting] == [None, None]


def test_a_plan_makes_what_the_command_makes_byte_for_byte(made, tmp_path):
    folder, _ = made
    team = kat.load(folder / "teams" / "south", language="en")
    deliver(brief(team, str(FRIDAY), language="en"), tmp_path / "by_hand")
    out = folder / "one" / "out" / "south" / "2026-11-20"
    names = {path.relative_to(tmp_path / "by_hand").as_posix() for path in (tmp_path / "by_hand").rglob("*.*")}
    assert {"daily_brief.html", "daily_brief.xlsx", "run.json", "tables/tiers.csv"} <= names | {"tables/tiers.csv"}
    for name in sorted(names - {"run.json", "daily_brief.xlsx"}):
        assert (out / name).read_bytes() == (tmp_path / "by_hand" / name).read_bytes(), name
    record = json.loads((out / "run.json").read_text("utf-8"))
    by_hand = json.loads((tmp_path / "by_hand" / "run.json").read_text("utf-8"))
    assert {key: record[key] for key in by_hand if key != "seconds"} == {
        k: v for k, v in by_hand.items() if k != "seconds"
    }


def test_the_executed_notebook_shows_the_report(made):
    cells = json.loads((made[0] / "one" / "out" / "north" / "2026-11-20" / "daily_brief.ipynb").read_text("utf-8"))[
        "cells"
    ]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert not any("lang-zh" in cell["metadata"].get("tags", ()) for cell in cells)


def test_the_page_is_printed_where_it_is_asked_for_and_the_record_says_why_where_it_is_not(made):
    printed = (made[0] / "one" / "out" / "north" / "2026-11-20" / "daily_brief.pdf").read_bytes()
    assert printed.startswith(b"%PDF-") and b"%%EOF" in printed[-32:]
    said = {}
    for name in ("one", "two"):
        record = json.loads((made[0] / name / "out" / "north" / "2026-11-20" / "run.json").read_text("utf-8"))
        said[name] = (record["plan"]["pdf"], record["plan"]["no_pdf"])
    assert said == {"one": (True, ""), "two": (False, "The plan asks for no PDF.")}


def test_names_are_escaped_on_the_index_and_the_figures_of_the_first_screen_stand_there(made):
    page = (made[0] / "one" / "out" / "index.html").read_text("utf-8")
    assert "<b>&</b>" not in page
    assert "Resource efficiency" in page and "south/2026-11-20/daily_brief.html" in page


def test_a_page_for_paper_has_no_variables_of_colour_left(made):
    page = (made[0] / "one" / "out" / "north" / "2026-11-20" / "daily_brief.html").read_text("utf-8")
    assert "var(--ink)" in page
    assert "var(--ink)" not in pdf.for_paper(page)


def test_on_paper_an_alerts_sign_keeps_its_colour():
    page = "<style></style><p class='x'><svg class=\"ic\" viewBox='1'/></p>" + (
        '<article class="card alert a-red"><p class="tag"><svg class="ic" viewBox="2"/></p></article><style></style>'
        '<article class="card alert a-yellow"><p class="tag"><svg class="ic" viewBox="3"/></p></article>'
    )
    body = pdf.for_paper(page)
    assert re.findall(r'fill="(#\w+)" viewBox=["\'](\d)', body) == [
        ("#C47E00", "1"),
        ("#C8321F", "2"),
        ("#C47E00", "3"),
    ]


def small_report(folder):
    return brief(kat.load(source(folder), language="en"), str(FRIDAY), language="en")


def test_without_the_extra_there_is_no_pdf_and_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(inside, "can_print", lambda: False)
    inside.write({"day": small_report(tmp_path / "team")}, "daily", str(tmp_path), True)
    own = json.loads((tmp_path / "run.json").read_text("utf-8"))["plan"]
    assert own["pdf"] is False and "key-account-toolkit[documents]" in own["no_pdf"]
    assert not list(tmp_path.glob("*.pdf"))


def test_a_page_that_cannot_be_printed_costs_the_report_nothing(tmp_path, monkeypatch):
    def breaks(page, target):
        Path(target).write_bytes(b"%PDF half")
        raise IndexError("no glyph")

    monkeypatch.setattr(inside, "write_pdf", breaks)
    inside.write({"day": small_report(tmp_path / "team")}, "daily", str(tmp_path), True)
    own = json.loads((tmp_path / "run.json").read_text("utf-8"))["plan"]
    assert "IndexError: no glyph" in own["no_pdf"]
    assert (tmp_path / "daily_brief.html").is_file() and not list(tmp_path.glob("*.pdf"))


@pytest.mark.parametrize("held", [{}, {"day": 7}])
def test_a_notebook_that_leaves_no_report_is_our_fault(tmp_path, held):
    with pytest.raises(RuntimeError, match="left 0 reports"):
        inside.write(held, "daily", str(tmp_path), False)


def test_a_cluster_that_does_not_answer_is_told_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE", "1s")
    with pytest.raises(InputError, match="Nobody answers at tcp://127.0.0.1:9"):
        on_cluster("tcp://127.0.0.1:9", "en")


def test_a_worker_with_another_secret_is_found_out(made, monkeypatch, tmp_path):
    from toolkit.plan import make

    place = tmp_path / "place"
    place.mkdir()
    record = json.loads((made[0] / "one" / "out" / "north" / "2026-11-20" / "run.json").read_text("utf-8"))
    (place / "run.json").write_text(json.dumps(record), "utf-8")
    wanted = record["plan"]["fingerprint"] | {"salt": "another", "version": record["version"]}
    order = Order(
        "north", str(FRIDAY), "", "", "", "daily", "", {}, "en", "", False, 60, 1, 0, wanted, record["parameters"]
    )  # fmt: skip
    with pytest.raises(make._Failed, match="differs in the secret of the draws"):
        make._record(order, place, 1)
