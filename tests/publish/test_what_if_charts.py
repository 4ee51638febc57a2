"""The what-if's charts: one drawing for light, dark and print; nothing covered; what is uncertain looks so."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.publish.example_what_if import calibrated, example
from tests.publish.test_charts import clashes, words_of
from toolkit.publish.charts import LIGHT, Look
from toolkit.publish.charts.bands import bands
from toolkit.publish.charts.forest import forest
from toolkit.publish.charts.forest import height_of as forest_height
from toolkit.publish.charts.migration import height_of as migration_height
from toolkit.publish.charts.migration import migration
from toolkit.publish.charts.price import height_of as price_height
from toolkit.publish.charts.price import ordered, price
from toolkit.publish.charts.reliability import reliability
from toolkit.publish.charts.response import MOST, chosen
from toolkit.publish.charts.style import VARIABLES, blank, svg
from toolkit.publish.charts.tornado import tornado
from toolkit.publish.charts.tuner import tuner
from toolkit.publish.charts.what_if import CHARTS, WON

REPORT = example("en")
TITLES = REPORT.names["scenarios"]
NAMES = REPORT.names["accounts"]


def drawn(draw, width, height, size="l"):
    """The axes after drawing."""
    _, ax = blank(width, height)
    draw(ax, Look("en", LIGHT, size))
    return ax


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_draws_on_the_axes_it_is_given_without_covering_words(name, language):
    chart = CHARTS[name](example(language))
    for size, (width, height) in chart.sizes.items():
        _, ax = blank(width, height)
        assert chart.draw(ax, Look(language, LIGHT, size)) is ax
        assert clashes(ax) == [], size
        inside = [0 <= t.get_position()[1] <= height for t in ax.texts]
        assert all(inside), size


def won(report=REPORT):
    frame = report.evidence["forecast"]
    return frame[frame.figure == WON]


def test_scenarios_are_drawn_in_their_order_the_failed_with_their_reason():
    frame = won()
    words = words_of(drawn(lambda ax, look: forest(frame, ax, look, TITLES, "a_line_55"), 1080,
                           forest_height(frame, "l")))  # fmt: skip
    told = [w for w in words if w in TITLES.values()]
    assert told == list(TITLES.values())
    assert {"failed", "no effect", "¥48.2M in all", "+¥3.12M", "−¥2.31M", "0"} <= set(words)
    assert any(w.startswith("the floor 0.20 of account zhongyuan") for w in words)


def test_the_thick_line_is_the_simulations_error_and_the_thin_one_all_of_it():
    frame = won()
    ax = drawn(lambda ax, look: forest(frame, ax, look, TITLES, "a_line_55"), 1080, forest_height(frame, "l"))
    ours = [line for line in ax.lines if line.get_color() == LIGHT.A and len(line.get_xdata()) == 2]
    spans = {width: [line for line in ours if line.get_linewidth() == width] for width in (7.0, 1.5)}
    assert {width: len(found) for width, found in spans.items()} == {7.0: 1, 1.5: 1}
    thick, thin = (float(np.ptp(spans[width][0].get_xdata())) for width in (7.0, 1.5))
    # 2 x 46 against 208 + 1.15 x 208
    assert thin / thick == pytest.approx(208 * 2.15 / 92, rel=1e-6)


def test_no_scenario_but_the_baseline_is_drawn_all_the_same():
    frame = won()[:1]
    words = words_of(drawn(lambda ax, look: forest(frame, ax, look, TITLES, ""), 1080, forest_height(frame, "l")))
    assert "As it is" in words


@pytest.mark.parametrize(("report", "hatched"), [(REPORT, True), (calibrated("en"), False)])
def test_bands_without_a_record_that_stands_are_hatched_and_say_so(report, hatched):
    chart = CHARTS["bands"](report)
    ax = drawn(chart.draw, *chart.sizes["l"])
    assert any(c.get_hatch() for c in ax.collections) is hatched
    assert ("uncalibrated" in words_of(ax)) is hatched
    assert chart.description.startswith("uncalibrated") is hatched


def test_labels_of_lines_that_end_together_are_moved_apart():
    frame = REPORT.evidence["bands"]
    same = frame[(frame.figure == WON) & frame.scenario.isin(["baseline", "spill"])]
    ax = drawn(lambda ax, look: bands(same, ax, look, TITLES, "baseline", calibrated=True), 1080, 300)
    assert clashes(ax) == []


def test_one_week_ahead_is_drawn_too():
    frame = REPORT.evidence["bands"]
    one = frame[(frame.figure == WON) & (frame.week_ending == frame.week_ending.min())]
    one = one[one.scenario.isin(["baseline", "a_line_55"])]
    assert words_of(drawn(lambda ax, look: bands(one, ax, look, TITLES, "baseline", calibrated=True), 326, 270, "s"))


def prices():
    return REPORT.evidence["price_plans"], REPORT.evidence["robustness"]


def test_the_optimum_comes_first_then_the_plans_by_worth_the_failed_last():
    order = ["optimum", "best_split", "expected_value", "value", "my_plan", "equal", "current", "optimal"]
    assert ordered(prices()[0]).plan.tolist() == order


def test_the_rule_in_force_is_bracketed_with_its_cost():
    plans, wrong = prices()
    words = words_of(drawn(lambda ax, look: price(plans, wrong, ax, look), 508, price_height(plans, wrong)))
    assert "costs 8.3%" in words and "failed: limits cannot all hold" in words


def test_without_a_rule_in_force_and_without_errors_nothing_is_bracketed():
    plans, wrong = prices()
    plans, wrong = plans.assign(in_force=False), wrong.iloc[:0]
    words = words_of(drawn(lambda ax, look: price(plans, wrong, ax, look), 508, price_height(plans, wrong)))
    assert not any("costs" in w or "wrong" in w for w in words)


def test_whom_the_optimum_would_give_most_more_and_most_less_is_drawn():
    points = REPORT.evidence["points"]
    shown = chosen(points, "expected_value")
    effort = points.pivot_table(index="account_id", columns="plan", values="effort")
    change = (effort.optimum - effort.expected_value).sort_values()
    assert shown == [*change.index[:-5:-1], *change.index[:4]] and len(shown) == MOST
    less = points[points.account_id.isin([*change.index[:6], change.index[-1]])]
    assert chosen(less, "expected_value") == [change.index[-1], *change.index[:6]], "the other half fills the room"


def test_both_ends_of_a_range_on_one_side_stand_above_each_other():
    frame = pd.DataFrame(
        {"path": ["x"], "low": [0.0], "high": [1.0], "at_low": [12.0], "at_high": [11.0], "base": [10.0]}
    )
    ax = drawn(lambda ax, look: tornado(frame, ax, look, "wins", {"x": "x"}, {"x": ("0", "1")}), 508, 160)
    boxes = sorted(patch.get_y() for patch in ax.patches)
    assert len(boxes) == 2 and boxes[1] - boxes[0] == pytest.approx(14.0)


def test_a_bin_that_stands_for_too_few_is_hollow():
    frame = pd.DataFrame({"stated": [0.3, 0.7], "share": [0.2, 0.6], "low": [0.1, 0.3], "high": [0.4, 0.8],
                          "n": [3, 30], "state": ["cannot_judge", "good"]})  # fmt: skip
    ax = drawn(lambda ax, look: reliability(frame, ax, look, "stated, %", "won, %"), 508, 330)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() for dot in dots] == [LIGHT.card, LIGHT.B]


def test_names_beside_the_flow_stay_clear_of_the_next_tier():
    counts, movers = REPORT.evidence["migration"], REPORT.evidence["movers"]
    many = pd.concat([movers.assign(account_id=movers.account_id + str(n)) for n in range(3)], ignore_index=True)
    for frame in (movers, many, movers.iloc[:0]):
        ax = drawn(lambda ax, look, f=frame: migration(counts, f, ax, look, NAMES), 520, migration_height(frame))
        assert clashes(ax) == []


def test_a_long_record_of_many_accounts_still_fits():
    counts = REPORT.evidence["migration"].assign(account_weeks=lambda f: f.account_weeks * 20)
    movers = REPORT.evidence["movers"]
    ax = drawn(lambda ax, look: migration(counts, movers, ax, look, NAMES), 520, migration_height(movers))
    assert max(patch.get_extents().y1 for patch in ax.patches if hasattr(patch, "get_extents")) <= 480
    assert "18,680" not in words_of(ax) and "18560" in words_of(ax)


def test_the_reading_in_force_is_marked_and_a_reading_never_simulated_is_left_out():
    frame = REPORT.evidence["tuner"].copy()
    frame.loc[1, ["false_alarms_year", "false_low", "false_high", "detected", "by_chance"]] = float("nan")
    words = words_of(drawn(lambda ax, look: tuner(frame, ax, look, frame.reading.tolist()), 508, 206))
    assert "in force" in words and "cumulative" in words and "97%" not in words


def test_names_with_signs_are_neither_formulas_nor_markup():
    evil = dict.fromkeys(TITLES, "$x^2$ <b>&")
    report = replace(REPORT, names={**REPORT.names, "scenarios": evil})
    figure, ax = blank(326, 600)
    CHARTS["forest"](report).draw(ax, Look("en", VARIABLES, "s"))
    drawing = svg(figure, "<b>", "&", "s")
    assert "$x^2$ &lt;b&gt;&amp;" in drawing and "<b>" not in drawing


def test_a_scenario_that_changes_the_red_alert_stands_beside_the_readings():
    chart = CHARTS["tuner"](REPORT)
    words = words_of(drawn(chart.draw, *chart.sizes["s"], "s"))
    assert words.count("in force") == 1
    assert any(w.startswith("Red alert at a fall of 8%") for w in words)
