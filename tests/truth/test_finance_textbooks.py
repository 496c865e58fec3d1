"""Worked examples of textbooks on options, cash, variances, break-even, betas, valuation and rounds."""

import numpy as np
import pandas as pd
import pytest
from crossborder.finance import (
    capital_cost,
    cash_policy,
    cost_variances,
    dcf,
    pricing,
    ratios,
    real_options,
    term_sheets,
)


def test_hull_example_15_6():
    """Hull, Options, Futures and Other Derivatives, example 15.6: 42, strike 40, 10 %, 20 %, half a year."""
    call, put = (float(real_options.black_scholes(42, 40, 0.10, 0.20, 0.5, kind=kind)) for kind in ("call", "put"))
    assert call == pytest.approx(4.76, abs=0.005)
    assert put == pytest.approx(0.81, abs=0.005)


def test_mark_two_of_brealey_myers_and_allen():
    """Brealey, Myers and Allen, chapter 22: the option on the Mark II computer (467, 900, 10 %, 35 %, 3 years)."""
    value = real_options.black_scholes(467, 900, np.log(1.10), 0.35, 3.0)
    assert float(value) == pytest.approx(55.1, abs=0.5)


def test_hull_american_put_on_trees():
    """Hull, figure 21.3: American put 50, 50, 10 %, 40 %, five months: 4.49 with five steps, 4.283 with 500."""
    five, many = (
        real_options.binomial_option(50, 50, 0.10, 0.40, 5 / 12, steps=steps, kind="put") for steps in (5, 500)
    )
    assert five == pytest.approx(4.49, abs=0.005)
    assert many == pytest.approx(4.283, abs=0.002)


def test_hull_american_put_of_two_steps():
    """Hull, figure 13.10: American put 50, strike 52, 5 %, 30 %, two years in two steps: 7.43."""
    assert real_options.binomial_option(50, 52, 0.05, 0.30, 2, steps=2, kind="put") == pytest.approx(7.43, abs=0.005)


def test_baumol_of_ross_westerfield_and_jaffe():
    """Ross, Westerfield and Jaffe, Corporate Finance, chapter 27: Golden Socks, 600,000 a week, 1,000, 10 %."""
    found = cash_policy.baumol(600_000 * 52, 1_000, 0.10)
    assert found["lot"] == pytest.approx(789_937, abs=1)
    assert found["mean_balance"] * 0.10 == pytest.approx(found["transfers"] * 1_000)


def test_miller_orr_of_ross_westerfield_and_jaffe():
    """The same chapter: 1,000 a transfer, daily spread 2,000, 10 % a year: return point 22,568, upper limit 67,704."""
    band = cash_policy.miller_orr(2_000**2, 1_000, 1.10 ** (1 / 365) - 1)
    assert band.target == pytest.approx(22_568, rel=1e-3)
    assert band.upper == pytest.approx(67_704, rel=1e-3)
    assert band.mean == pytest.approx(30_091, rel=1e-3)


def test_annuity_of_brealey_myers_and_allen():
    """Kangaroo Autos, chapter 2: 5,000 a year for five years at 7 % is worth 20,501."""
    assert float(cash_policy.annuity_value(5_000, 0.07, 5)) == pytest.approx(20_501, abs=0.6)
    assert float(cash_policy.annuity_payment(20_501, 0.07, 5)) == pytest.approx(5_000, abs=0.2)


def test_duration_of_hull_table_4_6():
    """Hull, table 4.6: three-year 10 % bond, yield 12 % continuous: price 94.213, duration 2.653 years."""
    found = cash_policy.duration([5.0] * 5 + [105.0], np.exp(0.06) - 1)
    assert found["value"] == pytest.approx(94.213, abs=5e-4)
    assert found["macaulay"] / 2 == pytest.approx(2.653, abs=5e-4)


@pytest.mark.parametrize(("profit", "tax", "units"), [(0, 0.0, 25), (1_200, 0.0, 40), (960, 0.4, 45)])
def test_break_even_of_horngren(profit, tax, units):
    """Horngren, Cost Accounting, chapter 3: price 200, variable cost 120, fixed cost 2,000."""
    assert ratios.break_even(2_000, 200, 120, profit=profit, tax_rate=tax)["units"].item() == pytest.approx(units)


def test_flexible_budget_of_horngren_webb_company():
    """Horngren, chapter 7: 12,000 jackets planned, 10,000 sold; income 108,000, 44,000 and 14,900."""
    planned = pd.Series(
        {"units": 12_000, "sales": 1_440_000, "material": 720_000, "labour": 192_000, "overhead": 144_000,
         "fixed": 276_000}
    )  # fmt: skip
    actual = pd.Series(
        {"units": 10_000, "sales": 1_250_000, "material": 621_600, "labour": 198_000, "overhead": 130_500,
         "fixed": 285_000}
    )  # fmt: skip
    table = cost_variances.flexible_budget(planned, actual, fixed=["fixed"]).set_index("line")
    income = table.loc["operating_income"]
    assert income[["static", "flexible", "actual"]].tolist() == [108_000, 44_000, 14_900]
    assert income[["volume_variance", "flexible_variance"]].tolist() == [-64_000, -29_100]


def test_price_and_efficiency_of_horngren_webb_company():
    """The same: 22,200 yards at 28 against 20,000 at 30; 9,000 hours at 22 against 8,000 at 20."""
    table = cost_variances.input_variances([22_200, 9_000], [28, 22], [20_000, 8_000], [30, 20])
    assert table["price"].tolist() == [44_400, -18_000]
    assert table["efficiency"].tolist() == [-66_000, -20_000]


def test_mix_and_yield_of_horngren_delpino():
    """Horngren, chapter 14: tomatoes, 6,400 tons allowed, 6,500 used: price -10,400, mix 3,250, yield -7,700."""
    table = cost_variances.input_variances(
        [3_250, 2_275, 975], [70, 82, 96], np.array([0.5, 0.3, 0.2]) * 6_400, [70, 80, 90]
    )
    assert table[["price", "mix", "yield", "efficiency"]].sum().tolist() == pytest.approx(
        [-10_400, 3_250, -7_700, -4_450]
    )


def test_black_scholes_and_the_tree_agree():
    tree = real_options.binomial_option(100, 95, 0.04, 0.3, 1.0, steps=2000, american=False)
    assert tree == pytest.approx(float(real_options.black_scholes(100, 95, 0.04, 0.3, 1.0)), abs=0.005)


def test_adjusted_value_equals_miles_and_ezzell_where_debt_keeps_its_share():
    """Free cash flow for ever at the Miles-Ezzell cost against unlevered value plus tax saved."""
    flow, unlevered, debt_share, debt_rate, tax = 100.0, 0.12, 0.4, 0.06, 0.25
    value = flow / capital_cost.miles_ezzell_cost(unlevered, debt_share, debt_rate, tax)
    saved = tax * debt_rate * debt_share * value
    # The first saving is known, the later ones move with value: (1 + Ku) / (1 + Kd) x saving / Ku.
    assert value == pytest.approx(flow / unlevered + saved * (1 + unlevered) / (1 + debt_rate) / unlevered)


def test_miles_ezzell_beta_gives_the_miles_ezzell_cost():
    free, premium, tax, debt_rate, share = 0.03, 0.05, 0.25, 0.03, 0.35
    unlevered = free + 1.1 * premium
    beta = capital_cost.levered_beta(1.1, share / (1 - share), tax, convention="miles-ezzell", debt_rate=debt_rate)
    weighted = capital_cost.weighted_cost(1 - share, share, free + beta * premium, debt_rate, tax)
    assert weighted == pytest.approx(capital_cost.miles_ezzell_cost(unlevered, share, debt_rate, tax))


def test_mid_year_lifts_a_gordon_value_by_the_root_of_the_rate():
    end, middle = (dcf.yearly_value([10.0, 11, 12], 0.1, growth=0.02, mid_year=mid) for mid in (False, True))
    assert middle.enterprise / end.enterprise == pytest.approx(np.array([1.1**0.5]))
    sale = dcf.yearly_value([10.0, 11, 12], 0.1, exit_usd=150.0, mid_year=True)
    assert sale.terminal.item() == pytest.approx(150 / 1.1**3)


@pytest.mark.parametrize("mid_year", [False, True])
def test_the_growth_that_an_exit_value_implies_brings_it_back(mid_year):
    growth = dcf.implied_growth(150.0, 12.0, 0.1, mid_year=mid_year)
    flow = 12.0 * (1.1**0.5 if mid_year else 1.0)
    assert float(dcf.terminal_value(flow, 0.1, growth)) == pytest.approx(150.0)


def test_weighted_average_price_protection():
    """The formula of the model charter: two million shares at 1.00, a million new at 0.50 gives 0.8333."""
    assert term_sheets.anti_dilution(1.0, 0.5, 2e6, 5e5) == pytest.approx(2.5 / 3)
    assert term_sheets.anti_dilution(1.0, 0.5, 2e6, 5e5, rule="full ratchet") == 0.5


def test_lerner_rule_of_pindyck_and_rubinfeld():
    """Pindyck and Rubinfeld, Microeconomics, chapter 10: elasticity -4 and marginal cost 9 give a price of 12."""
    assert pricing.lerner_price(9, -4) == pytest.approx(12)


def test_arc_elasticity_of_the_midpoint():
    """Mankiw, Principles, chapter 5: from (4, 120) to (6, 80) both changes are 40 %: elasticity -1."""
    assert pricing.arc_elasticity((4, 6), (120, 80)) == pytest.approx(-1)
    assert pricing.arc_elasticity((6, 4), (80, 120)) == pytest.approx(-1)
