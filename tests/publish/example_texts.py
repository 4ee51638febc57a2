"""The words and figures of the hand-made report in both languages."""

from tests.publish.example_findings import sections, why

REPS = {
    "zw": ("张伟", "Zhang Wei"),
    "ln": ("李娜", "Li Na"),
    "wl": ("王磊", "Wang Lei"),
    "ly": ("刘洋", "Liu Yang"),
    "cc": ("陈晨", "Chen Chen"),
    "zm": ("赵敏", "Zhao Min"),
    "sq": ("孙倩", "Sun Qian"),
    "zk": ("周凯", "Zhou Kai"),
    "wt": ("吴桐", "Wu Tong"),
    "zh": ("郑浩", "Zheng Hao"),
    "hj": ("何静", "He Jing"),
    "mc": ("马超", "Ma Chao"),
}
_FIELDS = ("names", "before", "tier", "p_before", "p", "weight", "value", "ratio", "rep")
_ROWS = [
    ("tianshu", (("天枢储能", "Tianshu Storage"), "A", "A", 0.77, 0.78, 91, 92, 0.84, "zw")),
    ("xiyu", (("西域风能", "Xiyu Wind"), "A", "A", 0.8, 0.81, 86, 83, 0.77, "mc")),
    ("qiming", (("启明半导体", "Qiming Semi"), "A", "A", 0.7, 0.72, 88, 85, 0.95, "wt")),
    ("jinling", (("金陵电气", "Jinling Electric"), "A", "A", 0.7, 0.7, 85, 80, 0.91, "cc")),
    ("delta", (("长三角轨交", "Delta Rail"), "B", "A", 0.58, 0.63, 84, 88, 0.88, "zm")),
    ("donggang", (("东港重机", "Donggang Heavy"), "A", "A", 0.68, 0.69, 83, 76, 1.02, "zw")),
    ("jianghai", (("江海船舶", "Jianghai Ships"), "A", "A", 0.66, 0.66, 82, 79, 1.13, "zm")),
    ("yunfan", (("云帆物流", "Yunfan Logistics"), "A", "A", 0.62, 0.62, 81, 71, 0.98, "sq")),
    ("beichen", (("北辰航空", "Beichen Aero"), "A", "B", 0.61, 0.57, 87, 82, 1.31, "wl")),
    ("yanshan", (("燕山仪表", "Yanshan Instruments"), "B", "B", 0.57, 0.61, None, 67, 0.93, "wl")),
    ("haigang", (("海港机械", "Haigang Machinery"), "B", "B", 0.62, 0.64, 72, 61, 1.05, "ly")),
    ("nanfang", (("南方管网", "Southern Pipelines"), "B", "B", 0.53, 0.52, 77, 78, 1.24, "hj")),
    ("zhujiang", (("珠江精工", "Zhujiang Precision"), "B", "B", 0.52, 0.55, 74, 64, 0.9, "mc")),
    ("zhongyuan", (("中原重工", "Zhongyuan Heavy"), "B", "B", 0.52, 0.45, 76, 74, 1.46, "zw")),
    ("chuantian", (("楚天光缆", "Chutian Cable"), "B", "B", 0.46, 0.47, 70, 65, 1.01, "hj")),
    ("chuanyu", (("川渝水务", "Chuanyu Water"), "B", "B", 0.47, 0.48, 69, 63, 1.12, "ly")),
    ("qinling", (("秦岭电缆", "Qinling Cable"), "B", "B", 0.43, 0.44, 66, 62, 0.97, "wt")),
    ("qianzhong", (("黔中铝业", "Qianzhong Alumin."), "B", "B", 0.42, 0.41, 64, 60, 1.09, "cc")),
    ("liaobin", (("辽滨石化", "Liaobin Petrochem"), "B", "B", 0.38, 0.38, 68, 64, 1.15, "sq")),
    ("subei", (("苏北化工", "Subei Chemical"), "C", "B", 0.28, 0.34, 66, 66, 0.72, "zk")),
    ("daizong", (("岱宗制药", "Daizong Pharma"), "B", "B", 0.36, 0.36, 61, 59, 1.04, "zh")),
    ("dianchi", (("滇池生物", "Dianchi Bio"), "B", "B", 0.39, 0.39, 58, 52, 0.96, "mc")),
    ("yongjiang", (("甬江模具", "Yongjiang Moulds"), "B", "B", 0.34, 0.35, 57, 55, 1.07, "ln")),
    ("xiangjiang", (("湘江冶金", "Xiangjiang Metals"), "B", "B", 0.36, 0.33, 60, 58, 1.62, "ly")),
    ("taihang", (("太行轴承", "Taihang Bearings"), "B", "B", 0.32, 0.31, 55, 53, 1.18, "cc")),
    ("huadong", (("华东电力", "Huadong Power"), "B", "C", 0.37, 0.37, 65, 68, 1.52, "wl")),
    ("jinbei", (("晋北煤机", "Jinbei Mining"), "B", "C", 0.32, 0.28, 52, 51, 1.4, "zk")),
    ("luyang", (("庐阳冷链", "Luyang Cold Chain"), "C", "C", 0.27, 0.29, 49, 44, 0.66, "ln")),
    ("minjiang", (("闽江光电", "Minjiang Photonics"), "C", "C", 0.22, 0.26, 54, 47, 0.58, "zk")),
]
_REST = [
    (f"rest{n}", ((f"客户{n}", f"Account {n}"), "C", "C", 0.10, 0.10, 40, 30, 0.5, list(REPS)[n % 12]))
    for n in range(30, 61)
]
ACCOUNTS = {key: dict(zip(_FIELDS, row, strict=True)) for key, row in _ROWS + _REST}
DAYS = [
    ("09-28", 54.2),
    ("09-29", 55.9),
    ("09-30", 53.8),
    ("10-08", 52.1),
    ("10-09", 54.6),
    ("10-10", 53.2),
    ("10-12", 55.0),
    ("10-13", 56.8),
    ("10-14", 55.7),
    ("10-15", 57.2),
    ("10-16", 56.1),
    ("10-19", 57.9),
    ("10-20", 56.4),
    ("10-21", 58.6),
    ("10-22", 57.1),
    ("10-23", 58.2),
    ("10-26", 58.0),
    ("10-27", 51.6),
    ("10-28", 45.8),
    ("10-29", 40.6),
    ("10-30", 41.9),
    ("11-02", 47.0),
    ("11-03", 53.5),
    ("11-04", 54.8),
    ("11-05", 53.9),
    ("11-06", 55.6),
    ("11-09", 54.7),
    ("11-10", 56.9),
    ("11-11", 57.4),
    ("11-12", 55.8),
    ("11-13", 56.6),
    ("11-16", 57.3),
    ("11-17", 55.1),
    ("11-18", 56.2),
    ("11-19", 49.8),
    ("11-20", 44.3),
]
_WEEKS = dict(
    gap=[23.8e6, 21.5e6, 18.9e6, 16.4e6, 13.2e6, 10.8e6, 8.9e6, 10.1e6],
    resource_efficiency=[20.1, 21.0, 21.8, 22.3, 19.2, 21.2, 22.6, 21.4],
    breakthrough_rate=[0.58, 0.67, 0.75, 0.83, 0.75, 0.83, 0.92, 0.75],
    competitor_defence=[0.215, 0.204, 0.198, 0.181, 0.186, 0.170, 0.162, 0.178],
)


def texts(language):
    """All words of the report in a language."""

    def t(zh, en):
        return zh if language == "zh" else en

    def name(key):
        return ACCOUNTS[key]["names"][0 if language == "zh" else 1]

    today = t("今天", "Today ")
    kpis = [
        (
            "gap",
            10.1e6,
            8.9e6,
            None,
            None,
            t("本季缺口", "Gap to quarter target"),
            t("万元", ""),
            t("目标6000 － 已签2850 － 加权在手2140", "Target 60 − signed 28.5 − in hand 21.4"),
        ),
        (
            "resource_efficiency",
            21.4,
            22.6,
            1980.0,
            924000.0,
            t("资源效能比", "Resource efficiency"),
            t("分/万元", "pts per ¥10k"),
            t("价值指数和1980 ÷ 成本92.4万", "Value indices 1,980 ÷ cost ¥924k"),
        ),
        (
            "breakthrough_rate",
            0.75,
            0.92,
            9.0,
            12.0,
            t("决策链突破率", "Breakthrough rate"),
            t("人/销售", "per rep"),
            t("新增关键决策人9位 ÷ 12位销售", "9 new key contacts ÷ 12 reps"),
        ),
        (
            "competitor_defence",
            0.178,
            0.162,
            38.0,
            214.0,
            t("竞品防御值", "Competitor defence"),
            t("%，越低越好", "%"),
            t("客户主动提竞品38次 ÷ 沟通214次", "Lower is better: 38 mentions ÷ 214 talks"),
        ),
    ]
    fields = ["code", "value", "previous", "numerator", "denominator", "label", "unit", "context"]
    decisions = [
        (
            t(
                "中原重工要降价12%：批、驳，还是改成8%？",
                "Zhongyuan Heavy wants 12% off: approve, refuse, or cut to 8%?",
            ),
            t(
                "B类权限8%，超出4个百分点；合同400万，批到8%只让32万。张伟昨天提出，限24小时答复。",
                "B allows 8%, so 4 points over; on a ¥4.0M contract 8% would cost ¥320k. Asked by Zhang Wei at 17:30 "
                "yesterday; price requests are answered within 24 hours.",
            ),
            t("48万", "¥480k"),
            t("让利", "concession"),
            today + "17:30",
            t("价格申请", "price request"),
            "open",
            True,
        ),
        (
            t(
                "华东电力降C，让出的3人天/周转给苏北化工？",
                "Huadong Power drops to C: give its 3 person-days a week to Subei Chemical?",
            ),
            t(
                "华东电力连续两周没有进展；苏北化工四周里成交概率升了14个百分点，到34%。",
                "No progress at Huadong for two weeks; Subei's win probability rose 14 points in four weeks, to 34%.",
            ),
            t("3人天", "3 days"),
            t("每周", "a week"),
            today + "18:00",
            t("下周排产前", "before planning"),
            "open",
            True,
        ),
        (
            t("湘江冶金要不要从B降到C？", "Xiangjiang Metals: demote from B to C?"),
            t(
                "竞争态势28、26，连续两个周五低于30；规则只提议，由你确认或不予采纳。",
                "Posture 28, then 26: under 30 on two Fridays running. The rule only proposes; you confirm or waive.",
            ),
            t("2人天", "2 days"),
            t("每周", "a week"),
            today + "18:00",
            t("下周排产前", "before planning"),
            "open",
            True,
        ),
        (
            t(
                "签两份高层支援令：南方管网、江海船舶",
                "Sign two executive support orders: Southern Pipelines, Jianghai Ships",
            ),
            t(
                "本周0/2，上周结转。南方管网约财务总监；江海船舶约总工，顺带核实存疑的那次见面。",
                "None of two signed, carried over. Finance director at Southern Pipelines; chief engineer at Jianghai, "
                "which also settles the doubtful meeting.",
            ),
            t("520万", "¥5.2M"),
            t("南方管网合同", "Southern contract"),
            t("周一 10:00", "Mon 10:00"),
            t("何静、赵敏", "He Jing, Zhao Min"),
            "carried",
            False,
        ),
        (
            t(
                "停止主动投入3家：皖南水泥、赣南矿机、宁海纺机",
                "Stop active investment in three: Wannan Cement, Gannan Mining, Ninghai Textile",
            ),
            t(
                "近四周效能比末三位（2.1、2.4、2.9分/万元），都是C类，也不在战略客户和新机会之列。",
                "Lowest efficiency over four weeks (2.1, 2.4, 2.9 points per ¥10k); all C, none strategic or emerging.",
            ),
            t("11.3万", "¥113k"),
            t("近四周成本", "spent in 4 weeks"),
            t("周一 12:00", "Mon 12:00"),
            t("陈晨、李娜", "Chen Chen, Li Na"),
            "open",
            False,
        ),
        (
            t("请李娜把5家C类压回日常联系", "Have Li Na take five C accounts back to routine contact"),
            t(
                "本周C类实投的11个百分点里有7个在她名下；也是周四、周五效能比下跌的主因。",
                "Seven of the eleven points spent on C are hers, and the main cause of the Thursday and Friday fall.",
            ),
            t("6.5万", "¥65k"),
            t("本周C类成本", "C cost this week"),
            t("周一 18:00", "Mon 18:00"),
            t("李娜", "Li Na"),
            "open",
            False,
        ),
        (
            t(
                "本月还欠两次A类回访：天枢储能、金陵电气",
                "Two A callbacks still owed this month: Tianshu Storage, Jinling Electric",
            ),
            t(
                "已回访1/3，名单是抽签定的，由你本人打。",
                "One of three made; drawn by lot, to be made by you in person.",
            ),
            t("2家", "2 calls"),
            t("共约40分钟", "about 40 min"),
            t("11月30日", "30 Nov"),
            t("你本人", "you"),
            "carried",
            False,
        ),
    ]
    asked = ["question", "why", "stake", "stake_what", "due", "who", "state", "due_today"]
    return dict(
        verdict=t(
            [
                "本季缺口1010万，",
                "一周扩大120万，",
                "主因是中原重工推迟签约；",
                "它的降价申请今天17:30到期，",
                "请先定这一件。",
            ],
            [
                "The quarter is ¥10.1M short, ¥1.2M worse than last week, mainly because Zhongyuan Heavy slipped.",
                "Its discount request expires at 17:30 today: decide that first.",
            ],
        ),
        lead=t(
            "缺口怎么来的：上周890万，中原重工推迟到明年1月 +180，海港机械签约好于预期 −12，其余客户推进 −48。",
            "How the gap moved: ¥8.9M last week; Zhongyuan Heavy slips to January +1.80M; Haigang signs better than "
            "expected −0.12M; other progress −0.48M.",
        ),
        kpis=[dict(zip(fields, k, strict=True), state="good", history=_WEEKS[k[0]]) for k in kpis],
        decisions=[
            dict(no=n, **dict(zip(asked, d, strict=True)), action_ids=f"S2-{n}") for n, d in enumerate(decisions, 1)
        ],
        moves=[
            t(
                "成交概率58%→63%，过了60%线；战略权重84，行业标杆",
                "Win probability 58% → 63%, past the 60% line; weight 84, industry benchmark",
            ),
            t("成交概率28%→34%，过了30%线；区域龙头", "Win probability 28% → 34%, past the 30% line; regional leader"),
            t("成交概率61%→57%，差3个百分点回A类", "Win probability 61% → 57%, 3 points short of A"),
            t(
                "连续两周无进展：阶段没动，SPICED总分没升，没有新增关键决策人",
                "No progress for two weeks: no stage advance, no SPICED gain, no new key contact",
            ),
            t("成交概率32%→28%，差2个百分点回B类", "Win probability 32% → 28%, 2 points short of B"),
        ],
        alerts=[
            dict(
                severity="yellow",
                since="2026-11-19",
                on=True,
                forming=None,
                needed=None,
                title=t(
                    "南方管网决策链停滞9天，卡在财务总监",
                    "Southern Pipelines: decision chain still for 9 days, stuck at the finance director",
                ),
                why=t(
                    "上次推进是11月11日新增设备处长；限度7天，第8天触发。合同520万，加权后占在手的13%。",
                    "Last moved on 11 Nov with a new contact, the head of equipment; limit 7 days, fires on day 8. "
                    "Contract ¥5.2M, 13% of the weighted pipeline.",
                ),
                next=t(
                    "签高层支援令，约财务总监；三年ROI模型已备好（何静，11月23日10:00前）",
                    "Sign an executive support order for the finance director; the 3-year ROI model is ready "
                    "(He Jing, by 23 Nov 10:00)",
                ),
            ),
            dict(
                severity="warning",
                since="2026-11-19",
                on=True,
                forming=2,
                needed=3,
                title=t(
                    "资源效能比连降两天，每天都超过10%", "Resource efficiency fell more than 10% on two days running"
                ),
                why=t(
                    "56.2 → 49.8（−11%）→ 44.3（−11%）。主因是C类客户技术工时周四、周五各增加一倍。",
                    "56.2 → 49.8 (−11%) → 44.3 (−11%). Main cause: technical hours on C accounts doubled on both days.",
                ),
                next=t(
                    "周一（11月23日）若低于39.9，转红色警报；周一早会先看李娜的C类工时",
                    "Below 39.9 on Monday it turns red; look at Li Na's hours on C accounts first thing Monday",
                ),
            ),
        ],
        leaks=[
            ("ln", 0.07, 65000.0, t("庐阳冷链等5家", "Luyang and 4 others")),
            ("wl", 0.02, 19000.0, name("huadong")),
            ("cc", 0.02, 18000.0, t("皖南水泥", "Wannan Cement")),
        ],
        trust=[
            (
                "jianghai",
                "zm",
                "callback",
                t("11月17日已见总工，总工认可方案", "Met the chief engineer on 17 Nov; he backs the solution"),
                t("11月19日总工办说，本月没有见过我方人员", "19 Nov: his office says nobody from us came this month"),
                t(
                    "周一高层拜访时当面核实（总监，11月23日）",
                    "Ask in person at Monday's executive visit (director, 23 Nov)",
                ),
            ),
            (
                "chuanyu",
                "ly",
                "spot_check",
                t("11月18日14:00在重庆总部拜访", "Visit at the Chongqing head office, 18 Nov, 14:00"),
                t("设备在23公里外，定位精度40米", "Device 23 km away, accuracy 40 m"),
                t("先听刘洋说明，再下结论（经理，11月23日）", "Hear Liu Yang first, then judge (manager, 23 Nov)"),
            ),
            (
                "zhongyuan",
                "zw",
                "intelligence",
                t("本周竞品无动作", "No competitor move this week"),
                t("11月16日远东重机报价低9%", "16 Nov: Far East Machinery quoted 9% lower"),
                t("今天定降价前问清（张伟，17:00前）", "Clear up before today's price decision (Zhang Wei, by 17:00)"),
            ),
        ],
        hands=[
            (
                "zw",
                t("天枢储能、东港重机", "Tianshu Storage, Donggang Heavy"),
                t(
                    "两家A类都只联系着一个人，对方一调岗就断线。",
                    "Both A accounts hang on a single contact; if either moves on, the line is cut.",
                ),
                t(
                    "各带他见一位新的关键人：天枢的财务负责人、东港的生产副总",
                    "Take him to one new key person each: Tianshu's finance head, Donggang's VP production",
                ),
            ),
            (
                "hj",
                name("nanfang"),
                t(
                    "财务总监9天没约到，三年ROI模型已经备好。",
                    "Nine days without a slot at the finance director; the ROI model is ready.",
                ),
                t("签支援令，本人出面约一次", "Sign the support order and ask for the meeting yourself"),
            ),
            (
                "zk",
                t("入职第2个月", "second month"),
                t(
                    "每个工作日处理客户异议1.2个，应为2个；苏北化工正要加码，他一个人吃力。",
                    "Handles 1.2 objections a working day against 2; Subei is about to grow, he is alone on it.",
                ),
                t(
                    "周一攻防演练先练苏北化工，指定吴桐带两周",
                    "Use Subei in Monday's drill; have Wu Tong coach him for two weeks",
                ),
            ),
        ],
        loop=[
            (
                "M7-1",
                t("本月A类客户回访", "A-account callbacks this month"),
                "1/3",
                "2026-11-06",
                "2026-11-30",
                t("天枢储能、金陵电气未约上时间", "No slot yet with Tianshu Storage and Jinling Electric"),
            ),
            (
                "D2-1",
                t("高层支援令", "Executive support orders"),
                "0/2",
                "2026-11-13",
                "2026-11-23",
                t(
                    "等你签字：南方管网、江海船舶；已顺延一次",
                    "Waiting for your signature: Southern Pipelines, Jianghai Ships; moved once",
                ),
            ),
        ],
        why=why(t),
        hints=dict(
            haigang=t("区域龙头，不能进A", "regional: not A"),
            yanshan=t("缺权重，无法判A", "no weight: cannot judge"),
            huadong=t("两周无进展，降C", "two weeks still: C"),
            subei=t("四周升14个点", "up 14 in 4 weeks"),
        ),
        quality=[
            (
                "fresh",
                t("周数据", "Weekly data"),
                "55/60",
                t("5家沿用上周，均在容忍期内", "5 carried forward, none stale"),
                "good",
            ),
            (
                "reports",
                t("日报", "Daily reports"),
                "214",
                t("6份缺必填项，照常计入指标", "6 incomplete, still counted"),
                "good",
            ),
            (
                "rejected",
                t("退回的行", "Rows set aside"),
                "4",
                t("重复键2、日期不可能2，见 rejected", "2 duplicate keys, 2 impossible dates"),
                "warning",
            ),
            (
                "faults",
                t("清空的单元格", "Cells blanked"),
                "11",
                t("概率写成65而不是65%等，见 faults", "such as a bare 65 for 65%"),
                "warning",
            ),
            (
                "out_of_sight",
                t("不在视野内", "Out of sight"),
                "18",
                t("11月20日之后的行，不参与本期", "rows dated after 20 Nov"),
                "good",
            ),
            (
                "cannot_judge",
                t("无法判定", "Cannot judge"),
                "1",
                t("燕山仪表缺战略权重", "Yanshan: no strategic weight"),
                "cannot_judge",
            ),
        ],
        industries=dict(
            storage=t("储能", "Energy storage"),
            rail=t("轨道交通", "Rail transit"),
            chemical=t("化工新材料", "Chemical materials"),
            semi=t("半导体装备", "Semiconductor tools"),
        ),
        limits=[
            t(
                "加权在手按销售自报概率计，60%和30%线附近的自报偏高未作修正。",
                "The weighted pipeline uses stated probabilities, uncorrected for optimism near the 60 and 30 lines.",
            ),
            t(
                "推迟签约的原因来自日报，客户尚未证实。",
                "The reason for the slip comes from the daily report and is not confirmed by the customer.",
            ),
        ],
        sections=sections(t),
    )
