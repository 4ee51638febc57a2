"""E1: playbooks, overdue versions, what fed them."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.playbooks import PlaybookParameters, register, versions

from .held import session, sessions

NEVER = np.datetime64("NaT", "D")
FRIDAY = np.datetime64("2026-11-20")


def books(*rows):
    """playbook_id, version, kind, updated_on"""
    frame = pd.DataFrame(rows, columns=["playbook_id", "version", "kind", "updated_on"])
    frame["updated_on"] = pd.to_datetime(frame["updated_on"]).astype("datetime64[us]")
    return frame.assign(title="x", industry_id="I1", owner_id="R1")


@pytest.mark.parametrize(
    ("kind", "day", "last"),
    [("industry_handbook", "2026-08-20", "2026-11-20"), ("visit_sand_table", "2026-10-20", "2026-11-20"),
     ("industry_sand_table", "2026-11-13", "2026-11-20")],
)  # fmt: skip
def test_a_playbook_is_overdue_from_the_day_after_its_time(kind, day, last):
    one = books(("W1", "1", kind, day))
    assert register(one, NEVER, last, PlaybookParameters())["code"].tolist() == ["current"]
    after = register(one, NEVER, pd.Timestamp(last) + pd.Timedelta(days=1), PlaybookParameters()).iloc[0]
    assert (after["code"], after["state"], after["days_overdue"]) == ("overdue", "breach", 1)


def test_a_request_guide_is_overdue_once_the_matrix_changed_after_it_and_only_then():
    guide = books(("W1", "1", "request_guide", "2024-01-01"))
    p = PlaybookParameters()
    assert register(guide, NEVER, FRIDAY, p)["code"].tolist() == ["current"]
    assert register(guide, np.datetime64("2024-01-01"), FRIDAY, p)["code"].tolist() == ["current"]
    found = register(guide, np.datetime64("2026-11-20"), FRIDAY, p).iloc[0]
    assert (found["code"], found["days_overdue"]) == ("changed", 1)
    assert register(guide, np.datetime64("2026-11-21"), FRIDAY, p)["code"].tolist() == ["current"]


def test_the_newest_version_known_on_the_day_counts():
    rows = books(("W1", "10", "visit_sand_table", "2026-11-10"), ("W1", "9", "visit_sand_table", "2026-09-01"),
                 ("W1", "11", "visit_sand_table", "2026-11-21"))  # fmt: skip
    assert register(rows, NEVER, FRIDAY, PlaybookParameters())["version"].tolist() == ["10"]


def test_what_fed_a_version_named_the_one_before_it_and_deals_count_from_its_day():
    rows = books(("W1", "1", "visit_sand_table", "2026-06-01"), ("W1", "2", "visit_sand_table", "2026-09-01"))
    held = sessions(session("drill", "2026-06-08", playbook="W1", version="1"),
                    session("drill", "2026-07-06", playbook="W1", version="1", n="T2"),
                    session("loss_review", "2026-08-03", playbook="W1", version="1", n="T3"),
                    session("drill", "2026-09-07", playbook="W1", version="2", n="T4"))  # fmt: skip
    closed = pd.DataFrame(
        {
            "account_id": list("abcd"),
            "industry_id": ["I1", "I1", "I1", "I2"],
            "status": ["won", "lost", "won", "won"],
            "closed_on": pd.to_datetime(["2026-08-31", "2026-09-01", "2026-10-01", "2026-10-01"]),
        }
    )
    found = versions(rows, held, closed, FRIDAY, PlaybookParameters())
    assert found[["drills", "loss_reviews", "won", "closed"]].values.tolist() == [[0, 0, 1, 1], [2, 1, 1, 2]]
    assert found["fed_by"].tolist() == ["", "T1;T2;T3"]
    assert found["share"].tolist() == [1, 0.5] and (found["low"] < found["share"]).all()
    assert versions(rows, held, closed[:0], FRIDAY, PlaybookParameters())["share"].isna().all()
