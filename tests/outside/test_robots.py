"""The robots of WeCom, Feishu and DingTalk against a server that checks what the vendors' pages say theirs check."""

import json
from urllib.parse import quote

import pytest

from tests.outside.robot_server import KEY, NOW, SECRET, robot_server
from toolkit.outside import robots
from toolkit.outside.channels import send
from toolkit.outside.message import Line, Message
from toolkit.outside.wire import Pace, Refusal

MESSAGE = Message(
    "周五战情会 11月20日", (Line("缺口1010万，较上周扩大120万。"), Line("中原重工申请降价12%", "item")), "zh"
)
VENDORS = ("wecom", "feishu", "dingtalk")
# openssl: printf TEXT | openssl dgst -sha256 -hmac KEY -binary | base64
FEISHU_EXAMPLE = "q4jswNiMy51J5JuQV566yJat0/lQ/c+22kINzUgKsGU="  # key 1599360473\nsecret, empty text
DINGTALK_EXAMPLE = "h/3f4uEADBeKkVuXX2NS1pXSEqARbYb1RV0kmXPBfn0="  # key secret, text 1599360473000\nsecret


@pytest.fixture
def server():
    with robot_server() as running:
        yield running


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """The seconds that a robot would wait; its clock is the server's."""
    waited = []
    monkeypatch.setattr(robots.Robot, "now", lambda self: float(NOW))
    monkeypatch.setattr(robots.Robot, "rest", lambda self, seconds: waited.append(seconds))
    for vendor in (robots.WeCom, robots.Feishu, robots.DingTalk):
        monkeypatch.setattr(vendor, "pace", Pace(20, clock=lambda: 0.0, sleep=lambda seconds: None))
    return waited


def address(vendor, server, key=KEY, **more):
    query = "".join(f"&{name}={quote(value, safe='')}" for name, value in more.items())
    return f"{vendor}://{key}?base={quote(server.base, safe='')}{query}"


def texts(body):
    """Every text in a request's body, in order."""
    if isinstance(body, dict):
        return [text for value in body.values() for text in texts(value)]
    if isinstance(body, list):
        return [text for value in body for text in texts(value)]
    return [str(body)]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_message_arrives_as_markdown_with_its_title(server, vendor):
    assert send(address(vendor, server), MESSAGE) is None
    (body,) = server.taken
    assert body.get("msgtype", body.get("msg_type")) == {"feishu": "interactive"}.get(vendor, "markdown")
    said = "\n".join(texts(body))
    assert "周五战情会 11月20日" in said
    assert "缺口1010万，较上周扩大120万。" in said
    assert "- 中原重工申请降价12%" in said


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_message_arrives_as_plain_text_where_the_address_says_so(server, vendor):
    assert send(address(vendor, server, format="text"), MESSAGE) is None
    (body,) = server.taken
    assert body.get("msgtype", body.get("msg_type")) == "text"
    assert "**" not in json.dumps(body)


def test_the_bodies_are_what_the_vendors_pages_show(server):
    note = Message("T", (Line("x"),), "en")
    for vendor in VENDORS:
        assert send(address(vendor, server), note) is None
    assert [body for _, _, body, _ in server.requests] == [
        {"msgtype": "markdown", "markdown": {"content": "**T**\n\nx"}},
        {
            "msg_type": "interactive",
            "card": {
                "header": {"title": {"tag": "plain_text", "content": "T"}},
                "elements": [{"tag": "markdown", "content": "x"}],
            },
        },
        {"msgtype": "markdown", "markdown": {"title": "T", "text": "**T**\n\nx"}},
    ]
    assert {headers["Content-Type"] for *_, headers in server.requests} == {"application/json; charset=utf-8"}


@pytest.mark.parametrize("vendor", ["feishu", "dingtalk"])
def test_a_signature_is_what_the_server_computes(server, vendor):
    server.secret = SECRET
    assert send(address(vendor, server, secret=SECRET), MESSAGE) is None
    assert send(address(vendor, server, secret=SECRET + "x"), MESSAGE).kind == "sign"
    assert send(address(vendor, server), MESSAGE).kind == "sign"
    assert len(server.taken) == 1


def test_signatures_of_a_worked_example():
    assert robots._hmac("1599360473\nsecret", "") == FEISHU_EXAMPLE
    assert robots._hmac("secret", "1599360473000\nsecret") == DINGTALK_EXAMPLE


@pytest.mark.parametrize("vendor", ["feishu", "dingtalk"])
def test_a_keyword_is_added_where_the_address_names_it(server, vendor):
    server.keyword = "大客户"
    assert send(address(vendor, server), MESSAGE).kind == "keyword"
    assert send(address(vendor, server, keyword="大客户"), MESSAGE) is None


@pytest.mark.parametrize(
    ("vendor", "said", "kind"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "key"),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "fast"),
        ("wecom", {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, "long"),
        ("wecom", {"errcode": 44004, "errmsg": "empty content"}, "other"),
        ("feishu", {"code": 19001, "msg": "param invalid"}, "key"),
        ("feishu", {"code": 19022, "msg": "Ip Not Allowed"}, "ip"),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "keyword"),
        ("feishu", {"code": 9499, "msg": "Bad Request", "data": {}}, "other"),
        ("feishu", {"code": 11232, "msg": "frequency limited psm[lark]appID[1500]"}, "fast"),
        ("feishu", {"code": 9499, "msg": "frequency limited psm"}, "fast"),
        ("dingtalk", {"errcode": 300001, "errmsg": "token is not exist"}, "key"),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "keyword"),
        ("dingtalk", {"errcode": 310000, "errmsg": "invalid timestamp"}, "sign"),
        ("dingtalk", {"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, "ip"),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, "fast"),
        ("wecom", {"status": "ok"}, "other"),
        ("dingtalk", b"<html>gateway</html>", "other"),
        ("feishu", [], "other"),
    ],
)
def test_no_in_a_body_with_status_200_is_no_and_not_asked_again_at_once(server, waits, vendor, said, kind):
    server.answers.append((200, said))
    refusal = send(address(vendor, server), MESSAGE)
    assert refusal.kind == kind
    assert refusal.code == str(said.get("errcode", said.get("code", 200)) if isinstance(said, dict) else 200) or (
        "status" in said
    )
    assert len(server.requests) == 1
    assert waits == []
    assert refusal.passes == (kind == "fast")


@pytest.mark.parametrize("busy", [(200, {"errcode": -1, "errmsg": "system busy"}), (502, b""), (503, b"<html>")])
def test_a_busy_server_is_asked_again_and_takes_it_once(server, waits, busy):
    server.answers.extend([busy, busy])
    assert send(address("wecom", server), MESSAGE) is None
    assert len(server.requests) == 3
    assert len(server.taken) == 1
    assert waits == [1, 2]


def test_a_server_that_stays_busy_is_given_back_after_three_tries(server):
    server.answers.extend([(500, b"")] * 3)
    assert send(address("dingtalk", server), MESSAGE) == Refusal("busy", "500")
    assert len(server.requests) == 3


def test_too_many_requests_is_too_fast(server):
    server.answers.append((429, b""))
    assert send(address("feishu", server), MESSAGE) == Refusal("fast", "429")
    assert len(server.requests) == 1


def test_a_redirection_is_not_followed(server):
    server.answers.append((302, b"{}"))
    assert send(address("wecom", server), MESSAGE).kind == "other"
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_silent(server, waits):
    refusal = send(f"wecom://{KEY}?base=http://127.0.0.1:1", MESSAGE)
    assert (refusal.kind, refusal.passes) == ("silent", True)
    assert len(waits) == 2


def test_no_refusal_holds_a_secret(server):
    server.secret = SECRET
    refused = [
        send(address("wecom", server, key="wrong-key-1234"), MESSAGE),  # this server's words repeat the key
        send(address("feishu", server, secret="wrong-secret-1"), MESSAGE),
        send("wecom://${KAT_ROBOT}?base=http://127.0.0.1:1", MESSAGE, {"KAT_ROBOT": "wrong-key-1234"}),
        send("wecom://wrong-key-1234?base=http://elsewhere.example.com", MESSAGE),
        send("nothing://wrong-key-1234", MESSAGE),
    ]
    assert all(refused)
    assert "wrong-" not in repr(refused)
    assert [refusal.kind for refusal in refused] == ["key", "sign", "silent", "address", "address"]


def test_a_long_text_goes_in_pieces_that_the_server_takes(server):
    long = "\n".join(f"{n} 华东电力两周无进展，释放14人天" for n in range(200))
    service = robots.WeCom(KEY, base=server.base)
    assert service.send(long, title="长消息")
    assert len(server.taken) == 3  # 200 lines of about 45 bytes, 4,096 bytes at most each time
    said = "\n".join(body["markdown"]["content"] for body in server.taken)
    assert said == "**长消息**\n\n" + long


def test_a_piece_that_is_refused_ends_it(server):
    server.answers.extend([(200, {"errcode": 0}), (200, {"errcode": 45009, "errmsg": "api freq out of limit"})])
    service = robots.WeCom(KEY, base=server.base)
    assert not service.send("\n".join(["行" * 100] * 60))
    assert len(server.requests) == 2


def test_twenty_messages_a_minute_and_no_more(server, monkeypatch):
    seconds = [0.0]
    pace = Pace(20, clock=lambda: seconds[0], sleep=lambda wait: seconds.__setitem__(0, seconds[0] + wait))
    monkeypatch.setattr(robots.WeCom, "pace", pace)
    at = []
    for _ in range(45):
        assert send(address("wecom", server), MESSAGE) is None
        at.append(seconds[0])
    assert at == [0.0] * 20 + [60.0] * 20 + [120.0] * 5


@pytest.mark.parametrize(
    ("url", "kind", "key", "secret"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "WeCom", "693a91f6-7xxx", ""),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc-DEF?secret=s1", "Feishu", "abc-DEF", "s1"),
        ("https://oapi.dingtalk.com/robot/send?access_token=0aB&secret=SECx", "DingTalk", "0aB", "SECx"),
        ("wecombot://693a91f6-7xxx", "WeCom", "693a91f6-7xxx", ""),
        ("dingtalk://SECx@0aB", "DingTalk", "0aB", "SECx"),
    ],
)
def test_addresses_as_the_robots_pages_and_apprise_write_them(url, kind, key, secret):
    import apprise

    robots.register()
    service = apprise.Apprise.instantiate(url, suppress_exceptions=False)
    assert (type(service).__name__, service.key, service.secret) == (kind, key, secret)
    again = apprise.Apprise.instantiate(service.url(), suppress_exceptions=False)
    assert (type(again), again.key, again.secret) == (type(service), key, secret)
    assert key not in service.url(privacy=True)


def test_a_mention_in_the_data_is_no_mention(server):
    message = Message("T", (Line('客户 <@all> <at user_id="all">所有人</at> [点我](http://x) @所有人'),), "zh")
    for vendor in VENDORS:
        for form in ("markdown", "text"):
            assert send(address(vendor, server, format=form), message) is None
    for body in server.taken:
        said = "\n".join(texts(body))
        assert "<" not in said
        assert "](" not in said
