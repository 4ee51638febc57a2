"""The cases planted for each rule: `planted.csv`. No rule reads it; tests look the cases up.

`where` selects rows: one or more of `table:column=value;column=value`, joined by ` + `.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = ("rule", "case", "where", "note")
LAST = "2026-11-20"


def _week(name: str, friday: str = LAST) -> str:
    return f"account_weeks:account_id={{{name}}};week_ending={friday}"


# rule, case, where ({name} stands for the account's id), note
CASES: tuple[tuple[str, str, str, str], ...] = (
    ("S1", "up to A", _week("长三角轨交"), "63 % after 58 %, benchmark, weight 84"),
    ("S1", "down from A", _week("北辰航空"), "57 % after 61 %"),
    ("S1", "role keeps it B", _week("海港机械"), "a regional leader with 64 %"),
    ("S1", "cannot judge", _week("燕山仪表"), "64 %, a benchmark, no strategic weight given or computable"),
    ("S1", "down from B by probability", _week("晋北煤机"), "28 % after 32 %"),
    (
        "S2",
        "low posture two Fridays",
        _week("湘江冶金", "2026-11-13") + " + " + _week("湘江冶金"),
        "28, then 26",
    ),
    (
        "S2",
        "high consumption two Fridays",
        _week("太行轴承", "2026-11-13") + " + " + _week("太行轴承"),
        "above 2",
    ),
    (
        "S2",
        "missing two weeks running",
        _week("滇池生物", "2026-11-06"),
        "no rows on the two Fridays after",
    ),
    ("S2", "stale", _week("闽江光电", "2026-10-16"), "its last row"),
    ("S2", "not submitted", "reps:rep_id=R07", "孙倩 sent no weekly row this Friday"),
    (
        "S2",
        "pushed over the line",
        _week("镜湖仓配", "2026-11-13") + " + " + _week("云峰生物"),
        "stated 30–32 % where 27 % would be honest",
    ),
    ("S2", "late jump", _week("长三角轨交"), "over the 60 line by five points"),
    (
        "S3",
        "stalled two weeks",
        _week("华东电气股份", "2026-11-13") + " + " + _week("华东电气股份"),
        "B to C",
    ),
    (
        "S3",
        "returned",
        _week("岱宗制药", "2026-11-06") + " + " + _week("岱宗制药", "2026-11-13"),
        "stalled until 6 November, progress in the week after",
    ),
    (
        "S3",
        "emerging by rise",
        _week("苏北化工", "2026-10-23") + " + " + _week("苏北化工"),
        "20 % to 34 % in four weeks",
    ),
    ("S3", "emerging and new", "accounts:account_id={庐阳冷链}", "opened on 9 October"),
    (
        "S4",
        "three industries",
        "industries:industry_id=I01 + industries:industry_id=I02 + industries:industry_id=I03",
        "capacity x whitespace",
    ),
    ("S5", "strategic account", "accounts:account_id={天枢储能}", "influence 92, fit 88"),
    (
        "S6",
        "money leaking into C",
        "daily_reports:account_id={宁海纺机};report_date=2026-11-20",
        "engineers' hours on C accounts of 李娜",
    ),
    ("S7", "board", "campaigns:account_id={天枢储能}", "a live card"),
    (
        "S8",
        "effort off the best fifth",
        "daily_reports:account_id={太行轴承}",
        "the most expensive B account",
    ),
    (
        "S9",
        "verification lapsed",
        "accounts:account_id={西域风能}",
        "nobody else verified it after 30 October",
    ),
    ("S9", "no output", _week("西域风能"), "no order for 14 weeks"),
    ("E1", "handbook overdue", "playbooks:playbook_id=W106;version=2", "last updated in June"),
    ("E1", "visit sand table overdue", "playbooks:playbook_id=W202;version=3", "last updated in September"),
    ("E2", "Monday drill", "sessions:kind=drill", "none on 26 October"),
    (
        "E3",
        "Thursday review unconcluded",
        "sessions:kind=three_prism;held_at=2026-11-19T16:00:00+08:00",
        "no conclusions",
    ),
    (
        "E4",
        "beyond the float",
        "resource_requests:account_id={中原重工};price_change=-0.12",
        "B allows 8 %",
    ),
    (
        "E4",
        "floats add up",
        "resource_requests:account_id={太行轴承};price_granted=-0.05",
        "twice 5 % in one quarter",
    ),
    (
        "E5",
        "drawn before approval",
        "resource_requests:account_id={海港机械};price_change=-0.06",
        "drawn the day before",
    ),
    (
        "E5",
        "wrong level",
        "resource_requests:account_id={秦岭电缆};drawn_level=director",
        "a manager was approved",
    ),
    (
        "E5",
        "drawn without a request",
        "daily_reports:account_id={宁海纺机};report_date=2026-11-20",
        "hours on a C account",
    ),
    (
        "M1",
        "new key contact",
        "decision_makers:account_id={南方管网};first_contacted_on=2026-11-11",
        "also in its report",
    ),
    ("M2", "efficiency", "daily_reports:report_date=2026-10-29", "the lowest day"),
    ("M3", "competitor named", "daily_reports:account_id={凤鸣新材}", "mentions before the loss"),
    (
        "M4",
        "red",
        "daily_reports:report_date=2026-10-27 + daily_reports:report_date=2026-10-28"
        " + daily_reports:report_date=2026-10-29",
        "three days of 10 % and more",
    ),
    (
        "M4",
        "forming",
        "daily_reports:report_date=2026-11-19 + daily_reports:report_date=2026-11-20",
        "two of three days",
    ),
    (
        "M5",
        "nine days still",
        "daily_reports:account_id={南方管网};report_date=2026-11-11",
        "stuck at the finance director",
    ),
    (
        "M5",
        "still and snoozed",
        _week("金陵电气") + " + decisions:decision_id=Y004",
        "the chain rests since 6 November",
    ),
    ("M6", "mismatch", "visits:account_id={川渝冷链};accuracy_m=40", "18 November, 14:00, 23 km away"),
    ("M6", "no consent", "visits:consent=false", "cannot be determined"),
    (
        "M7",
        "one call of three",
        "callbacks:account_id={江海船舶};called_on=2026-11-19",
        "the only one in November",
    ),
    (
        "M8",
        "unreported by sales",
        "competitor_intel:account_id={中原重工};observed_on=2026-11-16"
        " + daily_reports:account_id={中原重工};competitor=none",
        "the industry heard of a quote 9 % lower",
    ),
    ("M9", "incomplete", "daily_reports:competitor=", "no word on the competitor"),
    ("M10", "directives", "directives:followed=open", "three on each report drawn"),
    (
        "M11",
        "recurring tag",
        "daily_reports:problem_tag=价格异议 + sessions:kind=training;problem_tag=价格异议",
        "a training is open since 11 November",
    ),
    (
        "M12",
        "claimed meeting denied",
        "daily_reports:account_id={江海船舶};report_date=2026-11-17"
        " + callbacks:account_id={江海船舶};called_on=2026-11-19",
        "the chief engineer's office saw nobody",
    ),
    (
        "F1",
        "single contact",
        "decision_makers:account_id={天枢储能} + decision_makers:account_id={东港重机}",
        "one person met in each",
    ),
    ("F2", "no moves this week", "executive_moves:announced_on=2026-11-13", "none after it"),
    ("F3", "return model given", "handouts:kind=roi_model", "and white papers"),
    (
        "F4",
        "unanswered after 48 hours",
        "resource_requests:account_id={楚天光缆};kind=technical;doubts_raised=5",
        "asked on 16 November",
    ),
    (
        "F4",
        "price answered late",
        "resource_requests:account_id={辽滨石化};price_change=-0.04",
        "after 32 hours",
    ),
    (
        "F5",
        "second month",
        "reps:rep_id=R08 + achievements:rep_id=R08;kind=objection_handled",
        "too few objections a day",
    ),
    ("F5", "month three", "achievements:rep_id=R10;kind=breakpoint_solved", "one week missed"),
    ("F5", "month six", "achievements:rep_id=R12;kind=strategic_won_alone", "reached"),
    ("F6", "review open", "losses:account_id={凤鸣新材}", "lost on 17 November, no review yet"),
    (
        "F7",
        "silver",
        "accounts:account_id={蓝湾海缆};status=won + accounts:account_id={海宁晶材};status=won",
        "two A accounts of 吴桐 in one year",
    ),
    ("F7", "three tactics", "achievements:rep_id=R09;kind=tactic_published", "gold is in reach"),
    ("D1", "none qualifies", "self_checks:item=cut_account;count=0", "is an answer"),
    (
        "D2",
        "orders owed",
        "self_checks:item=sign_orders;done_on=2026-11-13",
        "no order was signed in the week after",
    ),
    ("D2", "lowest efficiency", "accounts:account_id={赣南矿机}", "on the cut list"),
    ("D3", "problems open", "problems:problem_tag=价格异议;closed_on=", "opened on 9 November"),
)


def planted(accounts: pd.DataFrame) -> pd.DataFrame:
    """The table of planted cases (rule, case, where, note), ids filled in from the accounts' names.

    Examples:
        >>> names = sorted(set(__import__("re").findall(r"{(.+?)}", " ".join(case[2] for case in CASES))))
        >>> table = planted(pd.DataFrame({"account_name": names, "account_id": [f"A{i}" for i in range(len(names))]}))
        >>> list(table.columns)
        ['rule', 'case', 'where', 'note']
    """
    ids = dict(zip(accounts["account_name"], accounts["account_id"], strict=True))
    rows = [(rule, case, where.format_map(ids), note) for rule, case, where, note in CASES]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def select(tables: dict[str, pd.DataFrame], where: str) -> list[pd.DataFrame]:
    """The rows that a `where` names, one frame a selector; tables are frames of text as read from the CSV files.

    Examples:
        >>> select({"t": pd.DataFrame({"a": ["x", ""]})}, "t:a=")[0].index.tolist()
        [1]
    """
    found = []
    for selector in where.split(" + "):
        name, _, conditions = selector.partition(":")
        rows = tables[name]
        for condition in conditions.split(";"):
            column, _, value = condition.partition("=")
            rows = rows[rows[column] == value]
        found.append(rows)
    return found
