"""What the panel says."""

import pytest

from tests.widgets.team import team
from toolkit.language import has
from toolkit.widgets.threshold_model import PATHS, ThresholdModel
from toolkit.widgets.threshold_words import ThresholdWords, departures, inside, outside, shown

A_LINE, WEEKS = "tiers.a.min_win_probability", "demotion.weeks"


@pytest.fixture
def model(tmp_path):
    return ThresholdModel(team(tmp_path / "data"))


def why(model, language="en"):
    words = ThresholdWords(model.outcome, language)
    return [words.why(move) for move in model.outcome.moves.itertuples(index=False)]


def test_at_first_it_says_how_things_stand_and_how_to_begin(model):
    words = ThresholdWords(model.outcome, "en")
    assert words.headline() == "With the parameters in force: 1 in A, 2 in B, 2 in C"
    assert words.extremes().startswith("Move any slider")


def test_who_rises_and_why(model):
    model.set(A_LINE, 0.55)
    assert why(model) == ["Win probability 57%, reaches A's 55% (in force 60%)"]
    assert why(model, "zh") == ["成交概率57%，达到A类的55%（现行60%）"]


def test_who_falls_and_why(model):
    model.set("tiers.b.min_win_probability", 0.36)
    assert why(model) == ["Win probability 35%, below B's 36% (in force 30%)"]
    model.reset()
    model.set("tiers.a.min_strategic_weight", 90)
    assert why(model) == ["Strategic weight 85, below 90 (in force 80)"]


def test_the_stalled_account_and_the_limit(model):
    model.set(WEEKS, 3)
    assert why(model) == ["2 weeks without progress, short of 3 (in force 2)"]
    assert why(model, "zh") == ["2周无进展，未到3周（现行2周）"]


def test_the_headline_names_moves_and_money(model):
    model.set(A_LINE, 0.55)
    # 134,118 of 400,000 is 34 %
    assert (
        ThresholdWords(model.outcome, "en").headline() == "1 account moves up; Budget: ¥134k (34%) would go elsewhere"
    )
    assert ThresholdWords(model.outcome, "zh").headline() == "1家升级；预算有13.4万（34%）换了去处"
    assert ThresholdWords(model.outcome, "en").extremes() == "Lanhai gains ¥74.3k; Shuguang gives up ¥134k."


def test_a_signal_alone_moves_nobody_and_nothing(model):
    model.set("retiering.min_posture", 20)
    assert ThresholdWords(model.outcome, "en").headline() == "Nobody moves; the allocation stays as it is"
    assert ThresholdWords(model.outcome, "en").extremes() == ""


def test_departures_from_the_method_are_said(model):
    assert departures(model, "en") == []
    model.set("allocation.share_a", 0.4)
    assert len(departures(model, "en")) == 1


def test_a_person_sets_per_cent(model):
    control = model.controls[0]
    assert inside(control, 0.57) == 57.0
    assert outside(control, 57.0) == 0.57
    assert shown(control, 0.57, "zh") == shown(control, 0.57, "en") == "57%"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_its_words(model, language):
    for control in model.controls:
        assert has(f"threshold.label.{control.path}", language)
        assert has(f"parameter.{control.path}", language)
        for choice in control.choices:
            assert has(f"threshold.choice.{choice}", language)
    assert len(model.controls) == len(PATHS)
