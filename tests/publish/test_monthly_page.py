"""The monthly page: every finding in both languages, safe, offline, the same every time; a team's copy."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
import xlsxwriter
from markupsafe import escape

import toolkit as kat
from tests.publish.test_charts import clashes
from tests.publish.test_in_browser import FAULTS, browser, opened
from tests.publish.test_weekly_page import EVIL, Reader
from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.publish import monthly_sheet, monthly_summary
from toolkit.publish.charts import LIGHT, Chart, Look
from toolkit.publish.charts.monthly import CHARTS
from toolkit.publish.charts.style import blank
from toolkit.publish.charts.wins import shown as shown_wins
from toolkit.publish.monthly_page import SECTIONS, fragment, page
from toolkit.publish.sheets import Styles

__all__ = ["browser"]
ORDER = ("decisions", "callbacks", "duties", "credibility", "oversteps", "service", "moves", "forecast")
DIRECTOR_ALONE = ("callbacks", "credibility", "oversteps")
TEXTS = ("question", "why", "who", "stand", "said", "other", "what", "where", "newest", "statement", "context", "label",
         "kind_name", "step_name", "allowed", "took", "text", "change")  # fmt: skip


@cache
def example(language, audience="director"):
    """The sample's November, so far."""
    salt = Salt.from_environment(7, {})
    return kat.monthly(kat.load("sample_data"), "2026-11-20", language=language, audience=audience, salt=salt)


@cache
def rendered(language, audience="director"):
    return page(example(language, audience))


def words(html):
    return " ".join(Reader(html).words)


def hostile(language):
    """The review with every name and text replaced by something that tries to run."""
    report = example(language)
    evidence = {
        code: frame.assign(**{c: EVIL for c in TEXTS if c in frame and not pd.api.types.is_numeric_dtype(frame[c])})
        for code, frame in report.evidence.items()
    }
    names = {kind: dict.fromkeys(known, EVIL) for kind, known in report.names.items()}
    sections = {code: replace(s, headline=EVIL, eyebrow=EVIL, notes=(EVIL,)) for code, s in report.sections.items()}
    more = {"verdict": (EVIL,), "lead": EVIL, "limits": (EVIL,)}
    return replace(report, evidence=evidence, names=names, sections=sections, **more)


def bare(report):
    """A month of which nothing is known: every evidence frame is empty."""
    return replace(report, evidence={code: frame.iloc[:0] for code, frame in report.evidence.items()}, limits=())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_every_finding_every_decision_and_every_limit_in_order(language):
    report, html = example(language), rendered(language)
    told = words(html)
    places = [html.index(f">{escape(report.sections[code].eyebrow)}</p><h2>") for code in ORDER]
    assert places == sorted(places)
    every = [s.headline for s in report.sections.values()] + [n for s in report.sections.values() for n in s.notes]
    every += [*report.verdict, report.lead, *report.limits, *report.evidence["decisions"]["question"]]
    every += report.evidence["figures"]["context"].tolist()
    assert [one for one in every if one.strip() not in told] == []


def test_nothing_that_a_name_says_is_run(monkeypatch):
    monkeypatch.setattr(Chart, "svgs", lambda chart: [])
    read = Reader(page(hostile("zh")))
    assert "script" not in read.tags and "img" not in read.tags and read.handlers == []
    assert any("<script>alert" in one for one in read.words), "the name is shown as it is"


def test_the_page_is_one_file_that_fetches_nothing_and_has_unique_ids():
    read = Reader(rendered("zh"))
    assert {"script", "link", "iframe", "img"} & set(read.tags) == set()
    assert all(link.startswith("#") for link in read.fetches)
    assert len(read.ids) == len(set(read.ids)) > 10


def test_every_drawing_says_what_it_shows_and_takes_the_pages_colours():
    drawings = re.findall(r'<svg class="ch .*?</svg>', rendered("en"), flags=re.S)
    assert len(drawings) >= 12
    for drawing in drawings:
        assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", drawing)
        assert "var(--" in drawing and not re.search(r"#[0-9a-fA-F]{6}\b|\b(nan|inf)\b", drawing)


def test_the_same_report_gives_the_same_page():
    assert page(example("en")) == rendered("en")


def test_the_teams_page_has_no_word_of_what_is_for_the_director_alone():
    html, whole = rendered("en", "team"), example("en")
    for code in DIRECTOR_ALONE:
        assert f">{whole.sections[code].eyebrow}</p>" not in html
        assert "<section" not in fragment(example("en", "team"), code)
    told = words(html).lower()
    assert not re.search(r"callback|credib|overstep|contradict|penalt", told)
    assert "service levels" in told and "forecast and outcome" in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_missing_is_said_in_words_and_no_card_is_blank(language):
    html = page(bare(example(language)))
    assert not re.search(r'<div class="card[^"]*">\s*</div>', html)
    assert not re.search(r"\b(nan|NaN|None|NaT|<NA>|Undefined)\b", words(html))
    wanted = {
        "zh": ("没有等你拍板的事", "可信度算不出来", "没有本月到期的单"),
        "en": ("Nothing waits for your decision", "no figure", "No deal was due, and none closed"),
    }
    assert [one for one in wanted[language] if one not in words(html)] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_stands_alone_in_a_notebook(section):
    html = fragment(bare(example("zh")), section)
    assert html.startswith('<div class="kat part"') and "<html" not in html and "<script" not in html


def test_a_section_that_does_not_exist_is_named():
    with pytest.raises(InputError, match="monthly review has no section 'nothing_like_it'"):
        fragment(example("zh"), "nothing_like_it")


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_draws_without_covering_words(name, language):
    chart = CHARTS[name](example(language))
    for size, (width, height) in chart.sizes.items():
        _, ax = blank(width, height)
        assert chart.draw(ax, Look(language, LIGHT, size)) is ax
        assert clashes(ax) == [], size


def test_what_came_is_drawn_however_rare():
    frame = pd.DataFrame(
        {"wins": range(4), "chance": [0.0001, 0.0099, 0.19, 0.8], "actual": [True, False, False, False]}
    )
    assert shown_wins(frame)["wins"].tolist() == [0, 1, 2, 3]


def test_the_terminal_tells_verdict_figures_and_decisions():
    report = example("en")
    told = [line.text for line in monthly_summary.lines(report)]
    assert told[1] == "".join(report.verdict) and len(told) <= 16
    assert any("Clocks kept: 92 %" in line for line in told)
    assert sum(question in line for question in report.evidence["decisions"]["question"] for line in told) >= 4


@pytest.mark.parametrize("audience", ["director", "team"])
def test_the_workbooks_first_sheet_tells_what_the_copy_holds(tmp_path, monkeypatch, audience):
    written = []
    monkeypatch.setattr(monthly_sheet, "put", lambda sheet, row, column, value, style: written.append(str(value)))
    with xlsxwriter.Workbook(str(tmp_path / "m.xlsx")) as book:
        monthly_sheet.first_sheet(book.add_worksheet("summary"), example("en", audience), Styles(book))
    report = example("en", audience)
    assert {s.headline for s in report.sections.values()} | set(report.limits) <= set(written)
    assert any("callbacks" in one for one in written) == (audience == "director")


@pytest.mark.browser
@pytest.mark.parametrize(("language", "audience"), [("zh", "director"), ("en", "director"), ("en", "team")])
def test_nothing_is_fetched_clipped_or_covered_and_it_prints_on_few_sheets(browser, tmp_path, language, audience):
    path = tmp_path / "monthly_review.html"
    path.write_text(rendered(language, audience), encoding="utf-8")
    for width, scheme in ((1280, "light"), (800, "dark"), (390, "light")):
        tab, faults = opened(browser, path, width, scheme)
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert faults + tab.evaluate(FAULTS) == [], width
    pdf = tab.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 6
