"""Published numbers on capital rationing, rounds, loans, trade credit and tail losses."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from crossborder.finance.cap_table import next_round
from crossborder.finance.capital_allocation import allocate, expected_shortfall
from crossborder.finance.funding import loan_schedule, soft_loan_value
from crossborder.finance.working_capital import factoring_cost
from scipy.stats import norm


def best_subset(values, capital, budgets):
    """The most that any subset within the budgets brings, by trying all."""
    tried = [np.array(one) for one in itertools.product([0, 1], repeat=len(values))]
    return max(float(one @ np.array(values)) for one in tried if (one @ np.asarray(capital) <= budgets).all())


def test_capital_rationing_of_brealey_myers_and_allen():
    """Principles of Corporate Finance, section on capital rationing: A, B, C with NPV 21, 16, 12 and outlay 10, 5, 5.

    With 10 million the firm takes B and C: 28 million.
    """
    choice = allocate([21, 16, 12], [10, 5, 5], 10)
    assert choice.funded.tolist() == [0, 1, 1]
    assert choice.value_usd == 28 == best_subset([21, 16, 12], [[10], [5], [5]], [10])


def test_the_two_period_programme_of_the_same_book():
    """The same with project D (NPV 13, outlay 0 now and 40 in a year) and 10 million in each of two years.

    Cash of the second year: A +30, B +5, C +5, D -40; the printed answer of the integer programme is A and D, 34.
    """
    capital = np.array([[10, -30], [5, -5], [5, -5], [0, 40]])
    choice = allocate([21, 16, 12, 13], capital, [10, 10])
    assert choice.funded.tolist() == [1, 0, 0, 1]
    assert choice.value_usd == 34 == best_subset([21, 16, 12, 13], capital, [10, 10])


def test_the_option_pool_shuffle():
    """Nivi and Naval, The Option Pool Shuffle (venturehacks.com, 2007): 2 m on 8 m before, pool of 20 % after.

    The effective value before the round is 6 m, and the founders keep 60 %.
    """
    row = next_round(6_000_000, 2e6, 8e6, pool_after=0.2).iloc[0]
    assert row["investors"] == pytest.approx(0.20)
    assert row["effective_pre_money_usd"] == pytest.approx(6e6)
    assert 1 - row["dilution"] == pytest.approx(0.60)


def test_the_amortising_loan_of_brealey_myers_and_allen():
    """1,000 at 10 % over four years: 315.47 a year."""
    table = loan_schedule(1000, 0.10, 4, kind="annuity")
    np.testing.assert_allclose(table["paid_usd"], 315.47, atol=0.005)
    exact = 1000 / sum(Fraction(10, 11) ** year for year in range(1, 5))
    np.testing.assert_allclose(table["paid_usd"], float(exact), rtol=1e-12)
    assert table["balance_usd"].iloc[-1] == pytest.approx(0, abs=1e-9)


def test_an_interest_free_loan_against_the_annuity_table():
    """Annuity of 1 over 10 years at 10 %: 6.1446 (printed in every text); an even interest-free loan gains 38.55 %."""
    assert soft_loan_value(100, 0.0, 0.10, 10) == pytest.approx(100 - 10 * 6.1446, abs=0.001)


def test_trade_credit_of_two_ten_net_thirty():
    """2 % for paying 20 days early is 44.6 % a year (Brealey, Myers and Allen, working capital management)."""
    assert factoring_cost(100, days=20, rate_year=0.0, fee_share=0.02)["rate_year"] == pytest.approx(0.446, abs=0.001)


def test_expected_shortfall_of_the_normal_distribution():
    """Closed form: density at the quantile over the tail; 2.0627 at 95 %."""
    outcome = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    assert expected_shortfall(outcome, 0.95) == pytest.approx(norm.pdf(norm.ppf(0.95)) / 0.05, abs=1e-3)
    assert expected_shortfall(outcome, 0.95) == pytest.approx(2.0627, abs=1e-3)


@pytest.mark.parametrize(
    ("loan", "periods", "column", "printed"),
    [
        pytest.param((10_000, 0.08 / 12, 10), [1], "paid_usd", 1_037.03, id="PMT: ten months at 8 %"),
        pytest.param((8_000, 0.10 / 12, 36), [1], "interest_usd", 66.67, id="IPMT: first month"),
        pytest.param((8_000, 0.10, 3), [3], "interest_usd", 292.45, id="IPMT: last year"),
        pytest.param((2_000, 0.10 / 12, 24), [1], "repaid_usd", 75.62, id="PPMT: first month"),
        pytest.param((200_000, 0.08, 10), [10], "repaid_usd", 27_598.05, id="PPMT: last year"),
        pytest.param((125_000, 0.09 / 12, 360), range(13, 25), "interest_usd", 11_135.23, id="CUMIPMT: second year"),
        pytest.param((125_000, 0.09 / 12, 360), range(13, 25), "repaid_usd", 934.11, id="CUMPRINC: second year"),
    ],
)
def test_loans_of_the_spreadsheet_help_pages(loan, periods, column, printed):
    """Microsoft, functions PMT, IPMT, PPMT, CUMIPMT and CUMPRINC (there with a minus sign: money paid), payments at
    period ends; a period of the schedule is whatever its rate is for. Confirmed by the closed form of the balance."""
    amount, rate, count = loan
    table = loan_schedule(amount, rate, count, kind="annuity").set_index("year")
    assert table.loc[list(periods), column].sum() == pytest.approx(printed, abs=0.006)
    payment = amount * rate / (1 - (1 + rate) ** -count)
    left = amount * (1 + rate) ** table.index - payment * ((1 + rate) ** table.index - 1) / rate
    np.testing.assert_allclose(table["balance_usd"], left, atol=1e-6)
