"""E1, E2, E3, F2, F6: playbooks, drills and reviews, executive moves, loss reviews."""

import numpy as np
import pandas as pd
import pytest

from toolkit.base.keyed_draw import Salt
from toolkit.method.drill import DrillParameters, candidates, practice_weeks
from toolkit.method.executive_moves import matched, move_weeks
from toolkit.method.loss_review import LossReviewParameters, loss_reviews
from toolkit.method.playbooks import PlaybookParameters, register, versions

NEVER = np.datetime64("NaT", "D")
SALT = Salt.from_environment(7, {})
FRIDAY = np.datetime64("2026-11-20")


def books(*rows):
    """playbook_id, version, kind, updated_on"""
    frame = pd.DataFrame(rows, columns=["playbook_id", "version", "kind", "updated_on"]).astype({"version": float})
    frame["updated_on"] = pd.to_datetime(frame["updated_on"]).astype("datetime64[us]")
    return frame.assign(title="x", industry_id="I1", owner_id="R1")


def sessions(*rows):
    """session_id, kind, held_at, account_id, loss_id, playbook_id, playbook_version, and whether it is concluded"""
    names = ["session_id", "kind", "held_at", "account_id", "loss_id", "playbook_id", "playbook_version", "whole"]
    frame = pd.DataFrame(rows, columns=names)
    frame["held_at"] = pd.to_datetime(frame["held_at"], format="ISO8601").astype("datetime64[us]")
    done = frame.pop("whole").map({True: "yes"}).astype("object")
    for name in ("conclusion_customer", "conclusion_competitor", "conclusion_ourselves"):
        frame[name] = done
    return frame


def session(kind, held_at, account=None, loss=None, playbook=None, version=np.nan, whole=False, n="T1"):
    return (n, kind, held_at, account, loss, playbook, version, whole)


@pytest.mark.parametrize(
    ("kind", "day", "last"),
    [("industry_handbook", "2026-08-20", "2026-11-20"), ("visit_sand_table", "2026-10-20", "2026-11-20"),
     ("industry_sand_table", "2026-11-13", "2026-11-20")],
)  # fmt: skip
def test_a_playbook_is_overdue_from_the_day_after_its_time(kind, day, last):
    one = books(("W1", 1, kind, day))
    assert register(one, NEVER, last, PlaybookParameters())["code"].tolist() == ["current"]
    after = register(one, NEVER, pd.Timestamp(last) + pd.Timedelta(days=1), PlaybookParameters()).iloc[0]
    assert (after["code"], after["state"], after["days_overdue"]) == ("overdue", "breach", 1)


def test_a_request_guide_is_overdue_once_the_matrix_changed_after_it_and_only_then():
    guide = books(("W1", 1, "request_guide", "2024-01-01"))
    p = PlaybookParameters()
    assert register(guide, NEVER, FRIDAY, p)["code"].tolist() == ["current"]
    assert register(guide, np.datetime64("2024-01-01"), FRIDAY, p)["code"].tolist() == ["current"]
    found = register(guide, np.datetime64("2026-11-20"), FRIDAY, p).iloc[0]
    assert (found["code"], found["days_overdue"]) == ("changed", 1)
    assert register(guide, np.datetime64("2026-11-21"), FRIDAY, p)["code"].tolist() == ["current"]


def test_the_newest_version_known_on_the_day_counts():
    rows = books(("W1", 2, "visit_sand_table", "2026-11-10"), ("W1", 1, "visit_sand_table", "2026-09-01"),
                 ("W1", 3, "visit_sand_table", "2026-11-21"))  # fmt: skip
    assert register(rows, NEVER, FRIDAY, PlaybookParameters())["version"].tolist() == [2]


def test_what_fed_a_version_named_the_one_before_it_and_deals_count_from_its_day():
    rows = books(("W1", 1, "visit_sand_table", "2026-06-01"), ("W1", 2, "visit_sand_table", "2026-09-01"))
    held = sessions(session("drill", "2026-06-08", playbook="W1", version=1.0),
                    session("drill", "2026-07-06", playbook="W1", version=1.0, n="T2"),
                    session("loss_review", "2026-08-03", playbook="W1", version=1.0, n="T3"),
                    session("drill", "2026-09-07", playbook="W1", version=2.0, n="T4"))  # fmt: skip
    closed = pd.DataFrame(
        {
            "account_id": list("abcd"),
            "industry_id": ["I1", "I1", "I1", "I2"],
            "status": ["won", "lost", "won", "won"],
            "closed_on": pd.to_datetime(["2026-08-31", "2026-09-01", "2026-10-01", "2026-10-01"]),
        }
    )
    found = versions(rows, held, closed, FRIDAY)
    assert found[["drills", "loss_reviews", "won", "closed"]].values.tolist() == [[0, 0, 1, 1], [2, 1, 1, 2]]
    assert found["share"].tolist() == [1, 0.5] and (found["low"] < found["share"]).all()
    assert versions(rows, held, closed[:0], FRIDAY)["share"].isna().all()


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


@pytest.mark.parametrize(
    ("held", "code", "state"),
    [("2026-11-20T10:00", "in_time", "good"), ("2026-11-20T10:01", "late", "breach"), (None, "overdue", "breach")],
)
def test_a_loss_is_reviewed_within_seventy_two_hours_around_the_clock(held, code, state):
    losses = pd.DataFrame({"loss_id": ["L1"], "account_id": ["A1"], "lost_at": pd.to_datetime(["2026-11-17T10:00"])})
    done = sessions(session("loss_review", held, loss="L1")) if held else sessions()
    found = loss_reviews(losses, done, pd.Timestamp("2026-11-21"), LossReviewParameters()).iloc[0]
    assert (found["code"], found["state"]) == (code, state)
    assert not {"rep_id", "owner_id", "person_id"} & set(found.index)


def test_moves_are_matched_to_accounts_and_people_and_a_week_without_any_is_overdue():
    moves = pd.DataFrame(
        {
            "move_id": ["X1", "X2", "X3", "X4"],
            "person_name": ["李 明", "王芳", "张三", "赵四"],
            "announced_on": pd.to_datetime(["2026-11-07", "2026-11-08", "2026-11-09", "2026-11-13"]),
            "from_company": ["北方电网", "别处", "南方集团", "别处"],
            "to_company": ["别处", "北方电网", "南方集团", "他处"],
        }
    )
    accounts = pd.DataFrame({"account_id": ["A1", "A2"], "account_name": ["北方电网", "南方集团股份"]})
    people = pd.DataFrame({"person_id": ["P1"], "account_id": ["A1"], "person_name": ["李明"],
                           "is_key": pd.array([True], dtype="boolean")})  # fmt: skip
    found = matched(moves, people, accounts).set_index("move_id")
    assert found["change"].to_dict() == {"X1": "left", "X2": "joined", "X3": "within", "X4": "industry"}
    assert (found.loc["X1", "person_id"], found.loc["X1", "is_key"], found.loc["X2", "person_id"]) == ("P1", True, "")
    weeks = move_weeks(moves, np.array(["2026-11-13", "2026-11-20"], dtype="datetime64[D]"))
    assert weeks[["moves", "state"]].values.tolist() == [[4, "good"], [0, "breach"]]
    assert move_weeks(moves[:0], np.array([FRIDAY]))["state"].tolist() == ["cannot_judge"]
