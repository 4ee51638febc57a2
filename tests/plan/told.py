"""Plans, reports and moments for the tests of telling; a transport that remembers, and refuses when it is told to."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from toolkit.outside.channels import send
from toolkit.outside.wire import Refusal
from toolkit.plan.made import AlertRow, Figure, FirstScreen, Made
from toolkit.plan.model import Plan
from toolkit.plan.telling import Teller

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENTRY = {"name": "weekly", "kind": "weekly", "data": "north"}
RED = AlertRow("M4 team  2026-11-18", "red", "M4", "team", "", "2026-11-16", "资源效能比连跌3天")
YELLOW = AlertRow("M5 account A7 2026-11-19", "yellow", "M5", "account", "A7", "2026-11-11", "南方管网停滞8天")
WARNING = AlertRow("M4 team  forming", "warning", "M4", "team", "", "2026-11-19", "正在形成")


def at(text):
    """A moment in Shanghai, `11-20 16:00` of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def plan_of(tell=None, entries=None, **more):
    """A plan that tells `director` at one address, unless told otherwise."""
    tell = {"director": ("wecom://${KAT_ROBOT}",)} if tell is None else tell
    return Plan.model_validate({"tell": tell, "reports": entries or [ENTRY], **more})


def made(name="weekly", day="2026-11-20", alerts=(), tell=("director",), **more):
    """A report as a run hands it over."""
    screen = FirstScreen(
        title=f"周五战情会 {day}",
        verdict="缺口1010万，较上周扩大120万。",
        figures=(Figure("目标", "6000", "万"), Figure("缺口", "1010", "万", "较上周 +120万"), Figure("覆盖", "")),
        lines=tuple(f"第{n}件事" for n in range(1, 4)),
        alerts=tuple(alerts),
    )
    facts = {
        "name": name,
        "kind": "weekly",
        "team": "",
        "language": "zh",
        "audience": "director",
        "day": date.fromisoformat(day),
        "at": None,
        "made_at": at("11-20 16:00"),
        "status": "done",
        "folder": Path("out") / name / day,
        "files": {"page": f"{name}/{day}/weekly_review.html"},
        "screen": screen,
        "tell": tell,
    }
    return Made(**facts | more)


def tell_of(plan, root, reports, now, transport=send):
    """What a run does with what it made; the sentences about what could not be told."""
    teller = Teller(plan, root)
    teller.note(reports, now)
    return teller.send(now, transport)


class Transport:
    """Remembers (address, message) of what it took; refuses as long as `refusal` is set."""

    def __init__(self, refusal=None):
        self.taken, self.asked, self.refusal = [], 0, refusal

    def __call__(self, address, message):
        self.asked += 1
        if isinstance(self.refusal, Refusal):
            return self.refusal
        if self.refusal is not None:
            raise self.refusal
        self.taken.append((address, message))
        return None

    def titles(self):
        """The titles of what was taken, in order."""
        return [message.title for _, message in self.taken]

    def lines(self):
        """Every line of what was taken, in order."""
        return [line.text for _, message in self.taken for line in message.lines]
