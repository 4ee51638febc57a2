"""The quarter as it stands on a Friday: target, signed, weighted in hand, gap, and what moved the gap."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from toolkit.method import pipeline
from toolkit.state.known import Known


@dataclass(frozen=True)
class QuarterState(Known):
    """The pipeline of the Friday's quarter, wired from what was known."""

    @cached_property
    def pipeline_table(self) -> pd.DataFrame:
        """pipeline.csv: item, this_week, last_week."""
        d = self.data
        return pipeline.pipeline(d.accounts, d.account_weeks, d.targets, self.friday)

    @cached_property
    def pipeline(self) -> dict[str, float]:
        """This week's items of the pipeline by name."""
        return dict(zip(self.pipeline_table["item"], self.pipeline_table["this_week"], strict=True))

    @property
    def quarter(self) -> str:
        """The Friday's quarter, such as 2026Q4."""
        return pipeline.quarter_of(self.friday)

    def gap_on(self, friday: np.datetime64) -> float:
        """The gap to the quarter's target as it stood on an earlier Friday; NaN in another quarter."""
        if pipeline.quarter_of(friday) != self.quarter:
            return np.nan
        stand = pipeline.positions(self.data.accounts, self.data.account_weeks, friday)
        return float(pipeline.target(self.data.targets, friday) - stand["signed"].sum() - stand["weighted"].sum())

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """What moved the gap since last Friday: account_id, kind, change; the largest first."""
        d, before = self.data, self.friday - np.timedelta64(7, "D")
        now, then = (pipeline.positions(d.accounts, d.account_weeks, f) for f in (self.friday, before))
        goals = (pipeline.target(d.targets, f) for f in (self.friday, before))
        return pipeline.bridge(now, then, self.friday, *goals)
