"""The accounts that the default sample's stories are about: who owns them, and what the customer's mind does.

A `Deal` states parameters of the process, not rows: `turns` are Fridays (weeks before the last one) by which the
customer's inclination has drifted to a win probability (-1: the week after the last);
`held` are spans in which the decision chain does not move.
Money in 万 CNY (10,000). The seats of the cast are the first of the field; a seat's `deals` follow each other.
"""

from __future__ import annotations

from dataclasses import dataclass

BENCHMARK, LEADER, LONG_TAIL = 0, 1, 2


@dataclass(frozen=True)
class Deal:
    """One account of the stories; what is None is drawn by the process."""

    name: str
    weight: float
    influence: float | None
    fit: float | None
    potential: float | None
    amount: float
    turns: tuple[tuple[int, float], ...]  # (weeks before the last Friday, win probability)
    expects: tuple[tuple[str, str], ...] = ()  # (from this day on, expected close)
    close: tuple[str, bool] | None = None  # (day, won)
    stage: int = 2
    met: int = 2  # people met at the start
    met_cap: int = 9  # people the rep ever meets (1: single-threaded)
    held: tuple[tuple[str, str], ...] = ()  # the chain does not move from … to …
    given: bool = True  # the weekly rows carry strategic weight and value index
    tech: float = 1.0  # pull on the technical pool
    posture: tuple[tuple[str, float], ...] = ()  # (Friday, competitive posture stated by the rep)
    push: tuple[tuple[str, str, float], ...] = ()  # competitor's push: from, to, strength
    orders: tuple[str, ...] | None = None  # the Fridays of small orders on the way; None: as they come
    role: int | None = None  # the seat's where None
    meets: tuple[str, ...] = ()  # days on which the next person is met
    visited: tuple[str, ...] = ()  # days with a report in any case
    learns: tuple[str, ...] = ()  # days on which a SPICED answer is found out, whatever else
    claims: tuple[str, ...] = ()  # days on which the report claims a key contact that never took place


@dataclass(frozen=True)
class Seat:
    """A place in the field: its rep (number in names.REPS), industry, market role and its accounts in turn."""

    rep: int
    industry: int
    role: int
    deals: tuple[Deal, ...]


ZHANG, LI, WANG, LIU, CHEN, ZHAO, SUN, ZHOU, WU, ZHENG, HE, MA = range(12)
D = Deal

# fmt: off
CAST: tuple[Seat, ...] = (
    Seat(ZHANG, 0, BENCHMARK, (
        D("天枢储能", 91, 92, 88, 6000, 760, ((25, 0.55), (8, 0.7), (1, 0.77), (0, 0.78)),
          expects=(("2026-05-23", "2026-12-18"),), stage=4, met=1, met_cap=1),
    )),
    Seat(MA, 0, BENCHMARK, (
        D("西域风能", 86, 88, 82, 5200, 680, ((25, 0.66), (10, 0.72), (1, 0.8), (0, 0.81)),
          expects=(("2026-05-23", "2027-02-26"),), stage=4, met=3, orders=("2026-06-19", "2026-08-14")),
    )),
    Seat(WU, 3, BENCHMARK, (
        D("启明半导体", 88, 84, 89, 4600, 520, ((25, 0.45), (9, 0.63), (1, 0.7), (0, 0.72)),
          expects=(("2026-05-23", "2026-12-24"),), stage=3),
    )),
    Seat(CHEN, 4, BENCHMARK, (
        D("金陵电气", 85, 83, 76, 4400, 480, ((25, 0.58), (10, 0.66), (1, 0.7), (0, 0.7)),
          expects=(("2026-05-23", "2027-01-22"),), stage=3, held=(("2026-11-04", "2026-11-20"),)),
    )),
    Seat(ZHAO, 1, BENCHMARK, (
        D("长三角轨交", 84, 90, 86, 5600, 640, ((25, 0.38), (6, 0.52), (1, 0.58), (0, 0.63)),
          expects=(("2026-05-23", "2027-03-19"),), stage=3,
          learns=("2026-10-28", "2026-11-11", "2026-11-19")),
    )),
    Seat(ZHANG, 5, BENCHMARK, (
        D("东港重机", 83, 82, 71, 4200, 460, ((25, 0.6), (7, 0.66), (1, 0.68), (0, 0.69)),
          expects=(("2026-05-23", "2026-12-11"),), stage=4, met=1, met_cap=1),
    )),
    Seat(ZHAO, 5, BENCHMARK, (
        D("江海船舶", 82, 81, 74, 4300, 430, ((25, 0.5), (8, 0.62), (1, 0.66), (0, 0.66)),
          expects=(("2026-05-23", "2027-02-05"),), stage=3, claims=("2026-11-17",)),
    )),
    Seat(SUN, 7, BENCHMARK, (
        D("云帆物流", 81, 79, 70, 3600, 380, ((25, 0.47), (6, 0.57), (-1, 0.575)),
          expects=(("2026-05-23", "2027-01-29"),), stage=3),
    )),
    Seat(WANG, 1, BENCHMARK, (
        D("北辰航空", 87, 91, 76, 4800, 550, ((25, 0.6), (9, 0.66), (1, 0.61), (0, 0.57)),
          expects=(("2026-05-23", "2027-02-12"),), stage=4, met=4,
          push=(("2026-11-09", "2026-11-20", 0.6),), learns=("2026-11-19",)),
    )),
    Seat(WANG, 4, BENCHMARK, (
        D("燕山仪表", 0, None, None, None, 360, ((25, 0.4), (7, 0.56), (1, 0.61), (0, 0.64)),
          expects=(("2026-05-23", "2027-01-15"),), stage=3, learns=("2026-11-11", "2026-11-18")),
    )),
    Seat(LIU, 5, LEADER, (
        D("海港机械", 72, 60, 66, 2600, 260, ((25, 0.42), (8, 0.58), (1, 0.62), (0, 0.64)),
          expects=(("2026-05-23", "2026-12-16"),), stage=3, met=3, learns=("2026-11-12", "2026-11-18")),
    )),
    Seat(HE, 4, BENCHMARK, (
        D("南方管网", 77, 80, 72, 4000, 520, ((25, 0.36), (7, 0.5), (1, 0.53), (0, 0.52)),
          expects=(("2026-05-23", "2026-12-25"),), stage=3, met=1, met_cap=3,
          held=(("2026-11-12", "2026-11-20"),), meets=("2026-11-11",), learns=("2026-10-29", "2026-11-05")),
    )),
    Seat(MA, 5, LEADER, (
        D("玉门重装", 82, 84, 78, 4000, 620, ((25, 0.5), (8, 0.7), (5, 0.78)),
          expects=(("2026-05-23", "2026-10-20"),), close=("2026-10-20", True), stage=4, met=4,
          role=BENCHMARK),
        D("珠江精工", 74, 66, 70, 2400, 210, ((4, 0.46), (1, 0.52), (0, 0.55)),
          expects=(("2026-10-01", "2027-04-16"),), stage=3, met=3),
    )),
    Seat(ZHANG, 5, BENCHMARK, (
        D("中原重工", 76, 78, 70, 3900, 400, ((25, 0.34), (6, 0.5), (1, 0.52), (0, 0.45)),
          expects=(("2026-05-23", "2026-12-15"), ("2026-11-16", "2027-01-22")), stage=4, met=3,
          push=(("2026-11-09", "2026-11-20", 0.8),), learns=("2026-11-11", "2026-11-17")),
    )),
    Seat(HE, 4, LEADER, (
        D("麒麟电缆", 81, 82, 80, 3600, 560, ((25, 0.48), (9, 0.66), (4, 0.71)),
          expects=(("2026-05-23", "2026-10-30"),), close=("2026-10-30", True), stage=4, met=4,
          role=BENCHMARK),
        D("楚天光缆", 70, 62, 68, 2500, 240, ((3, 0.43), (1, 0.46), (0, 0.47)),
          expects=(("2026-10-01", "2026-12-23"),), stage=3),
    )),
    Seat(LIU, 7, LEADER, (
        D("长桥冷库", 66, 58, 64, 2200, 420, ((25, 0.4), (8, 0.55), (3, 0.66)),
          expects=(("2026-05-23", "2026-11-05"),), close=("2026-11-05", True), stage=4, met=4),
        D("川渝冷链", 69, 60, 66, 2600, 230, ((2, 0.44), (1, 0.47), (0, 0.48)),
          expects=(("2026-10-01", "2027-03-12"),), stage=3, visited=("2026-11-18",)),
    )),
    Seat(WU, 4, LEADER, (
        D("蓝湾海缆", 84, 85, 80, 3800, 540, ((25, 0.62), (19, 0.74)),
          expects=(("2026-05-23", "2026-07-16"),), close=("2026-07-16", True), stage=5, met=5,
          role=BENCHMARK),
        D("秦岭电缆", 66, 58, 66, 2200, 200, ((17, 0.25), (6, 0.4), (1, 0.43), (0, 0.44)),
          expects=(("2026-07-01", "2026-12-22"),), learns=("2026-11-11", "2026-11-17")),
    )),
    Seat(CHEN, 2, LEADER, (
        D("凤鸣新材", 63, 56, 60, 1900, 310, ((25, 0.33), (6, 0.46), (1, 0.49)),
          expects=(("2026-05-23", "2026-11-24"),), close=("2026-11-17", False), stage=4, met=3,
          push=(("2026-11-02", "2026-11-20", 1.0),)),
        D("黔中铝材", 64, 56, 62, 2000, 180, ((0, 0.41),), expects=(("2026-10-01", "2027-05-21"),)),
    )),
    Seat(SUN, 2, LEADER, (
        D("天目树脂", 68, 60, 66, 2100, 330, ((25, 0.4), (9, 0.55), (6, 0.62)),
          expects=(("2026-05-23", "2026-10-15"),), close=("2026-10-15", True), stage=4, met=4),
        D("辽滨石化", 68, 62, 65, 2300, 220, ((4, 0.30), (-1, 0.27)),
          expects=(("2026-10-01", "2027-02-19"),)),
    )),
    Seat(ZHOU, 2, BENCHMARK, (
        D("灵江化学", 60, 60, 58, 1800, 240, ((25, 0.35), (17, 0.38)),
          expects=(("2026-05-23", "2026-08-05"),), close=("2026-08-05", False), stage=4, met=3),
        D("苏北化工", 66, 70, 72, 2800, 260, ((15, 0.16), (4, 0.2), (1, 0.28), (0, 0.34)),
          expects=(("2026-08-01", "2027-04-30"),)),
    )),
    Seat(ZHENG, 6, LEADER, (
        D("沂蒙制剂", 62, 55, 60, 1700, 190, ((25, 0.45), (11, 0.58)),
          expects=(("2026-05-23", "2026-09-10"),), close=("2026-09-10", True), stage=4, met=3),
        D("岱宗制药", 61, 58, 62, 2000, 180, ((9, 0.31), (4, 0.36), (1, 0.36), (0, 0.36)),
          expects=(("2026-09-01", "2026-12-28"),), held=(("2026-10-24", "2026-11-06"),),
          learns=("2026-10-21", "2026-11-11")),
    )),
    Seat(MA, 6, LEADER, (
        D("版纳制药", 58, 52, 54, 1300, 160, ((25, 0.34), (21, 0.36)),
          expects=(("2026-05-23", "2026-06-30"),), close=("2026-06-30", False), stage=4, met=3),
        D("滇池生物", 58, 52, 54, 1500, 140, ((19, 0.24), (6, 0.37), (2, 0.39)),
          expects=(("2026-07-01", "2027-01-22"),)),
    )),
    Seat(LI, 5, LEADER, (
        D("白鹭纺机", 56, 50, 52, 1200, 150, ((25, 0.36), (16, 0.42)),
          expects=(("2026-05-23", "2026-08-12"),), close=("2026-08-12", False), stage=4, met=3),
        D("甬江模具", 57, 52, 58, 1600, 150, ((13, 0.24), (5, 0.33), (1, 0.34), (0, 0.35)),
          expects=(("2026-08-01", "2027-02-26"),)),
    )),
    Seat(LIU, 5, LEADER, (
        D("湘江冶金", 60, 56, 60, 2100, 190, ((25, 0.4), (6, 0.41), (1, 0.36), (0, 0.33)),
          expects=(("2026-05-23", "2027-03-26"),), stage=3, met=3,
          posture=(("2026-11-13", 28.0), ("2026-11-20", 26.0)), push=(("2026-11-02", "2026-11-20", 0.9),),
          learns=("2026-11-12",)),
    )),
    Seat(CHEN, 5, LEADER, (
        D("青禾农机", 59, 54, 60, 1500, 210, ((25, 0.55), (22, 0.63)),
          expects=(("2026-05-23", "2026-06-25"),), close=("2026-06-25", True), stage=5, met=4),
        D("太行轴承", 55, 50, 56, 1700, 150, ((20, 0.2), (8, 0.32), (1, 0.32), (0, 0.31)),
          expects=(("2026-06-20", "2027-03-05"),), tech=3.5, learns=("2026-11-11", "2026-11-18")),
    )),
    Seat(WANG, 4, LEADER, (
        D("华东电气股份", 65, 64, 66, 2700, 240, ((25, 0.3), (7, 0.38), (1, 0.37), (0, 0.37)),
          expects=(("2026-05-23", "2027-04-23"),), stage=3, held=(("2026-11-07", "2026-11-20"),),
          learns=("2026-10-22", "2026-10-28", "2026-11-05")),
    )),
    Seat(ZHOU, 5, LEADER, (
        D("紫荆管业", 55, 50, 52, 1200, 170, ((25, 0.4), (19, 0.44)),
          expects=(("2026-05-23", "2026-07-22"),), close=("2026-07-22", False), stage=4, met=3),
        D("晋北煤机", 52, 48, 52, 1500, 130, ((16, 0.22), (5, 0.33), (1, 0.32), (0, 0.28)),
          expects=(("2026-07-20", "2027-05-14"),)),
    )),
    Seat(LI, 7, LEADER, (
        D("泰岳仓储", 60, 55, 58, 1500, 260, ((25, 0.38), (7, 0.46)),
          expects=(("2026-05-23", "2026-10-09"),), close=("2026-10-09", False), stage=4, met=3),
        D("庐阳冷链", 49, 46, 54, 1300, 110, ((5, 0.12), (1, 0.22), (0, 0.24)),
          expects=(("2026-10-01", "2027-06-11"),)),
    )),
    Seat(ZHOU, 3, LEADER, (
        D("闽江光电", 54, 48, 56, 1500, 120, ((25, 0.12), (5, 0.22), (0, 0.26)),
          expects=(("2026-05-23", "2027-06-18"),)),
    )),
    Seat(LI, 5, LEADER, (
        D("皖南建材机械", 48, 44, 46, 1400, 110, ((25, 0.22), (8, 0.2), (0, 0.19)),
          expects=(("2026-05-23", "2027-06-25"),)),
    )),
    Seat(LI, 5, LEADER, (
        D("赣南矿机", 47, 42, 46, 1300, 100, ((25, 0.2), (8, 0.21), (2, 0.22), (0, 0.22)),
          expects=(("2026-05-23", "2027-07-09"),)),
    )),
    Seat(LI, 5, LEADER, (
        D("宁海纺机", 46, 42, 44, 1300, 90, ((25, 0.24), (8, 0.21), (2, 0.19), (0, 0.18)),
          expects=(("2026-05-23", "2027-07-16"),)),
    )),
    Seat(WU, 3, LEADER, (
        D("海宁晶材", 83, 83, 79, 3700, 580, ((25, 0.55), (8, 0.64), (4, 0.67)),
          expects=(("2026-05-23", "2026-10-28"),), close=("2026-10-28", True), stage=4, met=4,
          role=BENCHMARK),
        D("瓯海真空", 58, 52, 58, 1500, 140, ((3, 0.31), (1, 0.33), (0, 0.34)),
          expects=(("2026-10-28", "2027-04-09"),)),
    )),
    Seat(SUN, 7, LEADER, (
        D("镜湖仓配", 54, 50, 54, 1300, 120, ((25, 0.20), (9, 0.26), (-1, 0.27)),
          expects=(("2026-05-23", "2027-03-30"),)),
    )),
    Seat(SUN, 7, LEADER, (
        D("白鹤物流", 53, 49, 55, 1200, 110, ((25, 0.18), (9, 0.26), (-1, 0.275)),
          expects=(("2026-05-23", "2027-04-20"),)),
    )),
    Seat(ZHENG, 6, LEADER, (
        D("丹桂制药", 55, 51, 56, 1400, 130, ((25, 0.22), (9, 0.27), (-1, 0.28)),
          expects=(("2026-05-23", "2027-02-18"),)),
    )),
    Seat(ZHENG, 6, LEADER, (
        D("云峰生物", 52, 48, 55, 1200, 100, ((25, 0.19), (9, 0.26), (-1, 0.27)),
          expects=(("2026-05-23", "2027-05-25"),)),
    )),
)
# fmt: on

LEAKY_REP = LI
LIARS = (SUN, ZHENG)  # the stated win probability is pushed just over 30 % and 60 %
COVER = {ZHENG: CHEN, ZHOU: WU}  # who reports for a rep not yet hired
HIRED = {
    ZHANG: "2019-03-04",
    LI: "2021-06-15",
    WANG: "2018-09-03",
    LIU: "2020-02-17",
    CHEN: "2022-04-11",
    ZHAO: "2021-10-08",
    SUN: "2023-03-01",
    ZHOU: "2026-10-08",
    WU: "2019-07-22",
    ZHENG: "2026-08-17",
    HE: "2022-11-14",
    MA: "2026-05-06",
}
MENTORS = {ZHENG: CHEN, ZHOU: WU, MA: WU, SUN: WU}
