"""F3's register of technical risks: where likelihood and effect come from."""

import pandas as pd
import pytest

from toolkit.method.risk_register import HIGH, LOW, MEDIUM, RISKS, RiskParameters, register, spoken_of


def said(**texts):
    rows = [(account, text) for account, lines in texts.items() for text in lines]
    return pd.DataFrame(rows, columns=["account_id", "text"])


def row(found, risk):
    return found.set_index("risk").loc[risk]


@pytest.mark.parametrize(("times", "level"), [(0, LOW), (1, MEDIUM), (3, MEDIUM), (4, HIGH), (10, HIGH)])
def test_likelihood_follows_the_share_of_comparable_accounts_that_raised_it(times, level):
    accounts = [f"A{n}" for n in range(10)]
    texts = said(**{account: ["总工质疑接口兼容" if n < times else "质保"] for n, account in enumerate(accounts)})
    p = RiskParameters(likely=0.4, possible=0.1)
    found = row(register(texts, accounts, [], p), "interface")
    assert (found["raised"], found["accounts"], found["likelihood"], bool(found["known"])) == (times, 10, level, True)


def test_two_accounts_that_spoke_of_risks_are_too_few_to_judge_three_are_enough():
    accounts = ["A1", "A2", "A3"]
    two = register(said(A1=["接口"], A2=["质保"]), accounts, [], RiskParameters())
    three = register(said(A1=["接口"], A2=["质保"], A3=["停机"]), accounts, [], RiskParameters())
    assert not two["known"].any() and (two["likelihood"] == MEDIUM).all()
    assert three["known"].all()


def test_silence_is_no_low_likelihood():
    texts = said(A1=["例行沟通"], A2=["价格异议"])
    found = register(texts, [f"A{n}" for n in range(12)], [], RiskParameters())
    assert (found["accounts"] == 0).all() and not found["known"].any() and (found["likelihood"] == MEDIUM).all()


def test_an_account_that_raises_it_twice_counts_once():
    found = register(said(A1=["接口", "接口不兼容"]), ["A1", "A2", "A3"], [], RiskParameters())
    assert row(found, "interface")["raised"] == 1


def test_what_others_say_does_not_count():
    found = register(said(B1=["接口"], A1=["价格"]), ["A1", "A2", "A3"], [], RiskParameters())
    assert row(found, "interface")["raised"] == 0


def test_what_this_account_raised_or_its_people_care_about_weighs_one_level_more_and_never_above_high():
    without = register(said(), ["A1", "A2", "A3"], [], RiskParameters())
    caring = register(said(), ["A1", "A2", "A3"], ["投产不延期", "降低停机损失"], RiskParameters())
    assert row(without, "delay")["effect"] == MEDIUM and row(caring, "delay")["effect"] == HIGH
    assert row(without, "downtime")["effect"] == row(caring, "downtime")["effect"] == HIGH


def test_the_heaviest_risk_comes_first():
    found = register(said(), ["A1", "A2", "A3"], ["投产不延期"], RiskParameters())
    assert found["weight"].is_monotonic_decreasing
    assert sorted(found["risk"]) == sorted(risk.code for risk in RISKS)


def test_domestic_substitution_targets_are_no_word_of_performance():
    assert spoken_of(["国产替代指标"]) == {"supply"}
