"""Chains of factors: quantiles, nesting, the gap between two routes."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import sizing
from hypothesis import given, settings
from hypothesis import strategies as st


def factors(rows: dict[str, tuple]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "base", "high", "kind"])


@pytest.mark.parametrize(("low", "base", "high", "kind"), [(50, 100, 300, "level"), (0.2, 0.3, 0.6, "share")])
def test_draws_have_the_quantiles_given(low, base, high, kind):
    draws = sizing.draw_factor(low, base, high, kind, 200_000, np.random.default_rng(0))
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx([low, base, high], rel=0.02)


def test_a_sure_factor_stays_sure():
    assert np.ptp(sizing.draw_factor(1, 1, 1, "share", 10, np.random.default_rng(0))) == 0


def test_logarithmic_spreads_add_in_squares():
    table = factors({"a": (50, 100, 200, "level"), "b": (5, 10, 20, "level")})
    found = sizing.chain(table, rng=np.random.default_rng(0), draws=200_000)
    assert (found.base, found.median) == pytest.approx((1000, 1000), rel=0.02)
    assert found.high == pytest.approx(1000 * 2 ** np.sqrt(2), rel=0.03)


def test_obtainable_is_inside_serviceable_is_inside_the_market():
    found = sizing.funnel(
        factors({"users": (80, 100, 120, "level"), "spend": (5, 10, 20, "level")}),
        factors({"reach": (0.2, 0.4, 0.6, "share")}),
        factors({"capture": (0.01, 0.02, 0.05, "share")}),
        rng=np.random.default_rng(0),
    )
    assert found["base"].tolist() == pytest.approx([1000, 400, 8])
    assert (found.loc["SOM"] < found.loc["SAM"]).all() and (found.loc["SAM"] < found.loc["TAM"]).all()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0.1, 100), st.floats(0.1, 100)), min_size=1, max_size=6))
def test_parts_of_the_gap_add_up_to_it(pairs):
    names = [f"factor {i}" for i in range(len(pairs))]
    top, bottom = (pd.Series([p[i] for p in pairs], index=names) for i in (0, 1))
    found = sizing.gap_waterfall(top, bottom)
    assert found["effect"].sum() == pytest.approx(top.prod() - bottom.prod(), rel=1e-6, abs=1e-6)


def test_a_factor_that_agrees_carries_none_of_the_gap():
    found = sizing.gap_waterfall(pd.Series({"users": 5.0, "spend": 3.0}), pd.Series({"users": 5.0, "spend": 2.0}))
    assert found.loc["users", "effect"] == pytest.approx(0)


def test_market_of_equal_income_splits_by_users():
    facts = pd.DataFrame(
        {"population": [100.0, 300.0], "internet_share": [1.0, 0.5], "gdp_per_head_ppp": [10.0, 10.0]},
        index=["A", "B"],
    )
    table = factors(
        {
            "buyers_per_user": (0.5, 0.5, 0.5, "share"),
            "orders_per_buyer": (4, 4, 4, "level"),
            "order_value_usd": (20, 20, 20, "level"),
        }
    )
    found = sizing.market_build_up(facts, table, rng=np.random.default_rng(0))
    assert found["median"].tolist() == pytest.approx([4000, 6000])
    assert found["share"].tolist() == pytest.approx([0.4, 0.6])


def test_own_funnel_has_wilsons_interval():
    sessions = pd.DataFrame({"market": ["DE", "DE"], "visits": [60, 40], "orders": [5, 5]})
    found = sizing.own_funnel(sessions, pd.Series({"DE": 50.0}), level=0.95).loc["DE"]
    # Wilson 1927 for 10 of 100
    assert (found["conversion_low"], found["conversion_high"]) == pytest.approx((0.0552, 0.1744), abs=0.0001)
    assert found["sales"] == pytest.approx(500)


def test_the_widest_factor_comes_first():
    table = factors({"sure": (9, 10, 11, "level"), "vague": (1, 10, 100, "level")})
    assert sizing.sensitivity(table).index[0] == "vague"
