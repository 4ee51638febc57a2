"""A Report made by hand for the tests of the publish floor: 60 accounts, 12 reps, the week of 20 November 2026.

The figures are invented but agree with each other: the allocation adds up, the moves match the tiers.
"""

import math

import numpy as np
import pandas as pd

from tests.publish import example_control
from tests.publish.example_texts import ACCOUNTS, DAYS, REPS, texts
from toolkit.reports.report import Report, Section

FRIDAY = pd.Timestamp("2026-11-20")
MOVERS = [("delta", "B", "A", "up"), ("subei", "C", "B", "up"), ("beichen", "A", "B", "down"),
          ("huadong", "B", "C", "down"), ("jinbei", "B", "C", "down")]  # fmt: skip
NOISE = 0.16


def _logit(p):
    return math.log(p / (1 - p))


def _inverse(x):
    return 1 / (1 + math.exp(-x))


def _largest_remainder(weights, total):
    raw = {k: w / sum(weights.values()) * total for k, w in weights.items()}
    out = {k: int(v) for k, v in raw.items()}
    for k in sorted(raw, key=lambda k: (-(raw[k] - out[k]), k))[: total - sum(out.values())]:
        out[k] += 1
    return out


def _allocation(tier, probability, released=0):
    weight = {k: a["value"] * a[probability] for k, a in ACCOUNTS.items()}
    of = {t: {k: w for k, w in weight.items() if ACCOUNTS[k][tier] == t} for t in "AB"}
    return _largest_remainder(of["A"], 140) | _largest_remainder(of["B"], 60 - released)


def _dumbbell():
    last, now = _allocation("before", "p_before"), _allocation("tier", "p", released=3)
    now["subei"] += 3
    rows = []
    for k, a in ACCOUNTS.items():
        if k in now or k in last:
            n, was = now.get(k, 0), last.get(k, 0)
            rows.append(("person_days", "person_days", k, a["tier"], float(n), float(was), float(n - was)))
    rows.append(("person_days", "person_days", "", "", 0.0, 0.0, 0.0))
    return pd.DataFrame(rows, columns=["resource", "unit", "account_id", "tier", "now", "last", "change"])


def _margins(hints):
    rows = []
    for k, a in ACCOUNTS.items():
        line, threshold = min((("a", 0.6), ("b", 0.3)), key=lambda x: abs(_logit(a["p"]) - _logit(x[1])))
        margin = _logit(a["p"]) - _logit(threshold)
        if abs(margin) <= 2 * NOISE + 0.002:
            low, high = _inverse(_logit(a["p"]) - NOISE), _inverse(_logit(a["p"]) + NOISE)
            chance = 0.5 * math.erfc(abs(margin) / NOISE / math.sqrt(2))
            rows.append((k, line, threshold, a["p"], low, high, a["tier"], chance, hints.get(k, "")))
    columns = ["account_id", "line", "threshold", "win_probability", "low", "high", "tier", "chance", "hint"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["line", "win_probability"], ascending=[True, False], ignore_index=True
    )


def _daily():
    values = {pd.Timestamp(f"2026-{d}"): v for d, v in DAYS}
    days = pd.date_range("2026-09-28", "2026-11-20")
    holiday = (days >= "2026-10-01") & (days <= "2026-10-07")
    return pd.DataFrame({"day": days, "value": [values.get(d) for d in days], "public_holiday": holiday})


def _spells():
    t = pd.Timestamp
    rows = [
        ("red", t("2026-10-27"), t("2026-10-29"), t("2026-11-03"),
         [t("2026-10-27"), t("2026-10-28"), t("2026-10-29")], 52.2, None),
        ("warning", t("2026-11-19"), pd.NaT, pd.NaT, [t("2026-11-19"), t("2026-11-20")], 50.58, 39.87),
    ]  # fmt: skip
    columns = ["severity", "started_on", "fired_on", "ended_on", "judged", "recovery_line", "next_line"]
    return pd.DataFrame(rows, columns=columns)


def _tier_rows(words):
    rows = []
    for k, a in ACCOUNTS.items():
        rows.append(
            dict(account_id=k, tier=a["tier"], previous_tier=a["before"], win_probability=a["p"],
                 change=round(a["p"] - a["p_before"], 4), strategic_weight=a["weight"], value_index=a["value"],
                 resource_consumption_ratio=a["ratio"], on_watch=k in ("xiangjiang", "zhongyuan"),
                 why=words.get(k, ""), stale=False, cannot_judge=k == "yanshan", owner_id=a["rep"])
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["order"] = -frame.value_index * frame.win_probability
    return frame.sort_values(["tier", "order"], ignore_index=True).drop(columns="order")


def _tables(evidence, rows):
    week = "2026-11-20"
    tiers = pd.DataFrame(
        dict(week_ending=pd.Timestamp(week), account_id=rows.account_id, previous_tier=rows.previous_tier,
             tier=rows.tier, criteria_tier=rows.tier, reason="win_probability", weeks_without_progress=0,
             win_probability=rows.win_probability, strategic_weight=rows.strategic_weight,
             value_index=rows.value_index, resource_consumption_ratio=rows.resource_consumption_ratio,
             on_watch=rows.on_watch, next_tier_gap=0.1 + 0.2)
    )  # fmt: skip
    d = evidence["dumbbell"]
    allocation = pd.DataFrame(
        dict(resource=d.resource, account_id=d.account_id, tier=d.tier,
             pool=d.tier.map({"A": "a", "B": "b"}), share=d.now / 200, amount=d.now)
    )  # fmt: skip
    daily = evidence["indicator_daily"].dropna(subset=["value"])
    indicators = pd.DataFrame(
        dict(date=daily.day, period="day", scope="team", scope_id="", indicator="resource_efficiency",
             numerator=daily.value, denominator=1.0, value=daily.value)
    )  # fmt: skip
    text = ["=cmd()", "+1", "-2", "@x", "\tx"]
    actions = pd.DataFrame(
        dict(action_id=[f"S2-{n}" for n in range(5)], rank=range(1, 6), rule="S2", account_id="huadong", rep_id="wl",
             first_raised_on=FRIDAY, due_on=pd.NaT, state="open", text=text)
    )  # fmt: skip
    columns = dict(
        alerts="severity rule scope scope_id started_on fired_on ended_on depth detail",
        roadmap="kind rank id score", spend="tier rep_id planned_share actual_share cost",
        pipeline="item this_week last_week", rejected="table row reason", faults="table row column value rule advice",
    )  # fmt: skip
    empty = {k: pd.DataFrame(columns=v.split()) for k, v in columns.items()}
    return dict(tiers=tiers, allocation=allocation, indicators=indicators, alerts=empty["alerts"],
                roadmap=empty["roadmap"], spend=empty["spend"], actions=actions, pipeline=empty["pipeline"],
                rejected=empty["rejected"], faults=empty["faults"])  # fmt: skip


def _board_flow():
    """Three columns over six Fridays, one of them over its limit."""
    fridays = pd.date_range("2026-10-16", periods=6, freq="7D")
    columns = {
        "planned": ([1, 0, 0, 2, 0, 0], np.nan),
        "negotiating": ([6, 7, 9, 10, 9, 9], 8.0),
        "won": ([0] * 6, np.nan),
    }
    rows = [
        (code, code.title(), friday, n, limit)
        for code, (cards, limit) in columns.items()
        for friday, n in zip(fridays, cards, strict=True)
    ]
    return pd.DataFrame(rows, columns=["board_column", "name", "week_ending", "cards", "limit"])


def _evidence(words):
    p = pd.DataFrame
    moves = p(MOVERS, columns=["account_id", "from_tier", "to_tier", "direction"])
    moves["why"] = words["moves"]
    moves["owner_id"] = [ACCOUNTS[k]["rep"] for k in moves.account_id]
    flow = [("A", "A", 7), ("A", "B", 1), ("B", "A", 1), ("B", "B", 15), ("B", "C", 2), ("C", "B", 1), ("C", "C", 33)]
    dates = ["first_raised_on", "due_on"]
    loop = p(words["loop"], columns=["action_id", "what", "progress", *dates, "holds"])
    loop[dates] = loop[dates].apply(pd.to_datetime)
    return dict(
        kpis=p(words["kpis"]),
        decisions=p(words["decisions"]),
        moves=moves,
        flow=p(flow, columns=["from_tier", "to_tier", "count"]),
        alert_cards=p(words["alerts"]),
        indicator_daily=_daily(),
        indicator_spells=_spells(),
        red_findings=p({"state": ["warning"]}),
        plan_actual=p(
            [("A", 0.7, 0.58, 535920.0), ("B", 0.3, 0.31, 286440.0), ("C", 0.0, 0.11, 101640.0)],
            columns=["tier", "planned_share", "actual_share", "cost"],
        ),
        leaks=p(words["leaks"], columns=["rep_id", "share", "cost", "accounts"]),
        trust=p(words["trust"], columns=["account_id", "rep_id", "kind", "said", "other", "next"]),
        missing_rows=p([("zh", ["daizong"], 3), ("sq", ["yunfan"], 2)], columns=["rep_id", "account_ids", "count"]),
        hands=p(words["hands"], columns=["rep_id", "accounts", "why", "you"]),
        loop=loop,
        loop_counts=p([(7, 5)], columns=["raised", "settled"]),
        tier_rows=_tier_rows(words["why"]).head(16),
        industries_ranked=p(
            [("storage", 320e8, 0.62, 59.0, True), ("rail", 480e8, 0.38, 54.0, True),
             ("chemical", 260e8, 0.55, 43.0, True), ("semi", 180e8, 0.70, 38.0, False)],
            columns=["industry_id", "capacity", "whitespace", "score", "picked"],
        ),
        strategic_ranked=p(
            [("tianshu", "A", 92, 88, 81.0, True), ("delta", "A", 90, 86, 77.0, True),
             ("qiming", "A", 84, 89, 75.0, True), ("xiyu", "A", 88, 82, 72.0, True),
             ("beichen", "B", 91, 76, 69.0, True)],
            columns=["account_id", "tier", "influence", "fit", "score", "picked"],
        ),
        margins=_margins(words["hints"]),
        dumbbell=_dumbbell(),
        score_parts=p(columns=["account_id", "kind", "component", "points"]),
        focus=p(
            dict(rank=range(1, 61), effort_share=[(n / 60) ** 0.45 for n in range(1, 61)],
                 output_share=[(n / 60) ** 0.3 for n in range(1, 61)], top=[n <= 12 for n in range(1, 61)])
        ),
        quality=p(words["quality"], columns=["code", "label", "value", "context", "state"]),
    )  # fmt: skip


def example(language="zh"):
    """The report in a language."""
    words = texts(language)
    index = 0 if language == "zh" else 1

    def t(zh, en):
        return (zh, en)[index]

    evidence = _evidence(words) | example_control.evidence(t) | {"board_flow": _board_flow()}
    sections = words["sections"] | example_control.sections(t)
    return Report(
        kind="weekly",
        language=language,
        as_of=pd.Timestamp("2026-11-20"),
        week_ending=FRIDAY,
        verdict=tuple(words["verdict"]),
        lead=words["lead"],
        sections={code: Section(code, *content) for code, content in sections.items()},
        tables=_tables(evidence, _tier_rows(words["why"])),
        evidence=evidence,
        names=dict(
            accounts={k: a["names"][index] for k, a in ACCOUNTS.items()},
            reps={k: names[index] for k, names in REPS.items()},
            industries=words["industries"],
        ),
        limits=tuple(words["limits"]),
        departures=(),
        run=dict(version="0.1.0", source=dict(path="sample_data", sha256="9c41e07a" * 8),
                 parameters=dict(path="", sha256="5d20b3f8" * 8)),
    )  # fmt: skip
