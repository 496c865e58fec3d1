"""Ruin, currency options and portfolios of textbooks; sums typed in as printed or from the book's closed form."""

import numpy as np
import pytest
from crossborder.risk import currency_options, event_rates, ruin, value_at_risk

STEP = 0.002
EDGES = STEP * (np.arange(2**14) + 0.5)


def on_grid(distribution):
    """Probabilities of a severity rounded to the grid."""
    return np.diff(np.r_[0.0, distribution(EDGES)])


def test_ruin_of_bowers_with_exponential_losses():
    # Bowers and others, Actuarial Mathematics, section 13.6: psi(u) = exp(-theta u / ((1 + theta) p)) / (1 + theta)
    found = ruin.ever(on_grid(lambda x: -np.expm1(-x)), STEP, 0.25, [0.0, 1.0, 5.0])
    assert found == pytest.approx(np.exp(-0.2 * np.array([0.0, 1.0, 5.0])) / 1.25, abs=0.001)
    assert ruin.exponential([0.0, 1.0, 5.0], 0.25, 1.0) == pytest.approx(np.exp(-0.2 * np.array([0, 1, 5])) / 1.25)


def test_ruin_of_bowers_with_a_mixture_of_exponentials():
    # The same, example 13.6.2: half of the losses exponential of rate 3, half of rate 7, theta = 2/5:
    # psi(u) = 24/35 exp(-u) + 1/35 exp(-6 u), so that R = 1
    severity = on_grid(lambda x: 1 - 0.5 * np.exp(-3 * x) - 0.5 * np.exp(-7 * x))
    fund = np.array([0.0, 0.5, 1.0, 3.0])
    assert ruin.ever(severity, STEP, 0.4, fund) == pytest.approx(
        24 / 35 * np.exp(-fund) + 1 / 35 * np.exp(-6 * fund), abs=0.002
    )
    assert ruin.adjustment_coefficient(severity, STEP, 0.4) == pytest.approx(1.0, abs=0.001)


def test_lundberg_bounds_the_probability():
    severity = on_grid(lambda x: -np.expm1(-x))
    fund = np.linspace(0, 8, 9)
    bound = np.exp(-ruin.adjustment_coefficient(severity, STEP, 0.25) * fund)
    assert (ruin.ever(severity, STEP, 0.25, fund) <= bound + 1e-9).all()


def test_currency_call_of_haug():
    # E. G. Haug, The Complete Guide to Option Pricing Formulas: USD/DEM 1.56 on 1.60, half a year, 6 and 8 %, 12 %
    terms = {"home_rate": 0.06, "foreign_rate": 0.08, "volatility": 0.12}
    assert float(currency_options.garman_kohlhagen(1.56, 1.6, 0.5, **terms)) == pytest.approx(0.0291, abs=5e-5)


def test_portfolio_of_hull():
    # J. Hull, Options, Futures, and Other Derivatives, chapter on value at risk: USD 10 m at 2 % and 5 m at 1 % a day,
    # correlation 0.3: standard deviation 220,200 a day; with 2.33 the ten-day 99 % value at risk was 1,622,657
    spread = np.sqrt(200_000**2 + 50_000**2 + 2 * 0.3 * 200_000 * 50_000)
    assert spread == pytest.approx(220_227, abs=1)
    found = float(value_at_risk.normal_var(spread, 0.99)) * np.sqrt(10)
    assert found == pytest.approx(1_622_657, rel=0.002)
    alone = [float(value_at_risk.normal_var(x, 0.99)) for x in (200_000, 50_000)]
    assert alone == pytest.approx([465_300, 116_300], rel=0.001)


def test_gamma_poisson_posterior():
    # A. Gelman and others, Bayesian Data Analysis, section 2.6: prior gamma (3, 5), three deaths in two years of
    # 100,000: posterior gamma (6, 7), mean 0.86
    found = event_rates.gamma_poisson(3, 2, prior_events=3, prior_years=5)
    assert found.mean == pytest.approx(0.86, abs=0.005)
