"""What was known on a Friday, and the single facts of it that sentences need: names, owners, contracts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from toolkit.data.load import Data
from toolkit.parameters import Parameters


def newest_answers(decisions: pd.DataFrame) -> pd.DataFrame:
    """The newest answer to each action, by action_id: the last decided one, of one day the last by id."""
    ordered = decisions.sort_values(["decided_on", "decision_id"])
    return ordered.drop_duplicates("action_id", keep="last").set_index("action_id")


@dataclass(frozen=True)
class Known:
    """The data as they could be known on `friday`, and the parameters they are judged by."""

    data: Data
    friday: np.datetime64
    parameters: Parameters

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """What ids are called."""
        d = self.data
        return {
            "accounts": dict(zip(d.accounts["account_id"], d.accounts["account_name"], strict=True)),
            "reps": dict(zip(d.reps["rep_id"], d.reps["rep_name"], strict=True)),
            "industries": dict(zip(d.industries["industry_id"], d.industries["industry_name"], strict=True)),
        }

    @cached_property
    def _owners(self) -> dict[str, str]:
        owners = self.data.accounts.set_index("account_id")["owner_id"]
        return dict(owners.dropna())

    @cached_property
    def _contracts(self) -> dict[str, float]:
        rows = self.data.account_weeks.sort_values("week_ending").drop_duplicates("account_id", keep="last")
        return dict(zip(rows["account_id"], rows["contract_amount"], strict=True))

    def account(self, account_id: str) -> str:
        """An account's name."""
        return self.names["accounts"].get(account_id, account_id)

    def rep(self, rep_id: str) -> str:
        """A rep's name."""
        return self.names["reps"].get(rep_id, rep_id)

    def owner(self, account_id: str) -> str:
        """The rep who owns an account; "" where nobody does."""
        return self._owners.get(account_id, "")

    def contract(self, account_id: str) -> float:
        """The contract amount of an account's newest weekly row (CNY; NaN where blank)."""
        return float(self._contracts.get(account_id, np.nan))

    def stake(self, account_id: str) -> float:
        """The contract amount, 0 where it is blank: what one account weighs against another."""
        return float(np.nan_to_num(self.contract(account_id)))

    @cached_property
    def _unreached(self) -> dict[str, list[str]]:
        people = self.data.decision_makers
        people = people[people["is_key"].fillna(False).astype(bool) & people["first_contacted_on"].isna()]
        people = people[~people["person_id"].isin(self.data.contacts["person_id"]) & people["title"].notna()]
        ordered = people.sort_values(["influence", "person_id"], ascending=[False, True])
        return dict(ordered.groupby("account_id")["title"].agg(list))

    def unreached(self, account_id: str) -> list[str]:
        """Titles of an account's key people whom nobody has reached, the most influential first."""
        return self._unreached.get(account_id, [])
