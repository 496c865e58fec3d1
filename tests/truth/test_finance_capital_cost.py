"""Published costs of capital."""

import numpy as np
import pandas as pd
import pytest
from crossborder.finance.capital_cost import (
    capital_structure,
    cost_of_equity,
    levered_beta,
    unlevered_beta,
    weighted_cost,
)


def test_disney_2004():
    """Damodaran, Applied Corporate Finance slides (Disney, early 2004), slide 495; printed to 0.01 %."""
    equity_cost = cost_of_equity(0.04, 1.2456, 0.0482)
    assert equity_cost == pytest.approx(0.10, abs=6e-5)
    assert pytest.approx(0.0329, abs=6e-5) == (0.04 + 0.0125) * (1 - 0.373)
    assert weighted_cost(55_101, 14_668, equity_cost, 0.04 + 0.0125, 0.373) == pytest.approx(0.0859, abs=6e-5)


def test_disney_betas():
    """Same slides: unlevered 1.0674 at D/E 26.62 % and tax 37.3 % gives 1.2456."""
    assert levered_beta(1.0674, 14_668 / 55_101, 0.373) == pytest.approx(1.2456, abs=5e-4)
    assert unlevered_beta(1.2456, 14_668 / 55_101, 0.373) == pytest.approx(1.0674, abs=5e-4)


def test_disney_schedule_of_debt_ratios():
    """Same slides, 326, 330 and 332: the whole schedule, printed to 0.01 %; cheapest at 30 % of debt.

    The limits between ratings are those of the author's table for large firms; BB+ reaches down to the printed 2.23.
    """
    limits = [
        (8.5, "AAA", 0.35), (6.5, "AA", 0.5), (5.5, "A+", 0.7), (4.25, "A", 0.85), (3.0, "A-", 1.0), (2.5, "BBB", 1.5),
        (2.23, "BB+", 2.0), (2.0, "BB", 2.5), (1.75, "B+", 3.25), (1.5, "B", 4.0), (1.25, "B-", 6.0), (0.8, "CCC", 8.0),
        (0.65, "CC", 10.0), (0.2, "C", 12.0), (-np.inf, "D", 20.0),
    ]  # fmt: skip
    spreads = pd.DataFrame(limits, columns=["coverage_at_least", "rating", "spread"]).assign(
        spread=lambda f: f["spread"] / 100
    )
    table = capital_structure(
        operating_income_usd=2_805, firm_value_usd=69_769, unlevered_beta=1.0674, risk_free_rate=0.04,
        equity_premium=0.0482, tax_rate=0.373, spreads=spreads,
    )  # fmt: skip
    assert table["rating"].tolist() == ["AAA", "AAA", "A-", "BB+", "CCC", *["C"] * 5]
    printed = {
        "cost_of_equity": [9.15, 9.50, 9.95, 10.53, 11.50, 13.33, 15.66, 19.54, 27.31, 50.63],
        "cost_of_capital": [9.15, 8.83, 8.59, 8.50, 10.20, 13.16, 14.36, 15.56, 16.76, 17.96],
        "tax_rate_used": [37.30, 37.30, 37.30, 37.30, 31.24, 18.75, 15.62, 13.39, 11.72, 10.41],
    }
    for column, numbers in printed.items():
        np.testing.assert_allclose(100 * table[column], numbers, atol=0.0125, err_msg=column)
    after_tax = 100 * table["cost_of_debt"] * (1 - table["tax_rate_used"])
    np.testing.assert_allclose(
        after_tax, [2.73, 2.73, 3.14, 3.76, 8.25, 13.00, 13.50, 13.86, 14.13, 14.33], atol=0.0125
    )
    np.testing.assert_allclose(
        table["interest_cover"][1:], [9.24, 4.02, 2.23, 0.84, 0.50, 0.42, 0.36, 0.31, 0.28], atol=0.0051
    )
    assert table.loc[table["least"], "debt_ratio"].tolist() == [0.3]
