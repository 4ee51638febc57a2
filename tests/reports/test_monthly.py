"""The monthly review as one object: a month worked out by hand, one that is not over, one without data, the sample."""

import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.reports.audience import EVIDENCE, SECTIONS, TABLES

from .team import account, weekly, write

SECRET = Salt.from_environment(0, {"KAT_DRAW_SALT": "known to the director alone"})
EARLIER = "2026-10-30"


def weeks(account_id, before, probabilities, **changes):
    """The rows of the 30th of October, then of November's Fridays; None leaves a week out."""
    rows = weekly(account_id, probabilities, **changes)
    if before is None:
        return rows
    first = weekly(account_id, (before, None, None), **changes)[0]
    return [first | {"week_ending": EARLIER}, *rows]


def price(request_id, at, answered="", **changes):
    """A price request of R1 for B1, to be answered within 24 hours."""
    row = {"request_id": request_id, "rep_id": "R1", "account_id": "B1", "kind": "price", "requested_at": at}
    answer = {"decision": "approved", "approved_by": "D1", "approved_at": answered, "responded_at": answered}
    return row | {"price_change": -0.01} | (answer if answered else {}) | changes


def call(callback_id, account_id, on, caller="D1", **said):
    """A callback."""
    return {"callback_id": callback_id, "account_id": account_id, "called_on": on, "caller_id": caller} | said


PEOPLE = [
    {"rep_id": "R1", "rep_name": "张伟", "role": "rep", "quarterly_bonus": 30000},
    {"rep_id": "M1", "rep_name": "林岚", "role": "manager", "quarterly_bonus": ""},
    {"rep_id": "D1", "rep_name": "顾总", "role": "director", "quarterly_bonus": ""},
]


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """November by hand; each test says what it reads of it."""
    due = {"expected_close_on": "2026-11-25"}
    accounts = [
        *(account(f"A{n}") for n in range(1, 5)),
        account("U1"),
        account("D2"),
        account("T1"),
        account("N1", opened_on="2026-11-09"),
        account("B1", market_role="regional_leader"),
        account("W1", market_role="regional_leader", status="won", closed_on="2026-11-17"),
        account("L1", market_role="regional_leader", status="lost", closed_on="2026-11-10"),
        account("X1", market_role="regional_leader", status="won", closed_on="2026-11-12"),
    ]
    rows = [row for n in range(1, 5) for row in weeks(f"A{n}", 0.7, (0.7, 0.7, 0.7), output_value=1)]
    rows += weeks("U1", 0.5, (0.55, 0.65, 0.65)) + weeks("D2", 0.65, (0.65, 0.65, 0.5))
    rows += weeks("T1", 0.5, (0.65, 0.5, 0.5)) + weeks("N1", None, (None, 0.2, 0.2))
    rows += weeks("B1", 0.4, (0.4, 0.4, 0.4), **due)
    rows += weeks("W1", 0.5, (0.6, 0.8, None), **due) + weeks("L1", 0.3, (0.3, None, None), **due)
    rows += weeks("X1", 0.9, (0.9, None, None))
    tables = {
        "reps": PEOPLE,
        "resource_requests": [
            price("Q1", "2026-11-02T09:00:00", "2026-11-03T09:00:00"),  # at the deadline: met
            price("Q2", "2026-11-02T09:00:00", "2026-11-03T09:01:00"),  # a minute later: late
            price("Q3", "2026-11-19T10:00:00"),  # run out on the 20th: breached
            price("Q4", "2026-11-20T17:00:00"),  # runs until the 21st
            price("Q5", "2026-10-31T12:00:00", "2026-10-31T23:00:00"),  # met in October
            price("Q6", "2026-10-31T12:00:00", "2026-11-01T14:00:00"),  # ran out on the 1st: late in November
        ],
        "callbacks": [
            call("C1", "A1", "2026-11-05", stage_confirmed="true", competitor_confirmed="true", note=""),
            call("C2", "D2", "2026-11-12", stage_confirmed="false", competitor_confirmed="true", note="没见过"),
            call("C3", "A2", "2026-11-13", "M1", stage_confirmed="true", competitor_confirmed="", note=""),
        ],
        "playbooks": [
            {"playbook_id": "P1", "version": 2, "kind": "visit_sand_table", "title": "沙盘", "updated_on": "2026-11-18"}
        ],
        "problems": [
            {"problem_tag": "价格异议", "opened_on": "2026-10-05", "closed_on": "2026-11-06", "root_cause": "没核预算"},
            {"problem_tag": "竞品压价", "opened_on": "2026-10-06", "closed_on": "2026-11-09", "root_cause": ""},
        ],
    }
    return kat.load(write(tmp_path_factory.mktemp("month") / "team", accounts, rows, **tables))


def monthly(data, as_of="2026-11-20", language="zh", **more):
    return kat.monthly(data, as_of, language=language, salt=SECRET, **more)


@pytest.fixture(scope="module")
def month(team):
    return monthly(team)


@pytest.fixture(scope="module")
def whole(team):
    """The same month once it is over."""
    return monthly(team, "2026-11-30")


# --- what belongs to the month ----------------------------------------------------------------------------------------


def test_a_month_that_is_not_over_is_told_up_to_the_day(month, whole):
    assert month.verdict[0] == "11月到目前，" and whole.verdict[0] == "11月，"
    assert month.lead == "只算11月1日到11月20日，本月还没过完，之后的事不在内。分级按11月20日这个周五。"
    assert (month.run["month"], month.run["month_over"], whole.run["month_over"]) == ("2026-11", False, True)
    assert (whole.run["as_of"], whole.run["week_ending"]) == ("2026-11-30", "2026-11-27")
    assert any("没过完" in limit for limit in month.limits) and not any("没过完" in limit for limit in whole.limits)


def test_what_came_later_is_out_of_sight(team):
    early = monthly(team, "2026-11-09")
    # L1 was lost on the 10th and W1 won on the 17th; on the 9th only one Friday lies in the month.
    assert early.forecast_record["outcome"].tolist() == ["open"] * len(early.forecast_record)
    assert early.tier_moves["account_id"].tolist() == ["T1"]  # 65 % on the 6th, and back to 50 % only later


def test_before_its_first_friday_no_tier_has_moved(team):
    early = monthly(team, "2026-11-03")
    assert not len(early.tier_moves)
    assert early.sections["moves"].headline == "本月还没有到周五，分级还没有重算"


def test_a_day_before_any_week_is_refused(team):
    with pytest.raises(InputError):
        monthly(team, "2026-10-29")


# --- service levels ---------------------------------------------------------------------------------------------------


def test_a_clock_counts_in_the_month_that_decides_it(month):
    row = month.service_levels.set_index(["step", "tier"]).loc[("answer", "")]
    # Decided in November: Q1 met, Q2 and Q6 late, Q3 run out. Q5 was met in October; Q4 runs.
    assert row[["met", "late", "breached", "running"]].tolist() == [1, 2, 1, 1]
    assert row["share_met"] == 0.25
    assert row["median_hours"] == pytest.approx(24 + 1 / 60)  # of 24:00, 24:01 and 26:00
    assert month.sections["service"].headline == "25%的时限按时办到（1/4）；价格特批的答复失约最多，3次"


def test_the_month_before_has_its_own(team, month):
    october = monthly(team, "2026-10-31")
    assert october.service_levels[["met", "late", "breached", "running"]].iloc[0].tolist() == [1, 0, 0, 1]
    figure = month.evidence["figures"].set_index("code").loc["service"]
    assert (figure["text"] + figure["unit"], figure["change"]) == ("25%", "上月没有可比")  # October is not whole


def test_a_step_kept_too_seldom_is_asked_about(month):
    questions = month.evidence["decisions"].set_index("kind")["question"]
    assert questions["service"] == "价格特批的答复只有1/4按时：怎么改？"


def test_parts_by_tier_add_up_to_all(month):
    levels = month.service_levels
    counts = ["met", "late", "breached", "running"]
    parts = levels[levels["tier"] != ""].groupby(["kind", "step"])[counts].sum()
    both = levels[levels["tier"] == ""].set_index(["kind", "step"])[counts]
    pd.testing.assert_frame_equal(parts.sort_index(), both.sort_index(), check_dtype=False)


# --- callbacks --------------------------------------------------------------------------------------------------------


def test_a_call_counts_if_a_director_made_it_to_an_account_that_was_a_then(month):
    rows = month.callbacks.set_index("account_id")
    # D2 was A until the 20th. A manager's call is shown, and counts for nothing.
    assert rows.loc[["A1", "D2"], "state"].tolist() == ["done", "done"]
    assert rows["state"].value_counts().to_dict() == {"done": 2, "due": 1, "other": 1}
    assert month.sections["callbacks"].headline == "该打3家，打了2家；1家客户没有全部证实"
    assert month.verdict[1] == "A类回访做了2/3家，"


def test_what_the_customer_said_is_told(month):
    said = month.evidence["callbacks"].set_index("account_id")["said"]
    assert said["A1"] == "阶段属实；竞品情况属实"
    assert said["D2"] == "阶段没有得到确认；竞品情况属实；没见过"


def test_what_is_owed_falls_due_as_the_month_ends(month, whole):
    line = month.evidence["decisions"].set_index("kind").loc["callback"]
    assert (str(line["due_on"].date()), line["due"]) == ("2026-11-30", "11月30日")
    assert whole.sections["callbacks"].headline.startswith("该打3家，只打了2家")


# --- duties -----------------------------------------------------------------------------------------------------------


def test_duties_are_told_by_their_counts(month, whole):
    # A playbook was published; one of two problems closed has a root cause; nobody answered on tests and trainings.
    assert month.sections["duties"].headline == "3件里做到1件；还欠根治问题1/3和能力测试与训练0/2"
    assert whole.sections["duties"].headline == "3件里做到1件；没做到的是根治问题1/3；1件没有答"
    assert month.self_checks["item"].tolist() == ["publish_playbook", "close_problems", "test_gaps"]


# --- tier moves -------------------------------------------------------------------------------------------------------


def test_moves_go_from_the_tiers_in_force_on_the_first_day_to_the_last(month):
    moves = month.tier_moves.set_index("account_id")
    shown = moves[["from_tier", "to_tier", "direction", "moves"]].apply(tuple, axis=1).to_dict()
    assert shown == {
        "D2": ("A", "B", "down", 1),
        "L1": ("B", "", "closed", 1),
        "N1": ("", "C", "new", 1),
        "U1": ("B", "A", "up", 1),
        "W1": ("B", "", "closed", 1),
        "X1": ("B", "", "closed", 1),
    }
    assert str(moves.loc["U1", "moved_on"].date()) == "2026-11-13"
    section = month.sections["moves"]
    assert section.headline == "升1家，降1家；新进1家；结案3家"
    assert section.notes == ("月初按10月30日的分级，现在按11月20日的。", "另有1家月内变过又回到原级：客户T1。")


def test_a_mover_has_its_reason(month):
    why = month.evidence["moves"].set_index("account_id")["why"]
    assert why["U1"] == "成交概率50%→65%，A类的条件都达到"
    assert why["D2"] == "成交概率65%→50%，差10个百分点回A类"


# --- forecast ---------------------------------------------------------------------------------------------------------


def test_the_forecast_is_what_was_stated_as_the_month_began(month):
    total = month.forecast_summary.set_index("item")["value"]
    # Due: B1 40 %, W1 50 %, L1 30 %, each 1 million. W1 was won; X1 was won too, but was not due.
    assert total[["due", "expected_wins", "wins_of_due", "wins"]].tolist() == pytest.approx([3, 1.2, 1, 2])
    assert total[["weighted", "won_of_due", "won_amount"]].tolist() == pytest.approx([1.2e6, 1e6, 2e6])
    assert total["brier"] == pytest.approx((0.5**2 + 0.3**2) / 2)
    section = month.sections["forecast"]
    assert section.headline == "3单本月到期，预计赢1.2单，实赢1单；加权120万，实赢100万"
    assert section.notes[0].startswith("月份没过完，先不下结论。另有1单没有到期就赢了，100万。")


def test_few_deals_say_that_they_say_little(whole):
    # 0 wins: .6 x .5 x .7 = .21; 1: .14 + .21 + .09 = .44; 2: .29; 3: .06. Nothing is likelier than what came.
    assert whole.evidence["win_chances"]["chance"].tolist() == pytest.approx([0.21, 0.44, 0.29, 0.06])
    note = whole.sections["forecast"].notes[0]
    assert note.startswith("就算所报概率全对，偏这么多的机会也有100%：单太少，说明不了所报准不准。")
    stand = whole.evidence["forecast"].set_index("account_id")["stand"]
    assert stand.to_dict() == {"W1": "11月17日赢", "B1": "没有按期结", "L1": "11月10日丢", "X1": "11月12日赢"}


def test_a_deal_that_slipped_is_asked_about_once_the_month_is_over(month, whole):
    assert "slipped" not in month.evidence["decisions"]["kind"].tolist()
    asked = whole.evidence["decisions"].set_index("kind")["question"]
    assert asked["slipped"] == "1单到期没有结：改日期，还是降概率？客户B1"


def test_many_wrong_forecasts_are_hardly_chance(tmp_path):
    names = [f"K{n}" for n in range(4)]
    due = {"expected_close_on": "2026-11-25"}
    accounts = [account(name, status="lost", closed_on="2026-11-18") for name in names]
    rows = [row for name in names for row in weeks(name, 0.8, (0.8, 0.8, None), **due)]
    review = monthly(kat.load(write(tmp_path / "off", accounts, rows)), "2026-11-30", "en")
    # Four at 80 %, none won: a chance of 0.2^4 = 0.16 %.
    assert "would come with only 0.2%: hardly chance" in review.sections["forecast"].notes[0]


# --- copies and gaps --------------------------------------------------------------------------------------------------


def test_the_team_reads_nothing_that_is_for_the_director_alone(team):
    copy = monthly(team, language="en", audience="team")
    assert not set(copy.sections) & SECTIONS
    assert not set(copy.tables) & TABLES and not set(copy.evidence) & EVIDENCE
    assert list(copy.evidence["figures"]["code"]) == ["service", "moves", "duties", "forecast"]
    assert set(copy.evidence["decisions"]["kind"]) <= {"service", "duties", "slipped"}
    told = " ".join([*copy.verdict, copy.lead, *copy.evidence["figures"]["context"]])
    assert "callback" not in told and "contradiction" not in told


def test_a_month_without_callbacks_requests_or_reports_says_so(tmp_path):
    bare = kat.load(write(tmp_path / "bare", [account("A1")], weeks("A1", 0.7, (0.7, 0.7, 0.7))))
    review = monthly(bare, language="en")
    told = {code: section.headline for code, section in review.sections.items()}
    assert told["callbacks"] == "No callbacks on record: whether calls were made cannot be judged"
    assert told["service"] == "No resource requests: service levels cannot be judged"
    assert told["oversteps"] == "No resource requests and no daily reports: oversteps cannot be judged"
    assert told["credibility"] == "Nothing said could be checked: no figure"
    assert told["forecast"] == "No deal was due this month; 0 won in all, ¥0"
    figures = review.evidence["figures"].set_index("code")
    assert figures.loc[["callbacks", "service", "contradictions"], "state"].tolist() == ["cannot_judge"] * 3
    assert any("daily reports" in limit for limit in review.limits)


def test_nobody_to_call_is_no_fault(tmp_path):
    quiet = kat.load(write(tmp_path / "quiet", [account("C1")], weeks("C1", 0.1, (0.1, 0.1, 0.1))))
    review = monthly(quiet)
    assert review.sections["callbacks"].headline == "没有A类客户，本月不用回访"
    assert "callback" not in review.evidence["decisions"]["kind"].tolist()


# --- the sample -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    return kat.load("sample_data")


def test_the_samples_october_is_whole(sample):
    october = monthly(sample, "2026-10-31", "en")
    assert october.verdict[:2] == ("October: ", "3 of 3 A callbacks made, ")
    assert october.run["month_over"] and "not over" not in " ".join(october.limits)
    # Every request of October that price had to answer within 24 hours, by a plain loop.
    asked = pd.read_csv("sample_data/resource_requests.csv")
    met = ended = 0
    for row in asked[asked["kind"] == "price"].itertuples():
        start = pd.Timestamp(row.requested_at).tz_localize(None)
        told = [pd.Timestamp(at).tz_localize(None) for at in (row.responded_at, row.approved_at) if isinstance(at, str)]
        due, done = start + pd.Timedelta(hours=24), min(told, default=pd.Timestamp.max)
        if pd.Timestamp("2026-10-01") <= min(due, done) < pd.Timestamp("2026-11-01") and row.decision != "withdrawn":
            ended, met = ended + 1, met + (done <= due)
    row = october.service_levels.set_index(["step", "tier"]).loc[("answer", "")]
    assert (row["met"], row["met"] + row["late"] + row["breached"]) == (met, ended)


def test_the_samples_november_names_what_is_planted(sample):
    november = monthly(sample, "2026-11-20")
    calls = november.callbacks.set_index("account_id")
    assert calls["state"].value_counts().to_dict() == {"done": 1, "due": 2}
    assert (
        november.evidence["callbacks"]
        .set_index("account_id")
        .loc["A007", "said"]
        .endswith("总工办说本月没有见过我方人员")
    )
    moved = november.tier_moves.set_index("account_id")["direction"]
    assert moved[["A005", "A009", "A071", "A070", "A026"]].tolist() == ["up", "down", "up", "down", "down"]
    assert {"A011", "A069", "A032"} <= set(november.oversteps["account_id"])
    assert set(november.penalties["state"]) == {"not_in_force"}
    ledger = november.evidence["contradictions"]
    assert {"A007", "A014"} <= set(ledger["account_id"].head(6)), "what November raised comes first"
    # A018 was due and lost, A014 slipped out of the month before it began.
    outcome = november.forecast_record.set_index("account_id")["outcome"]
    assert outcome["A018"] == "lost" and len(november.evidence["decisions"]) <= 7
