"""The reasons and the findings of the hand-made report, in both languages."""


def why(t):
    return dict(
        tianshu=t("三项都达标，余量充足", "Meets all three, with room"),
        xiyu=t("三项都达标，余量充足", "Meets all three, with room"),
        delta=t("本周升级：三项都达标，概率高出3个点", "Promoted: meets all three, 3 points over the line"),
        qiming=t("三项都达标", "Meets all three"),
        jinling=t("三项都达标，权重高出5分", "Meets all three; weight 5 above"),
        donggang=t("三项都达标，权重高出3分；单线联系", "Meets all three; weight 3 above; single-threaded"),
        jianghai=t("三项都达标，权重只高出2分；数据存疑", "Meets all three; weight only 2 above; data in doubt"),
        yunfan=t("险过：概率高2个点，权重高1分；沿用上周", "Just meets: 2 points and 1 weight above; last week's data"),
        beichen=t("概率差3个点回A类；权重、角色都够", "3 points short of A; weight and role suffice"),
        yanshan=t("概率已过60%，但缺战略权重，无法判A", "Past 60%, but no strategic weight: cannot be judged for A"),
        nanfang=t("概率差8个点，权重差3分", "8 points and 3 weight short of A"),
        haigang=t(
            "概率够，但区域龙头不能进A，权重也差8分",
            "Probability suffices; a regional leader cannot be A; weight 8 short",
        ),
        zhujiang=t("概率差5个点，权重差6分", "5 points and 6 weight short of A"),
        zhongyuan=t("概率一周掉7个点，差15个点", "Lost 7 points in a week; 15 short of A"),
        chuantian=t("概率差13个点，权重差10分", "13 points and 10 weight short of A"),
        chuanyu=t("概率差12个点，权重差11分；数据存疑", "12 points and 11 weight short; data in doubt"),
    )


def sections(t):
    trust = t(
        "存疑只用于辅导和核实，不排名，不进团队版。",
        "Contradictions are for coaching, never a ranking, and not in the team's copy.",
    )
    return dict(
        decisions=(
            t("待拍板", "Decisions due"),
            t("7件事等你拍板，3件今天到期", "Seven decisions, three of them due today"),
        ),
        moves=(
            t("客户升降", "Tier moves"),
            t(
                "5家变动：升2家、降3家；华东电力让出3人天/周，拟转给苏北化工",
                "Five accounts moved, two up and three down; Huadong Power frees 3 days a week for Subei Chemical",
            ),
        ),
        alerts=(
            t("警报", "Alerts"),
            t("1个黄色警报；1个红色警报正在形成", "One yellow alert; one red alert is forming"),
        ),
        resources=(
            t("资源实投", "Where resources really went"),
            t("A类实投58%，比计划少12个百分点；C类仍耗11%", "A got 58%, 12 points under plan; C still takes 11%"),
        ),
        trust=(
            t("数据可信吗", "Can the data be trusted"),
            t(
                "3家存疑；2人未交周数据，相关5家沿用上周",
                "Three contradictions; two reps sent no weekly data, so five accounts carry last week's",
            ),
            (trust,),
        ),
        hands=(
            t("谁要我出手", "Who needs a hand"),
            t("3个人，各等你做一件事", "Three people, one step from you for each"),
        ),
        loop=(
            t("闭环", "What last week left open"),
            t(
                "上周7件办结5件；A类回访1/3、支援令0/2还挂着",
                "Five of last week's seven are done; A callbacks 1 of 3 and support orders 0 of 2 are still open",
            ),
        ),
        tiers=(
            t("客户分级", "Tiers"),
            t(
                "A类8家、B类17家、C类35家；最该看的是卡在线边的那几家",
                "8 A, 17 B and 35 C accounts; the ones to watch sit at the lines",
            ),
        ),
        roadmap=(
            t("作战路线图", "Roadmap"),
            t(
                "必破行业不变；北辰航空虽降到B类，仍是5个战略客户之一",
                "The must-win industries stand; Beichen Aero drops to B but stays among the five strategic accounts",
            ),
        ),
        margins=(
            t("线边", "Margins"),
            t("16家离线不到两倍周波动：60%线7家，30%线9家", "Sixteen accounts sit near a line, nine of them at 30%"),
        ),
        allocation=(
            t("资源配置", "Allocation"),
            t(
                "北辰航空跌出A类，少11人天；长三角轨交升上来，多11人天",
                "Beichen Aero leaves A, −11; Delta Rail enters, +11",
            ),
        ),
        indicators=(
            t("资源效能比", "Resource efficiency"),
            t(
                "资源效能比又连降两天；10月底那次触发了红色警报，7天后才恢复",
                "Resource efficiency is down two days running; the October fall turned red and took a week to recover",
            ),
        ),
        focus=(
            t("聚焦", "Focus"),
            t(
                "前五分之一的客户只得到48%的投入，目标80%",
                "The top fifth of accounts got 48% of the effort; the goal is 80%",
            ),
        ),
        quality=(
            t("数据质量", "Data quality"),
            t(
                "数据够用：60家中55家是本周新数据；1家缺战略权重，无法判A",
                "Good enough to judge: 55 of 60 accounts are fresh; one lacks a weight and cannot be judged for A",
            ),
        ),
    )
