"""One published Friday: what `kat review` left in its folder, as far as a replay can be held against it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from toolkit.base.compare import above
from toolkit.base.errors import InputError
from toolkit.base.tiers import C, tier_codes
from toolkit.base.weeks import friday_of
from toolkit.language import say

_COLUMNS: Final = {
    "tiers": ("week_ending", "account_id", "tier", "reason"),
    "allocation": ("resource", "account_id", "pool", "share"),
}
_FIRST_ROW: Final = 2  # the row below the header, as a spreadsheet counts


@dataclass(frozen=True)
class Run:
    """A published Friday. `tiers`: row, account_id, tier (code), demoted; `shares`: row, account_id, pool, share."""

    folder: Path
    friday: np.datetime64
    tiers: pd.DataFrame
    shares: pd.DataFrame
    reserve: float

    def file(self, table: str) -> Path:
        """Where a table of the run lies."""
        return _file(self.folder, table)


def read_run(folder: Path, resource: str, language: str) -> Run:
    """What a review published of its Friday: tiers, and shares of one resource.

    `row` is the row in the file, the header being 1. Raises InputError, in `language`, for whatever is not as a review
    writes it.
    """
    friday = _friday(folder, language)
    return Run(folder, friday, _tiers(folder, friday, language), *_shares(folder, resource, language))


def _file(folder: Path, table: str) -> Path:
    return folder / "tables" / f"{table}.csv"


def _friday(folder: Path, language: str) -> np.datetime64:
    file = folder / "run.json"
    try:
        facts = json.loads(file.read_text("utf-8"))
        day = np.datetime64(facts["week_ending"], "D")
    except OSError:
        raise InputError(say("replay.no_run", language, folder=folder)) from None
    except (ValueError, KeyError, TypeError):
        raise InputError(say("replay.not_a_run", language, file=file)) from None
    if np.isnat(day) or friday_of(day) != day:
        raise InputError(say("replay.not_a_friday", language, file=file, day=str(day)))
    return day


def _table(folder: Path, name: str, language: str) -> pd.DataFrame:
    """A table of the folder as text, with the row numbers of its file."""
    file = _file(folder, name)
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except OSError:
        raise InputError(say("replay.no_table", language, file=file)) from None
    except (ValueError, UnicodeDecodeError):
        raise InputError(say("replay.not_a_table", language, file=file)) from None
    for column in _COLUMNS[name]:
        if column not in table.columns:
            raise InputError(say("replay.no_column", language, file=file, column=column))
    return table.assign(row=np.arange(len(table)) + _FIRST_ROW)


def _refuse(wrong: Any, file: Path, table: pd.DataFrame, column: str, problem: str, language: str) -> None:
    """Raise for the first row in which a cell is wrong."""
    at = np.flatnonzero(np.asarray(wrong))
    if len(at):
        line = table.iloc[int(at[0])]
        words = {"file": file, "row": int(line["row"]), "column": column, "value": line[column]}
        raise InputError(say("replay.cell", language, **words, problem=say(f"replay.problem.{problem}", language)))


def _tiers(folder: Path, friday: np.datetime64, language: str) -> pd.DataFrame:
    file, table = _file(folder, "tiers"), _table(folder, "tiers", language)
    codes = tier_codes(table["tier"])
    _refuse(table["week_ending"] != str(friday), file, table, "week_ending", "another_friday", language)
    _refuse(codes < 0, file, table, "tier", "no_tier", language)
    _refuse(table["account_id"].duplicated(), file, table, "account_id", "twice", language)
    stalled = table["reason"].str.split(";").map(lambda codes: "stalled_b" in codes).to_numpy(dtype=bool)
    return table[["row", "account_id"]].assign(tier=codes, demoted=stalled & (codes == C))


def _shares(folder: Path, resource: str, language: str) -> tuple[pd.DataFrame, float]:
    file, table = _file(folder, "allocation"), _table(folder, "allocation", language)
    there = table["resource"].unique().tolist()
    if len(table) and resource not in there:
        words = {"resource": resource, "there": ", ".join(there)}
        raise InputError(say("replay.no_resource", language, file=file, **words))
    table = table[table["resource"] == resource]
    share = pd.to_numeric(table["share"], errors="coerce").to_numpy(dtype=float)
    _refuse(~((share >= 0) & ~above(share, 1.0)), file, table, "share", "no_share", language)
    _refuse(table.duplicated(["account_id", "pool"]), file, table, "account_id", "twice", language)
    if len(table) and abs(share.sum() - 1) > 1e-6:
        raise InputError(say("replay.not_whole", language, file=file, resource=resource, total=share.sum()))
    own = (table["account_id"] != "").to_numpy()
    rows = table.loc[own, ["row", "account_id", "pool"]].assign(share=share[own])
    return rows.reset_index(drop=True), float(share[~own].sum())
