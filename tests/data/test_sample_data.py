"""The synthetic team's data passes the gate, now and on any past Friday."""

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit.data.contract import TABLES
from toolkit.data.load import load

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def sample():
    return load(SAMPLE)


def test_the_sample_has_no_faults(sample):
    assert sample.faults.empty
    assert sample.rejected.empty


def truncate(place, day, out):
    """A copy that ends on `day`, cut line by line: rows by their own date, cells by theirs, then orphans."""
    rows = {}
    for name, table in TABLES.items():
        file = place / f"{name}.csv"
        if not file.exists():
            continue
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows[name] = list(csv.DictReader(stream))
        if table.seen_from:
            rows[name] = [row for row in rows[name] if row[table.seen_from][:10] <= day]
        for row in rows[name]:
            for later in table.later:
                if row.get(later.date, "")[:10] > day:
                    row.update(dict.fromkeys({later.date, *later.cells} & row.keys(), "") | dict(later.reset))
    for name in ("account_sites", "decision_makers", "campaigns", "relationships", "session_obstacles"):
        for column in TABLES[name].references():
            if column.refers_to in rows and column.refers_to != name:
                key = TABLES[column.refers_to].key[0]
                known = {row[key] for row in rows[column.refers_to]} | {""}
                rows[name] = [row for row in rows[name] if row.get(column.name, "") in known]
    for name, kept in rows.items():
        columns = next(csv.reader((place / f"{name}.csv").open(encoding="utf-8-sig")))
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(kept)


@pytest.mark.parametrize("weeks_back", [1, 9])
def test_a_past_friday_equals_a_copy_that_ends_there(sample, tmp_path, weeks_back):
    fridays = sorted(sample.account_weeks["week_ending"].unique())
    day = pd.Timestamp(fridays[-1 - weeks_back]).date()
    truncate(SAMPLE, day.isoformat(), tmp_path)
    copy, past = load(tmp_path), sample.at(day)
    for name, frame in past.tables.items():
        pd.testing.assert_frame_equal(frame, copy.tables[name], obj=name)
    assert past.faults.drop(columns="row").equals(copy.faults.drop(columns="row"))
    assert isinstance(past.day, date)
