"""A what-if made by hand for the tests of the publish floor: eight scenarios, one failed, one without effect.

The figures are invented but agree with each other: migration and movers, shares and amounts, counts and intervals.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from tests.publish.example_texts import ACCOUNTS, REPS
from toolkit.method.stated_probability import wilson
from toolkit.reports.report import Report, Section

FRIDAY = pd.Timestamp("2026-11-20")
WEEKS, AHEAD = 26, 26
LAST = FRIDAY + pd.Timedelta(weeks=AHEAD)
TITLES = {
    "baseline": ("现行参数", "As it is"),
    "a_line_55": ("A类门槛 60%→55%", "A line 60% → 55%"),
    "weight_75": ("战略权重门槛 80→75", "Strategic weight 80 → 75"),
    "split_60_40": ("资源分配 70/30→60/40", "Split 70/30 → 60/40"),
    "split_80_20": ("资源分配 70/30→80/20", "Split 70/30 → 80/20"),
    "demotion_3_weeks": ("无进展降级 2周→3周", "Demotion after 3 weeks instead of 2"),
    "spill": ("空档资源：留作储备→转给另一类", "An empty tier's part: reserve → spill"),
    "optimal_inside": ("类内分配：期望价值→边际价值最优", "Inside a tier: expected value → optimal"),
    "red_alert_8": ("红色警报降幅 10%→8%", "Red alert at a fall of 8% instead of 10%"),
}
NOTES = {
    "baseline": ("", ""),
    "a_line_55": ("A类要求的成交概率下限从60%降到55%：多了谁，谁的资源会被摊薄。",
                  "Tier A asks for a win probability of 55 % instead of 60 %: who comes in, and whose part gets thinner."),
    "weight_75": ("A类要求的战略权重分从80分降到75分。", "Tier A asks for a strategic weight of 75 instead of 80."),
    "split_60_40": ("向攻坚客户再倾斜一些。", "More for the accounts under assault."),
    "split_80_20": ("进一步向战略客户集中。", "Still more on the strategic accounts."),
    "demotion_3_weeks": ("B类客户连续3周无进展才降级。", "A B account is demoted after 3 weeks without progress."),
    "spill": ("某一类没有客户时，其份额转给另一类。", "Where a tier has no account, its part goes to the other tier."),
    "optimal_inside": ("同类客户之间按边际价值最优分配；70/30不变。", "Inside a tier by marginal value; 70/30 stays."),
    "red_alert_8": ("资源效能比下降8%（原为10%）即计入红色警报。", "A fall of 8 % in resource efficiency counts."),
}  # fmt: skip
STATES = {"optimal_inside": "failed", "red_alert_8": "no_effect"}
REASONS = {"optimal_inside": ("客户 zhongyuan 的下限 0.20 高于其上限 0.15，两者不能同时满足",
                              "the floor 0.20 of account zhongyuan lies above its cap 0.15; both cannot hold")}  # fmt: skip
AHEAD_BY = {  # difference of the won amount (万), simulation error, all told, wins, A accounts, demotions
    "a_line_55": (312, 46, 208, 0.62, 2.8, -0.4), "weight_75": (-85, 61, 240, -0.21, 1.9, 0.1),
    "split_60_40": (148, 38, 262, 0.44, 0.0, -0.9), "split_80_20": (-231, 41, 214, -0.52, 0.0, 0.8),
    "demotion_3_weeks": (64, 52, 148, 0.12, 0.1, -6.3), "spill": (0, 0, 0, 0.0, 0.0, 0.0),
}  # fmt: skip
BACK = {  # moves now, account-weeks, exact share, moved now, moved in the mean
    "a_line_55": (4, 72, 0.62, 0.083, 0.061), "weight_75": (3, 41, 0.70, 0.052, 0.044),
    "split_60_40": (0, 0, 0.33, 0.100, 0.100), "split_80_20": (0, 0, 0.33, 0.100, 0.100),
    "demotion_3_weeks": (2, 38, 0.81, 0.018, 0.021), "spill": (0, 0, 1.0, 0.0, 0.0), "red_alert_8": (0, 0, 1.0, 0.0, 0.0),
}  # fmt: skip
MOVERS = [  # base tier, tier, first week, account-weeks, tag
    ("beichen", "B", "A", "2026-10-16", 6, "exact"), ("delta", "B", "A", "2026-09-04", 11, "exact"),
    ("haigang", "B", "A", "2026-08-21", 14, "label"), ("zhujiang", "B", "A", "2026-10-30", 4, "exact"),
    ("nanfang", "B", "A", "2026-07-10", 15, "label"), ("huadong", "C", "B", "2026-09-18", 9, "label"),
    ("xiangjiang", "B", "C", "2026-09-11", 8, "label"), ("subei", "C", "B", "2026-10-02", 5, "label"),
]  # fmt: skip
MIGRATION = {("A", "A"): (208, 160), ("A", "B"): (0, 0), ("A", "C"): (0, 0), ("B", "A"): (50, 34), ("B", "B"): (360, 240),
             ("B", "C"): (8, 0), ("C", "A"): (0, 0), ("C", "B"): (14, 0), ("C", "C"): (920, 533)}  # fmt: skip
MEAN, LOW, HIGH = 4820e4, 3150e4, 6740e4
_FIGURES = {"won_amount": (MEAN, LOW, HIGH), "wins": (9.4, 5, 14), "losses": (11.2, 7, 16), "a_accounts": (8.3, 5, 12),
            "b_accounts": (16.1, 11, 21), "c_accounts": (35.6, 29, 42), "demotions": (22.4, 15, 31),
            "reserve_share": (0.012, 0.0, 0.04)}  # fmt: skip


def _logit(p):
    return math.log(p / (1 - p))


def _scenarios(language):
    k, nan = (0 if language == "zh" else 1), float("nan")
    rows = []
    for name, titles in TITLES.items():
        back = BACK.get(name, (nan,) * 5)
        row = dict(scenario=name, title=titles[k], note=NOTES[name][k], changes="", state=STATES.get(name, "ok"),
                   reason=REASONS.get(name, ("", ""))[k])  # fmt: skip
        rows.append(row | dict(zip(("now_moves", "account_weeks", "exact_share", "moved_share", "moved_mean"), back,
                                   strict=True)))  # fmt: skip
    return pd.DataFrame(rows)


def _differences(name, figure):
    """Difference, simulation error, and all told of a figure."""
    won, mc, told, wins, a, demotions = AHEAD_BY[name]
    by = {"won_amount": won * 1e4, "wins": wins, "losses": -wins / 2, "a_accounts": a, "b_accounts": -a / 2,
          "c_accounts": -a / 2, "demotions": demotions, "reserve_share": 0.0}  # fmt: skip
    size = by[figure]
    scale = abs(size / won / 1e4) if won else 0.0
    return (size, mc * 1e4, told * 1e4) if figure == "won_amount" else (size, mc * 1e4 * scale, told * 1e4 * scale)


def _forecast(language):
    rows, k = [], (0 if language == "zh" else 1)
    for name in TITLES:
        state = STATES.get(name, "ok")
        for figure, (mean, low, high) in _FIGURES.items():
            row = dict(scenario=name, figure=figure, state=state, reason=REASONS.get(name, ("", ""))[k])
            if name == "baseline" or state == "no_effect":
                row |= dict(mean=mean, low=low, high=high)
                row |= dict.fromkeys(("difference", "mc_low", "mc_high", "param_low", "param_high"), 0.0)
            elif state == "ok":
                size, mc, told = _differences(name, figure)
                row |= dict(mean=mean + size, low=low + size, high=high + size, difference=size, mc_low=size - mc,
                            mc_high=size + mc, param_low=size - told, param_high=size + told * 1.15,
                            variance_ratio=14.0)  # fmt: skip
            rows.append(row)
    return pd.DataFrame(rows)


def _bands():
    rows = []
    for name in ("baseline", *AHEAD_BY):
        for figure, (mean, low, high) in _FIGURES.items():
            size = 0.0 if name == "baseline" else _differences(name, figure)[0]
            for week in range(1, AHEAD + 1):
                part = week / AHEAD
                grow = part if figure in ("won_amount", "wins", "losses", "demotions") else 1.0
                wide = part**0.6
                at = (mean + size * part) * grow if grow < 1 else mean + size * part
                rows.append(
                    (name, FRIDAY + pd.Timedelta(weeks=week), figure, at, max(0.0, at - (mean - low) * wide),
                     at + (high - mean) * wide)
                )  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "week_ending", "figure", "mean", "low", "high"])


def _holdout():
    score = ["method", "brier", "n", "low", "high", "difference", "difference_low", "difference_high"]
    scores = [("model", 0.131, 52, 0.084, 0.181, 0.0, 0.0, 0.0), ("base_rate", 0.127, 52, 0.080, 0.176, 0.004, -0.01, 0.02),
              ("stated", 0.149, 52, 0.101, 0.202, -0.018, -0.04, 0.01)]  # fmt: skip
    counts, wins = np.array([11, 11, 10, 10, 10]), np.array([0, 1, 1, 3, 5])
    low, high = wilson(wins, counts)
    quintiles = dict(bin=range(1, 6), n=counts, forecast=[0.02, 0.06, 0.12, 0.24, 0.44], won_share=wins / counts, low=low,
                     high=high)  # fmt: skip
    coverage = [("a_accounts", 7, 7, 1.0, 0.9), ("b_accounts", 7, 6, 6 / 7, 0.9), ("wins", 7, 5, 5 / 7, 0.9),
                ("losses", 7, 6, 6 / 7, 0.9)]  # fmt: skip
    return dict(
        holdout_scores=pd.DataFrame(scores, columns=score),
        holdout_quintiles=pd.DataFrame(quintiles),
        holdout_coverage=pd.DataFrame(coverage, columns=["figure", "weeks", "inside", "share", "level"]),
    )


def _price(language):
    limits = "limits cannot all hold" if language == "en" else "限制无法同时满足"
    plans = [("my_plan", 0.884, False, "ok", ""), ("current", 0.792, False, "ok", ""), ("equal", 0.861, False, "ok", ""),
             ("value", 0.893, False, "ok", ""), ("expected_value", 0.917, True, "ok", ""),
             ("optimal", float("nan"), False, "failed", limits), ("best_split", 0.958, False, "ok", ""),
             ("optimum", 1.0, False, "ok", "")]  # fmt: skip
    rows = [dict(scenario="baseline", plan=p, value=s * 214.0, share_of_optimum=s, share_a=0.7, share_b=0.3, share_c=0.0,
                 reserve=0.0, in_force=f, state=state, reason=reason) for p, s, f, state, reason in plans]  # fmt: skip
    wrong = [("expected_value", 0.3, 0.905, 0.862, 0.941), ("optimum", 0.3, 0.972, 0.951, 0.988),
             ("expected_value", 0.6, 0.872, 0.791, 0.934), ("optimum", 0.6, 0.905, 0.842, 0.951),
             ("expected_value", 1.0, 0.823, 0.702, 0.911), ("optimum", 1.0, 0.816, 0.694, 0.902)]  # fmt: skip
    robustness = pd.DataFrame(wrong, columns=["plan", "cv", "mean", "low", "high"])
    robustness.insert(0, "scenario", "baseline")
    curves, points = _responses()
    return dict(price_plans=pd.DataFrame(rows), robustness=robustness, curves=curves, points=points)


def _responses():
    curves, points = [], []
    ids = [k for k, a in ACCOUNTS.items() if a["tier"] in "AB"][:14]
    for n, k in enumerate(ids):
        a = ACCOUNTS[k]
        v = a["value"] * a["p"] * (1 - a["p"])
        kappa = 0.6 + 0.07 * (n % 5)
        rule, best = (5.2 - 0.25 * n if a["tier"] == "A" else 1.3), 3.1 + 0.6 * math.cos(2.1 * n)
        curves += [(k, x, v * x / (kappa + x)) for x in np.linspace(0, 6, 25)]
        points += [(plan, k, x, v * x / (kappa + x), 0.3) for plan, x in (("expected_value", rule), ("optimum", best))]
    return (pd.DataFrame(curves, columns=["account_id", "effort", "worth"]),
            pd.DataFrame(points, columns=["plan", "account_id", "effort", "worth", "elasticity"]))  # fmt: skip


def _alerts():
    rows = []
    given = [("baseline", "M4", "each_day", True, 3, 3, 1, 0.24, 11, 2, 16.0, "warning", "as_chance"),
             ("baseline", "M4", "cumulative", False, 9, 8, 4, 0.24, 11, 6, 21.0, "warning", "as_chance"),
             ("baseline", "M4", "baseline", False, 5, 5, 3, 0.24, 11, 4, 19.0, "good", "better_than_chance"),
             ("baseline", "M5", "", True, 41, 36, 9, 0.11, 11, 8, 33.0, "good", "better_than_chance"),
             ("red_alert_8", "M4", "each_day", True, 5, 5, 2, 0.24, 11, 3, 18.0, "warning", "as_chance"),
             ("demotion_3_weeks", "M5", "", True, 41, 36, 9, 0.11, 11, 8, 33.0, "good", "better_than_chance")]  # fmt: skip
    for scenario, rule, reading, force, episodes, judged, hits, base, losses, caught, lead, state, code in given:
        low, high = wilson(hits, judged)
        less, more = wilson(caught, losses)
        rows.append(dict(scenario=scenario, rule=rule, reading=reading, in_force=force, episodes=episodes, judged=judged,
                         hits=hits, precision=hits / judged, precision_low=float(low), precision_high=float(high),
                         base_rate=base, losses=losses, caught=caught, recall=caught / losses, recall_low=float(less),
                         recall_high=float(more), lead_days_median=lead, tag="exact", state=state, code=code))  # fmt: skip
    tuner = [("each_day", True, 0.2, 0.1, 0.5, 0.04, 0.02, 0.07, 0.01, 9.0, 0.071, 0.02),
             ("cumulative", False, 6.1, 5.6, 6.7, 0.97, 0.95, 0.98, 0.21, 7.0, 0.071, 0.02),
             ("baseline", False, 1.4, 1.2, 1.7, 0.88, 0.85, 0.9, 0.06, 12.0, 0.071, 0.02)]  # fmt: skip
    columns = ["reading", "in_force", "false_alarms_year", "false_low", "false_high", "detected", "detected_low",
               "detected_high", "by_chance", "delay_days_median", "noise_sd", "movement_sd"]  # fmt: skip
    return dict(alert_quality=pd.DataFrame(rows), tuner=pd.DataFrame(tuner, columns=columns))


def _sensitivity():
    base = MEAN
    rows = [("dynamics.close_effort", 0.3, 1.3, base - 1210e4, base + 1380e4), ("dynamics.progress_effort", 1.5, 2.9, base - 640e4, base + 590e4),
            ("tiers.a.min_win_probability", 0.55, 0.65, base + 312e4, base - 280e4), ("allocation.share_a", 0.6, 0.8, base + 148e4, base - 231e4),
            ("demotion.weeks", 1, 3, base - 35e4, base + 64e4)]  # fmt: skip
    tornado = pd.DataFrame([(p, lo, hi, a, b, base, max(a, b, base) - min(a, b, base), "ok", "") for p, lo, hi, a, b in rows]
                           + [("tiers.a.min_strategic_weight", 75, 85, base - 85e4, float("nan"), base, float("nan"), "failed", "not_finite")],
                           columns=["path", "low", "high", "at_low", "at_high", "base", "swing", "state", "reason"])  # fmt: skip
    near = []
    for k, a in ACCOUNTS.items():
        line, threshold = min((("a", 0.6), ("b", 0.3)), key=lambda x: abs(_logit(a["p"]) - _logit(x[1])))
        distance = _logit(a["p"]) - _logit(threshold)
        if abs(distance) <= 0.25:
            ends = [1 / (1 + math.exp(-(_logit(a["p"]) + s * 0.14))) for s in (-1, 1)]
            near.append((k, line, threshold, a["p"], a["tier"], distance, 0.5 * math.erfc(abs(distance) / 0.14 / 2**0.5), *ends))
    promotion = [("haigang", "B", "strategic_weight", 72.0, 80.0, 8.0, True, float("nan")),
                 ("beichen", "B", "win_probability", 0.57, 0.60, 0.03, True, 0.19),
                 ("nanfang", "B", "win_probability", 0.52, 0.60, 0.08, True, 0.03), ("nanfang", "B", "strategic_weight", 77.0, 80.0, 3.0, True, float("nan")),
                 ("yanshan", "B", "strategic_weight", float("nan"), 80.0, float("nan"), True, float("nan")),
                 ("xiangjiang", "B", "market_role", float("nan"), float("nan"), float("nan"), False, float("nan")),
                 ("xiangjiang", "B", "win_probability", 0.33, 0.60, 0.27, True, 0.0)]  # fmt: skip
    return dict(
        tornado=tornado,
        near=pd.DataFrame(near, columns=["account_id", "line", "threshold", "win_probability", "tier", "margin",
                                         "chance_to_cross", "low", "high"]),
        promotion=pd.DataFrame(promotion, columns=["account_id", "tier", "criterion", "now", "needed", "gap", "reachable",
                                                   "chance_next_week"]),
    )  # fmt: skip


def _calibrated():
    bins = [("", 0, 0.13, 14, 1), ("", 1, 0.31, 12, 3), ("", 2, 0.52, 11, 4), ("", 3, 0.66, 13, 5), ("", 4, 0.86, 7, 5),
            ("ln", 2, 0.51, 4, 2), ("wl", 3, 0.68, 8, 2), ("wl", 1, 0.33, 6, 1), ("zw", 3, 0.64, 2, 1), ("zw", 4, 0.86, 3, 3)]  # fmt: skip
    rows = []
    for rep, number, stated, n, won in bins:
        low, high = (float(x) for x in wilson(won, n))
        state = "cannot_judge" if n < 5 else "good" if low <= stated <= high else "warning"
        rows.append(dict(rep_id=rep, bin=number, bin_low=number / 5, bin_high=(number + 1) / 5, stated=stated, n=n, won=won,
                         share=won / n, low=low, high=high, state=state))  # fmt: skip
    tiers = []
    for k, a in list(ACCOUNTS.items())[:29]:
        read = 1 / (1 + math.exp(-(_logit(a["p"]) * 0.9 - 0.45)))
        then = {"A": "A" if read >= 0.6 else "B", "B": "B" if read >= 0.3 else "C", "C": "C"}[a["tier"]]
        tiers.append((k, a["tier"], then, a["p"], read))
    bunching = [("a", 0.6, 0.05, 1, 7, 0.035, "warning"), ("b", 0.3, 0.05, 3, 4, 0.5, "good")]
    return dict(
        reliability=pd.DataFrame(rows),
        calibrated_tiers=pd.DataFrame(tiers, columns=["account_id", "tier", "calibrated_tier", "win_probability", "calibrated"]),
        bunching=pd.DataFrame(bunching, columns=["line", "threshold", "window", "below", "above", "chance", "state"]),
    )  # fmt: skip


def _replay():
    movers = pd.DataFrame(MOVERS, columns=["account_id", "base_tier", "tier", "first_week", "account_weeks", "tag"])
    movers["first_week"] = pd.to_datetime(movers["first_week"])
    movers.insert(0, "scenario", "a_line_55")
    counts = pd.DataFrame([("a_line_55", *pair, *n) for pair, n in MIGRATION.items()],
                          columns=["scenario", "base_tier", "tier", "account_weeks", "exact"])  # fmt: skip
    weeks = pd.date_range(end=FRIDAY, periods=WEEKS, freq="7D")
    share = [0.061 + 0.022 * math.sin(n / 3.1) for n in range(WEEKS - 1)] + [0.083]
    return dict(migration=counts, movers=movers,
                moved=pd.DataFrame(dict(scenario="a_line_55", week_ending=weeks, share=share)))  # fmt: skip


def _words(language):
    """Verdict, lead, figures, sections, decisions and limits."""
    zh = language == "zh"

    def pick(chinese, english):
        return chinese if zh else english

    figures = [
        ("moves", pick("本周改级", "Tier changes this week"), pick("4家", "4"), pick("4升0降；回看换级72家周", "4 up, 0 down; 72 account-weeks looking back"), "good"),
        ("resource", pick("资源换去处", "Resource elsewhere"), "8%", pick("每周3.3万，回看平均每周6%", "¥33.2k a week; 6 % on average looking back"), "good"),
        ("ahead", pick("往后26周赢单额", "Won amount over 26 weeks"), pick("+312万", "+¥3.12M"), pick("90%区间+104万到+551万，没有跨过零", "90 % interval +¥1.04M to +¥5.51M, without zero"), "good"),
        ("rule", pick("现行分配规则", "The allocation rule in force"), pick("92%", "92%"), pick("占最优方案的比例；规则的代价8%", "of the optimum; the rule costs 8 %"), "good"),
    ]  # fmt: skip
    told = {
        "scenarios": ("情景比较", "The scenarios", "8个情景里，2个的赢单额与现行参数分得出高低：A类门槛 +312万，80/20 −231万", "2 of 8 scenarios can be told from the parameters in force by the won amount: A line 60% → 55% +¥3.12M, 80/20 −¥2.31M"),
        "replay": ("回放", "Replay", "26周里，“A类门槛 60%→55%”让8家客户有72家周换了级别；62%的家周是精确的", "Over 26 weeks, “A line 60% → 55%” gives 8 accounts another tier for 72 account-weeks; 62% of the account-weeks are exact"),
        "forecast": ("往后", "Ahead", "未校准：检验期的Brier分0.131，没有胜过历史平均的0.127", "Uncalibrated: its Brier score of 0.131 does not beat the base rate's 0.127"),
        "price": ("规则的代价", "The price of the rule", "现行分配规则能拿到最优方案的92%：规则的代价是8%", "The allocation rule in force gets 92% of the optimum: the rule costs 8%"),
        "alerts": ("警报灵不灵", "Are the alerts any good", "黄色警报值得听：36次里9次应验，平常只有11%；红色警报与平常分不出", "Yellow alerts are worth heeding: 9 of 36 came true, against 11% on any day; red ones cannot be told from any day"),
        "sensitivity": ("什么最要紧", "What matters most", "往后26周的赢单额最取决于投入对结案的作用：低端3610万，高端6200万", "The won amount over 26 weeks hangs most on what effort does for closing: ¥36.1M at the low end, ¥62M at the high end"),
        "calibrated": ("自报概率准吗", "Are stated probabilities right", "自报六成多的13单，实际赢了38%（样本容许18%到64%）", "Of 13 deals stated at 66% on average, 38% were won (the sample allows 18% to 64%)"),
        "decide": ("要拍板的事", "What to decide", "3件事要人来定", "3 questions for people to settle"),
        "cannot": ("说不清的事", "What this cannot tell", "这次推演说不清的事", "What this what-if cannot tell"),
    }  # fmt: skip
    notes = {
        "scenarios": (pick("各情景面对同一批1000种未来，成对比较让差异的方差缩小到1/9至1/33。", "All scenarios meet the same 1,000 futures; pairing cuts the variance of differences to between 1/9 and 1/33."),),
        "forecast": (pick("按现行参数，往后26周平均赢4820万；90%的未来落在3150万到6740万之间。", "Under the parameters in force, 26 weeks ahead win ¥48.2M on average; 90 % of the futures lie between ¥31.5M and ¥67.4M."),),
        "price": (pick("响应曲线错得厉害时（变异系数1），最优平均只剩82%，与规则相当：不能拿它来推翻规则。", "If the response curves are far off (CV 1), the optimum gets 82% on average, as does the rule: no ground to override the rule."),),
    }  # fmt: skip
    decide = [
        ("adopt", pick("“A类门槛 60%→55%”：先小范围试，还是维持现行参数？", "“A line 60% → 55%”: try it on a small scale, or keep the parameters in force?"), pick("往后26周估计多312万，但模型未校准，水平不可信。", "26 weeks ahead the guess is +¥3.12M, but the model is uncalibrated; levels cannot be trusted."), "", "tiers.a.min_win_probability"),
        ("check", pick("北辰航空的成交概率，请负责人以外的人核实一次？", "Have somebody other than its owner check the win probability of Beichen Aero?"), pick("自报57%，紧挨60%线，下周越线的机会19%。", "Stated at 57 %, right beside the 60 % line, with a chance of 19 % to cross it next week."), "beichen", ""),
        ("reading", pick("红色警报改用“对照均值”的读法？", "Read the red alert against the mean?"), pick("下跌20%时，现行读法只发现4%，改后88%，一年误报1.4次。", "Of falls of 20 %, the reading in force detects 4 %, this one 88 %, with 1.4 false alarms a year."), "", "red_alert.reading"),
    ]  # fmt: skip
    limits = (
        pick("换一种分配会赢谁、赢多少、多快：记录里没有，回放不说，往后的数来自模型。", "Who would have been won under another allocation, for how much and how fast: not on record, so the replay does not say."),
        pick("模型不知道竞品、价格和人员变动，也不知道客户之间的影响。", "The model knows no competitors, prices or changes of people, and no effect of one customer on another."),
        pick("已经有人出手的警报看起来像误报，命中率被低估。", "Alerts that were acted on look like false alarms, so precision is understated."),
    )  # fmt: skip
    sections = {
        code: Section(code, pick(one, two), pick(head, english), notes.get(code, limits if code == "cannot" else ()))
        for code, (one, two, head, english) in told.items()
    }
    verdict = pick(
        ("“A类门槛 60%→55%”若本周施行：", "4家升级，8%的资源换去处；", "往后26周的赢单额预计多312万（90%区间+104万到+551万）；", "模型未校准，只看方向。"),
        ("If “A line 60% → 55%” held this week, 4 accounts move up and 8 % of the resource goes elsewhere;", "the won amount over 26 weeks should be ¥3.12M more (90 % interval +¥1.04M to +¥5.51M);", "the model is uncalibrated, so read the direction only."),
    )  # fmt: skip
    lead = pick("回看26个周五，前瞻26周、1000种可能的未来；8个情景都与现行参数成对比较。",
                "26 Fridays looked back on, 26 weeks and 1,000 possible futures ahead; 8 scenarios, each paired with the parameters in force.")  # fmt: skip
    return figures, sections, decide, limits, verdict, lead


def example(language="zh"):
    """The what-if in a language."""
    k = 0 if language == "zh" else 1
    figures, sections, decide, limits, verdict, lead = _words(language)
    evidence = dict(
        scenarios=_scenarios(language),
        figures=pd.DataFrame(figures, columns=["code", "label", "text", "context", "state"]),
        forecast=_forecast(language),
        bands=_bands(),
        decide=pd.DataFrame([(n, *line) for n, line in enumerate(decide, start=1)],
                            columns=["no", "kind", "question", "why", "account_id", "parameter"]),
    ) | _replay() | _holdout() | _price(language) | _alerts() | _sensitivity() | _calibrated()  # fmt: skip
    return Report(
        kind="what_if", language=language, as_of=FRIDAY, week_ending=FRIDAY, verdict=verdict, lead=lead, sections=sections,
        tables={}, evidence=evidence,
        names=dict(accounts={key: a["names"][k] for key, a in ACCOUNTS.items()},
                   reps={key: names[k] for key, names in REPS.items()}, industries={},
                   scenarios={name: titles[k] for name, titles in TITLES.items()}),
        limits=limits,
        run=dict(version="0.2.0", calibrated=False, source=dict(path="sample_data", sha256="9c41e07a" * 8),
                 parameters=dict(path="", sha256="5d20b3f8" * 8)),
    )  # fmt: skip


def calibrated(language="zh"):
    """The same with a holdout record that stands."""
    report = example(language)
    scores = report.evidence["holdout_scores"].assign(brier=[0.108, 0.151, 0.132])
    return replace(report, evidence={**report.evidence, "holdout_scores": scores}, run={**report.run, "calibrated": True})
