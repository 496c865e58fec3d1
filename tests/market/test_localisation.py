"""Payment reach, delivery gap, readiness, share at risk."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import localisation

USAGE = pd.DataFrame(
    [("BR", "card", 0.5, 0.4, 0.6), ("BR", "boleto", 0.3, 0.2, 0.4), ("US", "card", 0.9, 0.8, 1.0)],
    columns=["market", "method", "share", "low", "high"],
)


def test_reach_is_the_sum_of_the_methods_taken():
    found = localisation.payment_reach(USAGE, ["card"])
    assert found["reach"].to_dict() == {"BR": 0.5, "US": 0.9}
    assert found.loc["BR", ["largest_missing", "missing_share"]].tolist() == ["boleto", 0.3]
    assert found.loc["US", "largest_missing"] == "none"


def test_every_method_taken_leaves_only_what_nobody_lists():
    assert localisation.payment_reach(USAGE, ["card", "boleto"]).loc["BR", "reach"] == pytest.approx(0.8)


def test_orders_are_lost_only_beyond_the_demand():
    deliveries = pd.DataFrame(
        {
            "market": ["DE", "US"],
            "orders": [400, 100],
            "mean_days": [5.0, 2.0],
            "sd_days": [1.0, 1.0],
            "late": [40, 0],
            "in_time": [100, 90],
        }
    )
    demanded = pd.DataFrame({"days_low": [2, 2], "days_base": [3, 3], "days_high": [4, 4]}, index=["DE", "US"])
    found = localisation.delivery_gap(deliveries, demanded, pd.Series({"low": 0.01, "base": 0.02, "high": 0.04}))
    assert found.loc["DE", "lost"] == pytest.approx(1 - 0.98**2)
    assert found.loc["DE", "lost_low"] == pytest.approx(0.01)
    assert found.loc["DE", "lost_high"] == pytest.approx(1 - 0.96**3)
    assert found.loc["US", "lost"] == 0
    assert found.loc["DE", ["in_time_share", "late_share"]].tolist() == pytest.approx([0.25, 0.1])


def test_a_missing_part_brings_readiness_to_zero():
    parts = pd.DataFrame({"payment": [1.0, 0.0, 0.25], "delivery": [1.0, 1.0, 1.0]}, index=["a", "b", "c"])
    assert localisation.even_readiness(parts).tolist() == pytest.approx([1, 0, 0.5])
    weights = pd.Series({"payment": 0.0, "delivery": 1.0})
    assert localisation.readiness(parts, weights).tolist() == pytest.approx([1, 1, 1])


def test_who_is_ready_risks_nothing():
    risk = pd.Series({"low": 0.2, "base": 0.5, "high": 0.6})
    found = localisation.share_at_risk(pd.Series({"a": 1.0, "b": 0.0}), risk, rng=np.random.default_rng(0))
    assert found.loc["a", ["at_risk", "low", "high"]].tolist() == [0, 0, 0]
    assert found.loc["b", ["at_risk", "low", "high"]].tolist() == pytest.approx([0.5, 0.2, 0.6], abs=0.02)


def test_overview_has_one_row_a_market():
    reach = localisation.payment_reach(USAGE, ["card"])
    days = ["days", "days_low", "days_high", "lost", "lost_low", "lost_high"]
    gap = pd.DataFrame(1.0, index=["BR", "US"], columns=days)
    risk = localisation.share_at_risk(
        pd.Series({"BR": 0.4, "US": 0.8}),
        pd.Series({"low": 0.2, "base": 0.5, "high": 0.6}),
        rng=np.random.default_rng(0),
    )
    found = localisation.overview(reach, gap, risk, pd.DataFrame({"days": [90.0, 0.0]}, index=["BR", "US"]))
    assert found.index.tolist() == ["US", "BR"]
    assert found.loc["BR", "certificates_days"] == 90


def test_what_is_not_known_of_a_market_is_missing_and_not_zero():
    reach = localisation.payment_reach(USAGE, ["card"], ["US", "FR"])["reach"]
    assert reach["US"] == 0.9 and np.isnan(reach["FR"])
    parts = pd.DataFrame({"payment": [0.25, np.nan], "delivery": [1.0, 0.64]}, index=["US", "FR"])
    assert localisation.even_readiness(parts).tolist() == pytest.approx([0.5, 0.64])
