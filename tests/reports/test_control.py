"""Execution in the weekly review: what it asks, who settles it, and what only the director reads."""

import pandas as pd
import pytest

import toolkit as kat
from toolkit.base.keyed_draw import Salt
from toolkit.publish.weekly_page import fragment, page
from toolkit.reports.audience import EVIDENCE, SECTIONS, TABLES

from .team import account, weekly, write

FRIDAY = "2026-11-20"
SECRET = Salt.from_environment(0, {"KAT_DRAW_SALT": "known to the director alone"})


def request(request_id, at, **changes):
    """A request of R1 for B1, a price cut unless said; nobody has answered it."""
    row = {
        "request_id": request_id,
        "rep_id": "R1",
        "account_id": "B1",
        "kind": "price",
        "requested_at": at,
        "price_change": -0.05,
    }
    return row | changes


def granted(request_id, at, change, **changes):
    """A price cut, approved an hour later and drawn as granted."""
    later = str(pd.Timestamp(at) + pd.Timedelta(hours=1))
    answer = {"decision": "approved", "approved_by": "D1", "approved_at": later, "responded_at": later}
    drawn = {"price_granted": change, "drawn_at": later, "price_drawn": change}
    return request(request_id, at, price_change=change, **answer, **drawn, **changes)


def report(report_id, on, **changes):
    """A complete report of R1 on B1 without cost."""
    row = {
        "report_id": report_id,
        "report_date": on,
        "rep_id": "R1",
        "account_id": "B1",
        "stage_before": 3,
        "stage_after": 3,
        **dict.fromkeys(("spiced_situation", "spiced_pain", "spiced_impact"), 1),
        **dict.fromkeys(("spiced_critical_event", "spiced_decision"), 1),
        "communications": 2,
        "competitor_mentions": 0,
        "new_key_contacts": 0,
        "technical_hours": 0,
        "price_concession": 0,
        "labour_hours": 1,
        "competitor": "none",
    }
    return row | changes


PEOPLE = [
    {"rep_id": rep, "rep_name": rep, "role": "rep", "quarterly_bonus": 30000} for rep in ("R1", "R2", "R3", "R4")
] + [{"rep_id": "M1", "rep_name": "M1", "role": "manager"}, {"rep_id": "D1", "rep_name": "D1", "role": "director"}]


def verdict(number, rep, who, verdict):
    """An answer to the proposal on a rep's overstep of the 18th."""
    answer = {"decision_id": f"Y{number}", "action_id": f"E5-{rep}-2026-11-18", "decided_on": "2026-11-19"}
    return answer | {"decided_by": who, "verdict": verdict, "reason": "客户当场要价"}


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A source in which every rule of execution has something to say; each test reads its own part."""
    accounts = [account("A1"), account("A2"), *(account(f"B{n}", market_role="regional_leader") for n in range(1, 10))]
    weeks = [row for name in ("A1", "A2") for row in weekly(name, (0.7, 0.7, 0.7), output_value=1)]
    weeks += [row for n in range(1, 10) for row in weekly(f"B{n}", (0.5, 0.5, 0.5))]
    requests = [
        request("Q1", "2026-11-19T17:05:00", account_id="B1", price_change=-0.08),
        request("Q2", "2026-11-19T17:06:00", account_id="B2", price_change=-0.0801),
        request("Q3", "2026-11-18T09:00:00", account_id="B3", price_change=0.12),
        granted("Q4", "2026-10-12T09:00:00", -0.05, account_id="B4"),
        request("Q5", "2026-11-20T09:00:00", account_id="B4"),
        # 10 % drawn of B's 8 %, though approved, by four reps.
        *(granted(f"Q1{n}", "2026-11-18T09:00:00", -0.10, account_id=f"B{n + 4}", rep_id=f"R{n}") for n in range(1, 5)),
        # B: engineers in place within 5 working days. Asked on Thursday the 12th at 10:00.
        request("Q6", "2026-11-12T10:00:00", account_id="B9", kind="technical", price_change="", decision="approved",
                approved_by="D1", approved_at="2026-11-12T12:00:00", responded_at="2026-11-12T12:00:00"),
    ]  # fmt: skip
    decisions = [
        verdict(1, "R1", "R1", "waived"),
        verdict(2, "R2", "M1", "waived"),
        verdict(3, "R3", "D1", "waived"),
        verdict(4, "R4", "D1", "confirmed"),
    ]
    reports = [
        # Five times in a fortnight, three accounts, two reps: the fifth on the 19th.
        *(report(f"P{n}", f"2026-11-1{n + 4}", problem_tag="价格异议", account_id=f"B{n % 3 + 1}",
                 rep_id=f"R{n % 2 + 1}") for n in range(1, 6)),
        report("P6", "2026-11-17", account_id="A1", new_key_contacts=1),
        report("P7", "2026-11-20", competitor="", labour_hours=""),
    ]  # fmt: skip
    # The report of the 16th has its three directives, one of them overdue; the other days have none.
    given = {"report_id": "P2", "given_on": "2026-11-16", "text": "约见财务总监", "owner_id": "R1", "followed": "yes"}
    directives = [given | {"directive_id": f"V{n}", "number": n, "due_on": "2026-11-25"} for n in (1, 2)]
    directives.append(given | {"directive_id": "V3", "number": 3, "due_on": "2026-11-18", "followed": "open"})
    call = {"callback_id": "C1", "account_id": "A1", "called_on": "2026-11-19", "caller_id": "D1"}
    order = {"order_id": "E1", "signed_on": "2026-11-05", "account_id": "A1", "executive": "顾总", "purpose": "互访"}
    tables = {
        "resource_requests": requests,
        "decisions": decisions,
        "reps": PEOPLE,
        "daily_reports": reports,
        "directives": directives,
        "callbacks": [call | {"stage_confirmed": "false", "note": "没有见过我方人员"}],
        "executive_orders": [order],
    }
    return kat.load(write(tmp_path_factory.mktemp("busy") / "team", accounts, weeks, **tables))


@pytest.fixture(scope="module")
def week(busy):
    """The director's copy, the policy on oversteps in force since October."""
    parameters = kat.Parameters.read(overrides={"overstep.policy_adopted_on": "2026-10-01"})
    return kat.review(busy, FRIDAY, parameters, salt=SECRET)


@pytest.fixture(scope="module")
def team_copy(busy):
    """The team's copy, in English, without a policy and without a secret salt."""
    return kat.review(busy, FRIDAY, language="en", audience="team", salt=Salt.from_environment(0, {}))


def text(report, action_id):
    """What an action says."""
    return report.actions.set_index("action_id").loc[action_id, "text"]


# --- E4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action_id", "told"),
    [
        # Price is answered within 24 hours. B's float is 8 %: exactly 8 is within, one basis point more is not.
        ("E4-B1.Q1-2026-11-19", "客户B1申请降价8%，在B类8%权限之内，今天17:05到期：批还是驳？"),
        ("E4-B2.Q2-2026-11-19", "客户B2申请降价8.01%，超B类8%权限，今天17:06到期：批、驳，还是限到8%？"),
        # Up counts as down. Due on the 19th at 09:00; the 20th ends 39 hours later.
        ("E4-B3.Q3-2026-11-18", "客户B3申请涨价12%，超B类8%权限，答复已超时39小时：批、驳，还是限到8%？"),
        # 5 % drawn in October leave 3 of B's 8 %.
        (
            "E4-B4.Q5-2026-11-20",
            "客户B4申请降价5%，超B类8%权限（本季已用5%，只剩3%），11月21日09:00到期：批、驳，还是限到3%？",
        ),
    ],
)
def test_a_pending_request_is_asked_with_its_limit_and_its_hour(week, action_id, told):
    assert text(week, action_id).startswith(told)


def test_a_request_falls_due_on_its_own_day(week):
    due = week.actions.set_index("action_id")["due_on"]
    assert [str(due[f"E4-{i}"].date()) for i in ("B1.Q1-2026-11-19", "B3.Q3-2026-11-18", "B4.Q5-2026-11-20")] == [
        "2026-11-20", "2026-11-19", "2026-11-21",
    ]  # fmt: skip


def test_what_is_answered_asks_nothing_more(week):
    assert not week.actions["action_id"].str.contains("Q4|Q11").any()


def test_what_is_not_in_place_in_time_is_chased(week):
    # 5 working days from Thursday the 12th, 10:00, end on Thursday the 19th, 10:00; the 20th ends 38 hours later.
    told = text(week, "E4-B9.Q6.in_place-2026-11-12")
    assert told.startswith("客户B9的技术资源超时38小时没有到位：由你催办？")
    assert "限5个工作日，应在11月19日10:00前办到" in told
    row = week.evidence["request_rows"].set_index(["request_id", "step"]).loc[("Q6", "到位")]
    assert (row["state"], row["stand"]) == ("breach", "超了38小时，还没办")


def test_the_first_screen_has_seven_lines_and_counts_what_has_no_room(week):
    lines = week.evidence["decisions"]
    assert len(lines) <= 7 and lines["kind"].iloc[0] == "request"
    told = sum(len(ids) for ids in lines["action_ids"])
    open_now = int((week.actions["state"] == "open").sum())
    assert week.evidence["decisions_left"]["count"].tolist() == [open_now - told]


# --- E5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rep", "state"),
    # R1 answered for R1: a statement. A manager answered for R2. The director answered for R3 and R4.
    [("R1", "open"), ("R2", "open"), ("R3", "waived"), ("R4", "confirmed")],
)
def test_nobody_but_the_director_rules_on_an_overstep(week, rep, state):
    row = week.actions.set_index("action_id").loc[f"E5-{rep}-2026-11-18"]
    assert row["state"] == state
    assert "扣不扣当季奖金的20%（6,000元）" in row["text"]  # a fifth of 30000
    assert ("本人说明：“客户当场要价”" in row["text"]) == (rep == "R1")


def test_without_a_policy_an_overstep_is_heard_and_costs_nothing(busy):
    heard = kat.review(busy, FRIDAY, salt=SECRET)
    assert set(heard.penalties["state"]) == {"not_in_force"} and heard.penalties["amount"].isna().all()
    assert "先听说明，再定怎么改（扣奖制度未生效）" in text(heard, "E5-R1-2026-11-18")


# --- M7, M9–M12, D1, D2 -----------------------------------------------------------------------------------------------


def test_the_callbacks_of_the_month_are_asked_until_they_are_made(week):
    # Two A accounts: both are the month's. A1 was called on the 19th.
    row = week.actions.set_index("action_id").loc["M7-A2-2026-11-01"]
    assert row["text"].startswith("本月回访轮到客户A2：由你亲自打（已办1/2）")
    assert str(row["due_on"].date()) == "2026-11-30"
    assert week.actions.set_index("action_id").loc["M7-A1-2026-11-01", "state"] == "done"


def test_the_loop_counts_callbacks_and_support_orders(week):
    # One order in the week to the 6th, which is one of two, and none since: the duty is left undone from then on.
    assert week.sections["loop"].headline.endswith("A类回访1/2，支援令0/2")
    assert text(week, "D2-team.sign_orders-2026-11-06").startswith("本周支援令0/2：补签哪家？")


def test_a_meeting_that_the_customer_denies_is_told_with_both_sources(week):
    row = week.evidence["trust"].iloc[0]
    assert (row["account_id"], row["rep_id"], row["kind"]) == ("A1", "R1", "callback")
    assert "新增关键决策人1位" in row["said"] and row["other"] == "11月19日回访，客户没有确认进展：“没有见过我方人员”"
    assert "1处说法对不上" in week.sections["trust"].headline
    assert (week.actions["rule"] == "M12").sum() == 1


def test_a_report_that_lacks_something_says_what(week):
    rows = week.evidence["incomplete"].set_index("report_id")
    assert rows["lacks"].to_dict() == {"P7": "竞品动作和资源数字"}


def test_a_problem_that_keeps_coming_back_asks_for_a_training(week):
    told = text(week, "M11-team.价格异议-2026-11-19")
    assert told == "“价格异议”反复出现：开一次专项训练？14天内5次，涉及3家客户、2名销售。"


def test_directives_short_and_overdue_are_asked_apart(week):
    # Reports lie on the 15th to the 20th, two of them on the 17th; a fifth of each day's is one, the 16th alone has it.
    assert text(week, "M10-team.short-2026-11-20").startswith("本周5天的改进指令没有给足，还差5份日报")
    assert text(week, "M10-R1.overdue-2026-11-18").startswith("请R1了结1条过期的改进指令")


def test_what_nobody_answered_is_neither_done_nor_left_undone(week):
    log = week.evidence["daily_log"]
    assert len(log) == 15 and set(log["state"]) == {"cannot_judge"}  # five working days, three questions
    assert week.sections["discipline"].headline.startswith("15项没有答")


def test_every_a_account_has_its_patience_told(week):
    rows = week.evidence["patience_rows"].set_index("account_id")
    assert sorted(rows.index) == ["A1", "A2"]


# --- the team's copy --------------------------------------------------------------------------------------------------


def test_the_team_reads_nothing_that_is_for_the_director_alone(team_copy):
    assert not set(team_copy.sections) & SECTIONS
    assert not set(team_copy.tables) & TABLES
    assert not set(team_copy.evidence) & EVIDENCE
    assert not team_copy.actions["rule"].isin(["E5", "M6", "M7", "M8", "M12"]).any()
    html = page(team_copy)
    assert "overstep" not in html.lower() and "credibility" not in html.lower() and "callbacks" not in html
    assert "<section" not in fragment(team_copy, "verification")


def test_the_team_reads_the_clocks_and_the_duties(team_copy):
    assert {"requests", "daily", "discipline", "patience"} <= set(team_copy.sections)
    assert "asks for 8.01% off, over B's 8%" in text(team_copy, "E4-B2.Q2-2026-11-19")


# --- the draw ---------------------------------------------------------------------------------------------------------


def test_a_draw_says_by_its_hash_which_salt_it_had_and_warns_without_a_secret(week, team_copy):
    assert week.run["draw"] == {"salt_sha256": SECRET.digest, "secret": True}
    assert team_copy.run["draw"]["secret"] is False
    assert any("no secret key" in limit for limit in team_copy.limits)
    assert not any("密钥" in limit for limit in week.limits)
