"""The words of the hand-made what-if, in both languages."""

from toolkit.reports.report import Section

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
    "a_line_55": (
        "A类要求的成交概率下限从60%降到55%：多了谁，谁的资源会被摊薄。",
        "Tier A asks for a win probability of 55 % instead of 60 %: who comes in, and whose part gets thinner.",
    ),
    "weight_75": ("A类要求的战略权重分从80分降到75分。", "Tier A asks for a strategic weight of 75 instead of 80."),
    "split_60_40": ("向攻坚客户再倾斜一些。", "More for the accounts under assault."),
    "split_80_20": ("进一步向战略客户集中。", "Still more on the strategic accounts."),
    "demotion_3_weeks": ("B类客户连续3周无进展才降级。", "A B account is demoted after 3 weeks without progress."),
    "spill": ("某一类没有客户时，其份额转给另一类。", "Where a tier has no account, its part goes to the other tier."),
    "optimal_inside": ("同类客户之间按边际价值最优分配；70/30不变。", "Inside a tier by marginal value; 70/30 stays."),
    "red_alert_8": ("资源效能比下降8%（原为10%）即计入红色警报。", "A fall of 8 % in resource efficiency counts."),
}
STATES = {"optimal_inside": "failed", "red_alert_8": "no_effect"}
REASONS = {
    "optimal_inside": (
        "客户 zhongyuan 的下限 0.20 高于其上限 0.15，两者不能同时满足",
        "the floor 0.20 of account zhongyuan lies above its cap 0.15; both cannot hold",
    )
}


def words(language):
    """Verdict, lead, figures, sections, decisions and limits."""
    zh = language == "zh"

    def pick(chinese, english):
        return chinese if zh else english

    figures = [
        (
            "moves",
            pick("本周改级", "Tier changes this week"),
            pick("4家", "4"),
            pick("4升0降；回看换级72家周", "4 up, 0 down; 72 account-weeks looking back"),
            "good",
        ),
        (
            "resource",
            pick("资源换去处", "Resource elsewhere"),
            "8%",
            pick("每周3.3万，回看平均每周6%", "¥33.2k a week; 6 % on average looking back"),
            "good",
        ),
        (
            "ahead",
            pick("往后26周赢单额", "Won amount over 26 weeks"),
            pick("+312万", "+¥3.12M"),
            pick("90%区间+104万到+551万，没有跨过零", "90 % interval +¥1.04M to +¥5.51M, without zero"),
            "good",
        ),
        (
            "rule",
            pick("现行分配规则", "The allocation rule in force"),
            pick("92%", "92%"),
            pick("占最优方案的比例；规则的代价8%", "of the optimum; the rule costs 8 %"),
            "good",
        ),
    ]
    told = {
        "scenarios": (
            "情景比较",
            "The scenarios",
            "8个情景里，2个的赢单额与现行参数分得出高低：A类门槛 +312万，80/20 −231万",
            (
                "2 of 8 scenarios can be told from the parameters in force by the won amount: A line 60% "
                "→ 55% +¥3.12M, 80/20 −¥2.31M"
            ),
        ),
        "replay": (
            "回放",
            "Replay",
            "26周里，“A类门槛 60%→55%”让8家客户有72家周换了级别；62%的家周是精确的",
            (
                "Over 26 weeks, 'A line 60% → 55%' gives 8 accounts another tier for 72 account-weeks; "
                "62% of the account-weeks are exact"
            ),
        ),
        "forecast": (
            "往后",
            "Ahead",
            "未校准：检验期的Brier分0.131，没有胜过历史平均的0.127",
            "Uncalibrated: its Brier score of 0.131 does not beat the base rate's 0.127",
        ),
        "price": (
            "规则的代价",
            "The price of the rule",
            "现行分配规则能拿到最优方案的92%：规则的代价是8%",
            "The allocation rule in force gets 92% of the optimum: the rule costs 8%",
        ),
        "alerts": (
            "警报灵不灵",
            "Are the alerts any good",
            "黄色警报值得听：36次里9次应验，平常只有11%；红色警报与平常分不出",
            (
                "Yellow alerts are worth heeding: 9 of 36 came true, against 11% on any day; red ones "
                "cannot be told from any day"
            ),
        ),
        "sensitivity": (
            "什么最要紧",
            "What matters most",
            "往后26周的赢单额最取决于投入对结案的作用：低端3610万，高端6200万",
            (
                "The won amount over 26 weeks hangs most on what effort does for closing: ¥36.1M at the "
                "low end, ¥62M at the high end"
            ),
        ),
        "calibrated": (
            "自报概率准吗",
            "Are stated probabilities right",
            "自报六成多的13单，实际赢了38%（样本容许18%到64%）",
            "Of 13 deals stated at 66% on average, 38% were won (the sample allows 18% to 64%)",
        ),
        "decide": ("要拍板的事", "What to decide", "3件事要人来定", "3 questions for people to settle"),
        "cannot": ("说不清的事", "What this cannot tell", "这次推演说不清的事", "What this what-if cannot tell"),
    }
    notes = {
        "scenarios": (
            pick(
                "各情景面对同一批1000种未来，成对比较让差异的方差缩小到1/9至1/33。",
                (
                    "All scenarios meet the same 1,000 futures; pairing cuts the variance of differences "
                    "to between 1/9 and 1/33."
                ),
            ),
        ),
        "forecast": (
            pick(
                "按现行参数，往后26周平均赢4820万；90%的未来落在3150万到6740万之间。",
                (
                    "Under the parameters in force, 26 weeks ahead win ¥48.2M on average; 90 % of the "
                    "futures lie between ¥31.5M and ¥67.4M."
                ),
            ),
        ),
        "price": (
            pick(
                "响应曲线错得厉害时（变异系数1），最优平均只剩82%，与规则相当：不能拿它来推翻规则。",
                (
                    "If the response curves are far off (CV 1), the optimum gets 82% on average, as does "
                    "the rule: no ground to override the rule."
                ),
            ),
        ),
    }
    decide = [
        (
            "adopt",
            pick(
                "“A类门槛 60%→55%”：先小范围试，还是维持现行参数？",
                "'A line 60% → 55%': try it on a small scale, or keep the parameters in force?",
            ),
            pick(
                "往后26周估计多312万，但模型未校准，水平不可信。",
                "26 weeks ahead the guess is +¥3.12M, but the model is uncalibrated; levels cannot be trusted.",
            ),
            "",
            "tiers.a.min_win_probability",
        ),
        (
            "check",
            pick(
                "北辰航空的成交概率，请负责人以外的人核实一次？",
                "Have somebody other than its owner check the win probability of Beichen Aero?",
            ),
            pick(
                "自报57%，紧挨60%线，下周越线的机会19%。",
                "Stated at 57 %, right beside the 60 % line, with a chance of 19 % to cross it next week.",
            ),
            "beichen",
            "",
        ),
        (
            "reading",
            pick("红色警报改用“对照均值”的读法？", "Read the red alert against the mean?"),
            pick(
                "下跌20%时，现行读法只发现4%，改后88%，一年误报1.4次。",
                "Of falls of 20 %, the reading in force detects 4 %, this one 88 %, with 1.4 false alarms a year.",
            ),
            "",
            "red_alert.reading",
        ),
    ]
    limits = (
        pick(
            "换一种分配会赢谁、赢多少、多快：记录里没有，回放不说，往后的数来自模型。",
            (
                "Who would have been won under another allocation, for how much and how fast: not on "
                "record, so the replay does not say."
            ),
        ),
        pick(
            "模型不知道竞品、价格和人员变动，也不知道客户之间的影响。",
            "The model knows no competitors, prices or changes of people, and no effect of one customer on another.",
        ),
        pick(
            "已经有人出手的警报看起来像误报，命中率被低估。",
            "Alerts that were acted on look like false alarms, so precision is understated.",
        ),
    )
    sections = {
        code: Section(code, pick(one, two), pick(head, english), notes.get(code, limits if code == "cannot" else ()))
        for code, (one, two, head, english) in told.items()
    }
    verdict = pick(
        (
            "“A类门槛 60%→55%”若本周施行：",
            "4家升级，8%的资源换去处；",
            "往后26周的赢单额预计多312万（90%区间+104万到+551万）；",
            "模型未校准，只看方向。",
        ),
        (
            "If 'A line 60% → 55%' held this week, 4 accounts move up and 8 % of the resource goes elsewhere;",
            "the won amount over 26 weeks should be ¥3.12M more (90 % interval +¥1.04M to +¥5.51M);",
            "the model is uncalibrated, so read the direction only.",
        ),
    )
    lead = pick(
        "回看26个周五，前瞻26周、1000种可能的未来；8个情景都与现行参数成对比较。",
        (
            "26 Fridays looked back on, 26 weeks and 1,000 possible futures ahead; 8 scenarios, each "
            "paired with the parameters in force."
        ),
    )
    return figures, sections, decide, limits, verdict, lead
