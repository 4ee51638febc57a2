"""F7: ranks in their order, kept once reached."""

import numpy as np
import pandas as pd
import pytest

from toolkit.method.ranks import RankParameters, evidence, ranks, wins_of, within

P = RankParameters()
TODAY = "2026-11-20"


def reps(*rows):
    """rep_id, mentor_id, left_on"""
    frame = pd.DataFrame(rows, columns=["rep_id", "mentor_id", "left_on"]).assign(role="rep")
    return frame.assign(left_on=pd.to_datetime(frame["left_on"]))


def told(*rows):
    """rep_id, kind, achieved_on, account_id"""
    frame = pd.DataFrame(rows, columns=["rep_id", "kind", "achieved_on", "account_id"])
    frame["achieved_on"] = pd.to_datetime(frame["achieved_on"]).astype("datetime64[us]")
    return frame.assign(achievement_id=[f"J{n:02d}" for n in range(len(frame))])


def won(*rows):
    """account_id, owner_id, closed_on, tier"""
    frame = pd.DataFrame(rows, columns=["account_id", "owner_id", "closed_on", "tier"])
    return frame.assign(closed_on=pd.to_datetime(frame["closed_on"]).astype("datetime64[us]"))


def standing(people, wins, achieved, day=TODAY):
    found = evidence(people, wins_of(wins, achieved), achieved, day)
    return ranks(people, found, day, P).set_index("rep_id")


ONE = reps(("R1", "", None))
CYCLE = ("R1", "b_cycle_alone", "2026-01-10", "A9")
TWO_WINS = won(("A1", "R1", "2026-03-01", "A"), ("A2", "R1", "2026-06-01", "A"))
TACTICS = [("R1", "tactic_published", f"2026-0{n}-01", None) for n in (7, 8, 9)]


def test_nobody_has_a_rank_without_a_full_cycle_whatever_else_is_there():
    row = standing(ONE, TWO_WINS, told(*TACTICS)).loc["R1"]
    assert (row["rank"], row["next_rank"], row["have"], row["needed"]) == ("", "bronze", 0, 1)


def test_each_rank_needs_those_below_and_is_reached_when_the_last_of_all_is_there():
    rows = standing(ONE, TWO_WINS, told(CYCLE))
    assert (rows.loc["R1", "rank"], rows.loc["R1", "reached_on"]) == ("silver", pd.Timestamp("2026-06-01"))
    late = ("R1", "b_cycle_alone", "2026-10-10", "A9")
    rows = standing(ONE, TWO_WINS, told(late, *TACTICS))
    assert (rows.loc["R1", "rank"], rows.loc["R1", "reached_on"]) == ("gold", pd.Timestamp("2026-10-10"))


@pytest.mark.parametrize(("second", "rank"), [("2026-03-01", "silver"), ("2026-03-02", "bronze")])
def test_two_wins_365_days_apart_are_within_a_year_and_366_are_not(second, rank):
    wins = won(("A1", "R1", "2025-03-01", "A"), ("A2", "R1", second, "A"))
    early = ("R1", "b_cycle_alone", "2025-01-10", "A9")
    assert standing(ONE, wins, told(early)).loc["R1", "rank"] == rank


def test_once_reached_a_rank_is_kept():
    wins = won(("A1", "R1", "2020-03-01", "A"), ("A2", "R1", "2020-06-01", "A"))
    assert standing(ONE, wins, told(("R1", "b_cycle_alone", "2019-01-10", "A9"))).loc["R1", "rank"] == "silver"


def test_only_accounts_that_were_a_before_the_win_count():
    wins = won(("A1", "R1", "2026-03-01", "A"), ("A2", "R1", "2026-06-01", "B"), ("A3", "R1", "2026-06-02", ""))
    claimed = [("R1", "a_won", "2026-06-01", "A2"), ("R1", "a_won", "2026-06-01", None)]
    row = standing(ONE, wins, told(CYCLE, *claimed)).loc["R1"]
    assert (row["rank"], row["have"], row["needed"]) == ("bronze", 1, 2)


def test_a_win_counts_for_the_owner_and_for_whom_it_is_recorded_once_each():
    two = reps(("R1", "", None), ("R2", "", None))
    claimed = told(("R1", "a_won", "2026-03-01", "A1"), ("R2", "a_won", "2026-03-05", "A1"))
    found = wins_of(won(("A1", "R1", "2026-03-01", "A")), claimed)
    assert found[["rep_id", "account_id"]].values.tolist() == [["R1", "A1"], ["R2", "A1"]]
    assert set(found["won_on"]) == {pd.Timestamp("2026-03-01")}
    assert evidence(two, found, claimed, "2026-02-28").empty


def test_a_king_has_brought_two_to_silver_those_who_left_included():
    people = reps(("R1", "", None), ("R2", "R1", None), ("R3", "R1", "2026-10-01"))
    wins = won(*[(f"A{r}{n}", r, f"2026-0{n}-01", "A") for r in ("R1", "R2", "R3") for n in (2, 3)])
    cycles = [(r, "b_cycle_alone", "2026-01-10", None) for r in ("R1", "R2", "R3")]
    rows = standing(people, wins, told(*cycles, *TACTICS))
    assert (rows.loc["R1", "rank"], rows.loc["R1", "next_rank"]) == ("king", "")
    assert rows.loc["R1", "reached_on"] == pd.Timestamp("2026-09-01")  # the third tactic
    assert "R3" not in rows.index
    rows = standing(people[people["rep_id"] != "R3"], wins, told(*cycles, *TACTICS))
    assert (rows.loc["R1", "rank"], rows.loc["R1", "have"], rows.loc["R1", "needed"]) == ("gold", 1, 2)


def test_what_comes_after_the_day_has_not_come_yet():
    assert standing(ONE, TWO_WINS, told(CYCLE), "2026-05-31").loc["R1", "rank"] == "bronze"


def test_more_evidence_never_lowers_a_rank_and_order_does_not_matter():
    rng = np.random.default_rng(3)
    for _ in range(40):
        wins = [(f"A{n}", "R1", f"202{rng.integers(3, 7)}-{rng.integers(1, 12):02d}-11", "A") for n in range(4)]
        achieved = [CYCLE, *TACTICS][: rng.integers(1, 5)]
        fewer = standing(ONE, won(*wins[:2]), told(*achieved)).loc["R1", "rank"]
        more = standing(ONE, won(*wins), told(*achieved)).loc["R1", "rank"]
        assert ["", "bronze", "silver", "gold", "king"].index(more) >= ["", "bronze", "silver", "gold"].index(fewer)
        assert standing(ONE, won(*wins[::-1]), told(*achieved[::-1])).loc["R1", "rank"] == more


def test_the_window_equals_a_plain_loop():
    rng = np.random.default_rng(4)
    for _ in range(60):
        days = np.sort(np.datetime64("2024-01-01") + rng.integers(0, 900, rng.integers(0, 7)).astype("timedelta64[D]"))
        most, on = within(days, 3, 300)
        sizes = [sum(0 <= (b - a) / np.timedelta64(1, "D") <= 300 for a in days[: n + 1]) for n, b in enumerate(days)]
        first = next((days[n] for n, size in enumerate(sizes) if size >= 3), None)
        assert most == max(sizes, default=0) and (np.isnat(on) if first is None else on == first)


def test_an_empty_team_has_no_ranks():
    assert not len(standing(reps(), won(), told()))


def test_ranks_equal_a_plain_reading_of_their_words_on_every_day():
    rng = np.random.default_rng(8)
    people = reps(("R1", "", None), ("R2", "R1", None), ("R3", "R1", None))
    start = np.datetime64("2024-01-01")
    for _ in range(10):
        when = [start + int(n) for n in rng.integers(0, 1000, 30)]
        who = [f"R{n}" for n in rng.integers(1, 4, 30)]
        kinds = rng.choice(["b_cycle_alone", "tactic_published", "won"], 30, p=(0.2, 0.3, 0.5))
        rows = [(r, k, d) for r, k, d in zip(who, kinds, when, strict=True) if k != "won"]
        achieved = told(*[(r, k, str(d), None) for r, k, d in rows])
        wins = won(*[(f"A{n}", who[n], str(when[n]), "A") for n in range(30) if kinds[n] == "won"])

        def holds(rep, day, rows=rows, who=who, kinds=kinds, when=when):
            cycle = [d for r, k, d in rows if (r, k) == (rep, "b_cycle_alone") and d <= day]
            tactics = [d for r, k, d in rows if (r, k) == (rep, "tactic_published") and d <= day]
            days = [d for r, k, d in zip(who, kinds, when, strict=True) if (r, k) == (rep, "won") and d <= day]
            two = any(0 <= (b - a).astype(int) <= 365 for n, a in enumerate(days) for m, b in enumerate(days) if n != m)
            steps = [bool(cycle), two, len(tactics) >= 3]
            return steps.index(False) if False in steps else 3

        for day in (start + 200, start + 500, start + 1000):
            found = standing(people, wins, achieved, str(day))["rank"]
            levels = {rep: holds(rep, day) for rep in ("R1", "R2", "R3")}
            if levels["R1"] == 3 and levels["R2"] >= 2 and levels["R3"] >= 2:
                levels["R1"] = 4
            names = ["", "bronze", "silver", "gold", "king"]
            assert found.to_dict() == {rep: names[level] for rep, level in levels.items()}
