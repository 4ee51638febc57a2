"""Exports added week after week: idempotent, what people filled in stays, a folder and a store alike."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from toolkit.cli import app

HEAD = "Deal,Account,Stage,P,Amount,Close,Created\n"
FIRST = HEAD + "D1,Acme,Offer,0.5,1000,2026-12-15,2026-03-01\nD2,Birch,Offer,0.4,70,2026-12-15,2026-03-01\n"
SECOND = HEAD + "D1,Acme,Won,1,1100,2026-11-18,2026-03-01\nD2,Birch,Offer,0.6,70,2026-12-15,2026-03-01\n"
MAPPING = """
opportunities:
  Deal: opportunity_id
  Account: account_name
  Stage: stage
  P: win_probability
  Amount: amount
  Close: close_on
  Created: created_on
  read: {sheet: "deals*"}
  ids: {account_id: account_name}
  constants: {market_role: long_tail}
  values: {stage: {Offer: "4", Won: won}}
"""


def kat(*words):
    return CliRunner().invoke(app, ["import", "--language", "en", *words])


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "columns.yaml").write_text(MAPPING, "utf-8")
    (tmp_path / "deals_2026-11-13.csv").write_text(FIRST, "utf-8")
    (tmp_path / "deals_2026-11-20.csv").write_text(SECOND, "utf-8")
    return tmp_path


def table(folder, name):
    return pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)


def test_weeks_add_up_in_a_folder_and_the_same_export_twice_changes_nothing(place):
    for day in ("13", "20"):
        done = kat("--data", f"deals_2026-11-{day}.csv", "--to", "team")
        assert done.exit_code == 0, done.stderr
    weeks = table(place / "team", "account_weeks")
    assert weeks[["week_ending", "account_id"]].values.tolist() == [
        ["2026-11-13", "acme"], ["2026-11-13", "birch"], ["2026-11-20", "birch"],
    ]  # fmt: skip
    before = {file.name: file.read_bytes() for file in (place / "team").iterdir()}
    again = kat("--data", "deals_2026-11-20.csv", "--to", "team")
    assert "0 new, 0 changed" in again.stdout
    assert {file.name: file.read_bytes() for file in (place / "team").iterdir()} == before


def test_what_people_filled_in_stays_and_what_the_export_brings_is_new(place):
    kat("--data", "deals_2026-11-13.csv", "--to", "team")
    accounts = table(place / "team", "accounts")
    accounts.loc[accounts["account_id"] == "acme", "market_role"] = "industry_benchmark"
    accounts.assign(annual_potential="5000000", mood="good").to_csv(place / "team" / "accounts.csv", index=False)
    kat("--data", "deals_2026-11-20.csv", "--to", "team")
    acme = table(place / "team", "accounts").set_index("account_id").loc["acme"]
    assert (acme["market_role"], acme["annual_potential"], acme["mood"]) == ("industry_benchmark", "5000000", "good")
    assert (acme["status"], acme["closed_on"], acme["contract_amount"]) == ("won", "2026-11-18", "1100")


def test_a_deal_that_closed_within_the_week_takes_its_row_of_that_week_back(place):
    (place / "deals.csv").write_text(FIRST, "utf-8")
    assert kat("--data", "deals.csv", "--as-of", "2026-11-17", "--to", "team").exit_code == 0
    done = kat("--data", "deals_2026-11-20.csv", "--to", "team")
    assert "1 closed" in done.stdout
    assert table(place / "team", "account_weeks")["account_id"].tolist() == ["birch"]


def test_a_store_takes_weeks_too_with_its_journal(place):
    for day in ("13", "20", "20"):
        done = kat("--data", f"deals_2026-11-{day}.csv", "--to", "sqlite:///team.db")
        assert done.exit_code == 0, done.stderr
    assert "accounts: 0 new, 0 changed" in done.stdout
    from toolkit.data.store import Store

    store = Store(f"sqlite:///{place}/team.db", "tester")
    weeks = [(str(row.values["week_ending"]), row.values["account_id"]) for row in store.rows("account_weeks")]
    history = store.history("accounts", "acme")
    store.close()
    assert ("2026-11-20", "birch") in weeks
    assert [entry["after"]["status"] for entry in history] == ["won"]


def test_a_folder_that_is_not_ours_is_left_alone_and_so_is_one_without_add(place, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert kat("--data", "deals_2026-11-13.csv", "--to", "mine").exit_code == 2
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_the_day_of_an_export_is_asked_for_and_refused_where_there_is_none(place, source):
    (place / "deals.csv").write_text(FIRST, "utf-8")
    missing = kat("--data", "deals.csv", "--to", "team")
    assert missing.exit_code == 2 and "--as-of 2026-11-20" in missing.stderr
    other = kat("--data", str(source("plain")), "--as-of", "2026-11-20", "--to", "team")
    assert other.exit_code == 2 and "--as-of is the day of an export" in other.stderr
    assert not (place / "team").exists()


def test_any_source_can_be_added_when_told(place, source):
    assert kat("--data", str(source("plain")), "--to", "team").exit_code == 0
    refused = kat("--data", str(place / "plain"), "--to", "team")
    assert refused.exit_code == 2 and "second import" in refused.stderr
    done = kat("--data", str(place / "plain"), "--to", "team", "--add")
    assert done.exit_code == 0 and "accounts: 0 new, 0 changed" in done.stdout
