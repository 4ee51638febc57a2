"""What if as one object: small teams whose outcome is worked out by hand, and the sample."""

import re

import numpy as np
import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.publish.deliver import write_run
from toolkit.publish.tables import write_tables
from toolkit.reports.what_if_asked import plan_of, scenarios_of
from toolkit.whatif.scenario import from_overrides

from .team import account, weekly, write

QUICK = {
    "whatif.paths": 50,
    "whatif.weeks": 3,
    "whatif.posterior_draws": 10,
    "whatif.tuner_series": 100,
    "whatif.price_draws": 100,
}
SECTIONS = [
    "figures", "decide", "scenarios", "replay", "forecast", "price", "alerts", "sensitivity", "calibrated", "cannot",
]  # fmt: skip
HOLE = re.compile(r"nan|NaT|None|<NA>|inf\b|[{}]")


def what_if(folder, scenarios=("a_line_55",), language="zh", **more):
    overrides = QUICK | more.pop("overrides", {})
    parameters = kat.Parameters.read(overrides=overrides)
    return kat.what_if(kat.load(folder), "2026-11-20", parameters, scenarios, language, **more)


def texts(told):
    """Every sentence that a person reads."""
    out = [*told.verdict, told.lead, *told.limits, *told.departures]
    out += [part for s in told.sections.values() for part in (s.eyebrow, s.headline, *s.notes)]
    out += [text for name in ("question", "why") for text in told.evidence["decide"][name]]
    out += [text for name in ("label", "text", "context") for text in told.evidence["figures"][name]]
    return out + [text for name in ("title", "note", "words") for text in told.evidence["scenarios"][name]]


def source(folder):
    """A1 is A; A2 lacks three points for it; B1 is a regional leader. Nobody has stood still, nothing has closed."""
    accounts = [account("A1"), account("A2"), account("B1", market_role="regional_leader")]
    weeks = [*weekly("A1", (0.65,) * 3), *weekly("A2", (0.57,) * 3), *weekly("B1", (0.4,) * 3)]
    return write(folder, accounts, weeks)


@pytest.fixture(scope="session")
def team(tmp_path_factory):
    return source(tmp_path_factory.mktemp("team") / "team")


FAILING = from_overrides("too_much", {"allocation.floors": {"A1": 0.6, "A2": 0.6}, "tiers.a.min_win_probability": 0.5})
CAPPED = from_overrides("capped", {"tiers.stage_caps": {"3": 0.5}})


@pytest.fixture(scope="session")
def told(team):
    """The line at 55 %, beside one that cannot be and one that the model does not have."""
    return what_if(team, ["a_line_55", FAILING, CAPPED, "red_alert_8"])


@pytest.fixture(scope="session")
def sample():
    """The sample in both languages, two scenarios."""
    return {language: what_if("sample_data", ["a_line_55", "red_alert_8"], language) for language in ("zh", "en")}


def test_the_sections_stand_in_their_order_and_each_has_a_finding(told):
    assert list(told.sections) == SECTIONS
    assert all(section.headline and section.eyebrow for section in told.sections.values())


def test_the_verdict_says_who_moves_and_how_much(told):
    # The line at 55 % makes A2 (57 %, weight 85, a benchmark) an A account. Weights are 50 x p. Before: A1 has all of
    # A's 0.7; of B's 0.3 A2 draws 28.5/48.5 and B1 20/48.5. After: A1 32.5/61 of 0.7, A2 28.5/61 of it, B1 all of 0.3.
    row = told.scenarios.set_index("scenario").loc["a_line_55"]
    b2 = 0.3 * 28.5 / 48.5
    changes = [0.7 * 32.5 / 61 - 0.7, 0.7 * 28.5 / 61 - b2, 0.3 - (0.3 - b2)]
    assert row["moved_share"] == pytest.approx(sum(map(abs, changes)) / 2)
    assert row["now_moves"] == 1
    said = next(clause for clause in told.verdict if "改级" in clause)
    assert "客户A2B→A" in said and "33%" in said and "每周13.1万" in said  # 0.327 x 400 000


def test_a_model_that_failed_its_test_says_so_first(told):
    assert "未校准" in told.verdict[0]
    assert told.run["calibrated"] is False
    assert told.sections["forecast"].headline.startswith("未校准")
    assert "judgements" in set(told.evidence["decide"]["kind"])


def test_the_baseline_comes_first_and_the_scenarios_as_asked(told):
    names = ["baseline", "a_line_55", "too_much", "capped", "red_alert_8"]
    assert told.scenarios["scenario"].tolist() == names
    assert told.forecast["scenario"].drop_duplicates().tolist() == names
    assert told.price["scenario"].iloc[0] == "baseline"
    assert list(told.run["scenarios"]) == names
    assert list(told.names["scenarios"]) == names


def test_a_scenario_that_fails_stays_with_its_reason(told):
    row = told.scenarios.set_index("scenario").loc["too_much"]
    assert row["state"] == "failed" and "A1" in row["reason"]
    assert row[["difference", "exact_share", "moved_share"]].isna().all()
    assert "too_much" not in set(told.replay["scenario"]) | set(told.price["scenario"])
    assert any("too_much" in note and "A1" in note for note in told.sections["scenarios"].notes)


def test_what_the_model_does_not_have_is_replayed_all_the_same(told):
    row = told.scenarios.set_index("scenario").loc["capped"]
    assert row["state"] == "failed" and "stage_caps" in row["reason"]
    assert row["now_moves"] == 1  # at stage 3 no more than 50 % counts, so A1 (65 %) is B; A2 was B before
    assert "capped" in set(told.replay["scenario"])


def test_the_rest_is_as_it_would_be_without_the_failed_ones(told, team):
    alone = what_if(team)
    for name in ("replay", "forecast", "price"):
        mine, theirs = (getattr(one, name) for one in (told, alone))
        kept = mine[mine["scenario"].isin(theirs["scenario"].unique())].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, theirs)
    assert told.verdict == alone.verdict


def test_a_scenario_outside_the_model_has_no_effect_ahead(told):
    row = told.scenarios.set_index("scenario").loc["red_alert_8"]
    assert (row["state"], row["difference"], row["now_moves"]) == ("no_effect", 0.0, 0)


def test_about_a_scenario_that_failed_the_report_still_stands(team):
    told = what_if(team, [FAILING, "a_line_55"])
    assert any("没有算成" in clause and "A1" in clause for clause in told.verdict)
    assert "没有回放" in told.sections["replay"].headline
    assert told.evidence["figures"]["state"].tolist()[:3] == ["cannot_judge"] * 3
    assert (told.forecast.loc[told.forecast["scenario"] == "a_line_55", "state"] == "ok").all()
    assert [text for text in texts(told) if HOLE.search(text)] == []


def test_the_same_inputs_give_the_same_tables(told, team, tmp_path):
    again = what_if(team, ["a_line_55", FAILING, CAPPED, "red_alert_8"])
    for folder, one in (("one", told), ("two", again)):
        write_tables(one, tmp_path / folder)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_both_languages_tell_the_same_numbers(sample):
    zh, en = sample["zh"], sample["en"]
    assert list(zh.tables) == list(en.tables)
    for name in zh.tables:
        mine, theirs = (one.tables[name].select_dtypes("number") for one in (zh, en))
        pd.testing.assert_frame_equal(mine, theirs)
    for name in ("decide", "figures"):
        assert zh.evidence[name].iloc[:, 0].tolist() == en.evidence[name].iloc[:, 0].tolist()
    assert zh.evidence["decide"]["kind"].tolist() == en.evidence["decide"]["kind"].tolist()
    notes = [[(code, len(s.notes)) for code, s in one.sections.items()] for one in (zh, en)]
    assert notes[0] == notes[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_of_the_sample_shows_a_hole(sample, language):
    assert [text for text in texts(sample[language]) if HOLE.search(text)] == []
    # account names stay as they are; nothing else in an English report is Chinese
    names = set(sample[language].names["accounts"].values()) | set(sample[language].names["reps"].values())
    if language == "en":
        left = [
            re.sub("|".join(map(re.escape, sorted(names, key=len, reverse=True))), "", t) for t in texts(sample["en"])
        ]
        assert [text for text in left if re.search("[一-鿿]", text)] == []


def test_the_sample_says_who_moves_what_the_rule_costs_and_what_to_decide(sample):
    told = sample["zh"]
    assert any("北辰航空B→A" in clause for clause in told.verdict)  # 57 %, between the lines of 55 % and 60 %
    assert "最优方案" in told.verdict[-1]
    lines = told.evidence["decide"]
    assert 1 <= len(lines) <= 5
    assert lines["no"].tolist() == list(range(1, len(lines) + 1))
    assert all(question.endswith("？") for question in lines["question"])
    assert lines.loc[0, ["kind", "parameter"]].tolist() == ["adopt", "tiers.a.min_win_probability"]
    assert lines.set_index("kind").loc["mover", "account_id"] == "A009"


def test_what_is_not_identified_is_never_replayed(sample):
    assert not {"wins", "won_amount", "progress"} & set(sample["zh"].replay.columns)
    assert any("不回放" in note for note in sample["zh"].sections["replay"].notes)
    assert sample["zh"].limits == sample["zh"].sections["cannot"].notes


def test_the_holdout_record_stands_before_any_forecast(sample):
    section = sample["zh"].sections["forecast"]
    assert "布里尔分" in section.headline or "未校准" in section.headline
    assert "现行参数下" in "".join(section.notes)
    scores = sample["zh"].evidence["holdout_scores"].set_index("method")
    overlap = bool(scores.loc["model", "high"] >= scores.loc["base_rate", "low"])
    assert section.notes[0].endswith("谈不上证明。") == (overlap and "通过检验" in section.headline)


def test_a_plan_of_ones_own_is_priced_and_looked_ahead_at(team, tmp_path):
    file = tmp_path / "plan.csv"
    file.write_text("account_id,amount\nA1,280000\nB1,120000\n")  # 0.7 and 0.3 of 400 000
    told = what_if(team, plan=file)
    assert told.scenarios["scenario"].tolist() == ["baseline", "my_plan", "a_line_55"]
    mine = told.price_shares.query("scenario == 'baseline' and plan == 'my_plan'")
    assert dict(zip(mine["account_id"], mine["share"], strict=True)) == pytest.approx({"A1": 0.7, "A2": 0.0, "B1": 0.3})
    # By the rule A2 draws 0.3 x 28.5/48.5 of B's part; the plan gives it to B1.
    moved = told.scenarios.set_index("scenario").loc["my_plan", "moved_share"]
    assert moved == pytest.approx(0.3 * 28.5 / 48.5)
    assert any("你的方案" in note for note in told.sections["price"].notes)
    assert any("我的方案" in note for note in told.sections["forecast"].notes)
    assert told.run["plan"] == pytest.approx({"A1": 0.7, "B1": 0.3})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("account_id,share\nA9,0.5\n", "A9"),
        ("account_id,share\nA1,0.2\nA1,0.3\n", "A1"),
        ("account_id,share\nA1,half\n", "A1"),
        ("account_id,share\nA1,-0.1\n", "A1"),
        ("account_id,share\nA1,0.8\nA2,0.3\n", "440"),
        ("account_id,share,amount\nA1,0.8,3\n", "account_id, share, amount"),
        ("account,share\nA1,0.8\n", "account, share"),
        ("", "plan.csv"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_the_place(tmp_path, rows, said):
    file = tmp_path / "plan.csv"
    file.write_text(rows)
    with pytest.raises(InputError, match=re.escape(said)):
        plan_of(file, ["A1", "A2"], 400_000.0, "en")


def test_a_plan_in_shares_and_one_in_amounts_are_the_same(tmp_path):
    shares, amounts = tmp_path / "shares.csv", tmp_path / "amounts.csv"
    shares.write_text("account_id,share\nA1,0.25\nA2,\n", encoding="utf-8-sig")
    amounts.write_text("account_id,amount\n A1 ,100000\n")
    found = [plan_of(file, ["A1", "A2"], 400_000.0) for file in (shares, amounts)]
    assert found[0].to_dict() == found[1].to_dict() == {"A1": 0.25, "A2": 0.0}
    assert plan_of("", ["A1"], 400_000.0) is None


def test_all_adds_the_stock_and_nothing_asked_is_all_of_it():
    stock = [scenario.name for scenario in scenarios_of(None)]
    assert len(stock) == 8 and stock == [scenario.name for scenario in scenarios_of(["", "all"])]
    assert [s.name for s in scenarios_of(["spill", "all"])] == ["spill", *(name for name in stock if name != "spill")]


def test_an_unknown_scenario_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="a_line_55"):
        scenarios_of(["a_line_5"], "en")
    with pytest.raises(InputError, match="spill"):
        scenarios_of(["spill", from_overrides("spill", ["tiers.a.min_win_probability=0.5"])], "en")
    with pytest.raises(InputError):
        scenarios_of(["baseline"], "en")


def test_published_folders_are_what_is_replayed(team, tmp_path):
    folders = []
    for friday in ("2026-11-13", "2026-11-20"):
        week = kat.review(kat.load(team), friday)
        folders.append(tmp_path / friday)
        write_tables(week, folders[-1] / "tables")
        write_run(week, folders[-1], {})
    told = what_if(team, logs=folders)
    assert sorted(told.replay["week_ending"].dt.strftime("%m-%d").unique()) == ["11-13", "11-20"]
    assert any("另外1个周五" in note for note in told.sections["replay"].notes)
    assert told.scenarios["now_moves"].tolist() == [0, 1]
    with pytest.raises(InputError, match=re.escape(str(tmp_path))):
        what_if(team, logs=[tmp_path])


def test_two_tables_are_enough_and_nothing_active_is_no_failure(tmp_path):
    closed = account("A1", owner_id="", industry_id="", status="lost", closed_on="2026-11-10")
    folder = write(tmp_path / "team", [closed], weekly("A1", (0.6, None, None)))
    for name in ("reps", "industries", "targets"):
        (folder / f"{name}.csv").unlink()
    told = what_if(folder, language="en")
    assert list(told.sections) == SECTIONS
    assert "cannot be judged" in told.verdict[-1]
    assert [text for text in texts(told) if HOLE.search(text)] == []


def test_run_says_what_it_was_made_from(told):
    assert (told.run["seed"], told.run["paths"], told.run["weeks"]) == (20261120, 50, 3)
    assert told.run["scenario"] == "a_line_55"
    mine = told.run["scenarios"]["a_line_55"]
    base = kat.Parameters.read(overrides=QUICK)
    assert mine["changes"] == {"tiers.a.min_win_probability": 0.55}
    assert mine["sha256"] == kat.Parameters.read(base, {"tiers.a.min_win_probability": 0.55}).sha256()
    assert told.run["scenarios"]["baseline"]["sha256"] == base.sha256() == told.run["parameters"]["sha256"]


def test_every_column_of_the_tables_has_a_label(sample):
    from toolkit.language import has

    keys = ("output.{table}.{column}", "output.{column}", "column.{column}")
    missing = {
        column
        for name, table in sample["zh"].tables.items()
        if name != "faults"
        for column in table.columns
        if not any(has(key.format(table=name, column=column), "zh") for key in keys)
    }
    assert missing == set()


def test_as_of_any_day_takes_the_friday_before(team):
    p = kat.Parameters.read(overrides=QUICK)
    told = kat.what_if(kat.load(team), "2026-11-19", p, ["spill"])
    assert str(told.week_ending.date()) == "2026-11-13"
    assert repr(told) == f"<what-if of 2026-11-13, {len(told.tables)} tables, zh>"
    assert np.isfinite(told.forecast["mean"]).all()
    with pytest.raises(InputError, match="2026-10-30"):
        kat.what_if(kat.load(team), "2026-11-01", p, ["spill"])
