"""What a what-if was asked: the scenarios by name or file, and an allocation plan of one's own."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from toolkit.base.compare import above
from toolkit.base.errors import InputError
from toolkit.base.settings import nearest
from toolkit.language import say
from toolkit.whatif.scenario import BASELINE, Scenario, read_scenario, stock

ALL: Final = "all"
_SHARE, _AMOUNT = "share", "amount"

Asked = Iterable[str | Path | Scenario] | None
Plan: TypeAlias = "str | Path | Mapping[str, float] | pd.Series | None"


def scenarios_of(asked: Asked, language: str = "zh") -> tuple[Scenario, ...]:
    """The scenarios in the order asked for, each once; the first is the one that the report is about.

    asked  names of stock scenarios, files, or Scenario values; `all` stands for every stock scenario; nothing, or
           blank texts alone: every stock scenario

    Raises InputError for an unknown name, a file that is none, and two different scenarios of one name.

    Examples
    --------
    >>> [scenario.name for scenario in scenarios_of(["spill", "a_line_55", "spill"])]
    ['spill', 'a_line_55']
    """
    named = [one for one in asked or () if one != ""]
    found: dict[str, Scenario] = {}
    for one in named or [ALL]:
        for scenario in stock() if one == ALL else [_scenario(one, language)]:
            if scenario.name == BASELINE:
                continue
            if found.setdefault(scenario.name, scenario) != scenario:
                raise InputError(say("what_if.asked.twice", language, name=scenario.name))
    if not found:
        raise InputError(say("what_if.asked.none", language))
    return tuple(found.values())


def _scenario(one: str | Path | Scenario, language: str) -> Scenario:
    return one if isinstance(one, Scenario) else read_scenario(one, language)


def plan_of(given: Plan, accounts: Iterable[str], total: float, language: str = "zh") -> pd.Series | None:
    """A plan as shares of the resource by account id, 0 where it names none; None where no plan was given.

    given     a CSV file (account_id, and share of the whole or amount of the first resource), or shares by account id
    accounts  the active accounts
    total     the first resource's weekly total

    Raises InputError for a file or column that is not there, an account that is not active or named twice, a number
    below 0 or none at all, and a plan that gives out more than there is.

    Examples
    --------
    >>> plan_of({"A1": 0.5}, ["A1", "A2"], 400_000.0).to_dict()
    {'A1': 0.5, 'A2': 0.0}
    """
    if given is None or (isinstance(given, str) and not given):
        return None
    if isinstance(given, str | Path):
        rows, name = _read(Path(given), total, language), str(given)
    else:
        rows, name = _rows(dict(given)), say("what_if.asked.plan", language)
    ids = [str(account) for account in accounts]
    _check(rows, ids, name, language)
    shares = rows.set_index("account_id")["share"].reindex(ids).fillna(0.0).astype(float)
    if above(shares.sum(), 1.0):
        raise InputError(say("what_if.asked.too_much", language, file=name, sum=shares.sum() * total, total=total))
    return shares


def _rows(shares: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"account_id": [str(key) for key in shares], "share": list(shares.values())})


def _read(file: Path, total: float, language: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, ValueError):
        raise InputError(say("what_if.asked.no_file", language, file=file)) from None
    table.columns = [str(name).strip() for name in table.columns]
    measures = [name for name in (_SHARE, _AMOUNT) if name in table.columns]
    if "account_id" not in table.columns or len(measures) != 1:
        raise InputError(say("what_if.asked.columns", language, file=file, columns=", ".join(table.columns)))
    text = table[measures[0]].str.strip()
    part = pd.to_numeric(text, errors="coerce") / (total if measures[0] == _AMOUNT else 1.0)
    return pd.DataFrame({"account_id": table["account_id"].str.strip(), "share": part.where(text != "", 0.0)})


def _check(rows: pd.DataFrame, accounts: list[str], name: str, language: str) -> None:
    def refuse(key: str, **facts: Any) -> None:
        raise InputError(say(f"what_if.asked.{key}", language, file=name, **facts))

    part = rows["share"].to_numpy(dtype=float)
    unknown = rows.loc[~rows["account_id"].isin(accounts), "account_id"]
    if len(unknown):
        near = nearest(unknown.iloc[0], accounts) or accounts[:3]
        refuse("unknown_account", account=unknown.iloc[0], near=", ".join(near))
    twice = rows.loc[rows["account_id"].duplicated(), "account_id"]
    if len(twice):
        refuse("account_twice", account=twice.iloc[0])
    wrong = rows.loc[~(np.isfinite(part) & (part >= 0)), "account_id"]
    if len(wrong):
        refuse("no_number", account=wrong.iloc[0])
