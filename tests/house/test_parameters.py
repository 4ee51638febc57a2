"""Parameters: what is refused, how it is said, what is the same as what."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.errors import InputError
from toolkit.base.settings import settings_of, slices_of
from toolkit.language import catalogue, has
from toolkit.parameters import ITEM_SETTINGS, SETTINGS, Parameters, explanation
from toolkit.publish.parameter_file import changes, listing, to_yaml

ROOT = Path(__file__).parents[2]
EVERY = [*SETTINGS, *ITEM_SETTINGS]


def refusal(*pairs: str, source=None) -> str:
    with pytest.raises(InputError) as caught:
        Parameters.read(source, pairs, language="en")
    return str(caught.value)


@pytest.mark.parametrize(
    ("pair", "nearest"),
    [
        ("tiers.a.min_win_probabilty=0.5", "tiers.a.min_win_probability"),
        ("min_posture=20", "retiering.min_posture"),
        ("focus.top_fith=0.3", "focus.top_fifth"),
        ("yelow_alert.max_days=9", "yellow_alert"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_right_one(pair, nearest):
    message = refusal(pair)
    assert message.startswith(f"unknown parameter {pair[:8]}")
    assert nearest in message.partition("nearest: ")[2].split(", ")


def test_a_name_like_no_other_is_refused_without_a_guess():
    assert "kat parameters" in refusal("zzzzzz=1")


def test_a_value_out_of_range_is_refused_with_its_range_and_a_hint_for_shares():
    message = refusal("tiers.a.min_win_probability=55")
    assert "tiers.a.min_win_probability is 55; it can be 0 … 1" in message
    assert "55 % is written 0.55" in message


def test_everything_wrong_is_said_at_once():
    message = refusal("focus.top_fifth=2", "red_alert.days=none", "yellow_alert.max_day=3")
    assert len(message.splitlines()) == 3


@pytest.mark.parametrize(
    "pair", ["red_alert.days=3.5", "red_alert.fall=yes", "focus=3", "yellow_alert.tiers=[D]", "timezone=Mars/North"]
)
def test_what_is_not_understood_is_refused(pair):
    assert pair.partition("=")[0] in refusal(pair)


@pytest.mark.parametrize("pair", ["tiers.a.min_win_probability", "=0.5", "tiers.a.min_win_probability=[1"])
def test_a_pair_that_is_none_is_refused_with_an_example(pair):
    assert "tiers.a.min_win_probability=0.55" in refusal(pair)


def test_true_is_not_the_number_one():
    with pytest.raises(InputError, match="is true"):
        Parameters.read(overrides={"tiers.a.min_win_probability": True}, language="en")


def test_an_infinite_number_is_refused():
    assert "retiering.max_consumption_ratio" in refusal("retiering.max_consumption_ratio=inf")


def test_shares_that_are_more_than_the_whole_are_refused():
    # 0.80 for A and the default 0.30 for B are 1.10 of every resource
    assert "allocation" in refusal("allocation.share_a=0.8")


def test_dotted_and_nested_names_and_files_say_the_same(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("\ufefftiers:\n  a: {min_win_probability: 0.55}\nyellow_alert.tiers: [A]\n", "utf-8")
    nested = {"tiers": {"a": {"min_win_probability": 0.55}}, "yellow_alert": {"tiers": ["A"]}}
    pairs = ["tiers.a.min_win_probability=0.55", "yellow_alert.tiers=[A]"]
    assert Parameters.read(file) == Parameters.read(nested) == Parameters.read(overrides=pairs)


def test_an_override_wins_over_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("focus: {top_fifth: 0.3, effort_goal: 0.7}\n", "utf-8")
    mine = Parameters.read(file, ["focus.top_fifth=0.25"])
    assert (mine.focus.top_fifth, mine.focus.effort_goal) == (0.25, 0.7)


def test_a_file_keeps_times_and_words_as_they_are_written(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("retiering:\n  cut_off: 17:30\n", "utf-8")
    assert Parameters.read(file).retiering.cut_off == "17:30"


@pytest.mark.parametrize("text", ["- a list", "a: [", "just words"])
def test_a_file_that_is_no_parameter_file_is_refused(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    assert "is not a parameter file" in refusal(source=file)


def test_a_file_that_is_not_there_is_refused():
    assert "no parameter file" in refusal(source="nowhere.yaml")


def test_an_empty_file_is_the_method_as_written(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("# nothing differs\n", "utf-8")
    assert Parameters.read(file) == Parameters()


def test_one_resource_is_set_by_its_name_and_the_others_stay():
    mine = Parameters.read(overrides=["resources.budget.weekly_total=500000"])
    assert [r.weekly_total for r in mine.resources] == [500_000, Parameters().resources[1].weekly_total]


def test_differences_and_departures_name_what_was_changed():
    mine = Parameters.read(overrides={"tiers.a.market_roles": [], "focus.effort_goal": 0.7})
    assert [d.path for d in mine.differences()] == ["tiers.a.market_roles", "focus.effort_goal"]
    assert mine.departures() == ("tiers.a.market_roles",)


def test_the_method_as_written_departs_from_nothing():
    assert Parameters().departures() == ()
    assert Parameters().differences() == ()


def test_the_fingerprint_follows_the_values_and_nothing_else():
    mine = Parameters.read(overrides=["focus.top_fifth=0.2"])
    assert mine.sha256() == Parameters().sha256()
    assert Parameters.read(overrides=["focus.top_fifth=0.3"]).sha256() != mine.sha256()


@given(st.sampled_from([s for s in SETTINGS if s.low is not None and s.high is not None]), st.floats(0, 1))
def test_every_setting_takes_its_bounds_and_refuses_what_lies_beyond(known, beyond):
    for outside in (known.low - 1 - beyond, known.high + 1 + beyond):
        assert known.path in refusal(f"{known.path}={outside}")


@given(st.sampled_from([s for s in SETTINGS if isinstance(s.default, int | float)]), st.floats(0.5, 1.5))
def test_what_differs_makes_the_same_parameters_again(known, factor):
    value = known.default * factor
    wanted = int(value) if isinstance(known.default, int) else value
    try:
        mine = Parameters.read(overrides={known.path: wanted})
    except InputError:
        return
    assert Parameters.read(overrides=changes(mine)) == mine
    assert Parameters.read(mine) == mine


def test_the_committed_file_is_the_defaults_with_their_explanations(tmp_path):
    text = (ROOT / "parameters" / "default.yaml").read_text("utf-8")
    assert text == to_yaml(Parameters()), "run `make docs`"
    assert Parameters.read(ROOT / "parameters" / "default.yaml") == Parameters()


def test_changed_parameters_survive_their_own_file(tmp_path):
    mine = Parameters.read(
        overrides=["tiers.leave_a_below=0.5", "tiers.stage_caps={3: 0.5}", "allocation.floors.A1=0.1"]
    )
    file = tmp_path / "mine.yaml"
    file.write_text(to_yaml(mine), "utf-8")
    assert Parameters.read(file) == mine


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_setting_has_explanation_unit_and_rule(language):
    assert [s.path for s in EVERY if not (s.unit and s.rule)] == []
    assert [s.unit for s in EVERY if not has(f"parameters.unit.{s.unit}", language)] == []
    assert all(explanation(s.path, language) for s in EVERY)


def test_every_explanation_belongs_to_a_setting():
    paths = {s.path.replace(".*.", ".") for s in EVERY}
    said = {key.removeprefix("parameter.") for key in catalogue("en") if key.startswith("parameter.")}
    assert said == paths


def test_every_group_has_a_heading():
    groups = {path.partition(".")[0] for path, _ in slices_of(Parameters)} | {"general", "resources"}
    said = {key.removeprefix("parameters.group.") for key in catalogue("en") if key.startswith("parameters.group.")}
    assert said == groups


def test_every_unit_in_the_catalogue_is_used():
    said = {key.removeprefix("parameters.unit.") for key in catalogue("en") if key.startswith("parameters.unit.")}
    assert said == {s.unit for s in EVERY}


def test_every_bounded_setting_says_its_range():
    assert [s.path for s in settings_of(Parameters) if isinstance(s.default, float) and not s.range] == []


def test_the_listing_marks_what_differs_and_names_what_departs():
    mine = Parameters.read(overrides=["tiers.a.min_strategic_weight=0"])
    text = [line.text for line in listing(mine, "en")]
    assert any(line.startswith("● tiers.a.min_strategic_weight: 0") for line in text)
    assert any(line.startswith("Departs from the method:") for line in text)


def test_an_unknown_resource_is_refused_by_name_and_not_invented():
    with pytest.raises(InputError, match=r"resources\.persondays.*resources\.person_days"):
        Parameters.read(overrides=["resources.persondays.weekly_total=80"], language="en")
