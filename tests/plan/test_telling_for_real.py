"""A plan that tells by WeCom, Feishu, DingTalk and mail: servers on this machine, down at first, strict when up."""

import pytest

from tests.outside.mail_server import html_of, mail_server
from tests.outside.robot_server import KEY, NOW, SECRET, robot_server
from tests.plan.told import RED, YELLOW, at, made, plan_of, tell_of
from toolkit.outside import robots

REPORT = made(tell=("wecom", "feishu", "dingtalk", "mail"), alerts=[RED, YELLOW])


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """No robot waits; their clock is the server's."""
    monkeypatch.setattr(robots.Robot, "now", lambda self: float(NOW))
    monkeypatch.setattr(robots.Robot, "rest", lambda self, seconds: None)


def test_all_four_are_told_of_the_alerts_and_the_report_once_after_their_servers_come_back(tmp_path, monkeypatch):
    monkeypatch.setenv("KAT_KEY", KEY)
    monkeypatch.setenv("KAT_SECRET", SECRET)
    with robot_server() as server, mail_server() as (box, mail):
        server.secret = SECRET
        base = f"base={server.base}"
        signed = "secret=${KAT_SECRET}&" + base
        plan = plan_of(
            tell={
                "wecom": ("wecom://${KAT_KEY}?" + base,),
                "feishu": ("feishu://${KAT_KEY}?" + signed,),
                "dingtalk": ("dingtalk://${KAT_KEY}?" + signed,),
                "mail": (mail,),
            }
        )
        server.answers.extend([(503, b"")] * 9 + [(200, {"errcode": 45009, "errmsg": "api freq out of limit"})])
        down = tell_of(plan, tmp_path, [REPORT], at("11-20 16:05"))
        assert [line.partition("（")[0] for line in down] == [
            f"没能通知{name}" for name in ("wecom", "feishu", "dingtalk")
        ]
        assert "对方服务忙（503" in down[0]
        assert "KAT" not in "".join(down)
        assert box.subjects() == ["警报 2 条", "周五战情会 2026-11-20"]
        limited = tell_of(plan, tmp_path, [], at("11-20 16:20"))
        assert ["被限流" in line for line in limited] == [True]
        assert tell_of(plan, tmp_path, [], at("11-20 16:50")) == ()
        assert tell_of(plan, tmp_path, [REPORT], at("11-20 17:50")) == ()

    for path in ("/cgi-bin/webhook/send", f"/open-apis/bot/v2/hook/{KEY}", "/robot/send"):
        assert server.paths.count(path) == 2
    assert len(server.paths) == 6
    assert box.subjects() == ["警报 2 条", "周五战情会 2026-11-20"]
    assert "红色警报 资源效能比连跌3天" in html_of(box.mail[0])
    written = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not any(secret in text for text in written for secret in (KEY, SECRET, "director@example.com"))


def test_a_wrong_key_is_said_in_words_that_help_and_never_repeats_the_key(tmp_path):
    with robot_server() as server:
        plan = plan_of(tell={"wecom": (f"wecom://an-old-key-12?base={server.base}",)})
        (said,) = tell_of(plan, tmp_path, [made(tell=("wecom",))], at("11-20 16:05"))
    assert "机器人地址不对或已停用" in said
    assert "93000" in said
    assert "an-old-key-12" not in said
    assert not any("an-old-key-12" in path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())
