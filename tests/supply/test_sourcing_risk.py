import numpy as np
import pandas as pd
import pytest
from crossborder.supply import sourcing_risk


def test_expected_loss_by_hand(rng):
    losses = sourcing_risk.outage_losses([1.0], [1 - np.exp(-0.5)], 10, 1e9, 0.0, 2.0, rng, draws=60_000)
    assert losses.mean() == pytest.approx(0.5 * 10 * 2, rel=0.03)


def test_cover_and_switching_help(rng):
    case = dict(share=[0.6, 0.4], outage_probability=[0.2, 0.1], outage_days=40, spare_share=0.8, margin_day=100)
    slow, fast = (
        sourcing_risk.outage_losses(switch_days=d, rng=np.random.default_rng(1), **case).mean() for d in (40, 5)
    )
    covered = sourcing_risk.outage_losses(switch_days=5, cover_days=20, rng=np.random.default_rng(1), **case).mean()
    assert covered < fast < slow
    table = sourcing_risk.switch_value([1.0], [0.2], 30, [1, 10, 30], 0.5, 10, rng)
    assert table["expected_loss"].is_monotonic_increasing


def test_a_rising_price_is_bought_ahead_and_a_flat_one_is_not(rng):
    rising = sourcing_risk.buy_ahead(100 * 1.03 ** np.arange(36), 10, 0.01, rng)
    flat = sourcing_risk.buy_ahead(100 + rng.normal(0, 1, 36), 10, 0.02, rng)
    assert rising.months == 6
    assert rising.low <= rising.saving <= rising.high
    assert flat.months == 0


def test_a_two_percent_discount_is_dear_money():  # 2/10 net 30: about 44.6 % a year
    table = sourcing_risk.early_payment(100, 20, 0.02, 0.1)
    assert table["implied_rate_year"].iloc[0] == pytest.approx(0.4459, abs=5e-4)


def test_concentration_and_ramps():
    assert sourcing_risk.concentration([1, 1, 1, 1])["effective_suppliers"] == pytest.approx(4)
    ramp = sourcing_risk.improvement_ramp(10, 0.2, 3)
    assert ramp["level"].iloc[-1] == pytest.approx(8)
    assert sourcing_risk.improvement_ramp(10, 0.2, 2, [1, 3])["level"].tolist() == pytest.approx([10, 9.5, 8])
    assert sourcing_risk.tail_mean(np.arange(100.0)) == pytest.approx(97)


def test_a_tighter_cap_buys_dearer(rng):
    pool = pd.DataFrame(
        {
            "supplier_id": list("ab"),
            "country": ["CN", "VN"],
            "unit_cost": [1.0, 1.2],
            "capacity": 900.0,
            "minimum": 0.0,
            "outage_probability": [0.2, 0.02],
        }
    )
    curve = sourcing_risk.resilience_curve(pool, 800, 2.0, [1.0, 0.5], 60, 20, rng)
    assert curve["purchase_cost_year"].is_monotonic_increasing
    assert curve["expected_loss_year"].is_monotonic_decreasing
