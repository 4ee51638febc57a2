"""CSV and Excel: exact numbers, ids as they are, nothing that a spreadsheet would run."""

import csv
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from tests.publish.example_report import example
from toolkit.language import LANGUAGES, has
from toolkit.publish.tables import write_tables
from toolkit.publish.workbook import write_workbook


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_ids(report):
    tiers = report.tables["tiers"].copy()
    tiers.loc[0, "account_id"] = "=0012"
    tiers.loc[1, "account_id"] = "0012"
    return replace(report, tables={**report.tables, "tiers": tiers})


def test_every_table_is_written_with_its_header_even_when_empty(tmp_path):
    report = example()
    paths = write_tables(report, tmp_path / "tables")
    assert [p.stem for p in paths] == list(report.tables)
    assert (tmp_path / "tables" / "faults.csv").read_text() == "table,row,column,value,rule,advice\n"


def test_floats_are_exact_dates_iso_and_booleans_words(tmp_path):
    write_tables(example(), tmp_path)
    row = read(tmp_path / "tiers.csv")[0]
    assert row["next_tier_gap"] == "0.30000000000000004"
    assert row["week_ending"] == "2026-11-20" and row["on_watch"] == "false"
    assert b"\r" not in (tmp_path / "tiers.csv").read_bytes()


def test_text_is_neutralised_and_numbers_and_ids_stay(tmp_path):
    write_tables(with_ids(example()), tmp_path)
    assert [r["text"] for r in read(tmp_path / "actions.csv")] == ["'=cmd()", "+1", "-2", "'@x", "'\tx"]
    assert [r["account_id"] for r in read(tmp_path / "tiers.csv")][:2] == ["=0012", "0012"]


def test_a_missing_value_is_an_empty_cell(tmp_path):
    write_tables(example(), tmp_path)
    yanshan = next(r for r in read(tmp_path / "tiers.csv") if r["account_id"] == "yanshan")
    assert yanshan["strategic_weight"] == ""
    assert ",nan," not in (tmp_path / "tiers.csv").read_text().lower()


def test_tables_and_workbook_are_the_same_bytes_every_time(tmp_path):
    for n in ("one", "two"):
        write_tables(example(), tmp_path / n)
        write_workbook(example(), tmp_path / n / "weekly_review.xlsx")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = write_workbook(with_ids(example("zh")), tmp_path_factory.mktemp("book") / "weekly_review.xlsx")
    return openpyxl.load_workbook(path)


def test_the_workbook_holds_a_summary_and_the_contracts_tables(book):
    report = example("zh")
    assert book.sheetnames == ["summary", *report.tables]
    for name, table in report.tables.items():
        assert [cell.value for cell in book[name][1]] == list(table.columns)
        assert book[name].freeze_panes == "A2" and book[name].auto_filter.ref


def test_headers_carry_their_label_in_a_note(book):
    notes = {cell.value: cell.comment.text for cell in book["tiers"][1] if cell.comment}
    assert notes["win_probability"] == "成交概率" and notes["resource_consumption_ratio"] == "资源消耗比"
    assert set(notes) == set(example().tables["tiers"].columns)


def test_no_cell_is_a_formula_or_a_link(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
    assert [row[8].value for row in book["actions"].iter_rows(min_row=2)] == ["=cmd()", "+1", "-2", "@x", "\tx"]
    assert [row[1].value for row in book["tiers"].iter_rows(min_row=2)][:2] == ["=0012", "0012"]


def test_numbers_stay_numbers_and_dates_dates(book):
    tiers = book["tiers"]
    header = [cell.value for cell in tiers[1]]
    row = dict(zip(header, tiers[2], strict=True))
    assert row["win_probability"].value == 0.78 and row["win_probability"].number_format == "0.0%"
    assert row["week_ending"].value == pd.Timestamp("2026-11-20").to_pydatetime()
    assert row["on_watch"].value is False


def test_the_summary_begins_with_the_verdict_and_lists_the_decisions(book):
    report, summary = example("zh"), book["summary"]
    words = [str(cell.value) for row in summary.iter_rows() for cell in row if cell.value is not None]
    assert "".join(report.verdict) in words
    assert set(report.evidence["decisions"].question) <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_output_column_has_a_label(language):
    columns = {c for table in example(language).tables.values() for c in table.columns} - {"advice"}
    missing = [c for c in sorted(columns) if not (has(f"output.{c}", language) or has(f"column.{c}", language))]
    assert missing == []
