"""The fault report: words in both languages, a summary by cause, and files that are whole or not there."""

import re
from pathlib import Path

import pandas as pd
import pytest

from toolkit.data import faults as report
from toolkit.data.load import load
from toolkit.language import catalogue

PACKAGE = Path(report.__file__).parent


@pytest.fixture
def data(source):
    weeks = (
        "week_ending,account_id,win_probability,resource_cost,=evil\n"
        "2026-11-13,A1,65,-5,\n2026-11-20,A1,70,=cmd(),\n2026-11-19,A2,0.5,@x,\n"
    )
    return load(source(account_weeks=weeks))


def test_a_fault_is_a_sentence_with_place_value_and_remedy(data):
    table = report.fault_table(data, "en")
    assert table.columns.tolist() == ["table", "row", "column", "value", "rule", "action", "what_to_do"]
    assert table.iloc[0].tolist() == [
        "weekly account data", 2, "win probability", "65", "is a share written as a bare number",
        "row set aside", "write 65% or a fraction from 0 to 1",
    ]  # fmt: skip
    friday = table[table["value"] == "2026-11-19"].iloc[0]
    assert friday["what_to_do"] == "a week is named by its Friday: this one is 2026-11-20"


def test_chinese_words(data):
    first = report.fault_table(data, "zh").iloc[0]
    assert first["table"] == "客户周数据"
    assert first["column"] == "成交概率"
    assert first["action"] == "整行未采用"


def test_the_summary_is_by_cause_most_frequent_first(data):
    summary = report.fault_summary(data, "en")
    assert summary["count"].tolist() == sorted(summary["count"], reverse=True)
    assert summary.iloc[0][["count", "column", "rows"]].tolist() == [2, "win probability", "2, 3"]
    assert summary["count"].sum() == len(data.faults)


def test_the_headline_counts(data, source):
    assert report.fault_headline(data, "en") == "6 faults: 3 rows set aside, 3 cells blanked."
    assert report.fault_headline(load(source("clean")), "zh") == "数据没有问题。"


def test_the_files_are_codes_and_neutralised_text(data, tmp_path):
    faults, rejected = report.write_faults(data, tmp_path / "out", "en")
    read = pd.read_csv(faults, dtype=str, keep_default_na=False)
    assert read.columns.tolist() == ["table", "row", "column", "value", "rule", "action", "what_to_do"]
    assert read["value"].tolist() == ["65", "-5", "70", "'=cmd()", "2026-11-19", "'@x"]
    assert set(read["rule"]) == {"bare_percent", "out_of_range", "not_a_number", "not_a_friday"}
    kept = pd.read_csv(rejected, dtype=str, keep_default_na=False)
    assert kept.columns.tolist() == ["table", "row", "key", "reason", "record"]
    assert len(kept) == 3


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-a", "@x", "\t=1", "＝1+1"])
def test_what_a_spreadsheet_would_run_is_neutralised(text):
    assert report.neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["-12.5", "+3", "007", "Acme", "", "a=b"])
def test_numbers_ids_and_plain_text_stay_as_they_are(text):
    assert report.neutral(text) == text


def test_without_faults_the_files_are_headers_only(source, tmp_path):
    for file in report.write_faults(load(source()), tmp_path, "zh"):
        assert len(file.read_text("utf-8").splitlines()) == 1


def test_a_killed_run_leaves_the_old_file_whole(data, tmp_path, monkeypatch):
    (tmp_path / "faults.csv").write_text("old")

    def broken(self, stream, **rest):
        stream.write("half a li")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", broken)
    with pytest.raises(KeyboardInterrupt):
        report.write_faults(data, tmp_path, "zh")
    assert (tmp_path / "faults.csv").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["faults.csv"]


def test_every_rule_the_gate_knows_has_its_sentences_and_every_sentence_its_rule():
    rooms = ("cells.py", "gate.py", "schemas.py", "parsed.py")
    code = "".join((PACKAGE / name).read_text("utf-8") for name in rooms)
    told = {key.split(".")[1] for key in catalogue("en") if re.fullmatch(r"fault\.\w+\.what", key)}
    assert {rule for rule in told if f'"{rule}"' not in code} == set()
    refused = {key.split(".")[1] for key in catalogue("en") if key.startswith("refused.")} - {"meant"}
    said = "".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))
    raised = set(re.findall(r'Refused\(\s*"(\w+)"', said))
    raised |= set(re.findall(r'"(database_\w+)"', (PACKAGE / "trouble.py").read_text("utf-8")))
    assert refused == raised - {"meant"}
