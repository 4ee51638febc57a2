"""A report is done when its record says so, made again when what it depends on has changed, and else left as it is."""

import json
from datetime import date

import pytest

from tests.plan.plans import FRIDAY, moment, notebook, plan_file, run, stub, stubbed, told
from toolkit.base.errors import InputError
from toolkit.plan import fingerprint
from toolkit.plan.order import Outcome
from toolkit.plan.report import Asked, report, would_make

WEEKLY = {"name": "weekly", "kind": "weekly", "when": {"every": "weekly", "at": "18:30"}}
DAILY = {"name": "daily", "kind": "daily", "when": {"every": "daily", "at": "20:00"}}
MADE, LEFT = ("weekly", "2026-11-20", "done", True), ("weekly", "2026-11-20", "done", False)


def failing(*names):
    """A maker in whose hands some reports fail."""

    def maker(orders):
        for order in orders:
            yield order, Outcome("failed", {}, "a wire came loose") if order.name in names else stubbed(order)

    return maker


def would(file, at, **asked):
    return [(s.wanted.job.name, s.action, s.why, s.parts) for s in would_make(Asked(file, **asked), lambda: moment(at))]


def test_what_is_done_is_left_as_it_is(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    assert told(run(file)) == [MADE]
    record = tmp_path / "out" / "weekly" / "2026-11-20" / "run.json"
    before = record.stat().st_mtime_ns
    assert told(run(file)) == [LEFT]
    assert record.stat().st_mtime_ns == before


def test_the_report_of_a_week_is_the_same_on_each_of_its_days(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    assert told(run(file)) == [MADE]
    assert told(run(file, day=date(2026, 11, 24))) == [LEFT]


def test_asked_for_again_it_is_made_again(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    run(file)
    assert told(run(file, again=True)) == [MADE]


def test_changed_data_parameters_or_entry_make_it_again_and_say_what_changed(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    run(file)
    with (tmp_path / "team" / "reps.csv").open("a", encoding="utf-8") as table:
        table.write("R9,New,rep\n")
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("weekly", "make", "changed", ("source",))]
    assert told(run(file)) == [MADE]
    plan_file(tmp_path, [WEEKLY | {"overrides": {"yellow_alert.max_days": 9}}])
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("weekly", "make", "changed", ("parameters",))]
    assert told(run(file)) == [MADE]
    plan_file(tmp_path, [WEEKLY | {"overrides": {"yellow_alert.max_days": 9}, "audience": "team"}])
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("weekly", "make", "changed", ("entry",))]


def test_a_newer_toolkit_and_another_secret_make_it_again(tmp_path, monkeypatch):
    file = plan_file(tmp_path, [WEEKLY])
    run(file)
    monkeypatch.setattr(fingerprint, "__version__", "99")
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("weekly", "make", "changed", ("version",))]
    monkeypatch.undo()
    monkeypatch.setenv("KAT_DRAW_SALT", "a sentence that only we know")
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("weekly", "make", "changed", ("salt",))]


def test_whom_it_goes_to_and_when_changes_nothing_that_is_done(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    run(file)
    entry = WEEKLY | {"when": {"every": "weekly", "at": "19:00"}, "tell": "boss"}
    plan_file(tmp_path, [entry], tell={"boss": "json://127.0.0.1:9"}, quiet={"start": "00:00", "end": "23:59"})
    assert told(run(file)) == [LEFT]


def test_the_files_that_a_notebook_of_ones_own_is_given_count_by_their_content(tmp_path):
    given = tmp_path / "given.csv"
    given.write_text("a", "utf-8")
    mine = notebook(tmp_path / "mine.ipynb", parameters='table = ""')
    file = plan_file(tmp_path, [{"name": "mine", "notebook": mine, "values": {"table": str(given)}}])
    run(file)
    given.write_text("b", "utf-8")
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("mine", "make", "changed", ("entry",))]
    run(file)
    notebook(tmp_path / "mine.ipynb", "1 + 1", parameters='table = ""')
    assert would(file, "2026-11-21T09:00", day=FRIDAY) == [("mine", "make", "changed", ("notebook",))]


def test_a_record_that_cannot_be_read_is_no_record(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    run(file)
    record = tmp_path / "out" / "weekly" / "2026-11-20" / "run.json"
    for text in ("", "{", "[]", '{"plan": 7}', '{"plan": {"fingerprint": 7}}'):
        record.write_text(text, "utf-8")
        assert told(run(file)) == [MADE]


def test_only_some_reports_or_teams_are_made(tmp_path):
    entry = {"name": "week of {team}", "kind": "weekly", "teams": ["north", "south"]}
    file = plan_file(tmp_path, [DAILY, entry])
    assert [name for name, *_ in told(run(file, only=["daily"]))] == ["daily"]
    assert [name for name, *_ in told(run(file, only=["south"]))] == ["week of south"]
    with pytest.raises(InputError, match="no report sout; nearest: south"):
        run(file, only=["sout"])


def test_data_that_is_not_there_is_that_reports_own_fault(tmp_path):
    lost = DAILY | {"data": str(tmp_path / "nowhere")}
    made = run(plan_file(tmp_path, [lost, WEEKLY]))
    assert told(made) == [("daily", "2026-11-20", "refused", True), MADE]
    assert "nowhere" in made.made[0].reason
    assert made.exit_code == 2


def test_the_same_refusal_is_written_down_once_however_often_the_plan_wakes(tmp_path):
    file = plan_file(tmp_path, [DAILY | {"data": str(tmp_path / "nowhere")}])
    for at in ("2026-11-20T20:00", "2026-11-20T20:15", "2026-11-20T20:30"):
        assert told(run(file, day=None, at=at)) == [("daily", "2026-11-20", "refused", True)]
    assert len((tmp_path / "out" / "ledger.jsonl").read_text("utf-8").splitlines()) == 1


def test_one_that_fails_by_our_fault_weighs_more_than_bad_input(tmp_path):
    lost = DAILY | {"data": str(tmp_path / "nowhere")}
    made = run(plan_file(tmp_path, [lost, WEEKLY]), maker=failing("weekly"))
    assert made.exit_code == 1


def test_a_first_run_by_the_clock_makes_the_newest_of_each_and_no_past(tmp_path):
    file = plan_file(tmp_path, [WEEKLY, DAILY])
    made = run(file, day=None, at="2026-11-24T12:00")
    assert told(made) == [MADE, ("daily", "2026-11-23", "done", True)]


def test_after_downtime_what_was_missed_is_made_but_not_older_than_the_plan_says(tmp_path):
    file = plan_file(tmp_path, [DAILY], catch_up=1)
    run(file, day=None, at="2026-10-30T21:00")
    made = run(file, day=None, at="2026-11-24T12:00")
    assert [day for _, day, *_ in told(made)] == ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23"]
    assert told(run(file, day=None, at="2026-11-24T12:15")) == []


def test_what_failed_is_made_by_a_later_run_though_newer_ones_are_done(tmp_path):
    file = plan_file(tmp_path, [DAILY])
    run(file, day=None, at="2026-11-18T21:00")
    run(file, day=None, at="2026-11-19T21:00", maker=failing("daily"))
    made = run(file, day=None, at="2026-11-20T21:00")
    assert [day for _, day, *_ in told(made)] == ["2026-11-19", "2026-11-20"]


def test_newer_data_does_not_make_again_what_was_made_when_it_was_due(tmp_path):
    file = plan_file(tmp_path, [DAILY])
    run(file, day=None, at="2026-11-19T21:00")
    with (tmp_path / "team" / "reps.csv").open("a", encoding="utf-8") as table:
        table.write("R9,New,rep\n")
    (tmp_path / "out" / "ledger.jsonl").unlink()  # as if it had been killed before writing it down
    (tmp_path / "out" / "index.html").unlink()
    (tmp_path / "out" / "ledger.jsonl").write_text("", "utf-8")
    assert told(run(file, day=None, at="2026-11-19T21:15")) == [("daily", "2026-11-19", "done", False)]


def test_what_somebody_made_before_its_hour_is_made_when_its_hour_has_come_if_the_data_moved_on(tmp_path):
    file = plan_file(tmp_path, [DAILY])
    run(file, day=None, at="2026-11-18T21:00")
    run(file, day=date(2026, 11, 19), at="2026-11-19T10:00")
    with (tmp_path / "team" / "reps.csv").open("a", encoding="utf-8") as table:
        table.write("R9,New,rep\n")
    assert told(run(file, day=None, at="2026-11-19T20:00")) == [("daily", "2026-11-19", "done", True)]
    assert told(run(file, day=None, at="2026-11-19T20:15")) == []


def test_a_dry_run_writes_nothing(tmp_path):
    file = plan_file(tmp_path, [WEEKLY])
    assert would(file, "2026-11-20T19:00") == [("weekly", "make", "new", ())]
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other things"):
        run(plan_file(tmp_path, [WEEKLY]))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_programs_get_every_report_and_people_the_newest(tmp_path):
    file = plan_file(tmp_path, [DAILY], listed=1)
    run(file, day=None, at="2026-11-18T21:00")
    run(file, day=None, at="2026-11-20T21:00")
    rows = json.loads((tmp_path / "out" / "runs.json").read_text("utf-8"))
    assert [(row["day"], row["status"], row["verdict"]) for row in rows] == [
        ("2026-11-20", "done", "daily of 2026-11-20"),
        ("2026-11-19", "done", "daily of 2026-11-19"),
        ("2026-11-18", "done", "daily of 2026-11-18"),
    ]
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "daily of 2026-11-20" in page and "daily of 2026-11-19" not in page
    assert "The newest 1 of 3" in page


def test_the_watcher_hears_of_each(tmp_path):
    from toolkit.plan.report import Watcher

    heard = []

    class Mine(Watcher):
        def begun(self, todo):
            heard.append(todo)

        def ended(self, made):
            heard.append(made.name)

    file = plan_file(tmp_path, [WEEKLY, DAILY])
    report(Asked(file, FRIDAY), Mine(), lambda: moment("2026-11-21T09:00"), stub)
    assert heard == [2, "weekly", "daily"]
