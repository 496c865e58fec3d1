"""Early signs in the tables of the simulated company."""

import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.risk import baseline, early_signs


def test_early_signs_say_nothing_where_a_table_is_absent(without):
    poor = without("reviews", "tickets", "shipments", "orders", "prices", "listings")
    assert early_signs.voice(poor).empty
    assert early_signs.ports(poor).empty
    assert early_signs.thresholds(poor, 50.0).empty
    assert early_signs.rivals(poor).empty
    assert early_signs.counterfeits(poor, seed=1).empty


def test_early_signs_of_the_whole_company(company):
    assert not early_signs.voice(company).empty
    assert early_signs.ports(company)["late_share"].between(0, 1).all()
    taxed = early_signs.thresholds(company, 25.0)
    assert (taxed["taxed_after"] >= taxed["taxed_before"]).all()
    assert set(early_signs.rivals(company)["light"]) <= {"green", "amber", "red"}


def test_the_disruption_index_needs_supply_indicators(company):
    wide, side = baseline.panel(company.table("indicators"))
    split = pd.Timestamp("2025-05-01")
    index, cover = early_signs.disruption(company, baseline.learn(wide, side, train_end=split))
    assert index.between(0, 100).all()
    assert cover["paid_months"].is_monotonic_decreasing
    other = wide[["failed_logins", "cost_per_click"]]
    with pytest.raises(Refusal, match="no disruption index"):
        early_signs.disruption(company, baseline.learn(other, side[other.columns], train_end=split))


def test_money_indicators_stand_on_one_scale_with_their_zone(company):
    wide, side = baseline.panel(company.table("indicators"))
    usual = baseline.learn(wide, side, train_end=pd.Timestamp("2025-05-01"))
    health = early_signs.financial_health(usual, wide)
    assert health["score"].is_monotonic_increasing
    assert health["score"].between(0, 100).all()
    assert set(health["zone"]) <= {"safe", "watch", "danger"}
    kinds = " ".join(health["name"])
    assert all(word in kinds for word in ("cash", "receivable", "account_health"))
    assert early_signs.financial_health(usual, wide[["cost_per_click"]]).empty


def test_warnings_are_split_by_whether_there_was_a_sign():
    warned = pd.DataFrame(
        {"incident_id": ["a", "b", "c"], "warned": [True, False, True], "lead_weeks": [2.0, None, 4.0]}
    )
    known = {"incident_warnings": pd.DataFrame({"incident_id": ["a", "b", "c"], "warned": [True, False, True]})}
    table = early_signs.against_truth(warned, known).set_index("sign")
    assert table["incidents"].to_dict() == {"none": 1, "there was one": 2}
    assert table.loc["there was one", "median_lead_weeks"] == 3
    assert early_signs.against_truth(warned, None)["sign"].tolist() == ["unknown"]
