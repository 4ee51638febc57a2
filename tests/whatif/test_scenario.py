"""Scenarios: strict reading, files that read back equal, and the eight to begin with."""

import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.base import places
from toolkit.base.errors import InputError
from toolkit.parameters import SETTINGS, Parameters
from toolkit.whatif import scenario as rooms
from toolkit.whatif.scenario import (
    STOCK,
    Scenario,
    baseline,
    departs,
    distinct,
    from_overrides,
    is_slug,
    parameters_of,
    read_scenario,
    save,
    scenario_of,
    stock,
)

LINE = "tiers.a.min_win_probability"
BOUNDED = [s for s in SETTINGS if isinstance(s.default, float) and s.low is not None and s.high is not None]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """A working folder without scenarios of its own."""
    monkeypatch.chdir(tmp_path)


def written(folder, name, text):
    file = folder / f"{name}.yaml"
    file.write_text(text, "utf-8")
    return file


def refusal(call, *arguments, **named):
    with pytest.raises(InputError) as caught:
        call(*arguments, **named, language="en")
    return str(caught.value)


# The stock


def test_the_stock_is_the_eight_that_a_team_tries_first():
    found = stock()
    assert tuple(scenario.name for scenario in found) == STOCK
    assert len(found) == 8


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("a_line_55", "tiers.a.min_win_probability", 0.55),
        ("weight_75", "tiers.a.min_strategic_weight", 75),
        ("split_60_40", "allocation.share_b", 0.40),
        ("split_80_20", "allocation.share_b", 0.20),
        ("demotion_3_weeks", "demotion.weeks", 3),
        ("spill", "allocation.empty_tier", "spill"),
        ("optimal_inside", "allocation.inside", "optimal"),
        ("red_alert_8", "red_alert.fall", 0.08),
    ],
)
def test_a_stock_scenario_changes_what_its_name_says_and_nothing_else(name, path, value):
    scenario = read_scenario(name)
    changed = {d.path: d.value for d in parameters_of(scenario, Parameters()).differences()}
    assert changed[path] == value
    assert len(changed) == (2 if name.startswith("split") else 1)
    assert departs(scenario, Parameters())


def test_stock_scenarios_are_told_in_both_languages():
    for scenario in stock():
        assert all(scenario.title[language] and scenario.note[language] for language in ("zh", "en"))
        assert not any("一" <= sign <= "鿿" for sign in scenario.title["en"] + scenario.note["en"])


def test_the_baseline_changes_nothing():
    assert parameters_of(baseline(), Parameters()) == Parameters()
    assert not departs(baseline(), Parameters())
    assert read_scenario("baseline") == baseline()


def test_an_installed_package_finds_its_scenarios_inside_itself(monkeypatch, tmp_path):
    (tmp_path / "toolkit" / "scenarios").mkdir(parents=True)
    written(tmp_path / "toolkit" / "scenarios", "mine", f"changes: {{{LINE}: 0.5}}")
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "toolkit")
    assert [scenario.name for scenario in stock()] == ["mine"]


def test_a_broken_installation_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "toolkit")
    with pytest.raises(FileNotFoundError, match="install it again"):
        places.scenarios()


# The working folder's own


def test_ones_own_scenarios_come_after_the_stock_and_win_by_name():
    save(from_overrides("zz", [f"{LINE}=0.5"]))
    save(scenario_of("a_line_55", {LINE: 0.54}), replace=True)
    found = {scenario.name: scenario for scenario in stock()}
    assert list(found) == [*STOCK[1:], "a_line_55", "zz"]
    assert found["a_line_55"].changes == {LINE: 0.54} == read_scenario("a_line_55").changes


def test_scenarios_are_found_from_a_folder_below(monkeypatch, tmp_path):
    file = save(from_overrides("mine", [f"{LINE}=0.5"])).resolve()
    (tmp_path / "notebooks" / "apps").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "apps")
    assert read_scenario("mine").changes == {LINE: 0.5}
    assert save(from_overrides("mine", [f"{LINE}=0.4"])) == file


def test_a_folder_is_listed_by_order_then_name(tmp_path):
    for name, order in (("b", 2), ("a", 2), ("c", 1)):
        written(tmp_path, name, f"order: {order}\nchanges: {{{LINE}: 0.5}}")
    assert [scenario.name for scenario in stock(tmp_path)] == ["c", "a", "b"]


def test_an_empty_or_missing_folder_holds_no_scenario(tmp_path):
    assert stock(tmp_path) == () == stock(tmp_path / "nowhere")


# Reading


def test_changes_may_be_nested_or_dotted(tmp_path):
    nested = written(tmp_path, "nested", "changes:\n  tiers:\n    a:\n      min_win_probability: 0.5\n")
    dotted = written(tmp_path, "dotted", f"changes:\n  {LINE}: 0.5\n")
    assert read_scenario(nested).changes == read_scenario(dotted).changes == {LINE: 0.5}


def test_one_text_stands_for_both_languages_and_a_missing_one_is_the_other(tmp_path):
    one = read_scenario(written(tmp_path, "one", "title: Lower\nnote: {en: Try it}\n"))
    assert one.title == {"zh": "Lower", "en": "Lower"}
    assert one.note == {"zh": "Try it", "en": "Try it"}
    assert read_scenario(written(tmp_path, "none", "changes: {}\n")).title == {"zh": "none", "en": "none"}


def test_a_resource_is_changed_by_its_name():
    scenario = from_overrides("more", {"resources": {"budget": {"weekly_total": "500000"}}})
    assert scenario.changes == {"resources.budget.weekly_total": 500_000.0}
    changed = parameters_of(scenario, Parameters()).resources
    assert [r.weekly_total for r in changed] == [500_000.0, 60.0]


def test_a_resource_of_ones_own_is_judged_with_the_base():
    # the base has a resource that the default does not: read without complaint, refused where there is none
    base = Parameters.read(overrides={"resources": [{"name": "travel", "weekly_total": 10}]})
    scenario = from_overrides("more", ["resources.travel.weekly_total=20"])
    assert parameters_of(scenario, base).resources[0].weekly_total == 20
    assert "travel" in refusal(parameters_of, scenario, Parameters())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("change: {}", "change, which is not understood; it can hold: changes"),
        ("changes: {tiers.a.min_win_probabilty: 0.5}", "nearest: tiers.a.min_win_probability"),
        ("changes: {tiers.a.min_win_probability: 55}", "55 % is written 0.55"),
        ("changes: {tiers.a.min_win_probability: high}", "is high; it can be 0 … 1"),
        ("changes: {demotion.weeks: 2.5}", "demotion.weeks is 2.5"),
        ("changes: {demotion.weeks: true}", "demotion.weeks is true"),
        ("changes: {allocation.inside: fair}", "equal | value | expected_value | optimal"),
        ("changes: {red_alert.fall: .nan}", "red_alert.fall is .nan"),
        ("changes: {scores.money_high: .inf}", "scores.money_high is .inf"),
        ("changes: {tirs: {}}", "unknown parameter tirs"),
        ("changes: {tiers: 3}", "tiers is 3"),
        ("changes: {resources.budget.weekly: 3}", "resources.*.weekly_total"),
        ("changes: [1]", "changes"),
        ("changes: {}\nchanges: {}", "changes: 2x"),
        ("changes: {demotion.weeks: 2, demotion.weeks: 3}", "demotion.weeks: 2x"),
        ("title: {fr: Bas}", "zh and en"),
        ("title: [a]", "zh and en"),
        ("order: soon", "order: soon"),
        ("changes: {", "not a scenario file"),
        ("- 1", "not a scenario file"),
        ("", "not a scenario file"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_its_name_and_the_reason(tmp_path, text, said):
    message = refusal(read_scenario, written(tmp_path, "mine", text))
    assert said in message
    assert "mine.yaml" in message


def test_a_true_where_true_is_due_passes():
    assert from_overrides("mine", ["resources.person_days.whole=false"]).changes == {
        "resources.person_days.whole": False
    }


def test_no_name_leaves_the_folder():
    for name in ("../a", "a/b", "a\\b", ".", "..", "", " a", "a.b", "-a", "a-", "A", "a" * 65, "C:"):
        assert not is_slug(name)
        assert "cannot name a scenario" in refusal(scenario_of, name, {})
        with pytest.raises(ValueError, match="slug"):
            Scenario(name=name, title={"zh": "", "en": ""}, changes={})


def test_a_chinese_name_is_a_name():
    assert is_slug("a类门槛放宽") and is_slug("a-1_b")


def test_an_unknown_name_is_told_the_nearest():
    assert "a_line_55" in refusal(read_scenario, "a_line_5")
    assert "baseline, a_line_55" in refusal(read_scenario, "xyzzy")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "cannot be read" in refusal(read_scenario, tmp_path / "none.yaml")


def test_two_scenarios_of_one_name_are_refused(tmp_path):
    one = from_overrides("one", {LINE: 0.5})
    assert distinct([one]) == (one,)
    assert "two scenarios are named one" in refusal(distinct, [one, one])
    written(tmp_path, "same", "changes: {}")
    (tmp_path / "same.yml").write_text("changes: {}", "utf-8")
    assert "two scenarios are named same" in refusal(stock, tmp_path)


def test_a_pair_that_is_none_is_refused():
    for text in ("tiers.a", "=0.5", "demotion.weeks", "demotion.weeks=[1"):
        assert text in refusal(from_overrides, "mine", [text])


# The parameters it makes


@pytest.mark.parametrize(
    ("base", "changes", "shares"),
    [
        ({}, {"allocation.share_a": 0.8}, (0.8, 0.2)),
        ({}, {"allocation.share_b": 0.5}, (0.5, 0.5)),
        ({"allocation.share_a": 0.6}, {"allocation.share_a": 0.5}, (0.5, 0.4)),  # .9 in all, as before
        ({"allocation.share_a": 0.6}, {"allocation.share_a": 0.95}, (0.95, 0.0)),  # more than both had
        ({}, {"allocation.share_a": 0.5, "allocation.share_b": 0.3}, (0.5, 0.3)),  # both said: both taken
        ({}, {"demotion.weeks": 3}, (0.7, 0.3)),
    ],
)
def test_the_other_share_moves_so_that_both_add_up_as_before(base, changes, shares):
    found = parameters_of(scenario_of("mine", changes), Parameters.read(overrides=base)).allocation
    assert (found.share_a, found.share_b) == pytest.approx(shares, abs=1e-12)


def test_what_does_not_fit_the_base_is_refused_there():
    scenario = from_overrides("mine", ["tiers.leave_a_below=0.65"])  # above A's line of .60, below one of .70
    assert "leave_a_below" in refusal(parameters_of, scenario, Parameters())
    high = Parameters.read(overrides={LINE: 0.7})
    assert parameters_of(scenario, high).tiers.leave_a_below == 0.65


def test_a_scenario_of_the_base_s_own_values_does_not_depart():
    assert not departs(from_overrides("mine", {LINE: 0.6}), Parameters())


# Saving


numbers = st.sampled_from(BOUNDED).flatmap(
    lambda s: st.tuples(
        st.just(s.path), st.floats(s.low, s.high, exclude_min=s.low_open, exclude_max=s.high_open, allow_nan=False)
    )
)
texts = st.fixed_dictionaries({"zh": st.text(max_size=40), "en": st.text(max_size=40)})


@settings(max_examples=20)
@given(st.lists(numbers, max_size=6).map(dict), texts, texts, st.integers(-999, 9999))
def test_a_saved_scenario_reads_back_equal(tmp_path_factory, changes, title, note, order):
    scenario = scenario_of("mine", changes, title=title, note=note, order=order)
    folder = tmp_path_factory.getbasetemp() / "saved"
    assert read_scenario(save(scenario, folder)) == scenario


def test_values_of_every_kind_read_back_equal(tmp_path):
    changes = {
        "tiers.leave_a_below": None,
        "tiers.stage_caps": {2: 0.5},
        "tiers.a.market_roles": ("industry_benchmark", "long_tail"),
        "allocation.caps": {"A.1": 0.2},
        "resources.budget.whole": True,
        "retiering.cut_off": "17:30",
        "dynamics.judgements": [0.1, 0.2, 0.3, 0.4, 0.5],
    }
    scenario = scenario_of("mine", changes, title="一/1: 'x'", note="null")
    again = read_scenario(save(scenario, tmp_path))
    assert again == scenario
    assert parameters_of(again, Parameters()) == parameters_of(scenario, Parameters())


def test_what_is_saved_is_a_file_that_people_can_read(tmp_path):
    text = save(scenario_of("mine", {LINE: 0.5}, title="A类放宽"), tmp_path).read_text("utf-8")
    assert "A类放宽" in text and f"{LINE}: 0.5" in text
    assert list(yaml.safe_load(text)) == ["title", "note", "order", "changes"]


def test_a_stock_scenario_is_not_overwritten_by_mistake(tmp_path):
    mine = scenario_of("spill", {LINE: 0.5})
    assert "take another" in refusal(save, mine, tmp_path)
    assert stock(tmp_path) == ()
    save(mine, tmp_path, replace=True)
    assert stock(tmp_path) == (mine,)
    assert "take another" in refusal(save, baseline(), tmp_path, replace=True)


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    old = from_overrides("mine", {LINE: 0.5})
    save(old, tmp_path)

    def full(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rooms.os, "replace", full)
    assert "No space left" in refusal(save, from_overrides("mine", {LINE: 0.4}), tmp_path)
    assert os.listdir(tmp_path) == ["mine.yaml"]
    assert stock(tmp_path) == (old,)


def test_what_no_file_could_hold_is_not_saved(tmp_path):
    wrong = Scenario(name="mine", title={"zh": "", "en": ""}, changes={LINE: 5})
    assert "it can be 0 … 1" in refusal(save, wrong, tmp_path / "new")
    assert not (tmp_path / "new").exists()
