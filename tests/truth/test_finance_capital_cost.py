"""Published costs of capital."""

import pytest
from crossborder.finance.capital_cost import cost_of_equity, levered_beta, unlevered_beta, weighted_cost


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
