"""Invented names of the sample: people, companies, places, competitors. Nobody and nothing real is meant."""

from __future__ import annotations

import numpy as np

REPS = ("张伟", "李娜", "王磊", "刘洋", "陈晨", "赵敏", "孙倩", "周凯", "吴桐", "郑浩", "何静", "马超")
MANAGERS = ("高远山", "林岚")
DIRECTOR = "顾明川"

# industry name, market capacity (CNY), competitive whitespace
INDUSTRIES = (
    ("储能", 32.0e9, 0.62),
    ("轨道交通", 48.0e9, 0.38),
    ("化工新材料", 26.0e9, 0.55),
    ("半导体装备", 18.0e9, 0.70),
    ("电力设备", 36.0e9, 0.30),
    ("重型机械", 30.0e9, 0.28),
    ("医药制造", 21.0e9, 0.45),
    ("物流冷链", 14.0e9, 0.50),
)

# region, latitude, longitude (WGS-84, city centres)
REGIONS = (
    ("南京", 32.06, 118.80),
    ("苏州", 31.30, 120.58),
    ("杭州", 30.27, 120.15),
    ("宁波", 29.87, 121.55),
    ("合肥", 31.82, 117.23),
    ("武汉", 30.59, 114.30),
    ("长沙", 28.23, 112.94),
    ("郑州", 34.75, 113.62),
    ("济南", 36.65, 117.12),
    ("青岛", 36.07, 120.38),
    ("西安", 34.27, 108.95),
    ("重庆", 29.56, 106.55),
    ("成都", 30.57, 104.07),
    ("广州", 23.13, 113.26),
    ("福州", 26.08, 119.30),
    ("沈阳", 41.80, 123.43),
    ("太原", 37.87, 112.55),
    ("昆明", 25.04, 102.72),
    ("贵阳", 26.65, 106.63),
    ("兰州", 36.06, 103.83),
)

PLACES = (
    "云岭",
    "鹿泉",
    "青川",
    "梅溪",
    "安澜",
    "临湖",
    "望江",
    "白沙",
    "石梁",
    "松原",
    "平湖",
    "丹霞",
    "凤台",
    "金沙",
    "龙泉",
    "虎丘",
    "雁荡",
    "清源",
    "乌江",
    "汾阳",
    "海棠",
    "竹山",
    "鹤鸣",
    "桐庐",
    "沅水",
    "镜泊",
    "嘉陵",
    "翠屏",
    "澄江",
    "蓬莱",
)
WORDS = (
    "恒",
    "瑞",
    "博",
    "锐",
    "启",
    "盛",
    "宏",
    "泽",
    "昌",
    "远",
    "同",
    "创",
    "智",
    "安",
    "新",
    "嘉",
    "正",
    "隆",
)
TRADES = (
    ("储能", "电池", "新能"),
    ("轨装", "车辆", "信号"),
    ("化工", "新材", "涂料"),
    ("微电", "晶材", "真空"),
    ("电气", "开关", "电缆"),
    ("重机", "矿机", "轴承"),
    ("制药", "生物", "医械"),
    ("冷链", "仓配", "物流"),
)

COMPETITORS = ("远东重机", "博睿自控", "海澜智造", "中擎科技", "华岳系统")
# the names that colleagues use in intelligence notes
COMPETITOR_ALIASES = {
    "远东重机": "远东",
    "博睿自控": "博睿",
    "海澜智造": "海澜",
    "中擎科技": "中擎",
    "华岳系统": "华岳",
}
COMPETITOR_STRATEGIES = (
    "报价低9%",
    "免费试用三个月",
    "承诺驻场工程师",
    "延长账期到180天",
    "绑定备件包年",
    "请客户参观样板厂",
)
COMPETITOR_PEOPLE = ("钱志强", "罗文斌", "沈一鸣", "唐海涛", "许嘉禾", "宋立新")

SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹章云苏潘葛范彭鲁韦马方"
    "任袁柳史唐薛雷贺倪汤罗毕郝安常于傅康伍余顾孟黄穆萧尹"
)
GIVEN = (
    "建华",
    "志远",
    "文博",
    "雪梅",
    "立群",
    "海峰",
    "晓东",
    "国栋",
    "思远",
    "丽华",
    "卫国",
    "春生",
    "明辉",
    "秀兰",
    "永刚",
    "佳宁",
    "振宇",
    "玉洁",
    "长青",
    "少华",
    "景行",
    "若兰",
    "天佑",
    "启东",
    "庆丰",
    "怀瑾",
    "素云",
    "世安",
    "德昌",
    "一凡",
)

# slots of a decision chain in the order in which they are usually reached
CHAIN = (
    ("coach", "设备科长", False),
    ("user", "生产副总", True),
    ("technical", "总工程师", True),
    ("procurement", "采购总监", True),
    ("economic", "财务总监", True),
    ("economic", "总经理", True),
)


def people(rng: np.random.Generator, count: int) -> list[str]:
    """`count` person names.

    Examples:
        >>> len(people(np.random.Generator(np.random.PCG64(1)), 3))
        3
    """
    first = rng.integers(0, len(SURNAMES), count)
    last = rng.integers(0, len(GIVEN), count)
    return [SURNAMES[a] + GIVEN[b] for a, b in zip(first, last, strict=True)]


def companies(rng: np.random.Generator, industries: np.ndarray, taken: set[str]) -> list[str]:
    """A distinct company name for each account, by its industry number; beyond the combinations a number follows.

    Examples:
        >>> names = companies(np.random.Generator(np.random.PCG64(1)), np.zeros(4000, dtype=int), set())
        >>> len(set(names))
        4000
    """
    place = rng.integers(0, len(PLACES), len(industries))
    word = rng.integers(0, len(WORDS), len(industries))
    trade = rng.integers(0, 3, len(industries))
    used, result = set(taken), []
    counts: dict[str, int] = {}
    for p, w, t, i in zip(place.tolist(), word.tolist(), trade.tolist(), industries.tolist(), strict=True):
        stem = PLACES[p] + WORDS[w] + TRADES[i % len(TRADES)][t]
        name = stem
        while name in used:
            counts[stem] = counts.get(stem, 1) + 1
            name = f"{stem}{counts[stem]}"
        used.add(name)
        result.append(name)
    return result
