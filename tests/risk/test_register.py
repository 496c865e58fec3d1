"""The register: scores, classes, disagreement with losses, treatments, corrected rates."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import register


@pytest.fixture
def risks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "risk_id": ["A", "B", "C", "D"],
            "name": ["ban", "fire", "theft", "fine"],
            "kind": ["strategic", "operational", "operational", "compliance"],
            "phase": ["sales", "delivery", "delivery", "sales"],
            "probability_score": [5, 2, 4, 1],
            "impact_score": [4, 5, 3, 5],
            "controllability_score": [5, 2, 2, 3],
            "frequency_year": [0.5, 0.1, 1.0, 0.1],
            "severity_median_usd": [1000.0, 50_000.0, 300.0, 9_000.0],
            "severity_log_sd": [0.5, 1.0, 0.2, 0.0],
            "treatment": ["reduce", "transfer", "reduce", "avoid"],
            "treatment_cost_usd": [100.0, 2_000.0, 500.0, 0.0],
            "treatment_effect": [0.5, 0.9, 0.1, 0.2],
        }
    )


def test_scores_and_classes_by_hand(risks):
    table = register.scored(risks).set_index("risk_id")
    assert table["score"].to_dict() == {"A": 20, "B": 10, "C": 12, "D": 5}
    assert table["priority"].to_dict() == {"A": 100, "B": 20, "C": 24, "D": 15}
    assert table["action"].to_dict() == {"A": "plan and insure", "B": "watch", "C": "act now", "D": "watch"}
    assert table["rank"].to_dict() == {"A": 1, "C": 2, "B": 3, "D": 4}


def test_disagreement_names_what_the_score_underrates(risks):
    parts = pd.DataFrame({"risk_id": list("ABCD"), "mean_usd": [1.0, 9, 2, 3], "tail_usd": [1.0, 9, 2, 3]})
    table = register.compare_rankings(register.scored(risks), parts, gap=2).set_index("risk_id")
    assert table["verdict"].to_dict() == {"A": "overrated", "B": "underrated", "C": "agrees", "D": "underrated"}
    assert register.rank_agreement(table) == pytest.approx(-0.8)


def test_splitting_a_risk_moves_its_score_and_not_its_loss(risks):
    """Cox (2008): why a matrix alone misleads."""
    half = risks.iloc[[0]].assign(frequency_year=0.25, probability_score=4)
    whole = register.scored(risks)["priority"].max()
    assert register.scored(half)["priority"].max() < whole


def test_treatments_are_funded_by_ratio_within_the_budget(risks):
    table = register.rank_treatments(risks, [600.0, 8_000.0, 300.0, 900.0], budget_usd=2_000.0).set_index("risk_id")
    assert table["net_usd"].to_dict() == pytest.approx({"A": 200, "B": 5_200, "C": -470, "D": 180})
    assert np.isinf(table.loc["D", "ratio"])
    assert table["funded"].to_dict() == {"D": True, "B": True, "A": False, "C": False}


def test_corrected_rates_lie_between_register_and_record(risks):
    losses = pd.DataFrame({"risk_id": ["A"] * 12, "loss_usd": [2_000.0] * 12})
    table = register.credible_rates(risks, losses, 6.0).set_index("risk_id")
    assert 0.5 < table.loc["A", "frequency_year"] < 2.0
    assert table.loc["A", "frequency_year"] == pytest.approx((0.5 * 3 + 12) / 9)
    assert 1_000 < table.loc["A", "severity_median_usd"] < 2_000
    assert table.loc["B", "frequency_year"] == pytest.approx(0.1 * 3 / 9)


def test_without_a_record_the_register_stands(risks):
    years, table = register.with_record(risks, None, pd.Timestamp("2025-01-01"))
    assert years == 0
    pd.testing.assert_frame_equal(table.drop(columns="events"), risks)
    rates = register.rate_table(table, years).set_index("name")
    assert rates.loc["theft", "rate_year"] == pytest.approx(1.0)
    assert (rates["low"] < rates["rate_year"]).all()


def test_rule_changes_of_one_day_are_one_change():
    timeline = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-07-01", "2019-01-01", "2024-08-01"]),
            "market": ["US", "US", "US", "US", "FR"],
            "change": ["starts", "starts", "starts", "starts", "starts"],
        }
    )
    table = register.rule_changes(timeline, ["US"], pd.Timestamp("2025-01-01"), years=4.0)
    assert table[["market", "events"]].to_numpy().tolist() == [["US", 2]]
    assert register.rule_changes(timeline, ["JP"], pd.Timestamp("2025-01-01"), years=4.0).empty


def test_detection_lag_counts_what_was_never_noticed():
    incidents = pd.DataFrame(
        {
            "kind": ["x", "x", "y"],
            "started_on": pd.to_datetime(["2025-01-01"] * 3),
            "noticed_on": pd.to_datetime(["2025-01-03", "2025-01-11", None]),
            "loss_usd": [1.0, 2.0, 9.0],
        }
    )
    table = register.detection_lag(incidents).set_index("kind")
    assert table.loc["x", ["incidents", "median_days", "within_target"]].tolist() == [2, 6, 0.5]
    assert table.loc["y", ["noticed", "within_target"]].tolist() == [0, 0]


def test_matrices_count_and_sum(risks):
    assert register.phase_matrix(risks).loc["delivery", "operational"] == 2
    matrix = register.treatment_matrix(risks, [1.0, 2, 3, 4])
    assert matrix.loc["operational", "transfer"] == 2
    assert matrix.to_numpy().sum() == 10


def test_what_happened_by_risk():
    losses = pd.DataFrame({"risk_id": ["A", "A", "B"], "loss_usd": [1.0, 3.0, 10.0]})
    table = register.expected_from_losses(losses, 2.0).set_index("risk_id")
    assert table.loc["A", ["events_year", "loss_year_usd"]].tolist() == [1.0, 2.0]


def test_wrong_registers_are_refused(risks):
    with pytest.raises(InputError, match=r"lacks \['impact_score'\]"):
        register.scored(risks.drop(columns="impact_score"))
    with pytest.raises(InputError, match="whole numbers from 1 to 5"):
        register.scored(risks.assign(impact_score=9))
    with pytest.raises(Refusal, match="set revenue_usd"):
        register.revenue_of(None, pd.Timestamp("2025-01-01"))
    with pytest.raises(InputError, match="without a simulated loss"):
        parts = pd.DataFrame({"risk_id": ["A"], "mean_usd": [1.0], "tail_usd": [1.0]})
        register.compare_rankings(register.scored(risks), parts)
