"""The weekly page: complete in both languages, safe, offline, the same every time, and honest when data is missing."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pandas as pd
import pytest

from tests.publish.example_report import example
from toolkit.base.errors import InputError
from toolkit.publish.show import show
from toolkit.publish.weekly_page import SECTIONS, fragment, page, scoped


@cache
def rendered(language):
    """The whole page, rendered once a language."""
    return page(example(language))


EVIL = '<script>alert("1")</script><img src=x onerror=alert(2)>$a$ =cmd()'


class Reader(HTMLParser):
    """What a browser would show, the ids, the tags and what they would fetch."""

    def __init__(self, html):
        super().__init__()
        self.words, self.ids, self.tags, self.fetches, self.handlers, self._skip = [], [], [], [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._skip += tag in ("style", "script")
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            if key in ("src", "href", "xlink:href", "data", "action", "poster", "srcset"):
                self.fetches.append(value)
            if key.startswith("on"):
                self.handlers.append(key)

    def handle_endtag(self, tag):
        self._skip -= tag in ("style", "script")

    def handle_data(self, data):
        if not self._skip and data.strip():
            self.words.append(data.strip())


def hostile(language):
    """The report with every name and text replaced by something that tries to run."""
    report = example(language)
    evidence = {}
    for code, frame in report.evidence.items():
        texts = [
            c
            for c in (
                "question",
                "why",
                "stake",
                "title",
                "next",
                "said",
                "other",
                "you",
                "what",
                "holds",
                "context",
                "label",
                "hint",
                "who",
                "accounts",
                "wanted",
                "allowance",
                "stand",
                "newest",
                "statement",
                "text",
                "lacks",
                "competitor",
                "problem_tag",
            )
            if c in frame and not pd.api.types.is_numeric_dtype(frame[c])
        ]
        evidence[code] = frame.assign(**dict.fromkeys(texts, EVIL))
    names = {kind: dict.fromkeys(known, EVIL) for kind, known in report.names.items()}
    sections = {code: replace(s, headline=EVIL, eyebrow=EVIL, notes=(EVIL,)) for code, s in report.sections.items()}
    return replace(
        report, evidence=evidence, names=names, sections=sections, verdict=(EVIL,), lead=EVIL, limits=(EVIL,)
    )


def bare(report):
    """The report of a week in which nothing is known: every evidence frame is empty."""
    return replace(report, evidence={code: frame.iloc[:0] for code, frame in report.evidence.items()}, sections={})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_every_finding_and_every_decision(language):
    report = example(language)
    shown = " ".join(Reader(rendered(language)).words)
    for section in report.sections.values():
        assert section.headline in shown
    for question in report.evidence["decisions"].question:
        assert question in shown
    for sentence in report.limits:
        assert sentence in shown


def test_the_sections_come_in_the_order_in_which_a_director_reads():
    report, html = example("zh"), rendered("zh")
    order = [
        "decisions",
        "moves",
        "alerts",
        "resources",
        "trust",
        "hands",
        "loop",
        "tiers",
        "roadmap",
        "margins",
        "allocation",
        "indicators",
        "requests",
        "verification",
        "daily",
        "discipline",
        "patience",
        "focus",
        "quality",
    ]
    places = [html.index(f"<h2>{report.sections[code].headline}</h2>") for code in order]
    assert places == sorted(places)


@pytest.mark.parametrize(("language", "write"), [("zh", page), ("en", fragment)])
def test_nothing_that_a_name_says_is_run(language, write):
    read = Reader(write(hostile(language)))
    assert "script" not in read.tags and "img" not in read.tags and read.handlers == []
    assert any("<script>alert" in words for words in read.words), "the name is shown as it is"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_needs_nothing_from_elsewhere(language):
    html = rendered(language)
    assert [f for f in Reader(html).fetches if not f.startswith("#")] == []
    assert [u for u in re.findall(r"url\(([^)]*)\)", html) if not u.startswith("#")] == []
    assert "@import" not in html
    outside = set(re.findall(r"https?://[^\"' <]+", html))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_same_report_gives_the_same_page():
    assert page(example("en")) == rendered("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ids_are_unique_and_every_drawing_says_what_it_shows(language):
    html = rendered(language)
    ids = Reader(html).ids
    assert len(ids) == len(set(ids)) > 20
    drawings = re.findall(r'<svg class="ch .*?</svg>', html, flags=re.S)
    assert len(drawings) >= 15
    for drawing in drawings:
        assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", drawing)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("write", [rendered, lambda language: page(bare(example(language)))])
def test_no_machine_word_for_missing_is_shown(language, write):
    shown = " ".join(Reader(write(language)).words)
    assert not re.search(r"\b(nan|NaN|None(?! of)|NaT|<NA>|undefined|Undefined)\b", shown)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_week_without_data_says_so_in_words(language):
    read = Reader(page(bare(example(language))))
    shown = " ".join(read.words)
    wanted = {
        "zh": ("没有等你拍板的事", "没有客户换级", "没有日报（daily_reports）", "缺行业表（industries）", "无法判定"),
        "en": (
            "Nothing waits for your decision",
            "No account changed its tier",
            "No daily reports (daily_reports)",
            "The table industries is missing",
            "cannot judge",
        ),
    }
    for words in wanted[language]:
        assert words in shown


def test_a_figure_that_cannot_be_judged_shows_no_number():
    report = example("en")
    kpis = report.evidence["kpis"].copy()
    kpis.loc[0, ["value", "previous"]] = float("nan")
    kpis.loc[0, "context"] = "No target for 2026Q4"
    html = fragment(replace(report, evidence={**report.evidence, "kpis": kpis}), "figures")
    first = html[html.index("card kpi") : html.index("Resource efficiency")]
    assert "cannot judge" in first and "No target for 2026Q4" in first and "¥" not in first


def test_ten_alarms_become_three_cards_and_a_list():
    report = example("en")
    cards = pd.concat([report.evidence["alert_cards"]] * 5, ignore_index=True)
    cards.loc[9, "on"] = False
    html = fragment(replace(report, evidence={**report.evidence, "alert_cards": cards}), "alerts")
    assert html.count("<article") == 3
    assert "7 more" in html and ">over<" in html


def test_an_unnamed_id_is_shown_as_it_is():
    report = replace(example("en"), names={"accounts": {}, "reps": {}, "industries": {}})
    shown = " ".join(Reader(page(report)).words)
    assert "beichen" in shown and "storage" in shown


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_stands_alone_in_a_notebook(section):
    html = fragment(example("zh"), section)
    assert html.startswith('<div class="kat part"') and "<html" not in html and "<script" not in html


def test_a_section_that_does_not_exist_is_named():
    with pytest.raises(InputError, match="nothing_like_it"):
        fragment(example("zh"), "nothing_like_it")


def test_a_fragment_restyles_nothing_but_itself():
    css = re.search(r"<style>(.*?)</style>", fragment(example("en"), "moves"), flags=re.S)[1]
    selectors = re.findall(r"(?:^|[{}])\s*([^@{}]+?)\s*\{", css, flags=re.M)
    loose = [one for group in selectors for one in group.split(",") if ".kat" not in one]
    assert loose == [] and len(selectors) > 100


def test_a_fragment_follows_the_notebooks_theme_before_the_systems():
    css = fragment(example("en"), "moves")
    assert css.index("prefers-color-scheme:dark") < css.index('[data-jp-theme-light="false"] .kat')
    assert '[data-jp-theme-light="true"] .kat{--page:#F5F7FA' in css


def test_selectors_are_put_under_the_root_one_by_one():
    assert scoped("a, b:hover {\n}") == ".kat.kat a, .kat.kat b:hover {\n}"


def test_show_gives_a_notebook_something_to_display():
    assert "kat part" in show(example("en"), "decisions").data


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sections_on_execution_without_data_say_so(language):
    report = example(language)
    empty = replace(bare(report), sections=report.sections)
    wanted = {
        "zh": ("没有资源申请", "本季没有越权", "本周没有抽到拜访", "没有A类客户", "没有SPICED评分", "没有可记的"),
        "en": (
            "No resource requests",
            "No overstep",
            "No visit was drawn",
            "No A accounts",
            "no SPICED",
            "No working day",
        ),
    }
    shown = " ".join(Reader(page(empty)).words)
    assert [words for words in wanted[language] if words not in shown] == []


@pytest.mark.parametrize("section", ["trust", "hands", "verification", "requests"])
def test_a_section_that_a_copy_leaves_out_is_not_shown(section):
    report = example("en")
    left = replace(report, sections={code: s for code, s in report.sections.items() if code != section})
    assert report.sections[section].headline not in page(left)
    assert "<section" not in fragment(left, section)
