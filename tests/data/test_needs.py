"""What a rule needs, held against the rules: with it the sample team is judged, without it nothing is."""

from dataclasses import replace

import numpy as np
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.data.contract import TABLES
from toolkit.data.guess.needs import NEEDS, judged, lacking, unmet
from toolkit.data.load import load
from toolkit.data.parsed import no_rows
from toolkit.parameters import Parameters
from toolkit.state.team import TeamState
from toolkit.state.weekly_state import WeekState

FRIDAY = np.datetime64("2026-11-20")
SALT = Salt(b"a salt for tests only", secret=False)
# What the gate needs anyway: without it nothing is read at all.
ALWAYS = {"accounts.market_role", "account_weeks.win_probability"}

# By need: whether the state of a Friday judges anything of it.
JUDGES = {
    "tiers": lambda s: s.week.tiers["tier"].isin(["A", "B"]).any(),
    "tier_a": lambda s: (s.week.tiers["tier"] == "A").any(),
    "stall": lambda s: np.isfinite(s.week.portfolio.grid["progress"]).any(),
    "yellow": lambda s: len(s.week.yellow) > 0,
    "red": lambda s: s.week.efficiency_by_day["value"].gt(0).any(),
    "pipeline": lambda s: s.week.pipeline["gap"] == s.week.pipeline["gap"] and s.week.pipeline["weighted"] > 0,
    "posture": lambda s: np.isfinite(s.week.portfolio.grid["competitive_posture"]).any(),
    "consumption": lambda s: s.week.tiers["resource_consumption_ratio"].notna().any(),
    "spend": lambda s: s.week.spend["cost"].sum() > 0,
    "efficiency": lambda s: indicator(s, "resource_efficiency") > 0,
    "breakthrough": lambda s: indicator(s, "breakthrough_rate") > 0,
    "defence": lambda s: indicator(s, "competitor_defence") > 0,
    "requests": lambda s: len(s.requests) > 0,
    "clocks": lambda s: len(s.request_clocks) > 0,
    "chains": lambda s: (s.chains["state"] != "cannot_judge").any(),
    "five": lambda s: s.week.strategic["picked"].any(),
    "industries": lambda s: s.week.industries["picked"].any(),
    "allocation": lambda s: s.week.allocation.loc[s.week.allocation["account_id"] != "", "amount"].sum() > 0,
    "focus": lambda s: s.week.focus.effort_share > 0,
    "patience": lambda s: s.week.patience["last_verified_on"].notna().any(),
    "spiced": lambda s: s.spiced["score"].notna().any(),
    "competitors": lambda s: (s.cross_check["result"] == "confirmed").any(),
    "spot_check": lambda s: s.spot_checks["result"].isin(["verified", "mismatch"]).any(),
    "callbacks": lambda s: s.callback_turn["called_on"].notna().any(),
    "credibility": lambda s: s.evidence_items["source"].isin(["verification", "callback", "visit"]).any(),
    "directives": lambda s: s.directive_days["covered"].sum() > 0,
    "training": lambda s: s.week.data.daily_reports["problem_tag"].isin(s.tag_weeks["problem_tag"]).any(),
    "oversteps": lambda s: len(s.oversteps) > 0,
    "board": lambda s: len(s.board) > 0,
    "playbooks": lambda s: len(s.playbooks) > 0,
    "drills": lambda s: s.practice_weeks["session_id"].ne("").any(),
    "moves": lambda s: len(s.executive_moves) > 0,
    "losses": lambda s: len(s.loss_reviews) > 0,
    "ladder": lambda s: s.ladder["done"].sum() > 0,
    "ranks": lambda s: s.ranks["reached_on"].notna().any(),
}


def indicator(s, name):
    table = s.week.indicators
    return table.loc[table["indicator"] == name, "value"].fillna(0).sum()


@pytest.fixture(scope="module")
def sample():
    return load("sample_data").at("2026-11-20")


def state(data):
    return TeamState.of(WeekState(data, FRIDAY, Parameters()), SALT)


def without(data, *names):
    """The data without some tables or columns (`table.column`)."""
    tables = dict(data.tables)
    for name in names:
        table, _, column = name.partition(".")
        if not column:
            tables[table] = no_rows(TABLES[table])
        else:
            blank = no_rows(TABLES[table])[column].reindex(tables[table].index)
            tables[table] = tables[table].assign(**{column: blank})
    return replace(data, tables=tables)


def test_the_sample_is_judged_in_everything(sample):
    whole = state(sample)
    assert [need.code for need in NEEDS if not JUDGES[need.code](whole)] == []


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: f"{need.rule} {need.code}")
def test_a_rule_is_silent_without_what_it_needs_and_speaks_with_it_alone(sample, need):
    for options in need.needs:
        if not ALWAYS & set(options):
            assert not JUDGES[need.code](state(without(sample, *options))), options
    kept = {"accounts", "account_weeks", *(one.partition(".")[0] for options in need.needs for one in options)}
    alone = without(sample, *(table for table in TABLES if table not in kept))
    assert JUDGES[need.code](state(alone))


def test_every_need_names_what_the_contract_has():
    for need in NEEDS:
        for one in (name for options in need.needs for name in options):
            table, _, column = one.partition(".")
            assert column in ("", *TABLES[table].names), one


def test_what_lacks_is_told_with_the_most_valued_first():
    there = {"accounts", "account_weeks", *ALWAYS, "account_weeks.decision_stage", "reps"}
    lacks = lacking(there)
    assert lacks[0].what == "daily_reports"
    assert [lack.worth for lack in lacks] == sorted((lack.worth for lack in lacks), reverse=True)
    assert {need.code for lack in lacks for need in lack.needs} | {need.code for need in judged(there)} == set(JUDGES)
    assert unmet(next(need for need in NEEDS if need.code == "pipeline"), there)[0] == "targets"
