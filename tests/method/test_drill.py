"""E2, E3: who is drilled on Monday, and whether drill and review were held."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.method.drill import DrillParameters, candidates, practice_weeks

from .held import session, sessions

SALT = Salt.from_environment(7, {})
FRIDAY = np.datetime64("2026-11-20")


@pytest.mark.parametrize(("monday", "excluded"), [("2026-11-23", True), ("2026-11-24", False)])
def test_a_drill_eight_weeks_ago_still_excludes_and_a_day_later_no_more(monday, excluded):
    accounts = pd.DataFrame({"account_id": ["A1", "A2"], "stalled": False})
    held = sessions(session("drill", "2026-09-28T09:00", "A1"))
    found = candidates(accounts, held, monday, SALT, DrillParameters()).set_index("account_id")
    assert found["excluded"].to_dict() == {"A1": excluded, "A2": False} and found["drawn"].sum() == 1


def test_the_draw_depends_on_neither_order_nor_an_account_that_is_not_drawn():
    accounts = pd.DataFrame({"account_id": [f"A{n}" for n in range(9)], "stalled": [n % 2 == 0 for n in range(9)]})
    for week in range(20):
        monday = np.datetime64("2026-01-05") + 7 * week
        first = candidates(accounts, sessions(), monday, SALT, DrillParameters())
        drawn = first.loc[first["drawn"], "account_id"].item()
        other = next(a for a in accounts["account_id"] if a != drawn)
        fewer = accounts[accounts["account_id"] != other].iloc[::-1]
        again = candidates(fewer, sessions(), monday, SALT, DrillParameters())
        assert again.loc[again["drawn"], "account_id"].item() == drawn


def test_stalled_chains_are_drawn_in_proportion_to_their_weight():
    accounts = pd.DataFrame({"account_id": ["A1", "A2"], "stalled": [True, False]})
    mondays = np.datetime64("2000-01-03") + 7 * np.arange(1500)
    share = np.mean([candidates(accounts, sessions(), m, SALT, DrillParameters())["drawn"].iloc[0] for m in mondays])
    assert abs(share - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 1500)  # weight 3 against 1


def test_where_all_were_drilled_lately_nobody_is_drawn():
    accounts = pd.DataFrame({"account_id": ["A1"], "stalled": [True]})
    held = sessions(session("drill", "2026-11-16T09:00", "A1"))
    assert not candidates(accounts, held, "2026-11-23", SALT, DrillParameters())["drawn"].any()
    assert candidates(accounts[:0], held, "2026-11-23", SALT, DrillParameters()).empty


def test_a_weeks_drill_is_missed_on_its_monday_and_its_review_on_its_thursday():
    other = sessions(session("training", "2026-11-02T09:00"))

    def codes(today):
        found = practice_weeks(other, np.array([FRIDAY]), today)
        return found.set_index("kind")["code"].to_dict()

    assert codes("2026-11-15") == {"drill": "due", "three_prism": "due"}
    assert codes("2026-11-16") == {"drill": "missed", "three_prism": "due"}
    assert codes("2026-11-19") == {"drill": "missed", "three_prism": "missed"}


def test_a_review_without_all_three_conclusions_is_unconcluded():
    held = sessions(session("three_prism", "2026-11-19T16:00"), session("drill", "2026-11-16T09:00", n="T2"))
    found = practice_weeks(held, np.array([FRIDAY]), FRIDAY).set_index("kind")
    assert found["code"].to_dict() == {"drill": "held", "three_prism": "unconcluded"}
    whole = sessions(session("three_prism", "2026-11-19T16:00", whole=True))
    assert practice_weeks(whole, np.array([FRIDAY]), FRIDAY)["code"].tolist()[1] == "held"
    assert set(practice_weeks(sessions(), np.array([FRIDAY]), FRIDAY)["state"]) == {"cannot_judge"}
