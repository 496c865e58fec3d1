import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.funding import (
    debt_or_equity,
    grant_value,
    loan_schedule,
    payment_costs,
    soft_loan_value,
    yearly_earnings,
)
from hypothesis import given, settings
from hypothesis import strategies as st

TERMS = {
    "debt_usd": 100.0, "cash_usd": 500.0, "debt_rate": 0.06, "equity_cost": 0.15, "tax_rate": 0.25,
    "debt_to_ebitda_max": 3.5, "cash_min_usd": 50.0, "pre_money_usd": 1000.0,
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.2), st.integers(2, 12), st.sampled_from(["even", "annuity", "bullet"]), st.integers(0, 1))
def test_a_loan_at_the_market_rate_is_worth_nothing_and_is_paid_back(rate, years, kind, grace):
    table = loan_schedule(100.0, rate, years, kind=kind, grace_years=grace)
    assert table["repaid_usd"].sum() == pytest.approx(100)
    assert soft_loan_value(100.0, rate, rate, years, kind=kind, grace_years=grace) == pytest.approx(0, abs=1e-9)


def test_a_softer_rate_and_more_grace_are_worth_more():
    values = [soft_loan_value(100, rate, 0.08, 5) for rate in (0.06, 0.04, 0.02)]
    assert values == sorted(values)
    assert soft_loan_value(100, 0.02, 0.08, 5, grace_years=2) > soft_loan_value(100, 0.02, 0.08, 5)


def test_a_grant_pays_above_its_break_even_chance():
    found = grant_value(1000, probability=0.25, application_usd=100, rate_year=0.0, delay_years=0)
    assert found["value_usd"] == pytest.approx(150)
    assert found["break_even_probability"] == pytest.approx(0.1)
    assert found["low"] < 150 < found["high"]
    after = grant_value(1000, probability=0.25, application_usd=100, rate_year=0.0, delay_years=0, wins=5, tries=5)
    assert after["value_usd"] > found["value_usd"]


def test_covenants_by_hand():
    """Earnings of 100 for sure: debt of 350 is the limit, so 250 new is allowed and a little more is not."""
    sure = np.full(100, 100.0)
    table = debt_or_equity(250.0, sure, **TERMS)
    assert table["breach"].eq(0).all()
    assert table.loc[table["best"], "debt_share"].item() == 1
    assert table["cost"].iloc[-1] == pytest.approx(0.045)
    assert debt_or_equity(260.0, sure, **TERMS)["breach"].iloc[-1] == 1


def test_where_no_mix_is_safe_the_safest_is_marked():
    table = debt_or_equity(1000.0, np.full(50, 10.0), **TERMS)
    assert not table["within"].any()
    assert table["best"].sum() == 1


def test_years_of_earnings_keep_their_mean():
    past = np.arange(24.0)
    drawn = yearly_earnings(past, paths=20_000, rng=np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(12 * past.mean(), rel=0.01)
    with pytest.raises(Refusal, match="at least 12"):
        yearly_earnings(past[:6], paths=10, rng=np.random.default_rng(1))


def test_the_cheapest_rail_that_is_not_allowed_is_never_first():
    rails = pd.DataFrame(
        {
            "rail": ["coin", "wire"], "fee_share_low": [0.0, 0.0], "fee_share": [0.001, 0.01],
            "fee_share_high": [0.01, 0.02], "fee_fixed_usd": [0.0, 20.0], "fx_spread": [0.0, 0.005],
            "delay_days": [0.0, 3.65], "allowed": [False, True],
        }
    )  # fmt: skip
    table = payment_costs(rails, 1000.0, payments_year=10, capital_rate=0.1)
    assert table["rail"].tolist() == ["wire", "coin"]
    assert table["cost_share"].iloc[0] == pytest.approx(0.01 + 0.005 + 0.001 + 0.02)
    assert table["dearer_usd"].iloc[0] == 0


def test_bad_input():
    with pytest.raises(InputError, match="'bulet'"):
        loan_schedule(1, 0.1, 3, kind="bulet")
    with pytest.raises(InputError, match="grace"):
        loan_schedule(1, 0.1, 3, grace_years=3)
    with pytest.raises(InputError, match="probability"):
        grant_value(1, probability=1.5, application_usd=0, rate_year=0)
    with pytest.raises(InputError, match="above 0"):
        debt_or_equity(0.0, np.ones(3), **TERMS)
    with pytest.raises(InputError, match="fee_share"):
        payment_costs(pd.DataFrame({"rail": ["x"]}), 1, payments_year=1, capital_rate=0)
