"""Any address that apprise knows: real mail to a local server, and clear words where something is missing or wrong."""

import logging
import sys

from tests.outside.mail_server import html_of, mail_server
from toolkit.outside.channels import cleaned, send
from toolkit.outside.message import Line, Message
from toolkit.outside.wire import Refusal

MESSAGE = Message("周五战情会 11月20日", (Line("缺口1010万。"), Line("中原重工 <b>降价</b>", "item")), "zh")


def test_mail_arrives_with_a_chinese_subject_and_harmless_html():
    with mail_server() as (box, address):
        assert send(address, MESSAGE) is None
    (letter,) = box.mail
    assert box.subjects() == ["周五战情会 11月20日"]
    assert "director@example.com" in letter["To"]
    html = html_of(letter)
    assert "缺口1010万。" in html
    assert "<b>降价" not in html
    assert "＜b＞降价" in html


def test_mail_that_is_refused_says_so_without_the_address():
    with mail_server("554 spam") as (box, address):
        refusal = send(address.replace("mailto://", "mailto://kat:pa55word@"), MESSAGE)
    assert refusal is not None
    assert refusal.kind == "failed"
    assert refusal.passes
    assert "pa55word" not in repr(refusal)
    assert box.mail == []


def test_nothing_of_apprise_reaches_the_log(caplog):
    with mail_server("554 spam") as (_, address), caplog.at_level(logging.DEBUG):
        assert send(address, MESSAGE) is not None
    assert [record for record in caplog.records if record.name == "apprise"] == []


def test_a_variable_that_is_not_set_is_named():
    assert send("wecom://${KEY_A}?x=${KEY_B}", MESSAGE, {"KEY_A": "abc"}) == Refusal("variable", words="KEY_B")


def test_variables_may_hold_the_signs_that_part_an_address_or_a_whole_address():
    with mail_server() as (box, address):
        server = address.partition("/?")[0]
        known = {"SENDER": "ana li@example.com", "READER": "wang@example.com", "WHOLE": address}
        assert send(server + "/?from=${SENDER}&to=${READER}", MESSAGE, known) is None
        assert send("${WHOLE}", MESSAGE, known) is None
    assert [letter["To"] for letter in box.mail] == ["wang@example.com", "director@example.com"]


def test_a_login_and_a_password_with_any_signs_are_one_address():
    known = {"LOGIN": "ana@example.com", "PASSWORD": "p@ss/w?o&r:d#1 +x"}
    refusal = send("mailto://${LOGIN}:${PASSWORD}@127.0.0.1:9/?from=${LOGIN}&to=a@example.com", MESSAGE, known)
    assert refusal is not None
    assert refusal.kind == "failed"  # understood; nobody listens there
    assert "p@ss" not in repr(refusal)


def test_an_address_that_nobody_knows_is_not_understood():
    assert send("carrier-pigeon://coop", MESSAGE).kind == "address"
    assert send("", MESSAGE).kind == "address"


def test_without_the_extra_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert send("wecom://abc", MESSAGE) == Refusal("extra")


def test_what_a_service_says_is_cleaned_of_the_address():
    url = "mailtos://ana.li:S3cret%21pass@smtp.example.com:465/?to=wang@corp.example.com"
    said = "login ana.li with S3cret!pass (S3cret%21pass) at smtp.example.com for wang@corp.example.com failed\n\nbadly"
    words = cleaned(said, url, [])
    assert "smtp.example.com" in words
    assert "\n" not in words
    for secret in ("S3cret", "ana.li", "wang", "corp.example"):
        assert secret not in words
