"""The contract is whole: names that exist, labels in both languages, and a page that says the same."""

import subprocess
import sys
from pathlib import Path

from toolkit.data.contract import NEEDED, TABLES, by_reference
from toolkit.data.document import contract_page
from toolkit.data.headers import column_label, plain_name, table_label, table_of

ROOT = Path(__file__).parents[2]


def test_every_table_and_column_of_the_contract_is_there():
    # counted by hand in the contract's text: 30 tables; accounts has 19 columns, resource_requests 22
    assert len(TABLES) == 30
    assert len(TABLES["accounts"].columns) == 19
    assert len(TABLES["resource_requests"].columns) == 22
    assert set(NEEDED) <= set(TABLES)


def test_what_a_table_says_about_its_columns_names_columns():
    for table in TABLES.values():
        names = set(table.names)
        assert len(names) == len(table.names), table.name
        assert set(table.key) <= names
        assert not table.seen_from or table.seen_from in names
        for later in table.later:
            assert {later.date, *later.cells, *(column for column, _ in later.reset)} <= names
            assert not any(table[cell].required for cell in (later.date, *later.cells))
        for pair in (*table.ends, *table.parts):
            assert set(pair) <= names


def test_every_reference_leads_to_a_table_that_comes_before_it():
    order = [table.name for table in by_reference()]
    assert sorted(order) == sorted(TABLES)
    for table in TABLES.values():
        for column in table.references():
            if column.refers_to != table.name:
                assert order.index(column.refers_to) < order.index(table.name)


def test_labels_are_different_within_a_table_in_either_language():
    for language in ("zh", "en"):
        for name, table in TABLES.items():
            labels = [plain_name(column_label(name, column, language)) for column in table.names]
            assert len(set(labels)) == len(labels), (name, language)
            assert table_of(table_label(name, language)) == name


def test_no_label_is_the_name_of_another_column():
    for language in ("zh", "en"):
        for name, table in TABLES.items():
            for column in table.names:
                label = plain_name(column_label(name, column, language))
                assert label == column or label not in table.names, (name, column)


def test_the_page_about_the_data_says_what_the_contract_says():
    assert (ROOT / "docs" / "data.md").read_text("utf-8") == contract_page()


def test_only_loading_data_costs_the_schema_library():
    code = "import sys, toolkit.data.load, toolkit.data.faults; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
