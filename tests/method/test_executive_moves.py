"""F2: executive moves matched, and weeks without any."""

import numpy as np
import pandas as pd

from toolkit.method.executive_moves import MOVES, effects, matched, move_weeks

FRIDAY = np.datetime64("2026-11-20")


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


def test_what_a_move_breaks_and_opens():
    rows = [  # from, to, person: left a key person; a sole link goes to another account; within; joined; nobody known
        ("A1", "", "P1", True), ("A1", "A2", "P2", True), ("A1", "A1", "P1", True), ("", "A1", "P1", True),
        ("A1", "A2", "", False), ("A1", "A2", "P3", False),
    ]  # fmt: skip
    moves = pd.DataFrame(rows, columns=["from_account", "to_account", "person_id", "is_key"])
    people = pd.DataFrame({"person_id": ["P1", "P2", "P3"], "account_id": "A1"})
    told = effects(moves.reindex(columns=list(MOVES)), people, {"P1", "P2"}, {"P2"})
    assert told[["breaks", "opens"]].values.tolist() == [
        ["key", ""], ["sole_link", "A2"], ["", ""], ["", ""], ["", ""], ["", ""],
    ]  # fmt: skip
    assert len(effects(moves.reindex(columns=list(MOVES))[:0], people, set(), set())) == 0
