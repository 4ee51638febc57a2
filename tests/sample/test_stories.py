"""The stories of the README, told again from the committed files by hand."""

from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype={"note": str}) for path in FOLDER.glob("*.csv")}


@pytest.fixture(scope="module")
def ids(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    return dict(zip(tables["accounts"]["account_name"], tables["accounts"]["account_id"], strict=True))


def week(tables: dict[str, pd.DataFrame], account: str, friday: str = "2026-11-20") -> pd.Series:
    rows = tables["account_weeks"]
    found = rows[(rows["account_id"] == account) & (rows["week_ending"] == friday)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("name", "before", "now"),
    [
        ("长三角轨交", 0.58, 0.63),
        ("北辰航空", 0.61, 0.57),
        ("晋北煤机", 0.32, 0.28),
        ("中原重工", 0.52, 0.45),
    ],
)
def test_stated_probabilities_of_the_movers(
    tables: dict[str, pd.DataFrame], ids: dict[str, str], name: str, before: float, now: float
) -> None:
    assert week(tables, ids[name], "2026-11-13")["win_probability"] == before
    assert week(tables, ids[name])["win_probability"] == now


def test_an_expected_close_slips_over_the_years_end(tables: dict[str, pd.DataFrame], ids: dict[str, str]) -> None:
    account = ids["中原重工"]
    assert week(tables, account, "2026-11-13")["expected_close_on"] == "2026-12-15"
    assert week(tables, account)["expected_close_on"] == "2027-01-22"


def test_signed_is_about_half_of_the_quarters_target(tables: dict[str, pd.DataFrame]) -> None:
    accounts, targets = tables["accounts"], tables["targets"]
    won = accounts[(accounts["status"] == "won") & (accounts["closed_on"] >= "2026-10-01")]
    quarter = targets[targets["quarter"] == "2026Q4"]
    team = quarter[quarter["rep_id"].isna()]["amount"].sum()
    assert team == 60_000_000 == quarter["amount"].sum() - team
    assert 0.4 < won["contract_amount"].sum() / team < 0.6


def test_missing_rows(tables: dict[str, pd.DataFrame], ids: dict[str, str]) -> None:
    rows = tables["account_weeks"]
    last = {
        name: rows[rows["account_id"] == ids[name]]["week_ending"].max()
        for name in ("滇池生物", "闽江光电", "云帆物流")
    }
    assert last == {"滇池生物": "2026-11-06", "闽江光电": "2026-10-16", "云帆物流": "2026-11-13"}
    assert (rows["account_id"].eq(ids["南方管网"]) & rows["week_ending"].eq("2026-11-13")).sum() == 0
    active = (tables["accounts"]["status"] == "active").sum()
    assert 5 <= active - (rows["week_ending"] == "2026-11-20").sum() <= 10


def test_single_threaded_accounts(tables: dict[str, pd.DataFrame], ids: dict[str, str]) -> None:
    people = tables["decision_makers"]
    for name in ("天枢储能", "东港重机"):
        met = people[(people["account_id"] == ids[name]) & people["first_contacted_on"].notna()]
        assert len(met) == 1, name


def test_one_rep_holds_most_of_what_leaks_into_low_probability_accounts(
    tables: dict[str, pd.DataFrame], ids: dict[str, str]
) -> None:
    reports = tables["daily_reports"]
    unasked = reports[(reports["technical_hours"] > 0) & reports["request_id"].isna()]
    assert unasked["rep_id"].eq("R02").mean() > 0.9
    assert {ids[name] for name in ("皖南建材机械", "赣南矿机", "宁海纺机")} <= set(unasked["account_id"])


def test_the_denied_meeting_has_no_contact_behind_it(tables: dict[str, pd.DataFrame], ids: dict[str, str]) -> None:
    reports, people, contacts = tables["daily_reports"], tables["decision_makers"], tables["contacts"]
    day = reports[(reports["account_id"] == ids["江海船舶"]) & (reports["report_date"] == "2026-11-17")]
    assert day["new_key_contacts"].sum() == 1
    there = people[people["account_id"] == ids["江海船舶"]]
    assert not (there["first_contacted_on"] == "2026-11-17").any()
    assert contacts["person_id"].isin(there["person_id"]).any()


def test_every_other_new_key_contact_is_a_person_first_met_that_day(
    tables: dict[str, pd.DataFrame],
) -> None:
    reports, people = tables["daily_reports"], tables["decision_makers"]
    key = people[people["is_key"]]
    met = set(zip(key["account_id"], key["first_contacted_on"], strict=True))
    claims = reports[reports["new_key_contacts"] > 0]
    unfounded = [row.rep_id for row in claims.itertuples() if (row.account_id, row.report_date) not in met]
    assert set(unfounded) == {"R06", "R07", "R10"}  # 赵敏 once, and the two who overstate
    assert len(unfounded) < 0.15 * len(claims)


def test_efficiency_falls_three_days_running_in_october_and_two_at_the_end(
    tables: dict[str, pd.DataFrame],
) -> None:
    reports, weeks = tables["daily_reports"], tables["account_weeks"].dropna(subset=["value_index"])
    reports = reports[reports["account_id"].isin(weeks["account_id"])]
    cost = 500 * reports["technical_hours"] + reports["price_concession"] + 200 * reports["labour_hours"]
    efficiency = {}
    for day in sorted(set(reports["report_date"])):
        known = weeks[weeks["week_ending"] <= day].drop_duplicates("account_id", keep="last")
        values = dict(zip(known["account_id"], known["value_index"], strict=True))
        visited = set(reports.loc[reports["report_date"] == day, "account_id"])
        efficiency[day] = sum(values.get(a, 0.0) for a in visited) / cost[reports["report_date"] == day].sum()
    days = list(efficiency)
    falls = {b: efficiency[b] / efficiency[a] - 1 for a, b in zip(days[10:], days[11:], strict=False)}
    for day in ("2026-10-27", "2026-10-28", "2026-10-29", "2026-11-19", "2026-11-20"):
        assert falls[day] <= -0.10, day
    assert falls["2026-11-18"] > -0.10


def test_nobody_else_verifies_the_lapsed_account(tables: dict[str, pd.DataFrame], ids: dict[str, str]) -> None:
    account = ids["西域风能"]
    verified = tables["verifications"]
    assert verified[verified["account_id"] == account]["verified_on"].max() <= "2026-10-30"
    assert account not in set(tables["callbacks"]["account_id"])
    people = tables["decision_makers"]
    contacts = tables["contacts"]
    chain = set(people[people["account_id"] == account]["person_id"])
    by_managers = contacts[contacts["person_id"].isin(chain) & contacts["rep_id"].str.startswith(("M", "D"))]
    assert by_managers["contacted_on"].max() <= "2026-10-30"
