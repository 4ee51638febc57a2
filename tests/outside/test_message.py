"""A short message as markdown and plain text: as it reads, never longer than it may be, never active."""

from hypothesis import given
from hypothesis import strategies as st

from toolkit.outside.message import Line, Message, harmless

MESSAGE = Message(
    "周五战情会 11月20日",
    (
        Line("缺口1010万，较上周扩大120万。"),
        Line("目标 6000万", "item"),
        Line("已签 2850万", "item"),
        Line("待拍板 2 件", "head"),
        Line("1. 中原重工申请降价12%", "item"),
        Line("2. 南方管网停滞9天", "item"),
    ),
    "zh",
    "https://reports.example.com/a/weekly_review.html",
)


def test_markdown_as_chats_know_it():
    assert MESSAGE.markdown() == (
        "缺口1010万，较上周扩大120万。\n\n"
        "- 目标 6000万\n"
        "- 已签 2850万\n\n"
        "**待拍板 2 件**\n\n"
        "1. 中原重工申请降价12%\n"
        "2. 南方管网停滞9天\n\n"
        "[打开报告](https://reports.example.com/a/weekly_review.html)"
    )


def test_plain_text_without_markup():
    assert MESSAGE.plain() == (
        "缺口1010万，较上周扩大120万。\n\n"
        "- 目标 6000万\n"
        "- 已签 2850万\n\n"
        "待拍板 2 件\n"
        "1. 中原重工申请降价12%\n"
        "2. 南方管网停滞9天\n\n"
        "报告在：https://reports.example.com/a/weekly_review.html"
    )


def test_a_path_is_named_as_it_is():
    message = Message("T", (Line("x"),), "en", "/srv/kat/north_team/weekly_review.html")
    assert message.markdown().endswith("`/srv/kat/north_team/weekly_review.html`")
    assert message.plain().endswith("The report lies at /srv/kat/north_team/weekly_review.html")


def test_what_does_not_fit_is_left_out_by_whole_lines_and_counted():
    message = Message("T", tuple(Line(f"{n} " + "行" * 30, "item") for n in range(100)), "en", "https://x.example.com/")
    text = message.markdown(1000)
    assert len(text.encode()) <= 1000
    *shown, more, link = [line for line in text.split("\n") if line]
    assert shown == [f"{n} " + "行" * 30 for n in range(len(shown))]
    assert more == f"{100 - len(shown)} more lines in the report."
    assert link == "[Open the report](https://x.example.com/)"
    assert len(shown) == 9  # 92 or 93 bytes each with its line end; 1,000 less title, link and the last line


def test_signs_that_would_do_something_are_their_full_width_twins():
    assert (
        harmless("<@all> [点我](http://x) *急* `a` # | [今天]")
        == "＜@all＞ [点我］(http://x) ＊急＊ ｀a｀ ＃ ｜ [今天]"
    )
    assert harmless("一行\n\n两行\t三") == "一行 两行 三"


def test_a_text_without_end_is_cut():
    assert len(harmless("长" * 5000)) < 500


LINES = st.lists(
    st.builds(
        Line, st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.sampled_from(["text", "head", "item"])
    ),
    max_size=60,
)


@given(lines=LINES, title=st.text(max_size=60), language=st.sampled_from(["zh", "en"]))
def test_with_its_title_no_message_is_longer_than_wecom_takes(lines, title, language):
    message = Message(title, tuple(lines), language, "https://reports.example.com/kat/index.html")
    head = message.head()
    assert len(f"**{head}**\n\n{message.markdown()}".encode()) <= 4096
    assert len(f"{head}\n\n{message.plain()}".encode()) <= 2048
    assert Message.from_dict(message.as_dict()) == message
