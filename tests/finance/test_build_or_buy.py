import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.build_or_buy import cost_cuts, intensity, own_or_outsource, platform_cost, technology_payback

PLATFORM = {
    "rate_year": 0.1, "build_usd": 100.0, "build_year_usd": 30.0, "build_fee_share": 0.01, "subscribe_year_usd": 10.0,
    "subscribe_fee_share": 0.05,
}  # fmt: skip


def test_own_and_hosted_cost_the_same_at_the_break_even():
    level = platform_cost([1000.0] * 4, **PLATFORM)["break_even_sales_usd"]
    at = platform_cost([level] * 4, **PLATFORM)
    assert at["build_usd"] == pytest.approx(at["subscribe_usd"])
    assert platform_cost([2 * level] * 4, **PLATFORM)["build_better_usd"] > 0
    assert platform_cost([level] * 4, **{**PLATFORM, "subscribe_fee_share": 0.01})["break_even_sales_usd"] == np.inf


def test_a_tool_is_worth_nothing_at_its_break_even_fit():
    given = {"years": 4, "rate_year": 0.1, "paths": 20_000, "rng": np.random.default_rng(1)}
    fit = technology_payback(100.0, (40.0, 50.0, 60.0), fit_probability=1.0, **given)["break_even_fit"]
    found = technology_payback(100.0, (40.0, 50.0, 60.0), fit_probability=fit, **given)
    assert found["value_usd"] == pytest.approx(0, abs=1e-9)
    assert found["pays_back"] == pytest.approx(fit, abs=0.02)
    assert found["payback_years"] == pytest.approx(2)


def test_own_centre_by_hand():
    found = own_or_outsource((800.0, 1000.0, 1200.0), own_fixed_usd=1000.0, own_unit_usd=1.0, outsourced_unit_usd=3.0)
    assert found["break_even_volume"] == 500
    assert (found["own_better_usd"], found["low"], found["high"]) == (1000, 600, 1400)
    never = own_or_outsource(10.0, own_fixed_usd=1.0, own_unit_usd=3.0, outsourced_unit_usd=3.0)
    assert never["break_even_volume"] == np.inf


def test_intensity_and_cuts_by_hand():
    found = intensity(2.0, 100.0, (0.03, 0.05), margin=0.5, payback_years=4)
    assert found["to_benchmark_usd"] == pytest.approx(1)
    assert found["needed_growth"] == pytest.approx(0.01)
    costs = pd.DataFrame(
        {"line": ["a", "b", "c"], "year_usd": [100.0, 100.0, 100.0], "cuttable": [0.5] * 3,
         "criticality": [0.5, 0.0, 1.0], "saving_share": [0.2] * 3}
    )  # fmt: skip
    table = cost_cuts(costs, 12.0)
    assert table["line"].tolist() == ["b", "a", "c"]
    assert table["net_usd"].tolist() == [10, 5, 0]
    assert table["chosen"].tolist() == [True, True, False]


def test_bad_input():
    with pytest.raises(InputError, match="sales, rate"):
        platform_cost([], **PLATFORM)
    with pytest.raises(InputError, match="saving, fit"):
        technology_payback(
            1, (2, 1, 3), fit_probability=0.5, years=1, rate_year=0, paths=5, rng=np.random.default_rng(1)
        )
    with pytest.raises(InputError, match="volume"):
        own_or_outsource((3.0, 2.0, 1.0), own_fixed_usd=1, own_unit_usd=1, outsourced_unit_usd=1)
    with pytest.raises(InputError, match="spend, sales"):
        intensity(1, 0, (0, 1), margin=0.5)
    with pytest.raises(InputError, match="saving_share"):
        cost_cuts(pd.DataFrame({"line": ["a"]}), 1)
