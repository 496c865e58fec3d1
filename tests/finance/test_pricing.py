from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.pricing import parallel_import_bound, price_decision, profit_curve, regional_prices
from hypothesis import given, settings
from hypothesis import strategies as st

BASE = {"price": 10.0, "unit_cost": 4.0, "units": 100.0}
MARKETS = pd.DataFrame(
    {
        "cost_usd": [10.0, 10.0], "elasticity": [-2.0, -4.0], "value_usd": [100.0, 100.0], "fee_rate": [0.0, 0.0],
        "duty_rate": [0.0, 0.0],
    },
    index=["US", "GB"],
)  # fmt: skip


def test_the_best_price_at_one_elasticity_is_lerners():
    """Lerner (1934): price = cost e / (1 + e); with a fee on sales the cost is grossed up."""
    wide = price_decision(**BASE, elasticity=np.array([-2.0]), max_step=0.9)
    assert wide.price == pytest.approx(8.0, abs=0.05)
    with_fee = price_decision(**BASE, elasticity=np.array([-2.0]), fee_rate=0.2, max_step=0.9)
    assert with_fee.price == pytest.approx(10.0, abs=0.05)


def test_guard_rails_hold_and_are_named():
    step = price_decision(**BASE, elasticity=np.array([-1.2]), max_step=0.05)
    assert (step.price, step.binding) == (pytest.approx(10.5), "largest step")
    capped = price_decision(**BASE, elasticity=np.array([-1.2]), ceiling=10.2)
    assert (capped.price, capped.binding) == (pytest.approx(10.2), "ceiling")
    short = price_decision(**BASE, elasticity=np.array([-3.0]), stock_units=80, max_step=0.3)
    assert short.binding == "stock"
    assert 100 * (short.price / 10) ** -3 <= 80.001


def test_no_price_fits_contradictory_guard_rails():
    with pytest.raises(Refusal, match="lies above the ceiling"):
        price_decision(**BASE, elasticity=np.array([-2.0]), ceiling=3.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(-5, -1.2), st.floats(1, 9), st.floats(0, 0.3))
def test_more_cost_never_raises_profit_at_the_price_chosen(elasticity, cost, fee):
    prices = np.linspace(5, 30, 50)
    low = profit_curve(10, cost, 100, elasticity, prices, fee)
    high = profit_curve(10, cost + 1, 100, elasticity, prices, fee)
    assert high.max() <= low.max() + 1e-9


def test_prices_of_leaking_regions_come_down_to_the_bound():
    free = regional_prices(MARKETS, pd.DataFrame(100.0, MARKETS.index, MARKETS.index), floor_margin=0.0)
    assert free["price_usd"].tolist() == pytest.approx([20.0, 10 * 4 / 3])
    tied = regional_prices(MARKETS, pd.DataFrame(2.0, MARKETS.index, MARKETS.index), floor_margin=0.0)
    assert tied.loc["US", "price_usd"] == pytest.approx(10 * 4 / 3 + 2)
    assert tied.loc["US", "held_by"] == "parallel imports"
    for bought_in, sold_in in permutations(MARKETS.index, 2):
        bound = parallel_import_bound(tied["price_usd"][bought_in], MARKETS["duty_rate"][sold_in], 2.0)
        assert tied["price_usd"][sold_in] <= bound + 1e-9


def test_inelastic_demand_has_no_best_price():
    with pytest.raises(Refusal, match="a dearer price always pays"):
        regional_prices(
            MARKETS.assign(elasticity=[-0.8, -4.0]), pd.DataFrame(2.0, MARKETS.index, MARKETS.index), floor_margin=0
        )


def test_a_price_must_be_above_zero():
    with pytest.raises(InputError, match="a price above 0"):
        profit_curve(0, 1, 1, -2, np.array([1.0]))
