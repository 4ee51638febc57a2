"""The map of a decision chain: where people stand, who is folded away, and that it reads."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import FancyArrowPatch

from tests.publish.test_charts import clashes, words_of
from toolkit.publish.charts.chain_layout import MOST, placed, superiors
from toolkit.publish.charts.chain_map import chain_map, height_of
from toolkit.publish.charts.style import Look, blank


def people(n, bosses=None, **more):
    ids = [f"P{k:02d}" for k in range(n)]
    boss = bosses or [None, *(ids[(k - 1) // 4] for k in range(1, n))]
    frame = pd.DataFrame(
        {"person_id": ids, "reports_to": boss, "label": [f"总工程师 王{k:02d}" for k in range(n)], "said": "使用",
         "influence": [90.0 - k for k in range(n)], "reached": [k % 5 == 3 for k in range(n)],
         "stance": [[2.0, 0.0, -1.0, np.nan][k % 4] for k in range(n)], "key": [k < 4 for k in range(n)],
         "ring": [k < 2 for k in range(n)]}
    )  # fmt: skip
    return frame.assign(**more)


def drawn(frame, width=720, ways=(), chosen="", language="zh"):
    _, ax = blank(width, height_of(frame, width, language, ways, chosen))
    return chain_map(frame, list(ways), chosen, ax, Look(language, size="l" if width > 500 else "s"))


@pytest.mark.parametrize("width", [720, 326])
@pytest.mark.parametrize("n", [1, 5, 25, 26, 40])
def test_no_words_touch_at_any_size(n, width):
    assert clashes(drawn(people(n), width)) == []


def test_twenty_five_people_stand_there_all_of_twenty_six_some_are_folded():
    assert sum("王" in word for word in words_of(drawn(people(25)))) == 25
    words = words_of(drawn(people(26)))
    assert sum("王" in word for word in words) < 26
    assert any("另有" in word for word in words)


def test_of_forty_people_the_key_ones_stay_and_nobody_is_lost():
    frame = people(40)
    places = placed(
        dict(zip(frame["person_id"], frame["reports_to"], strict=True)), {f"P{k:02d}": 9.0 for k in range(4)}
    )
    shown = {place.person_id for place in places if place.person_id}
    away = [person for place in places for person in place.folded]
    assert {"P00", "P01", "P02", "P03"} <= shown
    assert len(places) <= MOST
    assert sorted([*shown, *away]) == frame["person_id"].tolist()


def test_who_is_chosen_is_never_folded():
    assert any("王39" in word for word in words_of(drawn(people(40), chosen="P39")))


def test_nobody_is_folded_away_alone():
    frame = people(40)
    places = placed(dict(zip(frame["person_id"], frame["reports_to"], strict=True)), {})
    assert all(len(place.folded) != 1 for place in places)


@st.composite
def trees(draw):
    n = draw(st.integers(1, 60))
    ids = [f"P{k:02d}" for k in range(n)]
    return {one: draw(st.sampled_from([None, "elsewhere", *ids])) for one in ids}


@given(trees())
def test_any_reporting_lines_circles_too_give_everybody_one_row(bosses):
    above = superiors(bosses)
    for person in above:
        seen, here = set(), person
        while here:
            assert here not in seen
            seen.add(here)
            here = above[here]
    places = placed(bosses, {})
    everybody = [place.person_id for place in places if place.person_id] + [p for q in places for p in q.folded]
    assert sorted(everybody) == sorted(bosses)
    assert len({place.line for place in places}) == len(places)
    spots = [(place.column, place.row) for place in places]
    assert len(set(spots)) == len(spots)


def test_a_way_is_drawn_along_the_reporting_line_or_as_a_bow():
    plain = len(drawn(people(6)).patches)
    assert len(drawn(people(6), ways=[["P03", "P00"]]).patches) == plain + 1
    assert len(drawn(people(6), ways=[["P03", "P05"]]).patches) == plain + 1


def inside(ax):
    """Whether every line and patch lies on the canvas."""
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    lines = [line.get_xydata() for line in ax.get_lines()]
    heads = [patch.get_path().vertices for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    return all(
        (spots[:, 0] >= left).all()
        and (spots[:, 0] <= right).all()
        and (spots[:, 1] >= low).all()
        and (spots[:, 1] <= high).all()
        for spots in (*lines, *heads)
    )


@pytest.mark.parametrize("width", [720, 326])
@pytest.mark.parametrize("n", [5, 40])
def test_every_way_stays_on_the_drawing(n, width):
    ids = [f"P{k:02d}" for k in range(n)]
    ways = [[ids[3], ids[k]] for k in range(n) if k != 3]
    assert inside(drawn(people(n), width, ways)) and clashes(drawn(people(n), width, ways)) == []
    assert inside(drawn(people(n, bosses=[None] * n), width, ways))


def test_nobody_on_a_way_is_folded_and_no_step_of_it_is_left_out():
    way = ["P03", "P39", "P38", "P37"]
    ax = drawn(people(40), ways=[way])
    assert all(any(f"王{person[1:]}" in word for word in words_of(ax)) for person in way)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in ax.patches) == 3


def test_on_a_wide_outline_forty_people_fit_a_page():
    ids = [f"P{k:02d}" for k in range(40)]
    deep = people(40, bosses=[None, *(ids[max(0, k - 3)] for k in range(1, 40))])
    assert height_of(deep, 720, "zh") < 900 < height_of(deep, 326, "zh")
