"""docs/tables.md lists every table and column that the reports leave, with a label in both languages."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs" / "make_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_is_what_the_reports_leave_and_every_column_has_its_labels():
    text = generator().text(generator().reports())
    assert (ROOT / "docs" / "tables.md").read_text("utf-8") == text, "run `make docs`"
    assert "|  |" not in text
