"""The hand-made report's frames and findings on execution: requests, verification, reports, duties, patience."""

import pandas as pd

DAY = pd.Timestamp
SCORES = ["situation", "pain", "impact", "critical_event", "decision"]


def evidence(t):
    """The frames by name; t(zh, en) picks the language."""
    p = pd.DataFrame
    return dict(
        request_rows=p(
            [
                (
                    "Q2",
                    "chuanyu",
                    "ly",
                    "B",
                    t("申请技术支援", "asks for technical support"),
                    t("B类可调用，5个工作日内到位", "allowed for B, in place within 5 working days"),
                    t("受理", "accepted"),
                    t("11月18日09:10", "09:10 on 18 Nov"),
                    "breach",
                    t("超了2天，还没办", "2 days over, not done"),
                ),
                (
                    "Q1",
                    "zhongyuan",
                    "zw",
                    "B",
                    t("申请降价12%", "asks for 12% off"),
                    t("超B类8%权限", "over B's 8%"),
                    t("答复", "answered"),
                    t("今天17:30", "17:30 today"),
                    "good",
                    t("还剩5小时", "5 hours left"),
                ),
            ],
            columns=[
                "request_id",
                "account_id",
                "rep_id",
                "tier",
                "wanted",
                "allowance",
                "step",
                "due",
                "state",
                "stand",
            ],
        ),
        oversteps=p(
            [
                (
                    "ly",
                    3,
                    t("11月3日海港机械批准前18小时就动用", "3 Nov Haigang: drawn 18 hours before the approval"),
                    t("制度未生效，只听说明", "policy not in force: hear the rep"),
                    t("客户当场要价", "The customer pressed"),
                )
            ],
            columns=["rep_id", "times", "newest", "stand", "statement"],
        ),
        spot_checks=p(
            [
                (
                    "G1",
                    "luyang",
                    "ln",
                    DAY("2026-11-18 14:00"),
                    "mismatch",
                    t("定位在23公里外", "the device was 23 km away"),
                ),
                ("G2", "subei", "zk", DAY("2026-11-17 10:00"), "undetermined", t("本人没有同意定位", "no consent")),
                ("G3", "tianshu", "zw", DAY("2026-11-17 10:00"), "verified", t("都相符", "both match")),
            ],
            columns=["visit_id", "account_id", "rep_id", "visited_at", "result", "what"],
        ),
        catch_chances=p(
            [(DAY("2026-11-20"), 60, 6, 1, 0.1)], columns=["week_ending", "visits", "drawn", "k", "chance"]
        ),
        callbacks=p(
            [
                ("jianghai", 4, DAY("2026-11-19"), True, DAY("2026-11-30"), "done"),
                ("xiyu", 3, pd.NaT, True, DAY("2026-11-30"), "due"),
            ],
            columns=["account_id", "calls", "called_on", "drawn", "due_on", "state"],
        ),
        competitor_check=p(
            [
                ("intel", "N1", "zw", "zhongyuan", "", t("华岳系统", "Huayue"), DAY("2026-11-16"), "unreported"),
                ("report", "D1", "hj", "", "storage", t("博睿自控", "Borui"), DAY("2026-11-12"), "confirmed"),
            ],
            columns=["source", "item_id", "rep_id", "account_id", "industry_id", "competitor", "on", "result"],
        ),
        credibility=p(
            [
                ("hj", "", 9.0, 8.0, 0.89, 0.85, 0.71, 0.94, "good"),
                ("ly", "", 3.0, 1.0, 0.33, 0.6, 0.37, 0.8, "warning"),
                ("zw", "", 1.0, 1.0, 1.0, 0.8, 0.55, 0.96, "cannot_judge"),
            ],
            columns=["rep_id", "account_id", "items", "held", "raw", "score", "low", "high", "state"],
        ),
        incomplete=p(
            [(DAY("2026-11-19"), "sq", "yunfan", t("竞品动作", "competitor's move"))],
            columns=["report_date", "rep_id", "account_id", "lacks"],
        ),
        spiced=p(
            [("nanfang", "B", 2.0, 2.0, 1.0, 1.0, 1.0, 7.0, 8.0, 2.0, -1.0)],
            columns=["account_id", "tier", *SCORES, "total", "before", "contacts", "change"],
        ),
        directives_overdue=p(
            [("nanfang", "hj", t("核实预算", "Verify the budget"), DAY("2026-11-16"), 4)],
            columns=["account_id", "owner_id", "text", "due_on", "days"],
        ),
        trainings=p(
            [
                (
                    t("价格异议", "Price objection"),
                    DAY("2026-11-09"),
                    6,
                    4,
                    3,
                    "to_open",
                    t("该开训练", "open a training"),
                )
            ],
            columns=["problem_tag", "triggered_on", "times", "accounts", "reps", "state", "stand"],
        ),
        daily_log=p(
            [
                (DAY("2026-11-20"), "cut_account", 1.0, 0.0, "good", t("无可砍", "none qualifies")),
                (DAY("2026-11-20"), "give_weapon", 1.0, 0.0, "breach", "0/1"),
                (DAY("2026-11-20"), "verify_facts", 3.0, None, "cannot_judge", t("未答", "not answered")),
            ],
            columns=["day", "item", "needed", "done", "state", "text"],
        ),
        weekly_log=p([("sign_orders", "breach", "0/2", "data")], columns=["item", "state", "text", "answered_by"]),
        patience_rows=p(
            [
                ("xiyu", "mc", 14.0, DAY("2026-10-30"), "breach", t("产出超期", "output overdue")),
                ("qiming", "wt", 3.0, DAY("2026-11-18"), "good", t("在耐心期内", "within the patience")),
            ],
            columns=["account_id", "owner_id", "weeks_without_output", "last_verified_on", "state", "stand"],
        ),
    )


def sections(t):
    """Eyebrow, headline and notes of each."""
    return dict(
        requests=(
            t("授权与时限", "Authority and clocks"),
            t("1个时限已超还没办", "One clock over and not done"),
            (t("近8周技术支援受理41/44。", "In time over 8 weeks: support accepted 41/44."),),
        ),
        verification=(
            t("三线核实", "Verification"),
            t("抽查3次拜访，1次对不上", "3 visits checked, 1 not matching"),
            (t("若有1次虚假，抽中的机会是10%。", "One false visit is caught with 10%."),),
        ),
        daily=(t("日报与指令", "Daily reports and directives"), t("日报214份，1份没写全", "214 reports, 1 incomplete")),
        discipline=(t("自检清单", "Self-check"), t("本周还欠：高层支援令", "Left this week: support orders")),
        patience=(
            t("战略耐性", "Strategic patience"),
            t("2家A类客户：1家产出超期", "2 A accounts: output of 1 overdue"),
        ),
    )
