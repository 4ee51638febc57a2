"""The synthetic team: one seeded process that fills every table of the data contract.

`make` returns the tables as frames, `write` puts them into a folder; `python -m toolkit.sample sample_data` makes the
committed folder anew. The package knows the data contract only, and none of the rules.

Examples:
    >>> tables = make(seed=1, accounts=40, reps=8, weeks=3, detail=False)
    >>> len(tables["account_weeks"])
    120
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from toolkit.sample import (
    chains,
    decisions,
    enablement,
    evidence,
    reporting,
    requests,
    shape,
    support,
    world,
)
from toolkit.sample.days import fridays
from toolkit.sample.planted import planted
from toolkit.sample.process import simulate
from toolkit.sample.readme import readme
from toolkit.sample.write import write

__all__ = ["SEED", "make", "write", "write_sample"]

SEED = 20261120
DEFAULT_SIZE = (60, 12, 26, "2026-11-20")


def make(
    seed: int = SEED,
    accounts: int = 60,
    reps: int = 12,
    weeks: int = 26,
    last_friday: str = "2026-11-20",
    detail: bool = True,
) -> dict[str, pd.DataFrame]:
    """The tables of a believable team, as one seeded process.

    Args:
        seed: the same seed gives the same tables, whatever the machine.
        accounts: how many are active at any time; a closed one makes room for a new one, so that the table accounts
            holds more.
        reps: how many share them.
        weeks: how many, the last one ending on `last_friday`.
        detail: True fills every table of the contract, with the stories that sample_data/README.md tells, and needs
            the default size (ValueError otherwise). False gives accounts, account_weeks (exactly accounts x weeks
            rows), reps, industries and daily_reports (without texts) of any size, without stories.

    Returns:
        Table name -> frame with the contract's columns; dates are datetime64 at midnight, times ISO text with offset.

    Examples:
        >>> sorted(make(accounts=10, reps=2, weeks=1, detail=False))
        ['account_weeks', 'accounts', 'daily_reports', 'industries', 'reps']
    """
    if detail and (accounts, reps, weeks, last_friday) != DEFAULT_SIZE:
        raise ValueError("the stories belong to the default size; other sizes need detail=False")
    if accounts < reps or reps < 1:
        raise ValueError("there must be at least one account for each rep")
    scene = world.build(seed, accounts, reps, fridays(last_friday, weeks), detail)
    shaped = shape.Shaped(scene, simulate(scene, detail))
    tables = {
        "accounts": shape.accounts(shaped),
        "account_weeks": shape.account_weeks(shaped, detail),
        "reps": shape.reps(shaped, detail),
        "industries": shape.industries(shaped),
        "daily_reports": shape.daily_reports(shaped),
    }
    return _detailed(shaped, tables) if detail else tables


def write_sample(folder: str | Path, seed: int = SEED) -> None:
    """Writes the default tables, the list of planted cases and the README that tells the stories."""
    tables = make(seed)
    write(tables | {"planted": planted(tables["accounts"])}, folder)
    (Path(folder) / "README.md").write_bytes(readme(tables).encode("utf-8"))


def _detailed(shaped: shape.Shaped, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The other tables of the contract, from the same process."""
    reports = reporting.told_reports(shaped, tables["daily_reports"])
    tables["resource_requests"] = requests.resource_requests(shaped, reports)
    tables["bonuses"], tables["targets"] = reporting.bonuses_and_targets(shaped)
    tables["account_sites"] = evidence.account_sites(shaped, tables["accounts"])
    tables["visits"] = evidence.visits(shaped, tables["account_sites"])
    tables["decision_makers"] = chains.decision_makers(shaped)
    tables["relationships"] = chains.relationships(shaped)
    tables["verifications"] = evidence.verifications(shaped)
    tables["contacts"] = chains.contacts(shaped, tables["verifications"])
    tables["executive_moves"] = chains.executive_moves(shaped, tables["decision_makers"])
    tables["callbacks"] = evidence.callbacks(shaped)
    tables["competitor_intel"] = evidence.competitor_intel(shaped)
    tables["losses"] = evidence.loss_days(shaped)
    tables["executive_orders"] = support.executive_orders(shaped)
    tables["handouts"] = support.handouts(shaped)
    tables["campaigns"], tables["campaign_moves"] = support.campaigns(shaped)
    tables["playbooks"] = enablement.playbooks(shaped)
    tables["directives"] = reporting.directives(shaped, reports)
    tables["sessions"], tables["session_obstacles"] = enablement.sessions(shaped, tables["losses"])
    tables["problems"] = enablement.problems(shaped)
    tables["achievements"] = enablement.achievements(shaped)
    dropped = shaped.accounts["status"] == "dropped"
    tables["self_checks"] = reporting.self_checks(shaped, shaped.accounts["closed"][dropped])
    tables["decisions"] = decisions.decisions(shaped, tables)
    return tables
