"""Worked examples on options, cash, variances, break-even, betas, valuation, solvency and rounds.

Numbers "printed" by a page were read there (Delpino's as well). Books that were not at hand are named by chapter; each
of their numbers is confirmed in its test by a second computation that shares nothing with the function: integration,
a tree walked node by node, a search for the minimum, exact fractions.
"""

import math
from fractions import Fraction
from functools import cache

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
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm


def integrated(spot, strike, rate, volatility, years, sign):
    """A European option as the discounted mean of what it pays, by integration over the normal score."""
    drift, spread = np.log(spot) + (rate - volatility**2 / 2) * years, volatility * years**0.5
    paid = lambda z: max(sign * (np.exp(drift + spread * z) - strike), 0.0) * norm.pdf(z)  # noqa: E731
    kink = (np.log(strike) - drift) / spread
    return np.exp(-rate * years) * sum(quad(paid, *ends)[0] for ends in ((-12, kink), (kink, 12)))


def walked(spot, strike, rate, volatility, years, steps):
    """An American put by walking the tree down from every node, in plain Python."""
    step = years / steps
    up = math.exp(volatility * math.sqrt(step))
    chance, discount = (math.exp(rate * step) - 1 / up) / (up - 1 / up), math.exp(-rate * step)

    @cache
    def worth(period, rises):
        now = max(strike - spot * up ** (2 * rises - period), 0.0)
        if period == steps:
            return now
        return max(now, discount * (chance * worth(period + 1, rises + 1) + (1 - chance) * worth(period + 1, rises)))

    for period in range(steps, -1, -1):  # from the end, so that no call goes deep
        for rises in range(period + 1):
            worth(period, rises)
    return worth(0, 0)


@pytest.mark.parametrize(("kind", "printed", "sign"), [("call", 4.76, 1), ("put", 0.81, -1)])
def test_hull_example_15_6(kind, printed, sign):
    """Hull, Options, Futures and Other Derivatives, example 15.6: 42, strike 40, 10 %, 20 %, half a year."""
    value = float(real_options.black_scholes(42, 40, 0.10, 0.20, 0.5, kind=kind))
    assert value == pytest.approx(printed, abs=0.005)
    assert value == pytest.approx(integrated(42, 40, 0.10, 0.20, 0.5, sign), rel=1e-7)


def test_mark_two_of_brealey_myers_and_allen():
    """Brealey, Myers and Allen, chapter 22: the option on the Mark II computer (467, 900, 10 %, 35 %, 3 years)."""
    value = float(real_options.black_scholes(467, 900, np.log(1.10), 0.35, 3.0))
    assert value == pytest.approx(55.1, abs=0.5)  # the book reads its normal table to four digits
    assert value == pytest.approx(integrated(467, 900, np.log(1.10), 0.35, 3.0, 1), rel=1e-7)


@pytest.mark.parametrize(
    ("case", "printed", "off"),
    [
        pytest.param((50, 50, 0.10, 0.40, 5 / 12, 5), 4.49, 0.005, id="figure 21.3, five steps"),
        pytest.param((50, 50, 0.10, 0.40, 5 / 12, 500), 4.283, 0.002, id="the same, 500 steps"),
        pytest.param((50, 52, 0.05, 0.30, 2, 2), 7.43, 0.005, id="figure 13.10, two steps"),
    ],
)
def test_hull_american_put_on_trees(case, printed, off):
    """Hull, American puts on trees; the inputs of figure 13.10 also at forum.bionicturtle.com (23723)."""
    value = real_options.binomial_option(*case[:-1], steps=case[-1], kind="put")
    assert value == pytest.approx(printed, abs=off)
    assert value == pytest.approx(walked(*case), rel=1e-10)


def test_baumol_of_ross_westerfield_and_jaffe():
    """Ross, Westerfield and Jaffe, Corporate Finance, chapter 27: Golden Socks, 600,000 a week, 1,000, 10 %."""
    found = cash_policy.baumol(600_000 * 52, 1_000, 0.10)
    assert found["lot"] == pytest.approx(789_937, abs=1)
    assert found["lot"] == pytest.approx(math.isqrt(2 * 600_000 * 52 * 1_000 * 10), abs=1)
    assert found["mean_balance"] * 0.10 == pytest.approx(found["transfers"] * 1_000)


def test_baumol_printed_elsewhere():
    """Printed at homeworklib.com (1456576): 8.1 m a year, 30 a transfer, 8 %: lots of 77,942.29, cost of 6,235.38."""
    found = cash_policy.baumol(8_100_000, 30, 0.08)
    assert (found["lot"], found["mean_balance"], found["cost"]) == pytest.approx(
        (77_942.29, 38_971.15, 6_235.38), abs=0.01
    )


def test_miller_orr_of_ross_westerfield_and_jaffe():
    """The same chapter: 1,000 a transfer, daily spread 2,000, 10 % a year: return point 22,568, upper limit 67,704."""
    rate = 1.10 ** (1 / 365) - 1
    band = cash_policy.miller_orr(2_000**2, 1_000, rate)
    assert band.target == pytest.approx(22_568, rel=1e-3)
    assert band.upper == pytest.approx(67_704, rel=1e-3)
    assert band.mean == pytest.approx(30_091, rel=1e-3)
    # Cost a day of any band: transfers at the rate of a walk between two walls, and interest on the mean balance.
    cost = lambda x: 1_000 * 2_000**2 / (x[0] * x[1]) + rate * (2 * x[0] + x[1]) / 3  # noqa: E731
    best = minimize(cost, [1e4, 3e4], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-10, "maxiter": 4000}).x
    assert (band.target, band.upper) == pytest.approx((best[0], best.sum()), rel=1e-4)


def test_miller_orr_printed_elsewhere():
    """Printed at expertsmind.com (30131291): at least 10,000, spread 2,500 a day, 20 a transfer, 9 % of 360 days."""
    band = cash_policy.miller_orr(2_500**2, 20, 0.09 / 360, 10_000)
    assert (band.target, band.upper, band.spread) == pytest.approx((17_211, 31_633, 21_633), abs=1)


@pytest.mark.parametrize(
    ("lower", "cost", "variance", "rate_day", "spread", "target", "upper"),
    [
        pytest.param(10_000, 15, 6e6, 0.0004, 16_578, 15_526, 26_578, id="question 5"),
        pytest.param(25_000, 20, 9e6, 0.0003, 22_989, 32_663, 47_989, id="question 6"),
    ],
)
def test_miller_orr_of_the_acca_notes(lower, cost, variance, rate_day, spread, target, upper):
    """ACCA F9 integrated workbook (2017), chapter 10, as printed on its pages 184 and 185."""
    band = cash_policy.miller_orr(variance, cost, rate_day, lower)
    assert (band.spread, band.target, band.upper) == pytest.approx((spread, target, upper), abs=1)


def test_baumol_with_the_rate_that_a_lot_reveals():
    """Printed at uonbi.ac.ke (Gemini Inc.): 960,000 a year, 180 a transfer; a lot of 60,000 is best at 9.60 %."""
    assert cash_policy.baumol(960_000, 180, 0.096)["lot"] == pytest.approx(60_000)


def test_altman_z_of_a_printed_answer():
    """Printed at wizedu.com (question 366502): ratios 0.34, 0.15, 0, 0.80 and 1.6 give 2.70."""
    accounts = {"working_capital": 34.0, "retained_earnings": 15.0, "operating_income": 0.0, "equity": 40.0,
                "sales": 160.0, "total_assets": 100.0, "total_liabilities": 50.0}  # fmt: skip
    found = ratios.altman_z(accounts, "public manufacturer")
    assert found["score"] == pytest.approx(2.70, abs=0.005) and found["zone"] == "grey"


def test_annuity_of_brealey_myers_and_allen():
    """Kangaroo Autos, chapter 2: 5,000 a year for five years at 7 % is worth 20,501."""
    assert float(cash_policy.annuity_value(5_000, 0.07, 5)) == pytest.approx(20_501, abs=0.6)
    assert float(cash_policy.annuity_payment(20_501, 0.07, 5)) == pytest.approx(5_000, abs=0.2)
    exact = sum(Fraction(5_000) / Fraction(107, 100) ** year for year in range(1, 6))
    assert float(cash_policy.annuity_value(5_000, 0.07, 5)) == pytest.approx(float(exact), rel=1e-12)


def test_duration_of_hull_table_4_6():
    """Hull, table 4.6: three-year 10 % bond, yield 12 % continuous: price 94.213, duration 2.653 years."""
    found = cash_policy.duration([5.0] * 5 + [105.0], np.exp(0.06) - 1)
    assert found["value"] == pytest.approx(94.213, abs=5e-4)
    assert found["macaulay"] / 2 == pytest.approx(2.653, abs=5e-4)
    # By its meaning: the relative fall of the price a point of continuous yield.
    price = lambda y: sum(5 * math.exp(-y * k / 2) for k in range(1, 7)) + 100 * math.exp(-3 * y)  # noqa: E731
    slope = (price(0.12 - 1e-6) - price(0.12 + 1e-6)) / 2e-6
    assert (found["value"], found["macaulay"] / 2) == pytest.approx((price(0.12), slope / price(0.12)), rel=1e-6)


@pytest.mark.parametrize(("profit", "tax", "units"), [(0, 0.0, 25), (1_200, 0.0, 40), (960, 0.4, 45)])
def test_break_even_of_horngren(profit, tax, units):
    """Horngren, Cost Accounting, chapter 3: price 200, variable cost 120, fixed cost 2,000."""
    assert ratios.break_even(2_000, 200, 120, profit=profit, tax_rate=tax)["units"].item() == pytest.approx(units)


def test_flexible_budget_of_horngren_webb_company():
    """Horngren, chapter 7: 12,000 jackets planned, 10,000 sold; income 108,000, 44,000 and 14,900.

    Price 120, cost 60 + 16 + 12 a jacket and 276,000 fixed as printed in a teaching note (scribd.com, 492829718).
    """
    margin = 120 - 60 - 16 - 12
    assert (12_000 * margin - 276_000, 10_000 * margin - 276_000) == (108_000, 44_000)
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


def test_flexible_budget_of_horngren_exercise_7_16():
    """Horngren, exercise 7-16 (printed solution): 3,000 planned, 2,800 sold; 54,000, 46,800 and 34,000."""
    planned = pd.Series({"units": 3_000, "sales": 330_000, "variable": 222_000, "fixed": 54_000})
    actual = pd.Series({"units": 2_800, "sales": 313_600, "variable": 229_600, "fixed": 50_000})
    table = cost_variances.flexible_budget(planned, actual, fixed=["fixed"]).set_index("line")
    income = table.loc["operating_income"]
    assert income[["static", "flexible", "actual"]].tolist() == [54_000, 46_800, 34_000]
    assert income[["volume_variance", "flexible_variance"]].tolist() == [-7_200, -12_800]
    assert table.loc["sales", ["volume_variance", "flexible_variance"]].tolist() == [-22_000, 5_600]


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


def test_value_drivers_and_gordon_of_a_workout():
    """Printed at felix.fe.training (Windermere): 10 %, 4 %, profit 13.3, new capital 13.2 %: 160.7; flow 13: 225.3."""
    assert dcf.value_driver_terminal(13.3 * 1.04, 0.10, 0.04, 0.132) == pytest.approx(160.7, abs=0.05)
    assert float(dcf.terminal_value(13.0, 0.10, 0.04)) == pytest.approx(225.3, abs=0.05)
    # Where new capital earns what it costs, growth adds nothing.
    assert dcf.value_driver_terminal(10.0, 0.1, 0.04, 0.1) == pytest.approx(
        dcf.value_driver_terminal(10.0, 0.1, 0.0, 0.1)
    )


def test_fading_growth_of_a_printed_answer():
    """Printed at analystnotes.com (F9S79PDKL): 4, from 20 % to 6 % over 8 years, at 12 %: 108."""
    assert dcf.fading_value(4.0, 0.12, 0.20, 0.06, 8) == pytest.approx(108.0)
    # Year by year, with the growth of each year's middle: the model is an approximation of this.
    growth = 0.20 - 0.14 * (np.arange(8) + 0.5) / 8
    flows = 4.0 * np.cumprod(1 + growth)
    exact = (flows * 1.12 ** -np.arange(1, 9.0)).sum() + float(dcf.terminal_value(flows[-1], 0.12, 0.06)) / 1.12**8
    assert dcf.fading_value(4.0, 0.12, 0.20, 0.06, 8) == pytest.approx(exact, rel=0.06)
    assert dcf.fading_value(4.0, 0.12, 0.06, 0.06, 8) == pytest.approx(float(dcf.terminal_value(4.0, 0.12, 0.06)))


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


def safe(amount: float, cap: float, discount: float, kind: str = "pre-money") -> pd.DataFrame:
    return pd.DataFrame(
        [["safe", amount, cap, discount, kind]], columns=["holder", "amount_usd", "cap_usd", "discount", "kind"]
    )


@pytest.mark.parametrize(
    ("note", "before", "pre", "raised", "printed"),
    [
        pytest.param(safe(1e5, 5e6, 0.0), 11e6, 10e6, 1e6, (0.909, 1_100_110, 0.4545, 220_022), id="cap"),
        pytest.param(safe(1e5, 8e6, 0.15), 11e6, 10e6, 1e6, (0.909, 1_100_110, 0.72727, 137_500), id="cap, discount"),
        pytest.param(safe(2e4, np.nan, 0.2), 10.5e6, 2e6, 4e5, (0.19, 2_105_263, 0.152, 131_578), id="discount"),
    ],
)
def test_numerical_examples_of_the_safe_primer(note, before, pre, raised, printed):
    """Y Combinator, SAFE primer, printed at fundersclub.com; prices there are rounded before they divide."""
    table = term_sheets.convert_notes(note, before, pre, raised, method="pre-money").set_index("holder")
    investors, holder = table.loc["new investors"], table.loc["safe"]
    found = (investors["price_usd"], investors["shares"], holder["price_usd"], holder["shares"])
    assert found == pytest.approx(printed, rel=3e-3)


@pytest.mark.parametrize(
    ("method", "printed"),
    [("pre-money", (0.70, 0.125, 0.175)), ("percent ownership", (0.6571, None, 0.20))],
)
def test_methods_of_conversion(method, printed):
    """8 m before, 2 m raised, 1 m of notes at 30 % off, a million shares: tables printed at wowsglobal.com (2023)."""
    table = term_sheets.convert_notes(safe(1e6, np.nan, 0.3), 1e6, 8e6, 2e6, method=method)["share"].tolist()
    for found, wanted in zip(table, printed, strict=False):
        assert wanted is None or found == pytest.approx(wanted, abs=5e-5)


def test_post_money_caps_say_what_was_sold():
    """Printed at medium.com/@cytlaw: 1 m at 10 m is 10 %, 600,000 at 15 m is 4 %, whatever else converts."""
    notes = pd.concat([safe(1e6, 10e6, 0.0, "post-money"), safe(6e5, 15e6, 0.0, "post-money")], ignore_index=True)
    table = term_sheets.convert_notes(notes, 1e6, 40e6, 10e6)
    before = table["shares"].iloc[:3]
    assert (before / before.sum()).tolist() == pytest.approx([0.86, 0.10, 0.04])


@pytest.mark.parametrize(
    ("invested", "share", "sale", "participating", "printed"),
    [
        pytest.param(2.0, 0.30, 10.0, True, 4.4, id="docs.equity.gust.com"),
        pytest.param(2.0, 0.20, 5.0, False, 2.0, id="tytchme.academy, not participating"),
        pytest.param(2.0, 0.20, 5.0, True, 2.6, id="tytchme.academy, participating"),
    ],
)
def test_preferences_printed_elsewhere(invested, share, sale, participating, printed):
    classes = pd.DataFrame(
        {"holder": ["investor", "founders"], "shares": [share, 1 - share], "invested_usd": [invested, 0.0],
         "multiple": 1.0, "participating": [participating, False], "seniority": [1, 0]}
    )  # fmt: skip
    assert term_sheets.liquidation(classes, sale)["amount_usd"].tolist() == pytest.approx([printed, sale - printed])
