"""Crowding: exact growth, break-even years, paths."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import crowding

SALES = pd.DataFrame(
    {
        "year": np.tile([2022, 2023, 2024, 2025], 2),
        "market": np.repeat(["DE", "ID"], 4),
        "sales_usd": np.concatenate([100 * 1.1 ** np.arange(4), 50 * 1.3 ** np.arange(4)]),
        "sellers": np.concatenate([10 * 1.2 ** np.arange(4), 5 * 1.2 ** np.arange(4)]),
        "traffic_cost_index": 100 * np.tile(1.08 ** np.arange(4), 2),
    }
)


def test_exact_growth_is_found_exactly():
    found = crowding.crowding_growth(SALES)
    assert found[["sales", "sellers", "traffic_cost"]].loc["DE"].tolist() == pytest.approx([0.1, 0.2, 0.08])
    assert found.loc["ID", "sales_per_seller"] == pytest.approx(1.3 / 1.2 - 1)
    assert found["sales_sd"].tolist() == pytest.approx([0, 0], abs=1e-9)


def test_break_even_is_where_traffic_has_eaten_the_margin():
    years = crowding.break_even_year(0.4, 0.1, 0.12)
    assert 0.1 * 1.12**years == pytest.approx(0.4)
    assert crowding.break_even_year(0.1, 0.2, 0.12) == 0
    assert np.isinf(crowding.break_even_year(0.4, 0.1, 0.0))


def test_markets_without_a_traffic_share_are_missing():
    found = crowding.years_by_market(
        pd.Series({"DE": 0.4, "ID": 0.4}), pd.Series({"DE": 0.1, "ID": np.nan}), pd.Series({"DE": 0.12, "ID": 0.12})
    )
    assert found["DE"] == pytest.approx(12.23, abs=0.01) and np.isnan(found["ID"])


def test_path_of_a_crowded_market_falls_and_of_a_sure_one_is_a_line():
    claimed = pd.DataFrame(
        {"low": [0.4, 0.12], "base": [0.4, 0.12], "high": [0.4, 0.12]}, index=["seller_growth", "traffic_growth"]
    )
    total = pd.Series({"growth": 0.35, "growth_low": 0.35, "growth_high": 0.35})
    start = pd.Series({"sales_per_seller": 100.0, "margin_before_traffic": 0.3, "traffic_share": 0.1})
    found = crowding.crowding_path(start, crowding.growth_ranges(total, claimed), 3, rng=np.random.default_rng(0))
    assert found["sales_median"].tolist() == pytest.approx([100 * (1.35 / 1.4) ** t for t in range(4)])
    assert found["margin_median"].tolist() == pytest.approx([0.3 - 0.1 * 1.12**t for t in range(4)])
