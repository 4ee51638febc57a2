"""Findings of the what-if on states that the sample team does not reach."""

from types import SimpleNamespace

import pandas as pd
import pytest

from toolkit.base.states import WARNING
from toolkit.parameters import Parameters
from toolkit.reports.what_if_findings import calibrated
from toolkit.reports.wording import Wording


@pytest.mark.parametrize(("language", "said"), [("en", "80% on average, 30% were won"), ("zh", "80%")])
def test_a_range_of_stated_probabilities_that_is_clearly_off_is_the_headline(language, said):
    row = {"rep_id": "", "bin": 4, "stated": 0.8, "n": 20, "won": 6, "share": 0.3, "low": 0.15, "high": 0.52}
    looks = SimpleNamespace(
        reliability=pd.DataFrame([row | {"state": WARNING}, row | {"rep_id": "R1", "state": WARNING}]),
        calibrated_tiers=pd.DataFrame({"account_id": ["A1"], "tier": ["B"], "calibrated_tier": ["B"]}),
        state=SimpleNamespace(rep=lambda rep: {"R1": "王磊"}[rep]),
    )
    found = calibrated(looks, {}, Wording(Parameters(), language, {}, {}))
    told = " ".join(map(str, found if isinstance(found, tuple) else vars(found).values()))
    assert said in told and "王磊" in told
