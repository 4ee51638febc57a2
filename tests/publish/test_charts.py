"""Charts: one drawing for light, dark and print; nothing covered; nothing hidden without a word."""

import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from tests.publish.example_report import example
from toolkit.publish.charts import LIGHT, Look, dumbbell, focus_curve, indicator, margin, spark, tier_flow
from toolkit.publish.charts.dumbbell import height_of as dumbbell_height
from toolkit.publish.charts.style import FAMILY, VARIABLES, blank, fit, lines, register_fonts, svg, text_width
from toolkit.publish.charts.tier_flow import height_of as flow_height
from toolkit.publish.charts.weekly import CHARTS

REPORT = example("en")
NAMES = REPORT.names["accounts"]


def words_of(ax):
    return [t.get_text() for t in ax.texts]


def clashes(ax):
    """Pairs of words whose estimated boxes overlap."""
    boxes = []
    for t in ax.texts:
        x, y = t.get_position()
        size = t.get_fontsize()
        long = text_width(t.get_text(), size) * 0.92
        left = {"left": x, "center": x - long / 2, "right": x - long}[t.get_ha()]
        boxes.append((left, left + long, y - size * 0.45, y + size * 0.45, t.get_text()))
    return [
        (a[4], b[4])
        for n, a in enumerate(boxes)
        for b in boxes[n + 1 :]
        if min(a[1], b[1]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[2], b[2]) > 2
    ]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_draws_on_the_axes_it_is_given_without_covering_words(name, language):
    chart = CHARTS[name](example(language))
    for size, (width, height) in chart.sizes.items():
        _, ax = blank(width, height)
        assert chart.draw(ax, Look(language, LIGHT, size)) is ax
        assert clashes(ax) == [], size


@pytest.mark.parametrize("name", CHARTS)
def test_one_drawing_serves_light_dark_and_print(name):
    for drawing in CHARTS[name](REPORT).svgs():
        assert "var(--" in drawing
        assert not re.search(r"#[0-9a-fA-F]{6}\b", drawing), "a colour that no theme can change"
        assert "font-family" not in drawing
        assert not re.search(r"\b(nan|inf)\b", drawing)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_on_its_own_draws_its_title_and_is_the_same_every_time(name):
    chart = CHARTS[name](REPORT)
    title = "".join(t.get_text() for t in chart.figure().axes[0].texts)
    assert chart.title.replace(" ", "") in title.replace(" ", "")
    light = chart.png(scale=1)
    assert chart.png(scale=1) == light != chart.png(dark=True, scale=1)


def test_drawing_leaves_matplotlibs_settings_alone():
    before = dict(mpl.rcParams)
    CHARTS["margin"](REPORT).svgs()
    CHARTS["margin"](REPORT).png(scale=1)
    assert dict(mpl.rcParams) == before


def movers(n, to="C"):
    ids = [f"a{k:02d}" for k in range(n)]
    moves = pd.DataFrame({"account_id": ids, "from_tier": "B", "to_tier": to, "direction": "down"})
    flow = pd.DataFrame({"from_tier": ["A", "B", "B", "C"], "to_tier": ["A", "B", to, "C"], "count": [8, 10, n, 30]})
    return flow, moves


@pytest.mark.parametrize(("n", "told", "more"), [(1, 1, None), (8, 8, None), (9, 9, None), (13, 8, "and 5 more")])
def test_beyond_eight_movers_the_rest_are_counted(n, told, more):
    flow, moves = movers(n)
    _, ax = blank(520, flow_height(moves))
    words = words_of(tier_flow(flow, moves, ax, Look("en"), {}))
    assert sum(w.startswith("a") and w[1:].isdigit() for w in words) == told
    assert (more in words) if more else not any("more" in w for w in words)
    assert clashes(ax) == []


def test_new_and_closed_accounts_need_no_ribbon():
    flow = pd.DataFrame({"from_tier": ["A", "", "B"], "to_tier": ["A", "C", ""], "count": [3, 2, 1]})
    moves = pd.DataFrame(columns=["account_id", "from_tier", "to_tier", "direction"])
    _, ax = blank(520, 400)
    words = words_of(tier_flow(flow, moves, ax, Look("en"), {}))
    # A 3 and 3, B 1 then 0, C 0 then 2
    assert [w for w in words if w.isdigit()] == ["3", "1", "0", "3", "0", "2"]


def test_who_did_not_change_shares_one_row_a_tier():
    frame = REPORT.evidence["dumbbell"]
    _, ax = blank(508, dumbbell_height(frame))
    words = words_of(dumbbell(frame, ax, Look("en"), NAMES))
    assert "4 unchanged" in words and "11 unchanged" in words
    assert "Delta Rail" in words and "+11" in words and "Beichen Aero" in words and "−11" in words
    assert "Tianshu Storage" not in words


def test_the_reserve_is_drawn_last():
    frame = REPORT.evidence["dumbbell"]
    _, ax = blank(508, dumbbell_height(frame))
    dumbbell(frame, ax, Look("en"), NAMES)
    heights = {t.get_text(): t.get_position()[1] for t in ax.texts}
    assert heights["Reserve"] > heights["Jinbei Mining"] > heights["Beichen Aero"]


def test_the_lines_of_the_margin_chart_come_with_the_frame():
    frame = REPORT.evidence["margins"].replace({"threshold": {0.6: 0.55}})
    _, ax = blank(508, 590)
    words = words_of(margin(frame, ax, Look("en"), NAMES))
    assert "A line 55%" in words and "B line 30%" in words and "A line 60%" not in words


def test_the_line_breaks_over_a_holiday_and_runs_on_over_weekends():
    days = pd.date_range("2026-11-02", "2026-11-20")
    value = np.where(days.day_of_week < 5, 50.0, np.nan)
    daily = pd.DataFrame({"day": days, "value": value, "public_holiday": False})
    spells = REPORT.evidence["indicator_spells"].iloc[:0]

    def pieces(frame):
        _, ax = blank(1080, 280)
        indicator(frame, spells, ax, Look("en"))
        return sum(line.get_linewidth() == 1.75 for line in ax.lines)

    assert pieces(daily) == 1
    holiday = daily.assign(public_holiday=daily.day == "2026-11-11")
    holiday.loc[holiday.public_holiday, "value"] = np.nan
    assert pieces(holiday) == 2
    silent = daily.copy()
    silent.loc[silent.day == "2026-11-11", "value"] = np.nan
    assert pieces(silent) == 2


def test_a_missing_week_breaks_the_spark_and_no_weeks_draw_nothing():
    drawn = spark([1.0, None, 3.0, 2.0], blank(222, 40)[1], Look()).lines
    assert np.isnan(drawn[0].get_ydata()).tolist() == [False, True, False, False]
    assert len(spark([None, None], blank(222, 40)[1], Look()).lines) == 0


def test_the_spark_tells_its_lowest_and_highest_to_those_who_cannot_see_it():
    from toolkit.publish.weekly_page import fragment

    told = re.findall(r"<desc[^>]*>([^<]+)</desc>", fragment(REPORT, "figures"))
    assert told[0] == "Gap to quarter target, 8 weeks, lowest ¥8.9M, highest ¥23.8M"


def test_the_focus_curve_marks_the_fifth_and_says_both_shares():
    _, ax = blank(508, 250)
    words = words_of(focus_curve(REPORT.evidence["focus"], ax, Look("en")))
    # 0.2 ** 0.45 = 0.4847, 0.2 ** 0.3 = 0.6170
    assert {"48% of effort", "62% of output", "top 12", "all 60"} <= set(words)


def test_names_with_signs_are_neither_formulas_nor_markup():
    figure, ax = blank(326, 590)
    evil = dict.fromkeys(NAMES, "$x^2$ <b>&")
    margin(REPORT.evidence["margins"], ax, Look("en", VARIABLES, "s"), evil)
    drawing = svg(figure, "<b>", "&", "s")
    assert "$x^2$ &lt;b&gt;&amp;" in drawing and "<b>" not in drawing


def test_the_shipped_font_holds_rare_name_characters():
    register_fonts()
    regular = font_manager.findfont(font_manager.FontProperties(family=FAMILY, weight=400))
    characters = FT2Font(regular).get_charmap()
    assert all(ord(letter) in characters for letter in "喆镕垚中原重工→−▲◆¥÷×")


def test_words_are_cut_and_broken_to_a_width():
    assert fit("Zhongyuan Heavy Machinery Group", 80).endswith("…")
    assert all(
        text_width(line) <= 200 for line in lines("资源效能比又连降两天；10月底那次触发了红色警报，7天后才恢复", 200)
    )


def test_a_plan_that_was_met_does_not_claim_a_leak():
    plan = REPORT.evidence["plan_actual"].assign(actual_share=[0.7, 0.3, 0.0])
    met = CHARTS["plan_actual"](replace(REPORT, evidence={**REPORT.evidence, "plan_actual": plan}))
    assert met.title == "A got its planned share"
