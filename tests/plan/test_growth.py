"""Growth of the plan: what has happened counts in full, what comes fades, and the rule is held against the past."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.errors import InputError
from crossborder.finance import order_economics
from crossborder.finance.plan_inputs import growth_path
from crossborder.plan import growth


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(repository() / "data" / "demo")


def one(value: float) -> pd.Series:
    return pd.Series({"DE": value})


def test_a_steady_rate_repeats_itself():
    path = growth_path(one(0.2), one(0.0), one(0.2), 12, 0.2)[:, 0]
    assert path.mean() == pytest.approx(1.2, rel=2e-3)


def test_the_past_lifts_the_start_only():
    slow, fast = (growth_path(one(0.1), one(0.0), one(past), 24, 0.03)[:, 0] for past in (0.1, 0.5))
    assert fast / slow == pytest.approx(np.full(24, (1.5 / 1.1) ** 0.5))


def test_momentum_is_gone_after_two_years():
    with_it, without = (growth_path(one(0.1), one(more), one(0.1), 60, 0.03)[:, 0] for more in (0.3, 0.0))
    ratio = with_it / without
    assert (np.diff(ratio[:23]) > 0).all()
    assert ratio[25:] == pytest.approx(np.full(35, ratio[25]))
    with pytest.raises(InputError, match="growth"):
        growth_path(one(np.nan), one(0.0), one(0.0), 12, 0.03)


def test_the_plan_lies_between_market_and_momentum(company):
    rates = growth.planned_growth(company)
    assert (rates["low"] < rates["base"]).all() and (rates["base"] < rates["high"]).all()
    assert growth.own_growth(company) > 0.4


def test_the_rule_beats_both_its_parts_in_the_past(company):
    past = growth.growth_backtest(company)
    assert past["months"].tolist() == [12, 9, 6, 3]
    errors = past[["error", "market_error", "momentum_error"]].abs().mean()
    assert errors["error"] < 0.08
    assert errors["error"] < errors["market_error"] and errors["error"] < errors["momentum_error"]


def test_advertising_grows_at_its_own_rate(company):
    now = order_economics.order_economics(company, 12)
    assert 0.05 < growth.ad_budget_growth(company, now) < 0.25
    young = Company.open(company.path, as_of="2025-06-30")
    assert growth.ad_budget_growth(young, order_economics.order_economics(young, 12)) is None


def test_the_season_has_mean_one(company):
    assert growth.season_by_market(company).mean().to_numpy() == pytest.approx(np.ones(8))
