"""Who is told what, when, and how often: with a frozen clock and a transport that remembers."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.told import ENTRY, RED, WARNING, YELLOW, Transport, at, made, plan_of, tell_of
from toolkit.base.errors import InputError
from toolkit.outside.outbox import Outbox
from toolkit.outside.wire import Refusal
from toolkit.plan.read import read_plan
from toolkit.plan.telling import FOLDER, Teller

BUSY = Refusal("busy", "502")
NIGHT = {"start": "21:00", "end": "07:30"}


def test_a_finished_report_is_told_as_its_first_screen(tmp_path):
    sent = Transport()
    assert tell_of(plan_of(), tmp_path, [made()], at("11-20 16:05"), sent) == ()
    ((address, message),) = sent.taken
    assert address == "wecom://${KAT_ROBOT}"  # filled in by the channel, so that nobody else ever has it
    assert message.title == "周五战情会 2026-11-20"
    assert [line.text for line in message.lines] == [
        "缺口1010万，较上周扩大120万。",
        "目标 6000 万",
        "缺口 1010 万（较上周 +120万）",
        "覆盖 无法判定",
        "待拍板 3 件",
        "1. 第1件事",
        "2. 第2件事",
        "3. 第3件事",
    ]
    assert message.link == str(tmp_path.resolve() / "weekly/2026-11-20/weekly_review.html")


def test_where_the_output_is_served_the_link_is_an_address(tmp_path):
    sent = Transport()
    plan = plan_of(telling={"served_at": "https://kat.example.com/r"})
    tell_of(plan, tmp_path, [made(name="华东 周报")], at("11-20 16:05"), sent)
    assert sent.taken[0][1].link == (
        "https://kat.example.com/r/%E5%8D%8E%E4%B8%9C%20%E5%91%A8%E6%8A%A5/2026-11-20/weekly_review.html"
    )


def test_a_notebook_of_ones_own_is_told_by_its_name_and_place(tmp_path):
    sent = Transport()
    own = made(kind="notebook", screen=None, title="渠道复盘", files={"page": "own/2026-11-20/own.html"})
    assert tell_of(plan_of(), tmp_path, [own], at("11-20 16:05"), sent) == ()
    ((_, message),) = sent.taken
    assert (message.title, message.link) == ("渠道复盘", str(tmp_path.resolve() / "own/2026-11-20/own.html"))


def test_a_report_is_told_once_for_its_day_also_where_it_is_made_again(tmp_path):
    sent = Transport()
    for minute in (5, 20, 35):
        assert tell_of(plan_of(), tmp_path, [made(fresh=minute == 5)], at(f"11-20 16:{minute:02d}"), sent) == ()
    assert sent.titles() == ["周五战情会 2026-11-20"]
    tell_of(plan_of(), tmp_path, [made(day="2026-11-27")], at("11-27 16:05"), sent)
    assert sent.titles() == ["周五战情会 2026-11-20", "周五战情会 2026-11-27"]


def test_nobody_is_told_where_the_plan_names_nobody(tmp_path):
    sent = Transport()
    plan = plan_of(tell={})
    assert tell_of(plan, tmp_path, [made(tell=(), alerts=[RED])], at("11-20 16:05"), sent) == ()
    assert (sent.asked, list(tmp_path.iterdir())) == (0, [])


def test_every_address_of_every_name_is_told_for_itself(tmp_path):
    sent = Transport()
    plan = plan_of(tell={"director": ("a://1", "a://2"), "team": ("a://3",)})
    tell_of(plan, tmp_path, [made(tell=("director", "team", "director"))], at("11-20 16:05"), sent)
    assert [address for address, _ in sent.taken] == ["a://1", "a://2", "a://3"]


def test_alerts_are_one_message_red_first_and_no_warnings(tmp_path):
    sent = Transport()
    tell_of(plan_of(), tmp_path, [made(alerts=[YELLOW, WARNING, RED])], at("11-20 16:05"), sent)
    assert sent.titles() == ["警报 2 条", "周五战情会 2026-11-20"]
    assert [line.text for line in sent.taken[0][1].lines] == [
        "▲ 红色警报 资源效能比连跌3天",
        "◆ 黄色警报 南方管网停滞8天",
    ]


def test_each_alert_once_over_many_runs_and_reports(tmp_path):
    sent = Transport()
    plan = plan_of(entries=[ENTRY, ENTRY | {"name": "daily", "kind": "daily"}])
    for day in ("11-18", "11-19", "11-20"):
        reports = [made(name=name, day=f"2026-{day}", alerts=[RED, YELLOW]) for name in ("daily", "weekly")]
        tell_of(plan, tmp_path, reports, at(f"{day} 17:00"), sent)
        tell_of(plan, tmp_path, reports, at(f"{day} 18:00"), sent)
    assert sum("资源效能比" in line for line in sent.lines()) == 1
    assert sum("南方管网" in line for line in sent.lines()) == 1
    assert len(sent.taken) == 6 + 1


def test_the_same_alert_of_other_data_is_another(tmp_path):
    sent = Transport()
    plan = plan_of(entries=[ENTRY, ENTRY | {"name": "south", "data": "postgresql://kat:pa55word@db/south"}])
    tell_of(plan, tmp_path, [made(alerts=[RED]), made(name="south", alerts=[RED])], at("11-20 16:05"), sent)
    assert sum("资源效能比" in line for line in sent.lines()) == 2
    assert "pa55word" not in (tmp_path / FOLDER / "known.jsonl").read_text("utf-8")


def test_alerts_of_many_teams_are_one_message_that_names_the_teams(tmp_path):
    sent = Transport()
    reports = [made(name=f"weekly-{team}", team=team, alerts=[YELLOW]) for team in ("华北", "华东", "华南")]
    plan = plan_of(entries=[ENTRY | {"teams": ["华北", "华东", "华南"], "data": "{team}"}])
    tell_of(plan, tmp_path, reports, at("11-20 16:05"), sent)
    assert sent.titles()[0] == "警报 3 条"
    assert [line.text for line in sent.taken[0][1].lines] == [
        f"◆ 黄色警报 {team}：南方管网停滞8天" for team in sorted(("华北", "华东", "华南"))
    ]


def test_more_reports_than_together_are_one_message_with_the_index(tmp_path):
    sent = Transport()
    reports = [made(name=f"weekly-{n}", team=f"第{n}队") for n in range(4)]
    tell_of(plan_of(telling={"together": 3}), tmp_path, reports, at("11-20 16:05"), sent)
    assert sent.titles() == ["4份报告已做好"]
    assert sent.taken[0][1].link == str(tmp_path.resolve() / "index.html")
    assert "第3队 · 周五战情会 2026-11-20" in sent.lines()
    later = Transport()
    tell_of(plan_of(telling={"together": 4}), tmp_path / "b", reports, at("11-20 16:05"), later)
    assert len(later.taken) == 4


def test_the_end_of_an_alert_is_told_once_and_only_where_the_plan_wants_it(tmp_path):
    for place, ends, expected in (("a", True, 1), ("b", False, 0)):
        sent = Transport()
        plan = plan_of(telling={"ends": ends})
        tell_of(plan, tmp_path / place, [made(day="2026-11-20", alerts=[RED, YELLOW])], at("11-20 16:05"), sent)
        for day in ("11-23", "11-24"):
            tell_of(plan, tmp_path / place, [made(day=f"2026-{day}", alerts=[YELLOW])], at(f"{day} 09:00"), sent)
        assert sent.titles().count("1条警报已解除或搁置") == expected
        assert sum("资源效能比" in line for line in sent.lines()) == 1 + expected


def test_a_report_of_an_earlier_day_that_comes_late_ends_no_alert(tmp_path):
    sent = Transport()
    plan = plan_of(telling={"ends": True})
    tell_of(plan, tmp_path, [made(day="2026-11-20", alerts=[RED])], at("11-20 16:05"), sent)
    tell_of(plan, tmp_path, [made(day="2026-11-13")], at("11-20 17:00"), sent)
    assert "1条警报已解除或搁置" not in sent.titles()


def test_a_report_that_could_not_be_made_is_told_once(tmp_path):
    sent = Transport()
    broken = made(status="failed", screen=None, files={}, reason="accounts.csv 不见了")
    for minute in (5, 20):
        tell_of(plan_of(), tmp_path, [broken], at(f"11-20 16:{minute:02d}"), sent)
    assert sent.titles() == ["1份报告没有做成"]
    assert sent.lines() == ["weekly（11月20日）没有做成：accounts.csv 不见了"]
    quiet = Transport()
    tell_of(plan_of(telling={"failures": False}), tmp_path / "b", [broken], at("11-20 16:05"), quiet)
    assert quiet.asked == 0


def test_a_failure_that_was_made_good_before_anybody_heard_of_it_is_not_told(tmp_path):
    sent = Transport()
    plan = plan_of(quiet=NIGHT)
    tell_of(plan, tmp_path, [made(status="failed", screen=None, files={}, reason="a wire")], at("11-20 22:00"), sent)
    tell_of(plan, tmp_path, [made()], at("11-20 22:15"), sent)
    assert tell_of(plan, tmp_path, [], at("11-21 07:30"), sent) == ()
    assert sent.titles() == ["周五战情会 2026-11-20"]


def test_in_quiet_hours_red_alerts_pass_and_the_rest_waits_for_their_end(tmp_path):
    sent = Transport()
    plan = plan_of(quiet=NIGHT)
    assert tell_of(plan, tmp_path, [made(alerts=[RED, YELLOW])], at("11-20 22:00"), sent) == ()
    assert sent.titles() == ["警报 1 条"]
    for hour in ("11-20 23:59", "11-21 00:00", "11-21 07:29"):
        tell_of(plan, tmp_path, [], at(hour), sent)
    assert len(sent.taken) == 1
    tell_of(plan, tmp_path, [], at("11-21 07:30"), sent)
    assert sent.titles() == ["警报 1 条", "警报 1 条", "周五战情会 2026-11-20"]
    tell_of(plan, tmp_path, [], at("11-21 08:00"), sent)
    assert len(sent.taken) == 3


def test_red_alerts_wait_too_where_the_plan_says_so(tmp_path):
    sent = Transport()
    plan = plan_of(quiet=NIGHT, telling={"red_through": False})
    tell_of(plan, tmp_path, [made(alerts=[RED])], at("11-20 22:00"), sent)
    assert sent.asked == 0


def test_what_was_refused_is_kept_said_and_sent_once_when_the_server_is_back(tmp_path):
    down, up = Transport(BUSY), Transport()
    assert tell_of(plan_of(), tmp_path, [made(alerts=[RED])], at("11-20 16:05"), down) == (
        "没能通知director（2条，已留存，稍后重发）：对方服务忙（502）",
    )
    assert down.asked == 1  # the report behind the alert would have met the same
    tell_of(plan_of(), tmp_path, [], at("11-20 16:10"), up)
    assert up.titles() == ["周五战情会 2026-11-20"]  # it was not refused itself; the alert waits ten minutes
    tell_of(plan_of(), tmp_path, [], at("11-20 16:15"), up)
    tell_of(plan_of(), tmp_path, [], at("11-20 18:00"), up)
    assert up.titles() == ["周五战情会 2026-11-20", "警报 1 条"]
    assert list((tmp_path / FOLDER / "waiting").iterdir()) == []


def test_the_waits_between_tries_double_up_to_six_hours(tmp_path):
    down = Transport(BUSY)
    now, tried = at("11-20 16:00"), []
    tell_of(plan_of(), tmp_path, [made()], now, down)
    for _ in range(24 * 12):
        now += timedelta(minutes=5)
        before = down.asked
        tell_of(plan_of(), tmp_path, [], now, down)
        if down.asked > before:
            tried.append(int((now - at("11-20 16:00")).total_seconds() // 60))
    assert tried == [10, 30, 70, 150, 310, 630, 990, 1350]


def test_what_is_not_taken_for_days_is_given_up_and_said(tmp_path):
    down = Transport(BUSY)
    plan = plan_of(telling={"give_up_days": 2})
    tell_of(plan, tmp_path, [made()], at("11-20 16:00"), down)
    assert tell_of(plan, tmp_path, [], at("11-22 15:59"), down) != ()
    said = tell_of(plan, tmp_path, [], at("11-22 22:00"), down)
    assert said[-1] == "给director的1条消息2天没有发出去，不再重发；内容见索引页。"
    assert tell_of(plan, tmp_path, [made()], at("11-22 23:00"), Transport()) == ()
    assert list((tmp_path / FOLDER / "waiting").iterdir()) == []


def test_one_address_that_refuses_does_not_stop_another(tmp_path):
    class Half(Transport):
        def __call__(self, address, message):
            self.refusal = BUSY if address == "a://1" else None
            return super().__call__(address, message)

    sent = Half()
    plan = plan_of(tell={"director": ("a://1", "a://2")})
    (said,) = tell_of(plan, tmp_path, [made()], at("11-20 16:05"), sent)
    assert [address for address, _ in sent.taken] == ["a://2"]
    assert "director 1" in said


def test_an_address_that_the_plan_names_no_more_is_said_and_its_messages_dropped(tmp_path):
    tell_of(plan_of(), tmp_path, [made()], at("11-20 16:05"), Transport(BUSY))
    said = tell_of(plan_of(tell={"boss": ("a://1",)}), tmp_path, [], at("11-20 17:05"), Transport())
    assert said == ("计划里已没有director这个收件人，1条消息作废。",)
    assert tell_of(plan_of(tell={"boss": ("a://1",)}), tmp_path, [], at("11-20 18:05"), Transport()) == ()


def test_in_the_plans_language(tmp_path):
    entry = ENTRY | {"language": "en"}
    plan = plan_of(language="en", entries=[entry])
    sent = Transport(Refusal("variable", words="KAT_ROBOT"))
    assert tell_of(plan, tmp_path, [made(language="en", alerts=[RED])], at("11-20 16:05"), sent) == (
        "director could not be told (2 messages, kept and sent again later): "
        "an environment variable is not set (KAT_ROBOT)",
    )


def test_what_was_noted_before_a_run_was_killed_is_sent_by_the_next(tmp_path):
    sent = Transport()
    Teller(plan_of(), tmp_path).note([made(alerts=[RED])], at("11-20 16:05"))
    assert tell_of(plan_of(), tmp_path, [], at("11-20 16:20"), sent) == ()
    assert sent.titles() == ["警报 1 条", "周五战情会 2026-11-20"]


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), OSError(28, "No space left on device")])
def test_a_fault_in_telling_is_a_sentence_and_no_more(tmp_path, fault):
    (said,) = tell_of(plan_of(), tmp_path, [made()], at("11-20 16:05"), Transport(fault))
    assert ("a bug" in said) or ("No space left on device" in said)


def test_an_output_that_cannot_be_written_is_said_nothing_is_sent_and_made_up_for_later(tmp_path):
    sent = Transport()
    (tmp_path / FOLDER).write_text("a file where the folder should be", "utf-8")
    (said,) = tell_of(plan_of(), tmp_path, [made()], at("11-20 16:05"), sent)
    assert str(tmp_path / FOLDER) in said
    assert sent.asked == 0
    (tmp_path / FOLDER).unlink()
    assert tell_of(plan_of(), tmp_path, [made(fresh=False)], at("11-20 16:20"), sent) == ()
    assert sent.titles() == ["周五战情会 2026-11-20"]


def test_what_waits_names_its_reader_and_never_an_address(tmp_path):
    plan = plan_of(tell={"director": ("wecom://secret-key-1",)})
    tell_of(plan, tmp_path, [made(alerts=[RED])], at("11-20 16:05"), Transport(BUSY))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert all("secret-key-1" not in path.read_text("utf-8") for path in files)
    item = json.loads(next(iter(sorted((tmp_path / FOLDER / "waiting").iterdir()))).read_text("utf-8"))
    assert (item["to"], item["nth"], item["refusal"]["kind"] if item["refusal"] else "") in (
        ("director", 0, "busy"),
        ("director", 0, ""),
    )


STEPS = st.lists(
    st.tuples(
        st.integers(1, 12),  # hours until the next run
        st.booleans(),  # whether the server answers
        st.sets(st.sampled_from(range(6))),  # the alerts that are on
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_whatever_the_runs_and_the_server_each_alert_is_told_once_and_none_is_lost(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("runs")
    plan = plan_of(quiet=NIGHT, telling={"give_up_days": 30})
    rows = [
        RED if n == 0 else YELLOW.__class__(f"M5 account A{n}", "yellow", "M5", "account", f"A{n}", "", f"客户{n}停滞")
        for n in range(6)
    ]
    sent, now, seen = Transport(), at("11-01 08:00"), set()
    for hours, up, on in steps:
        now += timedelta(hours=hours)
        sent.refusal = None if up else BUSY
        seen |= {rows[n].title for n in on}
        tell_of(plan, root, [made(day=str(now.date()), alerts=[rows[n] for n in sorted(on)])], now, sent)
    sent.refusal = None
    for _ in range(2):
        tell_of(plan, root, [], (now + timedelta(days=1)).replace(hour=12), sent)
    told = [line.split(" ", 2)[2] for line in sent.lines() if line.startswith(("▲", "◆"))]
    assert sorted(told) == sorted(seen)
    assert Outbox(root / FOLDER).waiting() == []


def test_a_misspelt_setting_is_refused_with_the_nearest_and_a_wrong_one_with_its_range(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(
        "language: en\ntelling: {togehter: 5, give_up_days: 99, served_at: reports}\n"
        "reports: [{name: weekly, kind: weekly, data: north}]\n",
        "utf-8",
    )
    with pytest.raises(InputError) as refusal:
        read_plan(file)
    said = str(refusal.value)
    assert "togehter" in said
    assert "together" in said.replace("togehter", "")
    assert "1 … 30" in said
    assert "served_at" in said
