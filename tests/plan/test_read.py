"""A plan is checked whole before anything runs; each fault says where, what, and what to do."""

from datetime import date, time
from pathlib import Path

import pytest
import yaml

from tests.plan.plans import notebook, plan_file
from toolkit.base.errors import InputError
from toolkit.plan.model import Entry, Plan, Quiet, Retry, Telling, When
from toolkit.plan.read import read_plan

ROOT = Path(__file__).parents[2]
WEEKLY = {"name": "weekly", "kind": "weekly"}


def refused(folder, reports, **more):
    with pytest.raises(InputError) as error:
        read_plan(plan_file(folder, reports, **more))
    return str(error.value).replace(str(folder), "")


def test_the_example_plan_is_right_and_makes_the_three_reports():
    plan, jobs = read_plan(ROOT / "parameters" / "plan.yaml")
    assert [(job.name, job.entry.kind, job.rhythm.every) for job in jobs] == [
        ("weekly", "weekly", "weekly"),
        ("daily", "daily", "daily"),
        ("monthly", "monthly", "monthly"),
    ]
    assert plan.language == "zh" and jobs[0].entry.data == "sample_data"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"knd": "weekly"}, "/plan.yaml: reports 1 (weekly) · knd is not a key of a plan; nearest: kind"),
        ({"kind": "weekyl"}, "reports 1 (weekly) · kind is weekyl; it can be weekly | daily | monthly | what_if"),
        ({"when": {"every": "weekly", "at": "1830"}}, 'when.at is 1830; it can be hour and minute, such as "18:30"'),
        ({"when": {"every": "weekly"}}, "when.at is missing"),
        ({"when": {"evry": "weekly", "at": "18:30"}}, "when.evry is not a key of a plan; nearest: every"),
        ({"language": "fr"}, "language is fr; it can be zh | en"),
        ({"pdf": "maybe"}, "pdf is maybe; it can be true | false"),
        ({"overrides": "tiers"}, "overrides is tiers; it can be keys with values below it"),
        ({"overrides": {"tiers.a.min_win_probabilty": 0.5}}, "nearest: tiers.a.min_win_probability"),
        ({"overrides": {"focus.top_fifth": 20}}, "0 … 1"),
        ({"parameters": "nowhere.yaml"}, "nowhere.yaml"),
        ({"tell": "boss"}, "tells boss, whom the plan's tell: does not name; nearest: director"),
        ({"folder": "{name}"}, "without {day} every day would replace the one before"),
        ({"folder": "../{day}"}, "must lie inside the plan's output"),
        ({"folder": "{nmae}/{day}"}, "holds {nmae}, which nothing fills in; it can hold {name}"),
        ({"data": "{team}/x"}, "the entry has neither team nor teams"),
        ({"name": "a/b"}, "cannot be the name of a folder"),
        ({"values": {"scenario": "spill"}}, "the notebook does not ask for scenario"),
        ({"notebook": "mine.ipynb"}, "needs either kind"),
        ({"kind": "what_if", "audience": "team"}, "of which there is no team's copy"),
        ({"kind": "what_if", "values": {"scenario": "spil"}}, "spill"),
        ({"team": "north", "teams": ["south"]}, "both team and teams"),
    ],
)
def test_a_fault_says_where_it_is_and_what_can_stand_there(tmp_path, change, said):
    assert said in refused(tmp_path, [WEEKLY | change], tell={"director": ["mailto://x"]})


def test_all_faults_are_told_at_once_a_line_each(tmp_path):
    text = refused(tmp_path, [WEEKLY | {"knd": 1}, {"kind": "daily"}], catch_up=99, rety={})
    assert {line.partition(": ")[2] for line in text.splitlines()} == {
        "rety is not a key of a plan; nearest: retry",
        "catch_up is 99; it can be 0 … 53",
        "reports 1 (weekly) · knd is not a key of a plan; nearest: kind",
        "reports 2 · name is missing; it can be a text",
    }


def test_no_report_lies_in_the_folder_of_another_which_is_replaced_whole(tmp_path):
    outer, inner = WEEKLY | {"folder": "North/{day}"}, {"name": "daily", "kind": "daily", "folder": "north/{day}/daily"}
    assert "of daily lies in the folder of weekly" in refused(tmp_path, [inner, outer])
    beside = inner | {"folder": "north/daily/{day}"}
    assert [job.name for job in read_plan(plan_file(tmp_path, [beside, outer]))[1]] == ["daily", "weekly"]


def test_two_reports_never_share_a_name_or_a_folder_not_even_where_large_and_small_letters_are_one(tmp_path):
    assert "two reports are called weekly" in refused(tmp_path, [WEEKLY, WEEKLY])
    twin = {"name": "Weekly", "kind": "daily"}
    assert "would lie in the same folder" in refused(tmp_path, [WEEKLY, twin])


def test_yaml_reads_words_as_they_are_written(tmp_path):
    file = tmp_path / "plan.yaml"
    entry = "{name: 007, kind: weekly, teams: [no, on, 010], pdf: no, when: {every: weekly, at: 18:30}}"
    text = f"data: x\nreports:\n- {entry}"
    file.write_text(text, "utf-8")
    _, jobs = read_plan(file)
    assert [(job.name, job.entry.team, job.entry.pdf) for job in jobs] == [
        ("007-no", "no", False),
        ("007-on", "on", False),
        ("007-010", "010", False),
    ]
    assert jobs[0].rhythm.at == time(18, 30)


def test_what_goes_into_a_notebook_keeps_its_kind_and_yes_stays_a_word(tmp_path):
    path = notebook(tmp_path / "mine.ipynb", parameters="a, b, c, d, e, f = 1, 2, 3, 4, 5, 6")
    file = tmp_path / "plan.yaml"
    values = "{a: 1, b: 0.5, c: true, d: yes, e: null, f: 2026-11-20}"
    file.write_text(f"data: x\nreports:\n- {{name: mine, notebook: {path}, values: {values}}}", "utf-8")
    ((job,)) = read_plan(file)[1]
    assert dict(job.asked) == {"a": 1, "b": 0.5, "c": True, "d": "yes", "e": None, "f": "2026-11-20"}


def test_a_key_that_stands_twice_is_refused(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text("language: en\nreports:\n- name: a\n  kind: weekly\n  kind: daily\n", "utf-8")
    with pytest.raises(InputError, match=r"kind \(5\)"):
        read_plan(file, "en")


@pytest.mark.parametrize("text", ["reports: [", "- a\n- b", "", "reports: 7"])
def test_what_is_no_plan_is_refused_in_one_sentence(tmp_path, text):
    file = tmp_path / "plan.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_plan(file, "en")
    assert len(str(error.value).splitlines()) == 1


def test_a_plan_without_reports_says_what_a_report_needs(tmp_path):
    assert "each with a name and a kind or a notebook" in refused(tmp_path, [])


def test_a_plan_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no plan"):
        read_plan(tmp_path / "nowhere.yaml", "en")


def test_one_entry_is_a_report_for_each_of_its_teams(tmp_path):
    entry = {
        "name": "week of {team}",
        "kind": "weekly",
        "teams": ["north", "south"],
        "data": "teams/{team}",
        "folder": "{team}/{kind}/{day}",
        "tell": "{team}",
    }
    book = {"north": "mailto://n", "south": ["mailto://s", "mailto://t"]}
    _, jobs = read_plan(plan_file(tmp_path, [entry], tell=book))
    assert [(job.name, job.entry.data, job.folder(date(2026, 11, 20)), job.entry.tell) for job in jobs] == [
        ("week of north", "teams/north", "north/weekly/2026-11-20", ("north",)),
        ("week of south", "teams/south", "south/weekly/2026-11-20", ("south",)),
    ]


def test_what_the_plan_says_for_all_an_entry_may_say_otherwise(tmp_path):
    entries = [WEEKLY, {"name": "daily", "kind": "daily", "language": "zh", "overrides": {"focus.effort_goal": 0.7}}]
    _, (weekly, daily) = read_plan(plan_file(tmp_path, entries, overrides={"yellow_alert.max_days": 9}))
    assert (weekly.entry.language, daily.entry.language) == ("en", "zh")
    assert weekly.parameters.yellow_alert.max_days == 9
    assert daily.parameters.yellow_alert.max_days == 9
    assert (weekly.parameters.focus.effort_goal, daily.parameters.focus.effort_goal) == (0.8, 0.7)


def test_the_weekly_report_of_any_day_goes_by_its_friday_and_the_others_by_the_day(tmp_path):
    _, (weekly, daily) = read_plan(plan_file(tmp_path, [WEEKLY, {"name": "daily", "kind": "daily"}]))
    assert weekly.day_for(date(2026, 11, 24)) == date(2026, 11, 20)
    assert daily.day_for(date(2026, 11, 24)) == date(2026, 11, 24)


def test_every_key_of_a_plan_is_explained():
    page = (ROOT / "docs" / "schedule.md").read_text("utf-8")
    keys = {key for part in (Plan, Entry, When, Retry, Quiet, Telling) for key in part.model_fields}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_the_example_plan_is_yaml_for_any_reader():
    assert set(yaml.safe_load((ROOT / "parameters" / "plan.yaml").read_text("utf-8"))) <= set(Plan.model_fields)
