"""Findings of the what-if on states that the sample team does not reach."""

from types import SimpleNamespace

import pandas as pd
import pytest

from toolkit.base.states import WARNING
from toolkit.parameters import Parameters
from toolkit.reports.what_if_decide import _divide
from toolkit.reports.what_if_findings import calibrated
from toolkit.reports.wording import Wording
from toolkit.whatif.scenario import BASELINE


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


@pytest.mark.parametrize(("shared", "said"), [(0.79, "排名会反过来"), (0.99, "现行规则61%")])
def test_a_rule_that_shared_errors_would_vindicate_is_not_to_be_changed_on_the_price_alone(shared, said):
    rows = {"scenario": BASELINE, "plan": ["value", "optimum"], "in_force": [True, False], "state": "ok"}
    wrong = {"scenario": BASELINE, "plan": ["value", "optimum"], "cv": 1.0, "mean": [0.61, 0.87], "code": "better"}
    shown = {
        "price_plans": pd.DataFrame(rows | {"share_of_optimum": [0.71, 1.0]}),
        "robustness": pd.DataFrame(wrong),
        "assumptions": pd.DataFrame({"rule": [0.71, 0.83], "optimum": [1.0, shared]}),
    }
    looks = SimpleNamespace(base=SimpleNamespace(name=BASELINE))
    (line,) = _divide(looks, shown, Wording(Parameters(), "zh", {}, {}))
    assert said in line["why"]
