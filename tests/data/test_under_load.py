"""Ten processes write at once, in conflict and twice: nothing is lost, nothing doubled, nothing half written."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from subprocess import PIPE

import toolkit as kat
from toolkit.data.store import Store

WRITERS, ROUNDS = 10, 5
DAY = date(2026, 11, 20)


def test_ten_processes_lose_nothing_and_double_nothing(store, url):
    store.save("problems", {"problem_tag": "count", "opened_on": DAY, "root_cause": "0"})
    words = [sys.executable, "-m", "tests.data.writer", url]
    known = os.environ | {"PYTHONPATH": str(Path.cwd())}
    writers = [
        subprocess.Popen([*words, str(n), str(ROUNDS)], stdout=PIPE, stderr=PIPE, text=True, env=known)
        for n in range(WRITERS)
    ]
    said = [writer.communicate() for writer in writers]
    assert [out.strip() for out, _ in said] == [str(ROUNDS)] * WRITERS, said
    sent = {f"W{n}-{k}": f"by {n}" for n in range(WRITERS) for k in range(ROUNDS)}
    reports = {row.values["report_id"]: row for row in store.rows("daily_reports") if row.values["report_id"] in sent}
    assert {key: row.values["note"] for key, row in reports.items()} == sent
    assert {row.version for row in reports.values()} == {2}
    total = str(WRITERS * ROUNDS)
    (count,) = store.rows("problems", problem_tag="count")
    assert (count.values["root_cause"], count.version) == (total, WRITERS * ROUNDS + 1)
    written = store.history("problems", "count", DAY)
    assert [entry["after"]["root_cause"] for entry in written] == [str(n) for n in range(WRITERS * ROUNDS + 1)]
    checks = {row.values["check_id"]: row.values["evidence"] for row in store.rows("self_checks")}
    assert [checks[f"C{n}"] for n in range(1, WRITERS * ROUNDS + 1)] == [entry["who"] for entry in written[1:]]
    assert [len(store.history("callbacks", f"S{k}")) for k in range(ROUNDS)] == [1] * ROUNDS
    for n in range(WRITERS):
        mine = Store(url, f"w{n}")
        assert mine.draft("draft") == {"note": f"{n}-{ROUNDS - 1}"}
        mine.close()
    assert len(kat.load(url).faults) == 0


def test_four_who_make_one_store_at_once_make_one(databases):
    url = databases.empty()
    words = [
        sys.executable,
        "-c",
        "import sys; from toolkit.data.store import Store; Store(sys.argv[1], 'me', make=True)",
    ]
    known = os.environ | {"PYTHONPATH": str(Path.cwd())}
    makers = [subprocess.Popen([*words, url], stderr=PIPE, text=True, env=known) for _ in range(4)]
    assert [maker.communicate()[1] for maker in makers] == [""] * 4
    made = Store(url, "me")
    assert made.stamp() == 0 and made.rows("accounts") == []
    made.close()
